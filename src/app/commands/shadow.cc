#include "app/commands/shadow.h"

#include <optional>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "handoff/shadow.h"

namespace yupu::app {
namespace {

constexpr std::size_t kShown = 10;  // of each list, as text

std::string verdict_text(const handoff::ShadowVerdict& verdict) {
  return fmt::format("{} {} {:.2f}", verdict.decision, verdict.label, verdict.score);
}

std::string text_of(const handoff::ShadowFigures& figures) {
  const handoff::ShadowCandidate& candidate = figures.candidate;
  std::string text = fmt::format(
      "{} reads beside {} since {} ({})\n{} calls, {} decided otherwise ({:.1f} %), {} dropped, {} not readable",
      candidate.candidate_id, figures.release_id, format_utc(candidate.started_ns), candidate.started_by,
      figures.call_count, figures.changed_count, 100 * figures.changed_share(), candidate.dropped_count,
      candidate.failed_count);
  if (!candidate.problem.empty()) text += "\nit is not read with: " + candidate.problem;
  if (!candidate.refused.empty()) text += "\n" + candidate.refused;
  for (const handoff::ShadowChange& one : figures.changes)
    text += fmt::format("\n  {:>6}  {} -> {}", one.call_count, one.live,
                        one.live == one.candidate ? "another intent" : one.candidate);
  for (std::size_t i = 0; i < figures.intents.size() && i < kShown; ++i) {
    const handoff::ShadowIntent& one = figures.intents[i];
    text += fmt::format("\n  {:<24} {:>6} calls, {} otherwise", one.intent, one.call_count, one.changed_count);
  }
  for (std::size_t i = 0; i < figures.examples.size() && i < kShown; ++i) {
    const handoff::ShadowExample& one = figures.examples[i];
    text += fmt::format("\n  \"{}\": {} -> {}", one.text, verdict_text(one.live), verdict_text(one.candidate));
  }
  return text;
}

Status show(Workplace& place, const std::string& model, bool json) {
  YUPU_ASSIGN_OR_RETURN(const auto figures, handoff::shadow_figures(*place.store, model, std::nullopt));
  if (json) {
    print_json(Json{{"model", model}, {"shadow", figures ? figures->to_json() : Json()}});
  } else {
    print_text(figures ? text_of(*figures) : fmt::format("nothing reads beside the live release of '{}'", model));
  }
  return ok_status();
}

}  // namespace

Status shadow_command(Workplace& place, const std::string& model, const ShadowWish& wish, bool json) {
  if (wish.stop && !wish.candidate.empty())
    return invalid_argument("--stop and --candidate: one of them", "--candidate");
  if (wish.stop) {
    YUPU_ASSIGN_OR_RETURN(const bool was_reading, handoff::end_shadow(*place.store, model));
    json ? print_json(Json{{"model", model}, {"stopped", was_reading}})
         : print_text(was_reading ? "it reads no more; what it has read is forgotten"
                                  : fmt::format("nothing reads beside the live release of '{}'", model));
    return ok_status();
  }
  if (!wish.candidate.empty()) {
    YUPU_RETURN_IF_ERROR(handoff::begin_shadow(*place.store, {.model = model,
                                                              .candidate_id = wish.candidate,
                                                              .started_by = "operator",
                                                              .started_ns = place.clock->now_ns()}));
  }
  return show(place, model, json);
}

}  // namespace yupu::app
