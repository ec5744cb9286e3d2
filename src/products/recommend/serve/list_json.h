// A list as callers get it, without the id it is kept under.
#pragma once

#include "base/json.h"
#include "products/recommend/serve/lists.h"

namespace yupu::recommend {

// {"kind", "item", "title", "share"}: the last three of because_of alone.
OrderedJson reason_json(const Record& record, const Reason& reason);
// {"fallback", "unknown_user", "unknown_context", "items": [{"id", "title", "score", "position", "flags", "reason"}]}
OrderedJson list_json(const Record& record, const List& list, bool explained);

}  // namespace yupu::recommend
