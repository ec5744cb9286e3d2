#include "products/recommend/given_lists.h"

#include <algorithm>
#include <utility>

namespace yupu::recommend {

Result<std::vector<KeptList>> kept_lists(store::Store& store, const std::string& tenant_id) {
  std::vector<KeptList> lists;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    lists.clear();
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT user_id, time_ns, items FROM recommend_impression WHERE tenant_id "
                                            "= ? ORDER BY time_ns DESC, impression_id DESC LIMIT ?",
                                            {tenant_id, kListsLearned}));
    for (const store::Row& row : rows) {
      YUPU_ASSIGN_OR_RETURN(Json items, parse_json(row.text(2)));
      lists.push_back({.user = std::string(row.text(0)), .time_ns = row.integer(1), .items = std::move(items)});
    }
    return ok_status();
  }));
  std::reverse(lists.begin(), lists.end());
  return lists;
}

std::function<std::vector<LoggedList>(const std::vector<std::string>&)> lists_to_learn(
    const Collection& collection, const std::vector<KeptList>& lists) {
  return [&collection, &lists](const std::vector<std::string>& feature_names) {
    std::vector<LoggedList> known;
    for (const KeptList& list : lists) {
      auto one = logged_list(collection, feature_names, list.user, list.time_ns, list.items);
      if (one) known.push_back(std::move(*one));
    }
    return known;
  };
}

}  // namespace yupu::recommend
