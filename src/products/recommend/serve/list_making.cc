#include "products/recommend/serve/list_making.h"

#include <algorithm>

namespace yupu::recommend {
namespace {

// With what the record does not have yet, and the context as views of this instant; what is unknown of that goes to
// `unknown`.
std::vector<tasks::Behaviour> with_context(const Collection& collection, const ListRequest& request,
                                           std::int64_t now_ns, std::vector<std::string>& unknown) {
  std::vector<tasks::Behaviour> history = history_of(collection, request.user, now_ns);
  const std::uint32_t user = history.empty() ? 0 : history.front().user;
  for (const Event& event : request.since) {
    const auto item = place_among(collection.items, event.item);
    if (item && event.time_ns < now_ns)
      history.push_back({.user = user, .item = *item, .time_ns = event.time_ns, .kind = event.kind});
  }
  if (!request.since.empty()) std::stable_sort(history.begin(), history.end(), tasks::comes_before);
  for (const std::string& id : request.context) {
    const auto item = place_among(collection.items, id);
    if (!item) {
      unknown.push_back(id);
      continue;
    }
    history.push_back({.user = user, .item = *item, .time_ns = now_ns, .kind = tasks::BehaviourKind::kView});
  }
  return history;
}

// 1 for what is neither hidden nor without a title.
std::vector<std::uint8_t> described(const Record& record, const ItemIds& hidden) {
  std::vector<std::uint8_t> may(record.titles.size());
  for (std::size_t item = 0; item < may.size(); ++item)
    may[item] = !record.titles[item].empty() && !hidden.contains(record.collection->items[item]) ? 1 : 0;
  return may;
}

}  // namespace

std::vector<tasks::Behaviour> history_of(const Collection& collection, const std::string& user, std::int64_t now_ns) {
  const auto number = place_among(collection.users, user);
  if (!number) return {};
  const auto history = collection.log.of_user_before(*number, now_ns);
  return {history.begin(), history.end()};
}

ListMaking::ListMaking(const Record& the_record, const ItemIds& hidden, const ListRequest& the_request,
                       std::int64_t now_ns, const Policy& rules_of_tenant)
    : record(the_record),
      collection(*the_record.collection),
      request(the_request),
      ranker(*the_record.of(the_request.arm).ranker),
      policy(rules_of_tenant, collection),
      history(with_context(collection, request, now_ns, unknown_context)),
      moment{.log = collection.log, .time_ns = now_ns, .history = history, .deadline_ns = request.deadline_ns},
      counts(ranker.counts(moment)),
      may_be_shown(described(record, hidden)),
      may_be_named(may_be_shown) {
  for (const tasks::Behaviour& event : history) {
    std::uint8_t& may = may_be_named[event.item];
    if (may != 0 && (!policy.may_be_named(event.item) || policy.is_blocked(event.item))) may = 0;
  }
  for (const std::string& id : request.exclude) {
    if (const auto item = place_among(collection.items, id)) may_be_shown[*item] = 0;
  }
}

bool ListMaking::is_showable(std::uint32_t item) const {
  if (may_be_shown[item] == 0 || policy.is_blocked(item)) return false;
  const auto& created_ns = collection.created_ns[item];
  return !created_ns || *created_ns <= moment.time_ns;
}

}  // namespace yupu::recommend
