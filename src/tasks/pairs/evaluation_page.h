// A cross-encoder's evaluation as one page for people: labels or likeness, candidates beside BM25, which labels are
// taken for which, how the model was trained.  Chinese and English, self-contained (tasks/report_page.h).
#pragma once

#include <string>

#include "base/json.h"
#include "tasks/pairs/evaluate.h"

namespace yupu::tasks {

struct PairPageOptions {
  std::string model;  // what the page is about: a directory
  std::string data;   // the file of pairs
  Json lineage;       // the model's; parts that lack are left out
};

std::string pair_evaluation_page(const PairEvaluation& evaluation, const PairPageOptions& options);

}  // namespace yupu::tasks
