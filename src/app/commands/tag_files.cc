// Column files, and a tagger's evaluate and predict.
#include "app/commands/tag_files.h"

#include <algorithm>

#include "app/commands/task_commands.h"
#include "app/workplace.h"
#include "base/file.h"
#include "data/tag_set.h"
#include "engine/execution_context.h"
#include "tasks/tokens/column_lines.h"
#include "tasks/tokens/evaluate.h"
#include "tasks/tokens/evaluation_page.h"

namespace yupu::app {

TagFlags read_tag_flags(Arguments& arguments) {
  TagFlags flags;
  flags.column = arguments.integer("--column", 0, 1, 1000);
  flags.scheme = arguments.one_of("--scheme", "auto", {"auto", "iob1", "iob2", "bio", "iobes", "bioes", "bmes"});
  if (flags.scheme == "auto") flags.scheme.clear();
  return flags;
}

Result<tasks::TagSet> read_tags(const std::string& path, const TagFlags& flags) {
  data::TagSource source{.path = path};
  if (flags.column > 0) source.tag_column = static_cast<std::size_t>(flags.column - 1);
  if (!flags.scheme.empty()) source.scheme = tasks::find_scheme(flags.scheme);
  return data::read_tag_set(source);
}

Status evaluate_tokens(Arguments& arguments, const std::string& model) {
  const bool json = arguments.flag("--json");
  const std::string data = arguments.required_text("--data");
  const TagFlags flags = read_tag_flags(arguments);
  const std::string html = arguments.text("--html");
  const ModelRun run = read_model_run(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const auto tagger, tasks::Tagger::load(model, model::Placement::kMapped));
  YUPU_ASSIGN_OR_RETURN(const tasks::TagSet set, read_tags(data, flags));
  engine::ExecutionContext context = open_context(run);
  YUPU_ASSIGN_OR_RETURN(const auto evaluation, tasks::evaluate(*tagger, context, set));
  if (!html.empty()) {
    YUPU_RETURN_IF_ERROR(write_file_atomic(
        html, tasks::tag_evaluation_page(evaluation, {.model = model, .data = data, .lineage = tagger->lineage()})));
  }
  json ? print_json(evaluation.to_json()) : print_text(evaluation.to_text());
  return ok_status();
}

Status predict_tokens(Arguments& arguments, const std::string& model) {
  constexpr std::size_t kBatch = 256;
  const auto given = arguments.many("--text");
  const std::string scheme =
      arguments.one_of("--scheme", "none", {"none", "iob1", "iob2", "bio", "iobes", "bioes", "bmes"});
  const ModelRun run = read_model_run(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(0, 1, "file"));
  YUPU_ASSIGN_OR_RETURN(const auto texts, texts_to_predict(given, words));
  YUPU_ASSIGN_OR_RETURN(const auto tagger, tasks::Tagger::load(model, model::Placement::kMapped));
  engine::ExecutionContext context = open_context(run);
  for (std::size_t begin = 0; begin < texts.size(); begin += kBatch) {
    const auto part = std::span(texts).subspan(begin, std::min(kBatch, texts.size() - begin));
    if (const auto written = tasks::find_scheme(scheme)) {
      YUPU_ASSIGN_OR_RETURN(std::string lines, tasks::column_lines(*tagger, context, part, *written));
      if (lines.empty()) continue;
      lines.pop_back();  // print_text ends the last line
      print_text(lines);
      continue;
    }
    YUPU_ASSIGN_OR_RETURN(const auto lines, tasks::entity_lines(*tagger, context, part));
    for (const OrderedJson& line : lines) print_json_line(line);
  }
  return ok_status();
}

}  // namespace yupu::app
