// Logits of the texts on standard input (one a line; a pair has a tab between its texts) by the classifier or
// cross-encoder in a model directory, one JSON list each, for bench/peers/hf_roundtrip.py.
//   tasks_logits_bench DIRECTORY [pairs|multilabel] < texts
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/json.h"
#include "tasks/classify/classifier.h"
#include "tasks/multilabel/multilabel_model.h"
#include "tasks/pairs/pair_model.h"

namespace yupu::tasks {
namespace {

Status print_logits(const Classifier& classifier, const std::vector<text::Encoding>& encodings) {
  engine::ExecutionContext context(0);
  YUPU_ASSIGN_OR_RETURN(const auto logits, classifier.logits(context, encodings));
  for (const auto& row : logits) fmt::print("{}\n", to_text(Json(row)));
  return ok_status();
}

Status run_texts(const Classifier& classifier) {
  std::vector<text::Encoding> encodings;
  for (std::string line; std::getline(std::cin, line);) encodings.push_back(classifier.encode(line));
  return print_logits(classifier, encodings);
}

Status run(const std::string& directory, std::string_view kind) {
  if (kind.empty()) {
    YUPU_ASSIGN_OR_RETURN(const auto classifier, Classifier::load(directory));
    return run_texts(*classifier);
  }
  if (kind == "multilabel") {
    YUPU_ASSIGN_OR_RETURN(const auto multilabel, MultilabelModel::load(directory));
    return run_texts(multilabel->classifier());
  }
  std::vector<text::Encoding> encodings;
  std::string line;
  YUPU_ASSIGN_OR_RETURN(const auto model, PairModel::load(directory));
  while (std::getline(std::cin, line)) {
    const std::size_t tab = std::min(line.find('\t'), line.size());
    encodings.push_back(model->encode(line.substr(0, tab), tab < line.size() ? line.substr(tab + 1) : std::string()));
  }
  return print_logits(model->classifier(), encodings);
}

}  // namespace
}  // namespace yupu::tasks

int main(int argc, char** argv) {
  const std::string_view kind = argc == 3 ? argv[2] : "";
  if (argc < 2 || argc > 3 || !(kind.empty() || kind == "pairs" || kind == "multilabel")) {
    fmt::print(stderr, "usage: tasks_logits_bench DIRECTORY [pairs|multilabel] < texts\n");
    return 2;
  }
  const yupu::Status status = yupu::tasks::run(argv[1], kind);
  if (!status.ok()) fmt::print(stderr, "{}\n", status.to_string());
  return status.ok() ? 0 : 1;
}
