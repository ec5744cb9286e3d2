#include "strategy/live_shadow.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "handoff/shadow.h"
#include "strategy/candidate.h"

namespace yupu::strategy {
namespace {

constexpr std::string_view kByRound = "a round";

// Of a round of ours; nothing: none reads, or somebody else's.
Result<std::optional<handoff::ShadowFigures>> round_figures(const LoopContext& context) {
  if (context.strategy.improve.shadow_live_calls == 0) return std::optional<handoff::ShadowFigures>();
  YUPU_ASSIGN_OR_RETURN(auto figures, handoff::shadow_figures(context.store, context.strategy.name, std::nullopt));
  if (figures && figures->candidate.started_by != kByRound) figures.reset();
  return figures;
}

std::optional<std::string> too_much_changed(const LoopContext& context, const handoff::ShadowFigures& figures) {
  const double most = context.strategy.improve.shadow_changed_max;
  if (figures.changed_share() <= most) return std::nullopt;
  return fmt::format(
      "refused; {} stays live: of {} calls as they came in {} would be decided otherwise, {:.3f} is more than "
      "improve.shadow_changed_max {:.3f}",
      figures.release_id, figures.call_count, figures.changed_count, figures.changed_share(), most);
}

bool is_read(const LoopContext& context, const handoff::ShadowFigures& figures) {
  return figures.call_count >= context.strategy.improve.shadow_live_calls;
}

// Without what was asked: a round's outcome stays when conversations are deleted.
Json counts_json(const handoff::ShadowFigures& figures) {
  Json json = figures.to_json();
  json.erase("examples");
  return json;
}

Json reading(const std::string& run_id, const std::string& reason) {
  return Json{{"run_id", run_id}, {"in_shadow", true}, {"reason", reason}};
}

Json refused(const handoff::ShadowFigures& figures, const std::string& reason) {
  return Json{{"released", false},
              {"release_id", figures.release_id},
              {"run_id", figures.candidate.candidate_id},
              {"reason", reason},
              {"live_shadow", counts_json(figures)}};
}

}  // namespace

Result<LiveShadow> live_shadow_state(const LoopContext& context) {
  YUPU_ASSIGN_OR_RETURN(const auto figures, round_figures(context));
  if (!figures || !figures->candidate.refused.empty()) return LiveShadow::kNone;
  return is_read(context, *figures) ? LiveShadow::kRead : LiveShadow::kReading;
}

Result<std::optional<Json>> begin_live_shadow(LoopContext& context, const handoff::Record& run) {
  const std::int64_t calls_wanted = context.strategy.improve.shadow_live_calls;
  if (calls_wanted == 0) return std::optional<Json>();
  YUPU_ASSIGN_OR_RETURN(const auto figures, round_figures(context));
  if (figures && figures->candidate.candidate_id == run.id && !figures->candidate.refused.empty()) {
    // It has been judged. Only another limit changes that, and then the gate says the rest.
    if (!is_read(context, *figures)) return std::optional<Json>(refused(*figures, figures->candidate.refused));
    const auto reason = too_much_changed(context, *figures);
    return reason ? std::optional<Json>(refused(*figures, *reason)) : std::nullopt;
  }
  if (figures && figures->candidate.candidate_id == run.id) {
    Json json = reading(run.id, fmt::format("{} stays live: {} has read {} of the {} calls it is judged by",
                                            figures->release_id, run.id, figures->call_count, calls_wanted));
    json["live_shadow"] = counts_json(*figures);
    return std::optional<Json>(std::move(json));
  }
  YUPU_ASSIGN_OR_RETURN(const auto decision, judge_candidate(context, run));
  if (!decision.pass) return std::optional<Json>();
  YUPU_RETURN_IF_ERROR(handoff::begin_shadow(context.store, {.model = context.strategy.name,
                                                             .candidate_id = run.id,
                                                             .started_by = std::string(kByRound),
                                                             .started_ns = context.clock.now_ns()}));
  return std::optional<Json>(
      reading(run.id, fmt::format("passed the gate ({}); {} reads the next {} calls beside the live release first",
                                  decision.reason, run.id, calls_wanted)));
}

Result<std::optional<Json>> settle_live_shadow(LoopContext& context) {
  YUPU_ASSIGN_OR_RETURN(const auto figures, round_figures(context));
  if (!figures || !figures->candidate.refused.empty() || !is_read(context, *figures)) return std::optional<Json>();
  YUPU_ASSIGN_OR_RETURN(const auto run, handoff::get_record(context.store, figures->candidate.candidate_id));
  context.progress.note(fmt::format("   shadow: of {} calls as they came in the candidate would decide {} otherwise",
                                    figures->call_count, figures->changed_count));
  Json outcome;
  if (const auto reason = too_much_changed(context, *figures); reason) {
    outcome = refused(*figures, *reason);
  } else {
    YUPU_ASSIGN_OR_RETURN(outcome, release_candidate(context, run));
    outcome["live_shadow"] = counts_json(*figures);
  }
  const std::string& model = context.strategy.name;
  if (outcome.value("released", false)) {
    YUPU_RETURN_IF_ERROR(handoff::end_shadow(context.store, model).status());
  } else {
    YUPU_RETURN_IF_ERROR(handoff::refuse_shadow(context.store, model, run.id, outcome.value("reason", std::string())));
  }
  return std::optional<Json>(std::move(outcome));
}

}  // namespace yupu::strategy
