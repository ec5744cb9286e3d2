#include "products/monitor/documents/push_row.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/json.h"
#include "products/service/conversation/civil_date.h"

namespace yupu::monitor {
namespace {

Status malformed(std::string why) { return invalid_argument(std::move(why), "malformed"); }

Status read_time(const std::string& key, const std::string& text, std::int64_t& time_ns) {
  const auto instant = products::parse_instant(text, 0);
  if (!instant || instant->whole_day)
    return invalid_argument(
        fmt::format("'{}' is no time like 2026-11-27T08:30:00+08:00: '{}'", key, text.substr(0, 100)), key);
  time_ns = instant->utc_ns;
  return ok_status();
}

Status read_member(const std::string& key, const std::string& value, IncomingDocument& document) {
  if (key == "title") {
    document.title = value;
  } else if (key == "text") {
    document.text = value;
  } else if (key == "url") {
    document.url = value;
  } else if (key == "guid") {
    document.guid = value;
  } else if (key == "publisher") {
    document.publisher = value;
  } else if (key == "published") {
    std::int64_t time_ns = 0;
    YUPU_RETURN_IF_ERROR(read_time(key, value, time_ns));
    document.published_ns = time_ns;
  } else if (key == "received") {
    YUPU_RETURN_IF_ERROR(read_time(key, value, document.received_ns));
  } else if (key == "sentiment") {
    document.sentiment = sentiment_of(value);
    if (!document.sentiment)
      return invalid_argument(
          fmt::format("'sentiment' is negative, neutral or positive, not '{}'", value.substr(0, 100)), "sentiment");
  } else {
    return malformed(fmt::format("an unknown member '{}'", key.substr(0, 100)));
  }
  return ok_status();
}

}  // namespace

Result<IncomingDocument> read_push_row(std::string_view line, const std::string& source, std::int64_t now_ns) {
  const auto row = parse_json(line, {.bytes_max = kRowBytesMax, .depth_max = 8});
  if (!row.ok()) return malformed(row.status().message());
  if (!row->is_object()) return malformed(fmt::format("a JSON object was expected, this is {}", row->type_name()));
  IncomingDocument document;
  document.source = source;
  document.received_ns = now_ns;
  for (const auto& [key, value] : row->items()) {
    if (value.is_null()) continue;
    if (!value.is_string()) return malformed(fmt::format("'{}' must be a string", key.substr(0, 100)));
    YUPU_RETURN_IF_ERROR(read_member(key, value.get_ref<const std::string&>(), document));
  }
  // Ten minutes: whoever wrote the row has another clock.
  if (document.received_ns - now_ns > kPublishedAheadMaxNs)
    return invalid_argument(fmt::format("received at {}, which is still to come", format_utc(document.received_ns)),
                            "received");
  document.received_ns = std::min(document.received_ns, now_ns);
  return document;
}

}  // namespace yupu::monitor
