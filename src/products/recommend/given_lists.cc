#include "products/recommend/given_lists.h"

#include <algorithm>
#include <utility>

#include "base/json.h"

namespace yupu::recommend {

Result<std::vector<KeptList>> kept_lists(store::Store& store, const std::string& tenant_id, std::int64_t before_ns) {
  std::vector<KeptList> lists;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    lists.clear();
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT given.user_id, given.time_ns, given.items FROM recommend_impression AS given WHERE "
                          "given.tenant_id = ? AND given.time_ns < ? AND EXISTS (SELECT 1 FROM recommend_event AS did "
                          "WHERE did.tenant_id = given.tenant_id AND did.user_id = given.user_id AND did.time_ns >= "
                          "given.time_ns AND did.time_ns <= given.time_ns + ? AND did.kind <> 'view') ORDER BY "
                          "given.time_ns DESC, given.impression_id DESC LIMIT ?",
                          {tenant_id, before_ns, tasks::kShownForNs, kListsLearned}));
    for (const store::Row& row : rows)
      lists.push_back({.user = row.text(0), .time_ns = row.integer(1), .items = row.text(2)});
    return ok_status();
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
