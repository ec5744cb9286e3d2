// An evaluation of any number of labels per text as one page for people: figures, every label with its threshold,
// the learning curve.  Self-contained (no script, nothing fetched), Chinese and English, light and dark.
#pragma once

#include <string>

#include "tasks/multilabel/evaluate.h"
#include "tasks/report_page.h"

namespace yupu::tasks {

std::string multilabel_evaluation_page(const MultilabelEvaluation& evaluation, const PageSubject& subject);

}  // namespace yupu::tasks
