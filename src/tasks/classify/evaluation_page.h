// An evaluation as one page for people: figures, confusion matrix, slices, reliability, what the thresholds do, and
// how the model was trained.  Self-contained (no script, nothing fetched), Chinese and English, light and dark.
#pragma once

#include <string>

#include "base/json.h"
#include "tasks/classify/evaluate.h"

namespace yupu::tasks {

struct EvaluationPageOptions {
  std::string model;  // what the page is about: a directory
  std::string data;   // the file of rows
  Json lineage;  // the model's: options, "learning_curve" [{"epoch", "loss", "valid"}]; parts that lack are left out
};

std::string evaluation_page(const Evaluation& evaluation, const EvaluationPageOptions& options);

}  // namespace yupu::tasks
