#include "app/commands/tag_files.h"

#include <algorithm>

#include "app/workplace.h"
#include "base/file.h"
#include "data/tag_set.h"
#include "engine/execution_context.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/tokens/evaluate.h"
#include "tasks/tokens/evaluation_page.h"
#include "training/precision.h"

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

bool is_tagger(const std::string& model) {
  if (const auto text = read_file(model + "/yupu.json"); text.ok()) {
    const auto json = parse_json(*text);
    return json.ok() && json->is_object() && json->value("task", Json()) == Json("tokens");
  }
  const auto config = model::read_model_config(model);
  return config.ok() && config->architecture == "BertForTokenClassification";
}

Status evaluate_tagger(const TagRun& run, const TagReport& report) {
  YUPU_ASSIGN_OR_RETURN(const auto tagger, tasks::Tagger::load(run.model, model::Placement::kMapped));
  YUPU_ASSIGN_OR_RETURN(const tasks::TagSet set, read_tags(report.data, report.flags));
  engine::ExecutionContext context(run.threads, training::usable_precision(run.precision, *terminal_progress()));
  YUPU_ASSIGN_OR_RETURN(const auto evaluation, tasks::evaluate(*tagger, context, set));
  if (!report.html.empty()) {
    YUPU_RETURN_IF_ERROR(write_file_atomic(
        report.html, tasks::tag_evaluation_page(
                         evaluation, {.model = run.model, .data = report.data, .lineage = tagger->lineage()})));
  }
  report.json ? print_json(evaluation.to_json()) : print_text(evaluation.to_text());
  return ok_status();
}

Status predict_entities(const TagRun& run, std::span<const std::string> texts) {
  constexpr std::size_t kBatch = 256;
  YUPU_ASSIGN_OR_RETURN(const auto tagger, tasks::Tagger::load(run.model, model::Placement::kMapped));
  engine::ExecutionContext context(run.threads, training::usable_precision(run.precision, *terminal_progress()));
  for (std::size_t begin = 0; begin < texts.size(); begin += kBatch) {
    YUPU_ASSIGN_OR_RETURN(
        const auto lines,
        tasks::entity_lines(*tagger, context, texts.subspan(begin, std::min(kBatch, texts.size() - begin))));
    for (const OrderedJson& line : lines) print_text(line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
  }
  return ok_status();
}

}  // namespace yupu::app
