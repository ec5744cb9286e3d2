// A tagger's evaluation as one page for people: spans by type, words by tag, which tags are taken for which, how the
// model was trained.  Chinese and English, self-contained (tasks/report_page.h).
#pragma once

#include <string>

#include "base/json.h"
#include "tasks/tokens/evaluate.h"

namespace yupu::tasks {

struct TagPageOptions {
  std::string model;  // what the page is about: a directory
  std::string data;   // the file of sentences
  Json lineage;       // the model's; parts that lack are left out
};

std::string tag_evaluation_page(const TagEvaluation& evaluation, const TagPageOptions& options);

}  // namespace yupu::tasks
