// What the pages of recommendation show of one tenant's record: items, users, what they did.
// Threads  pure functions over a record that does not change.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/status.h"
#include "products/recommend/serve/shop.h"

namespace yupu::recommend {

// Items whose id or title has the words (ASCII letters in any case), those with the most users first; hidden ones are
// marked.  `found`: how many there are beyond the limit.
OrderedJson items_json(const Record& record, const ItemIds& hidden, std::string_view words, std::size_t limit);
// Users whose id has the words, those with the most events first.
OrderedJson users_json(const Record& record, std::string_view words, std::size_t limit);
// What a user did, the newest first.  Outcomes  kNotFound, field "user".
Result<OrderedJson> history_json(const Record& record, const std::string& user, std::size_t limit);

}  // namespace yupu::recommend
