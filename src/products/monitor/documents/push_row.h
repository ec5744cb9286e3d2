// One document as a line of JSON, as other programs push it:
//   {"title": "...", "text": "...", "url": "https://...", "guid": "...", "publisher": "...", "published":
//    "2026-11-27T08:30:00+08:00", "received": "...", "sentiment": "negative" | "neutral" | "positive"}
// Every member may be missing (document.h says which it cannot do without); another one is an error, so that a name
// that is misspelt is not a document that says nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "products/monitor/documents/document.h"

namespace yupu::monitor {

inline constexpr std::size_t kRowBytesMax = 2 << 20;

// `now_ns`: when it was received, unless it says so itself; more than ten minutes later is refused.
// Errors: kInvalidArgument with a reason of document.h or "malformed" as its field: no JSON object, an unknown member,
// one that is no string. A time that is no RFC 3339: "published", "received".
Result<IncomingDocument> read_push_row(std::string_view line, const std::string& source, std::int64_t now_ns);

}  // namespace yupu::monitor
