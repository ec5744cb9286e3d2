#include "products/recommend/records.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/utc.h"
#include "text/unicode.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kAheadNs = 300 * kNsPerSecond;  // that a caller's clock may be ahead of ours

Status wrong(std::string_view field, const std::string& what, Code code = Code::kInvalidArgument) {
  return {code, fmt::format("field '{}': {}", field, what), std::string(field)};
}

Status check_text(std::string_view field, const std::string& text, std::size_t bytes_max) {
  if (text.size() > bytes_max)
    return wrong(field, fmt::format("{} bytes, {} are allowed", text.size(), bytes_max), Code::kTooLarge);
  if (const auto at = text::validate_utf8(text)) return wrong(field, fmt::format("byte {} is no UTF-8", *at));
  const auto is_control = [](unsigned char c) { return c < 0x20 && c != '\n' && c != '\t' && c != '\r'; };
  if (std::any_of(text.begin(), text.end(), is_control)) return wrong(field, "a control character");
  return ok_status();
}

// Empty when it is not there.
Result<std::string> optional_text(const Json& object, const char* field, std::size_t bytes_max) {
  const auto it = object.find(field);
  if (it == object.end() || it->is_null()) return std::string();
  if (!it->is_string()) return wrong(field, fmt::format("a string was expected, this is {}", it->type_name()));
  std::string text = it->get<std::string>();
  YUPU_RETURN_IF_ERROR(check_text(field, text, bytes_max));
  return text;
}

Result<std::string> required_text(const Json& object, const char* field, std::size_t bytes_max) {
  if (!object.contains(field)) return wrong(field, "is missing");
  YUPU_ASSIGN_OR_RETURN(std::string text, optional_text(object, field, bytes_max));
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return wrong(field, "is empty");
  return text;
}

// An id may be a whole number too, as many shops have them.
Result<std::string> id_of(const Json& object, const char* field) {
  const auto it = object.find(field);
  if (it != object.end() && it->is_number_integer()) return to_text(*it);
  return required_text(object, field, kIdBytesMax);
}

std::vector<std::string> parted(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t begin = part.find_first_not_of(" \t");
    if (begin == std::string_view::npos) continue;
    parts.emplace_back(part.substr(begin, part.find_last_not_of(" \t") - begin + 1));
  }
  return parts;
}

Result<std::vector<std::string>> tags_of(const Json& object) {
  const auto it = object.find("tags");
  std::vector<std::string> tags;
  if (it == object.end() || it->is_null()) return tags;
  if (it->is_string()) {
    tags = parted(it->get_ref<const std::string&>());
  } else if (it->is_array()) {
    for (const Json& tag : *it) {
      if (!tag.is_string()) return wrong("tags", fmt::format("a tag is {}, not a string", tag.type_name()));
      tags.push_back(tag.get<std::string>());
    }
  } else {
    return wrong("tags", fmt::format("an array of strings was expected, this is {}", it->type_name()));
  }
  if (tags.size() > kTagsMax)
    return wrong("tags", fmt::format("{} tags, {} are allowed", tags.size(), kTagsMax), Code::kTooLarge);
  for (const std::string& tag : tags) YUPU_RETURN_IF_ERROR(check_text("tags", tag, kTagBytesMax));
  return tags;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::int64_t> ns_of_seconds(const char* field, std::int64_t seconds) {
  constexpr std::int64_t kSecondsMax = std::numeric_limits<std::int64_t>::max() / kNsPerSecond;
  if (seconds < 0) return wrong(field, fmt::format("{} is before 1970", seconds));
  if (seconds > kSecondsMax)
    return wrong(field, fmt::format("{} seconds since 1970 are no time (milliseconds?)", seconds));
  return seconds * kNsPerSecond;
}

// REQUIRES: the field is there.
Result<std::int64_t> time_of(const Json& object, const char* field) {
  const Json& value = object.at(field);
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX})
    return wrong(field, to_text(value) + " is no time");
  if (value.is_number_integer()) return ns_of_seconds(field, value.get<std::int64_t>());
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    if (const auto seconds = whole_number(text)) return ns_of_seconds(field, *seconds);
    if (const auto time = parse_utc(text)) return *time;
  }
  return wrong(field, fmt::format("{} is neither whole seconds since 1970 nor a time like 2026-11-27T08:30:00Z",
                                  to_text(value).substr(0, 80)));
}

// A number from 0 on, or one in a cell of a table; nothing where the member is not there or the cell is empty.
Result<std::optional<double>> number_of(const Json& object, const char* field) {
  const auto it = object.find(field);
  if (it == object.end() || it->is_null() || *it == "") return std::optional<double>();
  double value = -1.0;
  if (it->is_number()) value = it->get<double>();
  if (it->is_string()) {
    const std::string& text = it->get_ref<const std::string&>();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) value = -1.0;
  }
  if (!(value >= 0.0 && value <= kValueMost))
    return wrong(field, fmt::format("{} is no number from 0 to {:g}", to_text(*it).substr(0, 80), kValueMost));
  return std::optional<double>(value);
}

}  // namespace

std::string Item::text() const {
  std::string text = title;
  for (std::size_t i = 0; i < tags.size(); ++i) text += (i == 0 ? " · " : ", ") + tags[i];
  if (!description.empty()) text += "\n" + description;
  return text;
}

Result<Item> item_of(const Json& object) {
  Item item;
  YUPU_ASSIGN_OR_RETURN(item.id, id_of(object, "id"));
  YUPU_ASSIGN_OR_RETURN(item.title, required_text(object, "title", kTitleBytesMax));
  YUPU_ASSIGN_OR_RETURN(item.description, optional_text(object, "description", kDescriptionBytesMax));
  YUPU_ASSIGN_OR_RETURN(item.tags, tags_of(object));
  if (const auto it = object.find("created"); it != object.end() && !it->is_null()) {
    YUPU_ASSIGN_OR_RETURN(item.created_ns, time_of(object, "created"));
  }
  YUPU_ASSIGN_OR_RETURN(item.price, number_of(object, "price"));
  YUPU_ASSIGN_OR_RETURN(item.author, optional_text(object, "author", kAuthorBytesMax));
  if (item.author.find_first_not_of(" \t\r\n") == std::string::npos) item.author.clear();  // an empty cell
  return item;
}

static Result<std::int64_t> past_time_of(const Json& object, std::int64_t now_ns) {
  if (!object.contains("time") || object.at("time").is_null()) return wrong("time", "is missing");
  YUPU_ASSIGN_OR_RETURN(const std::int64_t time_ns, time_of(object, "time"));
  if (time_ns > now_ns && time_ns - now_ns > kAheadNs)
    return wrong("time", to_text(object.at("time")) + " has not come yet");
  return time_ns;
}

Result<Impression> impression_of(const Json& object, std::int64_t now_ns) {
  Impression shown;
  YUPU_ASSIGN_OR_RETURN(shown.user, id_of(object, "user"));
  const auto it = object.find("items");
  if (it == object.end() || !it->is_array() || it->empty()) return wrong("items", "an array of ids was expected");
  if (it->size() > kShownItemsMax)
    return wrong("items", fmt::format("{} items, {} are allowed", it->size(), kShownItemsMax), Code::kTooLarge);
  for (const Json& item : *it) {
    YUPU_ASSIGN_OR_RETURN(std::string id, id_of(Json{{"items", item}}, "items"));
    if (std::find(shown.items.begin(), shown.items.end(), id) != shown.items.end())
      return wrong("items", fmt::format("'{}' stands twice", id));
    shown.items.push_back(std::move(id));
  }
  YUPU_ASSIGN_OR_RETURN(shown.time_ns, past_time_of(object, now_ns));
  if (object.contains("id") && !object.at("id").is_null()) {
    YUPU_ASSIGN_OR_RETURN(shown.id, id_of(object, "id"));
  }
  return shown;
}

namespace {

// 0: not said.
Result<std::int64_t> position_of(const Json& object) {
  const auto it = object.find("position");
  if (it == object.end() || it->is_null() || *it == "") return std::int64_t{0};
  std::optional<std::int64_t> position;
  if (it->is_number_integer()) position = it->get<std::int64_t>();
  if (it->is_string()) position = whole_number(it->get_ref<const std::string&>());
  if (!position || *position < 1 || *position > static_cast<std::int64_t>(kShownItemsMax)) {
    return wrong("position",
                 fmt::format("{} is no whole number from 1 to {}", to_text(*it).substr(0, 80), kShownItemsMax));
  }
  return *position;
}

}  // namespace

Result<Event> event_of(const Json& object, std::int64_t now_ns) {
  Event event;
  YUPU_ASSIGN_OR_RETURN(event.user, id_of(object, "user"));
  YUPU_ASSIGN_OR_RETURN(event.item, id_of(object, "item"));
  YUPU_ASSIGN_OR_RETURN(const std::string kind, required_text(object, "kind", kIdBytesMax));
  const auto found = tasks::find_behaviour(kind);
  if (!found) return wrong("kind", fmt::format("'{}' is none of {}", kind.substr(0, 80), tasks::behaviour_names()));
  event.kind = *found;
  YUPU_ASSIGN_OR_RETURN(event.time_ns, past_time_of(object, now_ns));
  YUPU_ASSIGN_OR_RETURN(event.value, number_of(object, "value"));
  YUPU_ASSIGN_OR_RETURN(event.impression, optional_text(object, "impression", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(event.position, position_of(object));
  YUPU_ASSIGN_OR_RETURN(event.surface, optional_text(object, "surface", kSurfaceBytesMax));
  if (object.contains("id") && !object.at("id").is_null()) {
    YUPU_ASSIGN_OR_RETURN(event.id, id_of(object, "id"));
  } else {
    Sha256 hash;
    hash.field(event.user).field(event.item).field(kind).field(std::to_string(event.time_ns));
    if (!event.impression.empty()) hash.field(event.impression);
    event.id = "ev_" + hash.finish_hex().substr(0, 32);
  }
  return event;
}

}  // namespace yupu::recommend
