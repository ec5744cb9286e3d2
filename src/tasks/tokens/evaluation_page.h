// A tagger's evaluation as one page for people: spans by type, words by tag, which tags are taken for which, how the
// model was trained.  Chinese and English, self-contained (tasks/report_page.h).
#pragma once

#include <string>

#include "tasks/report_page.h"
#include "tasks/tokens/evaluate.h"

namespace yupu::tasks {

std::string tag_evaluation_page(const TagEvaluation& evaluation, const PageSubject& subject);

}  // namespace yupu::tasks
