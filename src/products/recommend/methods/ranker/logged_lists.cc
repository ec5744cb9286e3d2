#include "products/recommend/methods/ranker/logged_lists.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/check.h"
#include "products/recommend/methods/cross/pair_scorer.h"
#include "products/recommend/methods/ranker/position_pull.h"
#include "products/recommend/methods/ranker/user_features.h"
#include "tasks/recommend/examples.h"

namespace yupu::recommend {
namespace {

std::optional<LoggedRow> logged_row(const Collection& collection, const std::vector<std::string>& feature_names,
                                    const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto id = json.find("item"), position = json.find("position"), features = json.find("features");
  if (id == json.end() || !id->is_string() || position == json.end() || !position->is_number_integer() ||
      features == json.end() || !features->is_object())
    return std::nullopt;
  const auto item = place_among(collection.items, id->get<std::string>());
  if (!item) return std::nullopt;
  if (position->get<std::int64_t>() < 1) return std::nullopt;
  LoggedRow row{.item = *item, .position = position->get<std::int64_t>()};
  for (const std::string& name : feature_names) {
    const auto value = features->find(name);
    const bool is_known = value != features->end() && value->is_number();
    if (!is_known && !name.starts_with(kCrossPrefix) && !is_user_feature(name)) return std::nullopt;
    row.features.push_back(is_known ? value->get<float>() : std::numeric_limits<float>::quiet_NaN());
  }
  return row;
}

// 1 for each row that was wanted.
std::vector<float> wanted_of(const LoggedList& list, const tasks::BehaviourLog& log, tasks::BehaviourKind relevant) {
  std::vector<float> wanted(list.rows.size(), 0.0f);
  const std::int64_t until_ns = list.time_ns + tasks::kShownForNs;
  for (const tasks::Behaviour& event : log.of_user_before(list.user, until_ns + 1)) {
    if (event.time_ns < list.time_ns || event.kind < relevant) continue;
    for (std::size_t i = 0; i < list.rows.size(); ++i) {
      if (list.rows[i].item == event.item) wanted[i] = 1.0f;
    }
  }
  return wanted;
}

void add_group(const LoggedList& list, std::span<const float> wanted, std::optional<std::size_t> position_feature,
               float weight, RankingGroups& groups) {
  for (std::size_t i = 0; i < list.rows.size(); ++i) {
    const LoggedRow& row = list.rows[i];
    CHECK(row.features.size() >= groups.width, "a logged row of another width");
    const auto end = row.features.begin() + static_cast<std::ptrdiff_t>(groups.width);
    groups.features.insert(groups.features.end(), row.features.begin(), end);
    if (position_feature) {
      const std::size_t begin = groups.features.size() - groups.width;
      groups.features[begin + *position_feature] = static_cast<float>(row.position);
    }
    groups.relevance.push_back(wanted[i]);
  }
  groups.sizes.push_back(static_cast<std::uint32_t>(list.rows.size()));
  groups.weights.push_back(weight);
}

}  // namespace

std::optional<LoggedList> logged_list(const Collection& collection, const std::vector<std::string>& feature_names,
                                      const std::string& user, std::int64_t time_ns, const Json& items) {
  const auto number = place_among(collection.users, user);
  if (!number || !items.is_array()) return std::nullopt;
  LoggedList list{.user = *number, .time_ns = time_ns};
  for (const Json& json : items) {
    auto row = logged_row(collection, feature_names, json);
    if (!row) return std::nullopt;
    list.rows.push_back(std::move(*row));
  }
  return list;
}

void add_lists(std::span<const LoggedList> lists, const tasks::BehaviourLog& log, tasks::BehaviourKind relevant,
               std::size_t position_feature, PositionRule rule, const std::function<double(std::int64_t)>& looked_at,
               RankingGroups& groups) {
  if (log.events().empty()) return;
  const std::int64_t last_ns = log.events().back().time_ns;
  groups.weights.resize(groups.sizes.size(), 1.0f);
  const std::size_t first_group = groups.sizes.size(), first_row = groups.relevance.size();
  std::vector<std::int64_t> positions;
  for (const LoggedList& list : lists) {
    if (list.time_ns + tasks::kShownForNs > last_ns) continue;
    const std::vector<float> wanted = wanted_of(list, log, relevant);
    const auto count = std::count(wanted.begin(), wanted.end(), 1.0f);
    if (count == 0 || count == static_cast<std::ptrdiff_t>(wanted.size())) continue;
    if (rule != PositionRule::kWeight) {
      add_group(list, wanted,
                rule == PositionRule::kFeature ? std::optional<std::size_t>(position_feature) : std::nullopt, 1.0f,
                groups);
      for (const LoggedRow& row : list.rows) positions.push_back(row.position);
      continue;
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i] == 0.0f) continue;
      std::vector<float> alone(wanted.size(), 0.0f);
      alone[i] = 1.0f;
      const double weight = std::min(kWeightMost, 1.0 / std::max(1e-6, looked_at(list.rows[i].position)));
      add_group(list, alone, std::nullopt, static_cast<float>(weight), groups);
    }
  }
  if (rule != PositionRule::kOffset) return;
  const std::vector<float> pull = position_pull(groups, first_group, positions);
  groups.offsets.resize(first_row, 0.0f);
  for (const std::int64_t position : positions) groups.offsets.push_back(pull[place_of(position)]);
}

bool is_explained(std::span<const LoggedList> lists, std::uint32_t user, std::int64_t time_ns,
                  std::span<const std::uint32_t> wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](std::uint32_t item) {
    return std::any_of(lists.begin(), lists.end(), [&](const LoggedList& list) {
      return list.user == user && list.time_ns <= time_ns && time_ns - list.time_ns <= tasks::kShownForNs &&
             std::any_of(list.rows.begin(), list.rows.end(), [item](const LoggedRow& row) { return row.item == item; });
    });
  });
}

}  // namespace yupu::recommend
