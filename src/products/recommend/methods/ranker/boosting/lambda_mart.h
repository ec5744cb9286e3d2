// LambdaMART: trees boosted so that what is wanted stands first.  Burges 2010, MSR-TR-2010-82, section 7:
//   lambda_ij = -|delta nDCG_ij| / (1 + exp(s_i - s_j))   for every pair i wanted more than j of one group
// by XGBoost (objective rank:ndcg), on one thread: the same groups and seed give the same trees.  The only file that
// speaks XGBoost; what it learned is a Forest, which needs none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "products/recommend/methods/ranker/forest.h"

namespace yupu::recommend {

// Rows, those of a question side by side.
struct RankingGroups {
  std::size_t width = 0;             // features of a row
  std::vector<float> features;       // (rows, width), finite; NaN: missing
  std::vector<float> relevance;      // of each row: 0 not wanted, 1 wanted
  std::vector<std::uint32_t> sizes;  // rows of each question
  std::vector<float> weights = {};   // what each question counts, above 0; none at all: 1 each
  std::vector<float> offsets = {};   // of each row, added to its score while trees learn; none at all: 0 each
};

struct BoostingShape {
  std::int64_t trees = 100, depth = 4;
  double lr = 0.1;
  double leaf_weight_min = 0.1;  // the second derivatives a leaf has at least
  std::int64_t pairs = 1;        // drawn for every row of each question, a tree
  std::uint64_t seed = 1;
};

// Whether this build has the library.
bool can_boost();

// Outcomes  kUnavailable: built without the library; kInvalidArgument: no row; kInternal: what XGBoost says.
Result<Forest> lambda_mart(const RankingGroups& groups, const BoostingShape& shape);

}  // namespace yupu::recommend
