#include "products/recommend/serve/list_json.h"

namespace yupu::recommend {

OrderedJson reason_json(const Record& record, const Reason& reason) {
  OrderedJson json = {{"kind", reason_name(reason.kind)}};
  if (reason.kind != ReasonKind::kBecauseOf) return json;
  json["item"] = record.collection->items[reason.because_of];
  json["title"] = record.titles[reason.because_of];
  json["share"] = reason.share;
  return json;
}

namespace {

OrderedJson item_json(const Record& record, const ListedItem& item, std::size_t position, bool explained) {
  OrderedJson json = {{"id", record.collection->items[item.item]},
                      {"title", record.titles[item.item]},
                      {"score", item.score},
                      {"position", position},
                      {"flags", OrderedJson::array()}};
  if (item.is_new) json["flags"].push_back("new");
  if (item.is_pinned) json["flags"].push_back("pinned");
  if (item.is_explored) json["flags"].push_back("explored");
  if (explained) json["reason"] = reason_json(record, item.reason);
  return json;
}

}  // namespace

OrderedJson list_json(const Record& record, const List& list, bool explained) {
  OrderedJson json = {{"fallback", list.by_fallback}, {"unknown_user", list.is_unknown_user}};
  if (!list.unknown_context.empty()) json["unknown_context"] = list.unknown_context;
  json["items"] = OrderedJson::array();
  for (std::size_t i = 0; i < list.items.size(); ++i)
    json["items"].push_back(item_json(record, list.items[i], i + 1, explained));
  return json;
}

}  // namespace yupu::recommend
