#include <string>

#include "base/json.h"
#include "data/acquire/feeds/entries.h"

namespace yupu::data {
namespace {

// A member that is a string, or a number where ids are written as such; else empty.
std::string member(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_number_integer() ? found->dump() : std::string();
}

std::string first_of(const Json& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    std::string value = member(object, key);
    if (!value.empty()) return value;
  }
  return {};
}

}  // namespace

Status read_json_feed(std::string_view text, EntryWriter& writer) {
  const auto json = parse_json(text);
  if (!json.ok()) return invalid_argument(json.status().message(), "json");
  const bool is_feed =
      json->is_object() && member(*json, "version").find("jsonfeed.org/version/1") != std::string::npos;
  if (!is_feed || !json->contains("items") || !(*json)["items"].is_array())
    return invalid_argument("no JSON Feed: 'version' of jsonfeed.org and 'items' were expected", "feed");
  writer.set_title(member(*json, "title"));
  for (const Json& item : (*json)["items"]) {
    if (!item.is_object()) {
      writer.add({});  // counted
      continue;
    }
    const std::string id = member(item, "id");
    const std::string url = first_of(item, {"url", "external_url"});
    const std::string title = member(item, "title");
    const std::string words = first_of(item, {"content_text", "content_html", "summary"});
    const std::string published = first_of(item, {"date_published", "date_modified"});
    WrittenEntry entry;
    entry.id = id;
    entry.url = url;
    entry.title = title;
    entry.text = words;
    entry.published = published;
    writer.add(entry);
  }
  return ok_status();
}

}  // namespace yupu::data
