#include "products/recommend/given_lists.h"

#include <algorithm>
#include <utility>

#include "base/json.h"

namespace yupu::recommend {

namespace {

constexpr std::int64_t kListsAtATime = 200;

// Where reading stands: before this one, in order of time and id.
struct Place {
  std::int64_t time_ns = 0;
  std::string id;
};

Result<std::vector<store::Row>> next_lists(store::Transaction& transaction, const std::string& tenant_id,
                                           const Place& before) {
  return transaction.query(
      "SELECT given.user_id, given.time_ns, given.items, given.impression_id FROM recommend_impression AS given WHERE "
      "given.tenant_id = ? AND (given.time_ns < ? OR (given.time_ns = ? AND given.impression_id < ?)) AND EXISTS "
      "(SELECT 1 FROM recommend_event AS did WHERE did.tenant_id = given.tenant_id AND did.user_id = given.user_id AND "
      "did.time_ns >= given.time_ns AND did.time_ns <= given.time_ns + ? AND did.kind <> 'view') ORDER BY "
      "given.time_ns DESC, given.impression_id DESC LIMIT ?",
      {tenant_id, before.time_ns, before.time_ns, before.id, tasks::kShownForNs, kListsAtATime});
}

// Takes them while they fit.  False: one did not.
bool take(const std::vector<store::Row>& rows, const ListBounds& bounds, std::size_t& bytes,
          std::vector<KeptList>& lists) {
  for (const store::Row& row : rows) {
    KeptList list{.user = row.text(0), .time_ns = row.integer(1), .items = row.text(2)};
    bytes += list.items.size();
    if (lists.size() >= bounds.lists || bytes > bounds.bytes) return false;
    lists.push_back(std::move(list));
  }
  return true;
}

}  // namespace

Result<std::vector<KeptList>> kept_lists(store::Store& store, const std::string& tenant_id, std::int64_t before_ns,
                                         const ListBounds& bounds) {
  std::vector<KeptList> lists;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    lists.clear();
    std::size_t bytes = 0;
    Place before{.time_ns = before_ns, .id = {}};  // no id is before an empty one
    while (true) {
      YUPU_ASSIGN_OR_RETURN(const auto rows, next_lists(transaction, tenant_id, before));
      if (!take(rows, bounds, bytes, lists) || rows.size() < static_cast<std::size_t>(kListsAtATime))
        return ok_status();
      before = {.time_ns = rows.back().integer(1), .id = rows.back().text(3)};
    }
  }));
  std::reverse(lists.begin(), lists.end());
  return lists;
}

std::function<std::vector<LoggedList>(const std::vector<std::string>&)> lists_to_learn(
    const Collection& collection, std::span<const KeptList> lists) {
  return [&collection, lists](const std::vector<std::string>& feature_names) {
    std::vector<LoggedList> known;
    for (const KeptList& list : lists) {
      const Result<Json> items = parse_json(list.items);
      if (!items.ok()) continue;
      auto one = logged_list(collection, feature_names, list.user, list.time_ns, *items);
      if (one) known.push_back(std::move(*one));
    }
    return known;
  };
}

}  // namespace yupu::recommend
