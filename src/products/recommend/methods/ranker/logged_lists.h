// Lists that were given, with what each was ordered by and where each item stood, as something to learn an order from.
//   rows     the features as they were logged, not counted again: what serving saw is what is learned from
//   wanted   touched by the user in a kind that is to be foretold, within half an hour after the list was given
//   position 1 on top.  People look at what stands on top, wanted or not, so a click says less the higher it stands:
//     kOffset   what a position draws is estimated (position_pull.h) and added to a row's score while trees learn, and
//     to
//               none where a list is made: the two parts of a click kept apart, as PAL has them (Guo et al. 2019,
//               RecSys'19, doi 10.1145/3298689.3347033)
//     kFeature  position is a feature of the trees, and 0 for everything wherever a list is made.  A tree that splits
//     by
//               both learns another order for each position, and 0 gets that of the uppermost
//     kWeight   every click is a group of its own, weighed by 1 / (how likely that position is looked at), at most
//               kWeightMost (Joachims et al. 2017, WSDM'17, arXiv:1608.04468; Wang et al. 2018, WSDM'18, section 4.2);
//               the feature stays 0
//     kNone     clicks are taken as they are
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "products/recommend/collection.h"
#include "products/recommend/methods/ranker/boosting/lambda_mart.h"

namespace yupu::recommend {

enum class PositionRule : std::uint8_t { kOffset, kFeature, kWeight, kNone };
inline constexpr double kWeightMost = 10.0;
inline constexpr std::string_view kPositionFeature = "position";

struct LoggedRow {
  std::uint32_t item = 0;
  std::int64_t position = 1;
  std::vector<float> features = {};
};
struct LoggedList {
  std::uint32_t user = 0;
  std::int64_t time_ns = 0;
  std::vector<LoggedRow> rows = {};
};

// A list as the store has it: [{"item", "position", "features": {NAME: X}}, ...], in the collection's numbers and in
// the order of `feature_names`.  A score of a cross-encoder (cross/pair_scorer.h) or a feature of the user
// (user_features.h) that is null or not there is NaN: a list that was given before there was such a feature is still
// read.  Nothing: an item or another feature is unknown by now, or no such list.
std::optional<LoggedList> logged_list(const Collection& collection, const std::vector<std::string>& feature_names,
                                      const std::string& user, std::int64_t time_ns, const Json& items);

// Of the lists that had half an hour before the last event of the log, those with something wanted and something not,
// as groups after those in `groups`.  `looked_at`: how likely a position is looked at, for kWeight.
// REQUIRES: rows of at least groups.width features, of which so many are taken; users and items of the log.
void add_lists(std::span<const LoggedList> lists, const tasks::BehaviourLog& log, tasks::BehaviourKind relevant,
               std::size_t position_feature, PositionRule rule, const std::function<double(std::int64_t)>& looked_at,
               RankingGroups& groups);

// Whether everything the user wanted at that instant stood in a list that was given to them within half an hour before.
bool is_explained(std::span<const LoggedList> lists, std::uint32_t user, std::int64_t time_ns,
                  std::span<const std::uint32_t> wanted);

}  // namespace yupu::recommend
