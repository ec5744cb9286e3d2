// How well scores order the candidates of a query: retrieval and reranking.
//   MRR@K     mean over queries of 1 / rank of the first relevant candidate, 0 when none is in the first K
//   recall@k  mean over queries of the share of the relevant candidates that are in the first k
//   nDCG@K    mean of DCG / DCG of the best order, DCG = sum of gain / log2(1 + rank) over the first K
//             (Järvelin, Kekäläinen 2002; gains as they are, as trec_eval has them)
// K is 10.  Among equal scores the less relevant candidate stands first: a score that says nothing earns nothing, and
// the order of the file changes no figure.
// A query without a relevant candidate has no figure: it is counted and left out.   Threads: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/json.h"

namespace yupu::tasks {

inline constexpr std::int64_t kRankingDepth = 10;
inline constexpr std::int64_t kRecallDepths[] = {1, 3, 5, 10};

struct Candidate {
  double score = 0.0;
  double gain = 0.0;      // how good an answer it is, not negative
  bool relevant = false;  // whether it is one at all; a relevant candidate's gain is not 0
};

struct RankingReport {
  double mrr = 0.0;
  double ndcg = 0.0;
  std::map<std::int64_t, double> recall;  // by depth
  std::int64_t query_count = 0;           // with a relevant candidate
  std::int64_t unanswerable_count = 0;    // without
  double candidates_mean = 0.0;           // of the queries counted

  OrderedJson to_json() const;
};

RankingReport ranking_report(std::span<const std::vector<Candidate>> queries);

}  // namespace yupu::tasks
