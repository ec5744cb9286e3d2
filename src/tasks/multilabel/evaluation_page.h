// An evaluation of any number of labels per text as one page for people: figures, every label with its threshold,
// the learning curve.  Self-contained (no script, nothing fetched), Chinese and English, light and dark.
#pragma once

#include <string>

#include "base/json.h"
#include "tasks/multilabel/evaluate.h"

namespace yupu::tasks {

struct MultilabelPageOptions {
  std::string model;  // what the page is about: a directory
  std::string data;   // the file of rows
  Json lineage;       // the model's: "learning_curve"
};

std::string multilabel_evaluation_page(const MultilabelEvaluation& evaluation, const MultilabelPageOptions& options);

}  // namespace yupu::tasks
