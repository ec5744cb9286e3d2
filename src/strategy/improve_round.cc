// One round of improvement: what users corrected becomes the next dataset, the next dataset a candidate, and the gate
// decides.
#include <fmt/format.h>

#include "base/hash.h"
#include "data/next_version.h"
#include "feedback/feedback.h"
#include "feedback/misses/settle.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "strategy/candidate.h"
#include "strategy/conversation_tests.h"
#include "strategy/live_shadow.h"
#include "strategy/loop.h"
#include "strategy/shadow.h"

namespace yupu::strategy {
namespace {

struct Live {
  std::string release_id;
  handoff::Release release;
  handoff::Record dataset;
  std::string trained_directory;  // weights that train: not those served, where they are in 8 bits
};

Result<Live> find_live(LoopContext& context) {
  const std::string& model = context.strategy.name;
  YUPU_ASSIGN_OR_RETURN(const auto change, handoff::live_release(context.store, model));
  if (!change) return not_found(fmt::format("model '{}' has no live release yet; run the strategy first", model));
  Live live;
  live.release_id = change->release_id;
  YUPU_ASSIGN_OR_RETURN(const auto release_record, handoff::get_record(context.store, live.release_id));
  YUPU_ASSIGN_OR_RETURN(live.release, handoff::Release::from_json(release_record.body));
  YUPU_ASSIGN_OR_RETURN(const auto run_record, handoff::get_record(context.store, live.release.run_id));
  YUPU_ASSIGN_OR_RETURN(const auto run, handoff::Run::from_json(run_record.body));
  live.trained_directory = run.config.value("trained_directory", run.model_directory);
  YUPU_ASSIGN_OR_RETURN(live.dataset, handoff::get_record(context.store, run.dataset_id));
  return live;
}

Result<std::vector<handoff::Row>> corrections_so_far(LoopContext& context) {
  feedback::CorrectionQuery query;
  query.model = context.strategy.name;
  return feedback::corrections(context.store, query);
}

// The run's model beside the one that serves, on the questions that came in.
Result<ShadowReport> shadow_of(LoopContext& context, const Live& live, const handoff::Record& run_record) {
  YUPU_ASSIGN_OR_RETURN(const auto run, handoff::Run::from_json(run_record.body));
  YUPU_ASSIGN_OR_RETURN(auto shadow, shadow_calls(context, context.workdir + "/" + live.release.model_directory,
                                                  context.workdir + "/" + run.model_directory));
  if (shadow.call_count > 0) {
    context.progress.note(fmt::format("   shadow: of the newest {} calls the candidate would decide {} otherwise",
                                      shadow.call_count, shadow.changed_count));
  }
  return shadow;
}

}  // namespace

Result<Json> improvement_input(LoopContext& context) {
  YUPU_ASSIGN_OR_RETURN(const auto rows, corrections_so_far(context));
  Sha256 hash;
  for (const handoff::Row& row : rows) hash.field(row.text).field(row.label);
  Json input{{"count", rows.size()}, {"sha256", hash.finish_hex()}};
  YUPU_ASSIGN_OR_RETURN(const auto forgotten, feedback::forgotten_sources(context.store));
  if (!forgotten.empty()) input["forgotten"] = forgotten.size();
  return input;
}

Result<Json> improvement_round(LoopContext& context) {
  YUPU_ASSIGN_OR_RETURN(const Live live, find_live(context));
  YUPU_ASSIGN_OR_RETURN(auto rows, corrections_so_far(context));
  const auto correction_count = static_cast<std::int64_t>(rows.size());
  Json outcome{{"corrections", correction_count}, {"released", false}, {"release_id", live.release_id}};
  YUPU_ASSIGN_OR_RETURN(const auto settled, settle_live_shadow(context));
  if (settled) {
    outcome.update(*settled);
    return outcome;
  }
  YUPU_ASSIGN_OR_RETURN(auto forgotten, feedback::forgotten_sources(context.store));
  const bool too_few = correction_count < context.strategy.improve.corrections_min;
  // What was deleted goes out of the dataset however few corrections there are.
  if (too_few) rows.clear();
  if (too_few && forgotten.empty()) {
    outcome["reason"] = fmt::format("{} corrections, {} are needed for a round; {} stays live", correction_count,
                                    context.strategy.improve.corrections_min, live.release_id);
    return outcome;
  }
  YUPU_ASSIGN_OR_RETURN(auto opened, feedback::new_intents(context.store, context.strategy.name));
  YUPU_ASSIGN_OR_RETURN(const auto next, data::next_version(live.dataset, std::move(rows),
                                                            {.forgotten = std::move(forgotten),
                                                             .new_labels = std::move(opened),
                                                             .mask = context.strategy.privacy.mask},
                                                            context.workdir, context.store, context.clock));
  outcome["dataset_id"] = next.record.id;
  outcome["dataset"] = {{"added", next.added_count},
                        {"forgotten", next.forgotten_count},
                        {"superseded", next.superseded_count},
                        {"duplicates", next.duplicate_count},
                        {"refused", next.refused_count}};
  if (next.record.id == live.dataset.id) {
    outcome["reason"] = fmt::format("the live release has learned from all {} corrections already", correction_count);
    return outcome;
  }
  context.progress.note(fmt::format("   next dataset {}: {} rows added, {} replaced, {} refused, {} forgotten",
                                    next.record.id, next.added_count, next.superseded_count, next.refused_count,
                                    next.forgotten_count));
  YUPU_ASSIGN_OR_RETURN(
      const auto run,
      train_candidate(context, next.record, {.base_directory = context.workdir + "/" + live.trained_directory}));
  YUPU_ASSIGN_OR_RETURN(const auto tested, test_run(context, run));
  if (!tested.failures.empty()) {
    outcome["run_id"] = run.id;
    outcome["reason"] = fmt::format("refused; {} stays live: {}", live.release_id, tested.to_text());
    return outcome;
  }
  YUPU_ASSIGN_OR_RETURN(const auto shadow, shadow_of(context, live, run));
  outcome["shadow"] = shadow.to_json();
  if (shadow.changed_share() > context.strategy.improve.shadow_changed_max) {
    outcome["run_id"] = run.id;
    outcome["reason"] = fmt::format(
        "refused; {} stays live: of {} calls {} would be decided otherwise, {:.3f} is more than "
        "improve.shadow_changed_max {:.3f}",
        live.release_id, shadow.call_count, shadow.changed_count, shadow.changed_share(),
        context.strategy.improve.shadow_changed_max);
    return outcome;
  }
  YUPU_ASSIGN_OR_RETURN(const auto beside, begin_live_shadow(context, run));
  if (beside) {
    outcome.update(*beside);
    return outcome;
  }
  YUPU_ASSIGN_OR_RETURN(const Json gate, release_candidate(context, run));
  outcome.update(gate);
  return outcome;
}

}  // namespace yupu::strategy
