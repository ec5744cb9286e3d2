// yupu knowledge weigh: how much words and a reranker count, fitted on questions.
// yupu knowledge pairs: what a reranker learns from, out of the search it will stand behind.
#include <fmt/format.h>

#include "app/commands/knowledge_place.h"
#include "base/file.h"
#include "products/service/knowledge/mined_pairs.h"
#include "products/service/knowledge/order_fit.h"
#include "strategy/knowledge_plan.h"

namespace yupu::app {
namespace {

struct QuestionFlags {
  std::string path, query, source;
};

QuestionFlags read_question_flags(Arguments& arguments) {
  return {.path = arguments.required_text("--data"),
          .query = arguments.text("--query", "query"),
          .source = arguments.text("--source", "source")};
}

Result<std::vector<products::Question>> answered_questions(const QuestionFlags& flags) {
  YUPU_ASSIGN_OR_RETURN(auto questions, strategy::read_questions(flags.path, flags.query, flags.source));
  for (const products::Question& question : questions) {
    if (question.sources.empty())
      return invalid_argument(
          fmt::format("{}: '{}' names no document: only `fit` takes such rows", flags.path, question.text), "source");
  }
  return questions;
}

}  // namespace

Status knowledge_weigh(Arguments& arguments) {
  const TenantFlags common = read_tenant_flags(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  const QuestionFlags asked = read_question_flags(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  if (flags.search.words_weight || flags.search.rerank_weight)
    return invalid_argument("a weight that is given is not fitted", "--words-weight");
  YUPU_ASSIGN_OR_RETURN(const auto questions, answered_questions(asked));
  YUPU_ASSIGN_OR_RETURN(TenantPlace place, open_tenant_place(common, true));
  YUPU_ASSIGN_OR_RETURN(const Search opened, open_search(place, flags));
  const auto fit = products::fit_order(*opened.retriever, questions);
  if (!fit.ok()) return fit.status().with_context(asked.path);
  YUPU_RETURN_IF_ERROR(products::keep_order(*place.workplace.clock, *opened.retriever, *fit));
  common.json ? print_json(fit->to_json()) : print_text(fit->to_text());
  return ok_status();
}

Status knowledge_pairs(Arguments& arguments) {
  const TenantFlags common = read_tenant_flags(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  const QuestionFlags asked = read_question_flags(arguments);
  const std::string out = arguments.required_text("--out");
  const std::int64_t wrong = arguments.integer("--negatives", 7, 1, 127);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  if (!out.ends_with(".jsonl"))
    return invalid_argument("--out is a file of JSON lines: its name ends in .jsonl", "--out");
  YUPU_ASSIGN_OR_RETURN(const auto questions, answered_questions(asked));
  YUPU_ASSIGN_OR_RETURN(TenantPlace place, open_tenant_place(common, true));
  YUPU_ASSIGN_OR_RETURN(const Search opened, open_search(place, flags));
  const auto mined = products::mine_pairs(*opened.retriever, questions, static_cast<std::size_t>(wrong));
  if (!mined.ok()) return mined.status().with_context(asked.path);
  std::string lines;
  for (const products::MinedPair& pair : mined->pairs) lines += pair.to_json().dump() + "\n";
  YUPU_RETURN_IF_ERROR(write_file_atomic(out, lines));
  const auto stage = products::stage_name(opened.retriever->last_stage());
  if (common.json) {
    print_json(OrderedJson{{"questions", questions.size()},
                           {"pairs", mined->pairs.size()},
                           {"stage", stage},
                           {"unfound", mined->unfound_count}});
  } else {
    print_text(fmt::format("{}: {} pairs of {} questions, wrong ones by {}; {} right documents were not found by it",
                           out, mined->pairs.size(), questions.size(), stage, mined->unfound_count));
  }
  return ok_status();
}

}  // namespace yupu::app
