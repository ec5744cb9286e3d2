// yupu evaluate and yupu predict: a model directory on rows, and on texts; and both for classifiers.
#include "tasks/classify/evaluate.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/row_files.h"
#include "app/commands/task_commands.h"
#include "app/workplace.h"
#include "base/file.h"
#include "engine/execution_context.h"
#include "tasks/classify/branches.h"
#include "tasks/classify/classifier.h"
#include "tasks/classify/evaluation_page.h"

namespace yupu::app {

Status evaluate_command(Arguments& arguments) {
  const std::string model = arguments.required_text("--model");
  YUPU_ASSIGN_OR_RETURN(const TaskCommands* task, task_of_model(arguments, model));
  return task->evaluate(arguments, model);
}

Status predict_command(Arguments& arguments) {
  arguments.flag("--json");  // the output is JSON lines either way
  const std::string model = arguments.required_text("--model");
  YUPU_ASSIGN_OR_RETURN(const TaskCommands* task, task_of_model(arguments, model));
  return task->predict(arguments, model);
}

Status evaluate_classify(Arguments& arguments, const std::string& model) {
  const bool json = arguments.flag("--json");
  const std::string data = arguments.required_text("--data");
  const data::ImportSource shape = read_row_shape(arguments);
  const std::string html = arguments.text("--html");
  const ModelRun run = read_model_run(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const auto classifier,
                        tasks::Classifier::load(model, {.placement = model::Placement::kMapped}));
  YUPU_ASSIGN_OR_RETURN(const auto rows, read_rows(shape, data));
  engine::ExecutionContext context = open_context(run);
  YUPU_ASSIGN_OR_RETURN(const auto evaluation, tasks::evaluate(*classifier, context, rows));
  YUPU_ASSIGN_OR_RETURN(const auto branches, tasks::judge_branches(*classifier, context, rows, evaluation.logits));
  if (!html.empty()) {
    const tasks::PageSubject subject{.model = model, .data = data, .lineage = classifier->lineage()};
    YUPU_RETURN_IF_ERROR(write_file_atomic(html, tasks::evaluation_page(evaluation, subject, branches)));
  }
  if (!json) {
    print_text(evaluation.to_text() + (branches ? branches->to_text() : ""));
    return ok_status();
  }
  OrderedJson told = evaluation.to_json();
  if (branches) told["branches"] = branches->to_json();
  print_json(told);
  return ok_status();
}

Status predict_classify(Arguments& arguments, const std::string& model) {
  const auto given = arguments.many("--text");
  const auto top_k = static_cast<std::size_t>(arguments.integer("--top-k", 3, 1, 1000));
  const ModelRun run = read_model_run(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(0, 1, "file"));
  YUPU_ASSIGN_OR_RETURN(const auto texts, texts_to_predict(given, words));
  YUPU_ASSIGN_OR_RETURN(const auto classifier,
                        tasks::Classifier::load(model, {.placement = model::Placement::kMapped}));
  engine::ExecutionContext context = open_context(run);
  constexpr std::size_t kBatch = 256;
  for (std::size_t begin = 0; begin < texts.size(); begin += kBatch) {
    const std::size_t end = std::min(begin + kBatch, texts.size());
    std::vector<text::Encoding> encodings;
    for (std::size_t i = begin; i < end; ++i) encodings.push_back(classifier->encode(texts[i]));
    YUPU_ASSIGN_OR_RETURN(const auto logits, classifier->logits(context, encodings));
    for (std::size_t i = begin; i < end; ++i)
      print_json_line(tasks::prediction_json(*classifier, texts[i], logits[i - begin], top_k));
  }
  return ok_status();
}

}  // namespace yupu::app
