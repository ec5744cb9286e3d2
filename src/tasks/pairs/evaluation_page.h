// A cross-encoder's evaluation as one page for people: labels or likeness, candidates beside BM25, which labels are
// taken for which, how the model was trained.  Chinese and English, self-contained (tasks/report_page.h).
#pragma once

#include <string>

#include "tasks/pairs/evaluate.h"
#include "tasks/report_page.h"

namespace yupu::tasks {

std::string pair_evaluation_page(const PairEvaluation& evaluation, const PageSubject& subject);

}  // namespace yupu::tasks
