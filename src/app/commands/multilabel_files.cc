// Files of texts with any number of labels, and a multi-label model's evaluate and predict.
#include "app/commands/multilabel_files.h"

#include <algorithm>

#include "app/commands/task_commands.h"
#include "app/workplace.h"
#include "base/file.h"
#include "engine/execution_context.h"
#include "tasks/multilabel/evaluate.h"
#include "tasks/multilabel/evaluation_page.h"

namespace yupu::app {

data::MultilabelSource read_multilabel_columns(Arguments& arguments) {
  data::MultilabelSource source;
  source.text_column = arguments.text("--text", source.text_column);
  source.label_column = arguments.text("--label", source.label_column);
  source.separator = arguments.text("--separator", source.separator);
  return source;
}

Status evaluate_multilabel(Arguments& arguments, const std::string& model) {
  const bool json = arguments.flag("--json");
  data::MultilabelSource source = read_multilabel_columns(arguments);
  source.path = arguments.required_text("--data");
  const std::string html = arguments.text("--html");
  const ModelRun run = read_model_run(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const auto multilabel,
                        tasks::MultilabelModel::load(model, {.placement = model::Placement::kMapped}));
  YUPU_ASSIGN_OR_RETURN(const tasks::MultilabelSet set, data::read_multilabel_set(source));
  engine::ExecutionContext context = open_context(run);
  YUPU_ASSIGN_OR_RETURN(const auto evaluation,
                        tasks::evaluate(*multilabel, tasks::logits_on(multilabel->classifier(), context), set,
                                        tasks::encode_all(*multilabel, set)));
  if (!html.empty()) {
    YUPU_RETURN_IF_ERROR(write_file_atomic(
        html, tasks::multilabel_evaluation_page(
                  evaluation, {.model = model, .data = source.path, .lineage = multilabel->classifier().lineage()})));
  }
  json ? print_json(evaluation.to_json()) : print_text(evaluation.to_text());
  return ok_status();
}

Status predict_multilabel(Arguments& arguments, const std::string& model) {
  constexpr std::size_t kBatch = 256;
  const auto given = arguments.many("--text");
  const auto top_k = static_cast<std::size_t>(arguments.integer("--top-k", 3, 0, 1000));
  const ModelRun run = read_model_run(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(0, 1, "file"));
  YUPU_ASSIGN_OR_RETURN(const auto texts, texts_to_predict(given, words));
  YUPU_ASSIGN_OR_RETURN(const auto multilabel,
                        tasks::MultilabelModel::load(model, {.placement = model::Placement::kMapped}));
  engine::ExecutionContext context = open_context(run);
  for (std::size_t begin = 0; begin < texts.size(); begin += kBatch) {
    const auto part = std::span(texts).subspan(begin, std::min(kBatch, texts.size() - begin));
    std::vector<text::Encoding> encodings;
    for (const std::string& text : part) encodings.push_back(multilabel->classifier().encode(text));
    YUPU_ASSIGN_OR_RETURN(const auto logits, multilabel->classifier().logits(context, encodings));
    for (std::size_t i = 0; i < part.size(); ++i)
      print_json_line(tasks::multilabel_line(*multilabel, part[i], logits[i], top_k));
  }
  return ok_status();
}

}  // namespace yupu::app
