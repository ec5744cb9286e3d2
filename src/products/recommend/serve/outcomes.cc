#include "products/recommend/serve/outcomes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/clock.h"
#include "tasks/recommend/behaviour.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kDayNs = 86'400'000'000'000;
constexpr double kNormal95 = 1.96;

struct Shown {
  std::size_t outcome = 0;   // its place
  std::string id, explored;  // the list; the item that was drawn, or none
  std::set<std::string, std::less<>> items, clicked;
};

// An event that may belong to a list.
struct Deed {
  std::string item, impression;  // the latter empty: it names none
  std::int64_t time_ns = 0;
  tasks::BehaviourKind kind = tasks::BehaviourKind::kClick;
};

Status read_lists(store::Transaction& transaction, const std::string& tenant_id, std::int64_t from_ns,
                  std::int64_t to_ns, const std::string& experiment, std::vector<Outcome>& found,
                  std::map<std::string, std::vector<Shown>>& of_user) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT user_id, arm, release_id, time_ns, shown, explored, impression_id FROM "
                        "recommend_impression WHERE tenant_id = ? AND time_ns >= ? AND time_ns < ? AND (? = '' OR "
                        "experiment = ?) ORDER BY time_ns, impression_id",
                        {tenant_id, from_ns, to_ns, experiment, experiment}));
  for (const store::Row& row : rows) {
    YUPU_ASSIGN_OR_RETURN(const Json ids, parse_json(row.text(4)));
    Shown shown{.outcome = found.size(), .id = row.text(6), .explored = {}, .items = {}, .clicked = {}};
    for (const Json& id : ids) shown.items.insert(id.get<std::string>());
    const std::int64_t explored = row.integer(5);
    if (explored > 0 && explored <= static_cast<std::int64_t>(ids.size()))
      shown.explored = ids[static_cast<std::size_t>(explored - 1)].get<std::string>();
    found.push_back({.user = row.text(0),
                     .arm = row.text(1),
                     .release_id = row.text(2),
                     .time_ns = row.integer(3),
                     .explored = explored});
    of_user[found.back().user].push_back(std::move(shown));
  }
  return ok_status();
}

// False: none of the lists may have brought it; `named`: only one that the event names.
bool join(const Deed& deed, bool named, std::vector<Shown>& lists, std::vector<Outcome>& found) {
  for (auto shown = lists.rbegin(); shown != lists.rend(); ++shown) {
    Outcome& outcome = found[shown->outcome];
    if (outcome.time_ns > deed.time_ns || deed.time_ns - outcome.time_ns > kJoinNs) continue;
    if (!shown->items.contains(deed.item) || (named && shown->id != deed.impression)) continue;
    if (shown->clicked.insert(deed.item).second) ++outcome.clicks;
    outcome.is_positive = outcome.is_positive || deed.kind > tasks::BehaviourKind::kClick;
    outcome.strongest = std::max(outcome.strongest, deed.kind);
    outcome.is_explored_clicked = outcome.is_explored_clicked || shown->explored == deed.item;
    return true;
  }
  return false;
}

// Of every place that was drawn: how often, and how often what stood there was clicked.
OrderedJson explored_json(std::span<const Outcome> outcomes) {
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> places;
  for (const Outcome& outcome : outcomes) {
    if (outcome.explored == 0) continue;
    auto& [lists, clicks] = places[outcome.explored];
    ++lists;
    clicks += outcome.is_explored_clicked ? 1 : 0;
  }
  OrderedJson json = OrderedJson::array();
  for (const auto& [place, counts] : places)
    json.push_back({{"position", place}, {"lists", counts.first}, {"clicks", counts.second}});
  return json;
}

OrderedJson rate_json(const Rate& rate) {
  return {{"users", rate.users}, {"lists", rate.lists}, {"hits", rate.hits}, {"share", rate.share.to_json()}};
}

}  // namespace

Result<std::vector<Outcome>> outcomes(store::Store& store, const std::string& tenant_id, std::int64_t from_ns,
                                      std::int64_t to_ns, const std::string& experiment) {
  std::vector<Outcome> found;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    std::map<std::string, std::vector<Shown>> of_user;
    YUPU_RETURN_IF_ERROR(read_lists(transaction, tenant_id, from_ns, to_ns, experiment, found, of_user));
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT user_id, item_id, kind, time_ns, impression_id FROM "
                                            "recommend_event WHERE tenant_id = ? AND time_ns >= ? AND time_ns <= ? "
                                            "AND kind <> 'view' ORDER BY time_ns, event_id",
                                            {tenant_id, from_ns, to_ns + kJoinNs}));
    for (const store::Row& row : rows) {
      const auto lists = of_user.find(row.text(0));
      const auto kind = tasks::find_behaviour(row.text(2));
      if (lists == of_user.end() || !kind) continue;
      const Deed deed{.item = row.text(1),
                      .impression = row.is_null(4) ? std::string() : row.text(4),
                      .time_ns = row.integer(3),
                      .kind = *kind};
      if (deed.impression.empty() || !join(deed, true, lists->second, found)) join(deed, false, lists->second, found);
    }
    return ok_status();
  }));
  return found;
}

Rate rate_of(std::span<const Outcome> outcomes, Hit hit) {
  std::map<std::string_view, std::pair<double, double>> users;  // lists, hits
  Rate rate;
  for (const Outcome& outcome : outcomes) {
    const bool is_hit = hit == Hit::kClicked ? outcome.clicks > 0 : outcome.is_positive;
    auto& [lists, hits] = users[outcome.user];
    lists += 1.0;
    hits += is_hit ? 1.0 : 0.0;
    ++rate.lists;
    rate.hits += is_hit ? 1 : 0;
  }
  rate.users = static_cast<std::int64_t>(users.size());
  rate.share = {.value = 0.0, .low = 0.0, .high = 1.0};
  rate.variance = 0.25;  // of what too little is known of
  if (rate.lists == 0) return rate;
  rate.share.value = static_cast<double>(rate.hits) / static_cast<double>(rate.lists);
  if (users.size() < 2) return rate;
  double squares = 0.0;
  for (const auto& [user, counts] : users) {
    const double apart = counts.second - rate.share.value * counts.first;
    squares += apart * apart;
  }
  const double count = static_cast<double>(users.size()), lists = static_cast<double>(rate.lists);
  rate.variance = count / (count - 1.0) * squares / (lists * lists);
  const double half = kNormal95 * std::sqrt(rate.variance);
  rate.share.low = std::max(0.0, rate.share.value - half);
  rate.share.high = std::min(1.0, rate.share.value + half);
  return rate;
}

Interval difference(const Rate& above, const Rate& below) {
  const double value = above.share.value - below.share.value;
  const double half = kNormal95 * std::sqrt(above.variance + below.variance);
  return {.value = value, .low = std::max(-1.0, value - half), .high = std::min(1.0, value + half)};
}

Result<OrderedJson> experiment_json(store::Store& store, const std::string& tenant_id, const std::string& experiment,
                                    std::int64_t days, std::int64_t now_ns) {
  YUPU_ASSIGN_OR_RETURN(const auto all, outcomes(store, tenant_id, now_ns - days * kDayNs, now_ns + 1, experiment));
  OrderedJson json = {{"experiment", experiment}, {"days", days}, {"arms", OrderedJson::array()}};
  Rate clicks[2], positives[2];
  for (const std::string_view arm : {"champion", "challenger"}) {
    std::vector<Outcome> of_arm;
    std::set<std::string> releases;
    for (const Outcome& outcome : all) {
      if (outcome.arm != arm) continue;
      of_arm.push_back(outcome);
      releases.insert(outcome.release_id);
    }
    const std::size_t place = arm == "champion" ? 0 : 1;
    clicks[place] = rate_of(of_arm, Hit::kClicked);
    positives[place] = rate_of(of_arm, Hit::kPositive);
    json["arms"].push_back({{"arm", arm},
                            {"releases", releases},
                            {"clicked", rate_json(clicks[place])},
                            {"positive", rate_json(positives[place])}});
  }
  json["difference"] = {{"clicked", difference(clicks[1], clicks[0]).to_json()},
                        {"positive", difference(positives[1], positives[0]).to_json()}};
  return json;
}

Result<OrderedJson> metrics_json(store::Store& store, const std::string& tenant_id, std::int64_t days,
                                 std::int64_t now_ns) {
  const std::int64_t from_ns = (now_ns / kDayNs - days + 1) * kDayNs;
  YUPU_ASSIGN_OR_RETURN(const auto all, outcomes(store, tenant_id, from_ns, now_ns + 1));
  OrderedJson json = {{"join_minutes", kJoinNs / 60'000'000'000}, {"days", OrderedJson::array()}};
  const std::span<const Outcome> span = all;
  std::size_t begin = 0;
  for (std::int64_t day_ns = from_ns; day_ns <= now_ns; day_ns += kDayNs) {
    std::size_t end = begin;
    while (end < all.size() && all[end].time_ns < day_ns + kDayNs) ++end;
    const auto of_day = span.subspan(begin, end - begin);
    std::int64_t clicks = 0;
    for (const Outcome& outcome : of_day) clicks += outcome.clicks;
    json["days"].push_back({{"day", format_utc(day_ns).substr(0, 10)},
                            {"clicks", clicks},
                            {"clicked", rate_json(rate_of(of_day, Hit::kClicked))},
                            {"positive", rate_json(rate_of(of_day, Hit::kPositive))}});
    begin = end;
  }
  json["clicked"] = rate_json(rate_of(span, Hit::kClicked));
  json["positive"] = rate_json(rate_of(span, Hit::kPositive));
  json["explored"] = explored_json(span);
  return json;
}

}  // namespace yupu::recommend
