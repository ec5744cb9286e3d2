// Logits of the texts on standard input (one a line) by the classifier in a model directory, one JSON list each, for
// bench/peers/hf_roundtrip.py.
//   tasks_logits_bench DIRECTORY < texts
#include <cstdio>
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "base/json.h"
#include "tasks/classify/classifier.h"

namespace yupu::tasks {
namespace {

Status run(const std::string& directory) {
  YUPU_ASSIGN_OR_RETURN(const auto classifier, Classifier::load(directory));
  std::vector<text::Encoding> encodings;
  std::string line;
  while (std::getline(std::cin, line)) encodings.push_back(classifier->encode(line));
  engine::ExecutionContext context(0);
  YUPU_ASSIGN_OR_RETURN(const auto logits, classifier->logits(context, encodings));
  for (const auto& row : logits) fmt::print("{}\n", to_text(Json(row)));
  return ok_status();
}

}  // namespace
}  // namespace yupu::tasks

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: tasks_logits_bench DIRECTORY < texts\n");
    return 2;
  }
  const yupu::Status status = yupu::tasks::run(argv[1]);
  if (!status.ok()) fmt::print(stderr, "{}\n", status.to_string());
  return status.ok() ? 0 : 1;
}
