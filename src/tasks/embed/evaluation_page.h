// An embedder's evaluation as one page for people: retrieval beside BM25, likeness, or nearest texts, and how the model
// was trained.  Chinese and English, self-contained (tasks/report_page.h).
#pragma once

#include <string>

#include "base/json.h"
#include "tasks/embed/evaluate.h"

namespace yupu::tasks {

struct EmbedPageOptions {
  std::string model;  // what the page is about: a directory
  std::string data;   // the file of rows
  Json lineage;       // the model's; parts that lack are left out
};

std::string embed_evaluation_page(const EmbedEvaluation& evaluation, const EmbedPageOptions& options);

}  // namespace yupu::tasks
