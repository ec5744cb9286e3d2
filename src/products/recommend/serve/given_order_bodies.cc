// What /v1/recommend/rerank takes and gives.
#include <set>
#include <utility>

#include <fmt/format.h>

#include "products/recommend/records.h"
#include "products/recommend/serve/bodies.h"
#include "products/recommend/serve/given_order.h"
#include "products/recommend/serve/list_json.h"
#include "serving/body_fields.h"

namespace yupu::recommend {
namespace {

Result<GivenItem> given_item(const Json& json, const std::string& where) {
  const bool is_told = json.is_object() && !(json.size() == 1 && json.contains("id"));
  if (!is_told) {
    YUPU_ASSIGN_OR_RETURN(std::string id, id_in(json.is_object() ? json.at("id") : json, where));
    return GivenItem{.id = std::move(id)};
  }
  YUPU_RETURN_IF_ERROR(
      serving::check_members(json, {"id", "title", "description", "tags", "created", "price", "author"}, where + "."));
  const Result<Item> item = item_of(json);
  if (!item.ok()) {
    return Status(item.status().code(), where + ": " + item.status().message(), where + "." + item.status().field());
  }
  return GivenItem{.id = item->id, .title = item->title, .text = item->text(), .tags = item->tags};
}

}  // namespace

Result<OrderRequest> parse_order_request(std::string_view body) {
  YUPU_ASSIGN_OR_RETURN(Json object, serving::parse_object(body, {"user", "items", "surface", "context", "explain"}));
  const Json items = object.value("items", Json());
  object.erase("items");
  OrderRequest request;
  YUPU_ASSIGN_OR_RETURN(request.asked, list_request_of(object));
  if (!items.is_array() || items.empty())
    return invalid_argument("items is an array of ids, or of objects with an id and a title", "items");
  if (items.size() > kGivenItemsMax) {
    return Status(Code::kTooLarge, fmt::format("items: {} of them, {} are allowed", items.size(), kGivenItemsMax),
                  "items");
  }
  std::set<std::string> ids;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string where = fmt::format("items[{}]", i);
    YUPU_ASSIGN_OR_RETURN(GivenItem item, given_item(items[i], where));
    if (!ids.insert(item.id).second)
      return invalid_argument(fmt::format("{}: '{}' stands twice", where, item.id), where);
    request.items.push_back(std::move(item));
  }
  return request;
}

OrderedJson order_json(const Record& record, const GivenOrder& order, bool explained) {
  OrderedJson json = {{"fallback", order.by_fallback}, {"unknown_user", order.is_unknown_user}};
  if (!order.unknown_context.empty()) json["unknown_context"] = order.unknown_context;
  json["items"] = OrderedJson::array();
  for (const OrderedItem& item : order.items) {
    OrderedJson one = {{"id", item.id}, {"title", item.title}};
    if (item.score) one["score"] = *item.score;
    one["position"] = json["items"].size() + 1;
    one["flags"] = OrderedJson::array();
    if (item.is_new) one["flags"].push_back("new");
    if (!item.number) one["flags"].push_back(item.score ? "from_text" : "unknown");
    if (explained && item.number) one["reason"] = reason_json(record, item.reason);
    json["items"].push_back(std::move(one));
  }
  if (!order.left_out.empty()) json["left_out"] = order.left_out;
  return json;
}

}  // namespace yupu::recommend
