#include "products/recommend/serve/health.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace yupu::recommend {
namespace {

constexpr std::int64_t kDayNs = 86'400'000'000'000;

using Counts = std::vector<double>;

OrderedJson psi_of(const Counts& recent, const Counts& before) {
  double recent_all = 0.0, before_all = 0.0;
  for (const double count : recent) recent_all += count;
  for (const double count : before) before_all += count;
  if (recent_all == 0.0 || before_all == 0.0) return nullptr;
  constexpr double kHalf = 0.5;
  const double kinds = static_cast<double>(recent.size());
  double index = 0.0;
  for (std::size_t i = 0; i < recent.size(); ++i) {
    const double p = (recent[i] + kHalf) / (recent_all + kHalf * kinds);
    const double q = (before[i] + kHalf) / (before_all + kHalf * kinds);
    index += (p - q) * std::log(p / q);
  }
  return index;
}

Counts by_kind(std::span<const tasks::Behaviour> events) {
  Counts counts(tasks::kBehaviourKindCount, 0.0);
  for (const tasks::Behaviour& event : events) counts[static_cast<std::size_t>(event.kind)] += 1.0;
  return counts;
}

Counts by_tag(const Collection& collection, std::span<const tasks::Behaviour> events) {
  Counts counts(collection.tag_names.size(), 0.0);
  for (const tasks::Behaviour& event : events) {
    for (const std::uint32_t tag : collection.tags[event.item]) counts[tag] += 1.0;
  }
  return counts;
}

OrderedJson share_of_new_items(const Collection& collection, std::span<const tasks::Behaviour> recent,
                               std::int64_t from_ns) {
  if (recent.empty()) return nullptr;
  std::vector<std::uint8_t> is_old(collection.items.size(), 0);
  for (const tasks::Behaviour& event : collection.log.before(from_ns)) is_old[event.item] = 1;
  const auto fresh = std::count_if(recent.begin(), recent.end(),
                                   [&](const tasks::Behaviour& event) { return is_old[event.item] == 0; });
  return static_cast<double>(fresh) / static_cast<double>(recent.size());
}

}  // namespace

OrderedJson funnel_json(std::span<const Outcome> outcomes) {
  OrderedJson json = OrderedJson::array();
  const auto add = [&](std::string_view step, tasks::BehaviourKind least) {
    std::set<std::string_view> users;
    std::int64_t lists = 0;
    for (const Outcome& outcome : outcomes) {
      if (outcome.strongest < least) continue;
      ++lists;
      users.insert(outcome.user);
    }
    json.push_back({{"step", step}, {"lists", lists}, {"users", users.size()}});
  };
  add("given", tasks::BehaviourKind::kView);
  for (const auto kind : {tasks::BehaviourKind::kClick, tasks::BehaviourKind::kComment, tasks::BehaviourKind::kShare,
                          tasks::BehaviourKind::kBuy})
    add(tasks::kind_name(kind), kind);
  return json;
}

OrderedJson record_json(const Record& record, const ItemIds& hidden) {
  const Collection& collection = *record.collection;
  std::vector<std::uint8_t> is_touched(collection.items.size(), 0);
  for (const tasks::Behaviour& event : collection.log.events()) is_touched[event.item] = 1;
  std::map<std::string_view, std::int64_t> titles;
  std::int64_t without_title = 0, without_text = 0, without_tags = 0, untouched = 0;
  for (std::size_t item = 0; item < collection.items.size(); ++item) {
    const bool is_told = !record.titles[item].empty();
    without_title += is_told ? 0 : 1;
    if (is_told) ++titles[record.titles[item]];
    without_text += is_told && collection.texts[item].find('\n') == std::string::npos ? 1 : 0;
    without_tags += is_told && collection.tags[item].empty() ? 1 : 0;
    untouched += is_touched[item] == 0 ? 1 : 0;
  }
  std::int64_t same_title = 0, once = 0;
  for (const auto& [title, items] : titles) same_title += items > 1 ? items : 0;
  std::size_t most = 0;
  for (std::uint32_t user = 0; user < collection.users.size(); ++user) {
    const std::size_t events = collection.log.of_user(user).size();
    once += events == 1 ? 1 : 0;
    most = std::max(most, events);
  }
  const std::size_t events = collection.log.events().size();
  return {{"items", collection.items.size()},
          {"without_title", without_title},
          {"without_text", without_text},
          {"without_tags", without_tags},
          {"same_title", same_title},
          {"untouched", untouched},
          {"hidden", hidden.size()},
          {"users", collection.users.size()},
          {"once", once},
          {"busiest_share", events == 0 ? 0.0 : static_cast<double>(most) / static_cast<double>(events)}};
}

Result<OrderedJson> events_json(store::Store& store, const std::string& tenant_id, std::int64_t from_ns) {
  OrderedJson json;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT COUNT(*), COALESCE(SUM(CASE WHEN received_ns - time_ns > ? THEN 1 ELSE 0 END), 0), "
                          "COALESCE(SUM(CASE WHEN impression_id IS NULL THEN 0 ELSE 1 END), 0) FROM recommend_event "
                          "WHERE tenant_id = ? AND time_ns >= ?",
                          {kDayNs, tenant_id, from_ns}));
    json = {{"events", rows[0].integer(0)}, {"late", rows[0].integer(1)}, {"of_a_list", rows[0].integer(2)}};
    return ok_status();
  }));
  return json;
}

OrderedJson drift_json(const Record& record, std::int64_t now_ns) {
  const Collection& collection = *record.collection;
  const std::int64_t from_ns = now_ns - kRecentDays * kDayNs;
  const auto recent = collection.log.between(from_ns, now_ns + 1);
  const auto before = collection.log.between(from_ns - kBeforeDays * kDayNs, from_ns);
  return {{"recent", static_cast<double>(recent.size()) / static_cast<double>(kRecentDays)},
          {"before", static_cast<double>(before.size()) / static_cast<double>(kBeforeDays)},
          {"kinds", psi_of(by_kind(recent), by_kind(before))},
          {"tags", psi_of(by_tag(collection, recent), by_tag(collection, before))},
          {"new_items", share_of_new_items(collection, recent, from_ns)}};
}

}  // namespace yupu::recommend
