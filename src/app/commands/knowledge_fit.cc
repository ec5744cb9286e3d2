// yupu knowledge fit: from which score on documents answer, fitted on questions.
#include <fmt/format.h>

#include "app/commands/knowledge_place.h"
#include "products/service/knowledge/threshold.h"
#include "strategy/knowledge_plan.h"

namespace yupu::app {

Status knowledge_fit(Arguments& arguments) {
  const TenantFlags common = read_tenant_flags(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  const std::string path = arguments.required_text("--data");
  const std::string query = arguments.text("--query", "query");
  const std::string source = arguments.text("--source", "source");
  // Shares between the two ends, which say nothing: never wrong needs no threshold but silence, always wrong none.
  constexpr double kLeast = 1e-6, kMost = 0.99;
  constexpr double kNotGiven = -1.0;
  const double target = arguments.number("--target", kNotGiven, kLeast, kMost);
  const double confidence = arguments.number("--confidence", kNotGiven, 0.5, 0.999999);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  if (target == kNotGiven)
    return invalid_argument("--target is missing: the share of answers that may be wrong", "--target");
  products::ThresholdWish wish{.target = target};
  if (confidence != kNotGiven) wish.confidence = confidence;
  YUPU_ASSIGN_OR_RETURN(const auto questions, strategy::read_questions(path, query, source));
  YUPU_ASSIGN_OR_RETURN(TenantPlace place, open_tenant_place(common, true));
  YUPU_ASSIGN_OR_RETURN(const Search opened, open_search(place, flags));
  const auto fit = products::fit_threshold(*opened.retriever, questions, wish);
  if (!fit.ok()) return fit.status().with_context(path);
  if (common.json) print_json(fit->to_json());
  if (!fit->reached) return conflict(fit->to_text() + "; nothing is written");
  YUPU_RETURN_IF_ERROR(
      products::keep_threshold(*place.workplace.store, *place.workplace.clock, *opened.retriever, *fit));
  if (!common.json) print_text(fit->to_text());
  return ok_status();
}

}  // namespace yupu::app
