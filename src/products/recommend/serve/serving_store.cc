#include "products/recommend/serve/serving_store.h"

namespace yupu::recommend {

using store::Transaction;

namespace {

Status grow(Transaction& transaction, const std::string& tenant_id, const Revision& by) {
  return transaction
      .execute(
          "INSERT INTO recommend_revision (tenant_id, items, events, removed) VALUES (?, ?, ?, ?) ON CONFLICT "
          "(tenant_id) DO UPDATE SET items = recommend_revision.items + excluded.items, events = "
          "recommend_revision.events + excluded.events, removed = recommend_revision.removed + excluded.removed",
          {tenant_id, by.items, by.events, by.removed})
      .status();
}

}  // namespace

Result<Revision> next_revision(Transaction& transaction, const std::string& tenant_id) {
  YUPU_RETURN_IF_ERROR(grow(transaction, tenant_id, {}));  // by nothing: it locks the row
  YUPU_ASSIGN_OR_RETURN(Revision revision, revision_of(transaction, tenant_id));
  ++revision.items;
  ++revision.events;
  return revision;
}

Status note_change(Transaction& transaction, const std::string& tenant_id, Changed changed) {
  switch (changed) {
    case Changed::kItems:
      return grow(transaction, tenant_id, {.items = 1});
    case Changed::kEvents:
      return grow(transaction, tenant_id, {.events = 1});
    case Changed::kEventsRemoved:
      return grow(transaction, tenant_id, {.events = 1, .removed = 1});
  }
  return internal_error("recommend: no such change");
}

Result<Revision> revision_of(Transaction& transaction, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT items, events, removed FROM recommend_revision WHERE tenant_id = ?", {tenant_id}));
  if (rows.empty()) return Revision{};
  return Revision{.items = rows[0].integer(0), .events = rows[0].integer(1), .removed = rows[0].integer(2)};
}

Result<ItemIds> hidden_items(Transaction& transaction, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT item_id FROM recommend_hidden WHERE tenant_id = ?", {tenant_id}));
  ItemIds items;
  for (const store::Row& row : rows) items.insert(std::string(row.text(0)));
  return items;
}

Result<bool> hide_item(store::Store& store, const Clock& clock, const std::string& tenant_id, const std::string& item) {
  std::int64_t added = 0;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(added, transaction.execute("INSERT INTO recommend_hidden (tenant_id, item_id, hidden_ns) "
                                                     "VALUES (?, ?, ?) ON CONFLICT (tenant_id, item_id) DO NOTHING",
                                                     {tenant_id, item, clock.now_ns()}));
    return ok_status();
  }));
  return added > 0;
}

Result<bool> show_item(store::Store& store, const std::string& tenant_id, const std::string& item) {
  std::int64_t removed = 0;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        removed,
        transaction.execute("DELETE FROM recommend_hidden WHERE tenant_id = ? AND item_id = ?", {tenant_id, item}));
    return ok_status();
  }));
  return removed > 0;
}

Status keep_list(Transaction& transaction, const std::string& tenant_id, const GivenList& list) {
  return transaction
      .execute(
          "INSERT INTO recommend_impression (tenant_id, impression_id, user_id, time_ns, surface, items, release_id, "
          "experiment, arm, shown, explored) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {tenant_id, list.id, list.user, list.time_ns, list.surface, list.items.dump(), list.release_id,
           list.experiment, list.arm, to_text(list.shown), list.explored})
      .status();
}

Status keep_list(store::Store& store, const std::string& tenant_id, const GivenList& list) {
  return store.write([&](Transaction& transaction) { return keep_list(transaction, tenant_id, list); });
}

}  // namespace yupu::recommend
