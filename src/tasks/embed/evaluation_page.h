// An embedder's evaluation as one page for people: retrieval beside BM25, likeness, or nearest texts, and how the model
// was trained.  Chinese and English, self-contained (tasks/report_page.h).
#pragma once

#include <string>

#include "tasks/embed/evaluate.h"
#include "tasks/report_page.h"

namespace yupu::tasks {

std::string embed_evaluation_page(const EmbedEvaluation& evaluation, const PageSubject& subject);

}  // namespace yupu::tasks
