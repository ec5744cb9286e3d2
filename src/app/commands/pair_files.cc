// Files of pairs, and a cross-encoder's evaluate and predict.
#include "app/commands/pair_files.h"

#include <algorithm>

#include "app/commands/task_commands.h"
#include "app/workplace.h"
#include "base/file.h"
#include "engine/execution_context.h"
#include "tasks/pairs/evaluate.h"
#include "tasks/pairs/evaluation_page.h"

namespace yupu::app {
namespace {

// The pairs to predict: of a file, or --text and --text-b given equally often.
Result<tasks::PairSet> pairs_to_predict(Arguments& arguments) {
  data::PairSource source;
  source.label_column.clear();
  const std::vector<std::string> a = arguments.many("--text");
  const std::vector<std::string> b = arguments.many("--text-b");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(0, 1, "file"));
  if (words.empty()) {
    if (a.empty() || a.size() != b.size())
      return invalid_argument("name a FILE of pairs, or give --text and --text-b equally often", "--text-b");
    tasks::PairSet set;
    for (std::size_t i = 0; i < a.size(); ++i) {
      set.rows.push_back({.a = a[i], .b = b[i], .label = {}, .score = 0.0, .group = {}, .line = 0});
      if (a[i].empty() || b[i].empty()) return invalid_argument("an empty text", a[i].empty() ? "--text" : "--text-b");
    }
    return set;
  }
  if (a.size() > 1 || b.size() > 1)
    return invalid_argument("with a FILE, --text and --text-b each name one column", "--text");
  source.path = words[0];
  if (!a.empty()) source.a_column = a[0];
  if (!b.empty()) source.b_column = b[0];
  return data::read_pair_set(source);
}

}  // namespace

data::PairSource read_pair_columns(Arguments& arguments) {
  data::PairSource source;
  source.a_column = arguments.text("--text", source.a_column);
  source.b_column = arguments.text("--text-b", source.b_column);
  source.label_column = arguments.text("--label", source.label_column);
  source.group_column = arguments.text("--group");
  return source;
}

Status evaluate_pairs(Arguments& arguments, const std::string& model) {
  const bool json = arguments.flag("--json");
  data::PairSource source = read_pair_columns(arguments);
  source.path = arguments.required_text("--data");
  const std::string html = arguments.text("--html");
  const ModelRun run = read_model_run(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const auto pairs, tasks::PairModel::load(model, {.placement = model::Placement::kMapped}));
  YUPU_ASSIGN_OR_RETURN(tasks::PairSet set, data::read_pair_set(source));
  if (pairs->target() == tasks::PairTarget::kScore) YUPU_RETURN_IF_ERROR(tasks::take_scores(set));
  engine::ExecutionContext context = open_context(run);
  YUPU_ASSIGN_OR_RETURN(auto evaluation, tasks::evaluate(*pairs, tasks::logits_on(pairs->classifier(), context), set,
                                                         tasks::encode_all(*pairs, set)));
  if (evaluation.ranking) evaluation.bm25 = tasks::bm25_ranking(*pairs, set);
  if (!html.empty()) {
    YUPU_RETURN_IF_ERROR(write_file_atomic(
        html, tasks::pair_evaluation_page(
                  evaluation, {.model = model, .data = source.path, .lineage = pairs->classifier().lineage()})));
  }
  json ? print_json(evaluation.to_json()) : print_text(evaluation.to_text());
  return ok_status();
}

Status predict_pairs(Arguments& arguments, const std::string& model) {
  constexpr std::size_t kBatch = 256;
  const ModelRun run = read_model_run(arguments);
  YUPU_ASSIGN_OR_RETURN(const tasks::PairSet set, pairs_to_predict(arguments));
  YUPU_ASSIGN_OR_RETURN(const auto pairs, tasks::PairModel::load(model, {.placement = model::Placement::kMapped}));
  engine::ExecutionContext context = open_context(run);
  for (std::size_t begin = 0; begin < set.rows.size(); begin += kBatch) {
    const auto part = std::span(set.rows).subspan(begin, std::min(kBatch, set.rows.size() - begin));
    std::vector<text::Encoding> encodings;
    for (const tasks::PairRow& row : part) encodings.push_back(pairs->encode(row.a, row.b));
    YUPU_ASSIGN_OR_RETURN(const auto logits, pairs->classifier().logits(context, encodings));
    for (std::size_t i = 0; i < part.size(); ++i)
      print_json_line(tasks::pair_line(*pairs, part[i].a, part[i].b, logits[i]));
  }
  return ok_status();
}

}  // namespace yupu::app
