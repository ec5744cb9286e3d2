#include "products/recommend/serve/lists.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "products/recommend/serve/diversity.h"

namespace yupu::recommend {
namespace {

std::optional<std::uint32_t> find(const std::vector<std::string>& names, const std::string& name) {
  const auto at = std::lower_bound(names.begin(), names.end(), name);
  if (at == names.end() || *at != name) return std::nullopt;
  return static_cast<std::uint32_t>(at - names.begin());
}

std::vector<tasks::Behaviour> history_of(const Collection& collection, const std::string& user, std::int64_t now_ns) {
  const auto number = find(collection.users, user);
  if (!number) return {};
  const auto history = collection.log.of_user_before(*number, now_ns);
  return {history.begin(), history.end()};
}

// The context as views of this instant; what is unknown of it goes to `unknown`.
void add_context(const Collection& collection, const ListRequest& request, std::int64_t now_ns,
                 std::vector<tasks::Behaviour>& history, std::vector<std::string>& unknown) {
  for (const std::string& id : request.context) {
    const auto item = find(collection.items, id);
    if (!item) {
      unknown.push_back(id);
      continue;
    }
    history.push_back({.user = 0, .item = *item, .time_ns = now_ns, .kind = tasks::BehaviourKind::kView});
  }
}

// 1 for what may be shown, or named: neither hidden nor without a title.
std::vector<std::uint8_t> showable(const Record& record, const ItemIds& hidden) {
  std::vector<std::uint8_t> may(record.titles.size());
  for (std::size_t item = 0; item < may.size(); ++item)
    may[item] = !record.titles[item].empty() && !hidden.contains(record.collection->items[item]) ? 1 : 0;
  return may;
}

}  // namespace

List list_for(const Record& record, const ItemIds& hidden, const ListRequest& request, std::int64_t now_ns,
              const ListRules& rules) {
  const Collection& collection = *record.collection;
  List list;
  list.is_unknown_user = !find(collection.users, request.user);
  if (collection.items.empty()) {
    list.by_fallback = true;
    list.unknown_context = request.context;
    return list;
  }
  std::vector<tasks::Behaviour> history = history_of(collection, request.user, now_ns);
  add_context(collection, request, now_ns, history, list.unknown_context);
  list.by_fallback = history.empty();
  const Moment moment{.log = collection.log, .time_ns = now_ns, .history = history, .deadline_ns = request.deadline_ns};
  const Ranker& ranker = *record.of(request.arm).ranker;

  const std::vector<std::uint8_t> may_be_named = showable(record, hidden);
  std::vector<std::uint8_t> may_be_shown = may_be_named;
  for (const std::string& id : request.exclude) {
    if (const auto item = find(collection.items, id)) may_be_shown[*item] = 0;
  }
  std::vector<Ranker::Ranked> ranked = ranker.rank(moment);
  std::erase_if(ranked, [&](const Ranker::Ranked& one) { return may_be_shown[one.item] == 0; });
  if (ranked.size() > kChosenFrom) ranked.resize(kChosenFrom);
  std::vector<Choice> choices;
  for (const Ranker::Ranked& one : ranked) choices.push_back({.score = one.score, .tags = collection.tags[one.item]});

  const MomentCounts counts = ranker.counts(moment);
  std::vector<std::uint32_t> items;
  for (const std::size_t place : diversified(choices, request.count, rules)) {
    Ranker::Ranked& one = ranked[place];
    items.push_back(one.item);
    list.items.push_back({.item = one.item,
                          .score = one.score,
                          .reason = {},
                          .is_new = counts.age_days(one.item) < static_cast<double>(rules.new_days),
                          .features = std::move(one.features)});
  }
  if (!request.explain || items.empty()) return list;
  const std::vector<Reason> reasons = reasons_of(ranker, moment, items, may_be_named, rules);
  for (std::size_t i = 0; i < items.size(); ++i) list.items[i].reason = reasons[i];
  return list;
}

Result<Explained> explain(const Record& record, const std::string& user, const std::string& item, std::int64_t now_ns) {
  const Collection& collection = *record.collection;
  if (!find(collection.users, user))
    return Status(Code::kNotFound, fmt::format("there is no event of a user '{}'", user), "user");
  const auto number = find(collection.items, item);
  if (!number) return Status(Code::kNotFound, fmt::format("there is no item '{}'", item), "item");
  const std::vector<tasks::Behaviour> history = history_of(collection, user, now_ns);
  const Moment moment{.log = collection.log, .time_ns = now_ns, .history = history};
  const std::vector<std::uint32_t> one = {*number};
  return Explained{.score = record.fitted->ranker->scores_of(moment, one)[0],
                   .history = contributions(*record.fitted->ranker, moment, *number)};
}

}  // namespace yupu::recommend
