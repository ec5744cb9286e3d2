#include "training/pairs/pair_lists.h"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include "tasks/pairs/list_loss.h"

namespace yupu::training {
namespace {

struct Group {
  std::vector<std::uint32_t> right, wrong;
};

}  // namespace

Result<PairLists> pair_lists(const tasks::PairSet& set, const tasks::PairModel& model, std::int64_t size) {
  if (!set.has_groups())
    return invalid_argument(set.path + ": lists need to know whose candidates the pairs are (group)", "group");
  std::vector<Group> groups;  // in the order in which they begin
  std::vector<const tasks::PairRow*> firsts;
  std::map<std::string, std::size_t> index;
  for (std::uint32_t row = 0; row < set.rows.size(); ++row) {
    const tasks::PairRow& pair = set.rows[row];
    const auto [at, is_new] = index.emplace(pair.group, groups.size());
    if (is_new) {
      groups.emplace_back();
      firsts.push_back(&pair);
    }
    const tasks::PairRow& first = *firsts[at->second];
    if (pair.a != first.a) {
      return invalid_argument(fmt::format("{}: line {}: group '{}' has another query than in line {}: \"{}\" and "
                                          "\"{}\"",
                                          set.path, pair.line, pair.group, first.line, pair.a, first.a),
                              "group");
    }
    Group& group = groups[at->second];
    (tasks::is_relevant(model, pair) ? group.right : group.wrong).push_back(row);
  }
  PairLists lists;
  for (const Group& group : groups) {
    if (group.right.empty() || group.wrong.empty()) ++lists.idle_groups;
    if (group.wrong.empty()) continue;
    const std::size_t wrong = std::min(group.wrong.size(), static_cast<std::size_t>(size - 1));
    for (const std::uint32_t right : group.right) {
      std::vector<std::uint32_t>& list = lists.rows.emplace_back(1, right);
      list.insert(list.end(), group.wrong.begin(), group.wrong.begin() + static_cast<std::ptrdiff_t>(wrong));
    }
  }
  if (!lists.rows.empty()) return lists;
  return invalid_argument(set.path + ": no group has a right and a wrong candidate: there is nothing to order",
                          "group");
}

}  // namespace yupu::training
