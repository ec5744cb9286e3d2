#include "products/recommend/serve/lists.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "products/recommend/serve/diversity.h"
#include "products/recommend/serve/exploration.h"
#include "products/recommend/serve/list_making.h"

namespace yupu::recommend {
namespace {

ListedItem listed(const ListMaking& making, Ranker::Ranked one, const ListRules& rules) {
  return {.item = one.item,
          .score = one.score,
          .reason = {},
          .is_new = making.counts.age_days(one.item) < static_cast<double>(rules.new_days),
          .features = std::move(one.features)};
}

ListedItem listed(const ListMaking& making, std::uint32_t item, const ListRules& rules) {
  const std::vector<std::uint32_t> alone = {item};
  return listed(making, making.ranker.rank_these(making.moment, alone)[0], rules);
}

std::vector<ListedItem> chosen(const ListMaking& making, const ListRules& rules) {
  std::vector<Ranker::Ranked> ranked = making.ranker.rank(making.moment);
  std::erase_if(ranked, [&](const Ranker::Ranked& one) { return !making.is_showable(one.item); });
  if (ranked.size() > kChosenFrom) ranked.resize(kChosenFrom);
  const Fitted& fitted = making.record.of(making.request.arm);
  const ItemVectors& vectors = fitted.vectors;  // of a tower
  std::vector<Choice> choices;
  for (const Ranker::Ranked& one : ranked) {
    choices.push_back(
        {.tags = making.collection.tags[one.item],
         .freshness = making.policy.freshness(making.counts.age_days(one.item)),
         .lift = making.policy.lift(one.item),
         .vector = vectors.width > 0 ? about_mean(vectors.row(one.item), fitted.mean_vector) : std::vector<float>()});
  }
  std::vector<ListedItem> items;
  for (const std::size_t place : diversified(choices, making.request.count, rules, making.policy.caps()))
    items.push_back(listed(making, std::move(ranked[place]), rules));
  return items;
}

bool is_touched(const ListMaking& making, std::uint32_t item) {
  return std::any_of(making.history.begin(), making.history.end(),
                     [item](const tasks::Behaviour& event) { return event.item == item; });
}

// Those of this surface, by place, the first of equal ones first: each stands at its place, or right behind the others
// of it.
void put_pins(const ListMaking& making, const ListRules& rules, const Policy& policy, std::vector<ListedItem>& items) {
  std::vector<Pin> pins;
  for (const Pin& pin : policy.pins) {
    const bool is_here = pin.surface.empty() || pin.surface == making.request.surface;
    if (is_here && pin.position <= making.request.count) pins.push_back(pin);
  }
  std::stable_sort(pins.begin(), pins.end(), [](const Pin& a, const Pin& b) { return a.position < b.position; });
  std::vector<std::pair<std::size_t, ListedItem>> pinned;
  for (const Pin& pin : pins) {
    const auto item = place_among(making.collection.items, pin.item);
    if (!item || !making.is_showable(*item) || is_touched(making, *item)) continue;
    if (std::any_of(pinned.begin(), pinned.end(), [&](const auto& one) { return one.second.item == *item; })) continue;
    std::erase_if(items, [&](const ListedItem& one) { return one.item == *item; });
    pinned.emplace_back(pin.position - 1, listed(making, *item, rules));
    pinned.back().second.is_pinned = true;
  }
  std::size_t next = 0;
  for (auto& [wanted, item] : pinned) {
    const std::size_t place = std::min(std::max(wanted, next), items.size());
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(place), std::move(item));
    next = place + 1;
  }
  if (items.size() > making.request.count) items.resize(making.request.count);
}

// What may be shown, does not stand in the list, was not touched, and is little known.
bool may_be_drawn(const ListMaking& making, const ListRules& rules, const std::vector<ListedItem>& items,
                  std::uint32_t item) {
  constexpr std::size_t kLastMonth = kCountDays.size() - 1;
  if (making.may_be_shown[item] == 0) return false;
  const bool is_known = making.counts.users(kLastMonth, item) >= kKnownUsers &&
                        making.counts.age_days(item) >= static_cast<double>(rules.new_days);
  if (is_known || !making.is_showable(item) || is_touched(making, item)) return false;
  return std::none_of(items.begin(), items.end(), [item](const ListedItem& one) { return one.item == item; });
}

LittleKnown little_known(const ListMaking& making, const ListRules& rules, const std::vector<ListedItem>& items) {
  const auto count = static_cast<std::uint32_t>(making.may_be_shown.size());
  return {.any =
              [&making, &rules, &items, count] {
                // Ids often grow, and what is new stands last: the end is where there is soon one.
                for (std::uint32_t item = count; item > 0; --item) {
                  if (may_be_drawn(making, rules, items, item - 1)) return true;
                }
                return false;
              },
          .all =
              [&making, &rules, &items, count] {
                std::vector<std::uint32_t> pool;
                for (std::uint32_t item = 0; item < count; ++item) {
                  if (may_be_drawn(making, rules, items, item)) pool.push_back(item);
                }
                return pool;
              }};
}

void explore_a_place(const ListMaking& making, const ListRules& rules, const Policy& policy,
                     std::vector<ListedItem>& items) {
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < items.size(); ++place) {
    if (!items[place].is_pinned) places.push_back(place);
  }
  const LittleKnown pool = little_known(making, rules, items);
  const Draw draw = draw_place(places.size(), pool, policy.explore, making.request.user, making.moment.time_ns);
  for (std::size_t i = 0; i < places.size(); ++i) items[places[i]].propensity = propensity_of(draw, i);
  if (!draw.place) return;
  for (std::size_t i = places.size() - 1; i > *draw.place; --i) items[places[i]] = std::move(items[places[i - 1]]);
  ListedItem drawn = listed(making, draw.item, rules);
  drawn.is_explored = true;
  drawn.propensity = draw.propensity;
  items[places[*draw.place]] = std::move(drawn);
}

}  // namespace

List list_for(const Record& record, const ItemIds& hidden, const ListRequest& request, std::int64_t now_ns,
              const ListRules& rules, const Policy& policy) {
  List list;
  list.is_unknown_user = request.since.empty() && !place_among(record.collection->users, request.user);
  if (record.collection->items.empty()) {
    list.by_fallback = true;
    list.unknown_context = request.context;
    return list;
  }
  Laps laps(request.times);
  const ListMaking making(record, hidden, request, now_ns, policy);
  list.by_fallback = making.history.empty();
  list.unknown_context = making.unknown_context;
  list.items = chosen(making, rules);
  put_pins(making, rules, policy, list.items);
  laps.end(Stage::kOrder);
  if (request.explores) {
    explore_a_place(making, rules, policy, list.items);
    laps.end(Stage::kExplore);
  }
  if (!request.explain || list.items.empty()) return list;
  std::vector<std::uint32_t> items;
  for (const ListedItem& one : list.items) items.push_back(one.item);
  const std::vector<Reason> reasons = reasons_of(making.ranker, making.moment, items, making.may_be_named, rules);
  for (std::size_t i = 0; i < items.size(); ++i) list.items[i].reason = reasons[i];
  laps.end(Stage::kReasons);
  return list;
}

Result<Explained> explain(const Record& record, const std::string& user, const std::string& item, std::int64_t now_ns) {
  const Collection& collection = *record.collection;
  if (!place_among(collection.users, user))
    return Status(Code::kNotFound, fmt::format("there is no event of a user '{}'", user), "user");
  const auto number = place_among(collection.items, item);
  if (!number) return Status(Code::kNotFound, fmt::format("there is no item '{}'", item), "item");
  const std::vector<tasks::Behaviour> history = history_of(collection, user, now_ns);
  const Moment moment{.log = collection.log, .time_ns = now_ns, .history = history};
  const std::vector<std::uint32_t> one = {*number};
  return Explained{.score = record.fitted->ranker->scores_of(moment, one)[0],
                   .history = contributions(*record.fitted->ranker, moment, *number)};
}

}  // namespace yupu::recommend
