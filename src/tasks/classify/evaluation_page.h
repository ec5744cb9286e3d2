// An evaluation as one page for people: figures, confusion matrix, slices, reliability, what the thresholds do, and
// how the model was trained.  Self-contained (no script, nothing fetched), Chinese and English, light and dark.
#pragma once

#include <optional>
#include <string>

#include "tasks/classify/branches.h"
#include "tasks/classify/evaluate.h"
#include "tasks/report_page.h"

namespace yupu::tasks {

// `branches`: where they were judged.
std::string evaluation_page(const Evaluation& evaluation, const PageSubject& subject,
                            const std::optional<Branches>& branches = std::nullopt);

}  // namespace yupu::tasks
