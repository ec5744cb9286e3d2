#include "improvement/release.h"

#include <fmt/format.h>

#include "handoff/live_release.h"
#include "handoff/types.h"

namespace yupu::improvement {
namespace {

struct Live {
  std::string release_id;
  handoff::Release release;
};

Result<std::optional<Live>> live_of(store::Store& store, const std::string& model) {
  YUPU_ASSIGN_OR_RETURN(const auto change, handoff::live_release(store, model));
  if (!change) return std::optional<Live>();
  YUPU_ASSIGN_OR_RETURN(const handoff::Record record, handoff::get_record(store, change->release_id));
  YUPU_ASSIGN_OR_RETURN(handoff::Release release, handoff::Release::from_json(record.body));
  return std::optional<Live>({.release_id = change->release_id, .release = std::move(release)});
}

Result<Json> live_report_of(store::Store& store, const Candidate& candidate, const Live& live) {
  if (candidate.live_report) return *candidate.live_report;
  YUPU_ASSIGN_OR_RETURN(const handoff::Record record, handoff::get_record(store, live.release.run_id));
  YUPU_ASSIGN_OR_RETURN(const handoff::Run run, handoff::Run::from_json(record.body));
  return run.report;
}

Result<handoff::Run> run_of(const Candidate& candidate) {
  if (candidate.model.empty()) return invalid_argument("a release needs the name of its model", "model");
  if (candidate.run.kind != "run") {
    return invalid_argument(fmt::format("{} is a {}, a run was expected", candidate.run.id, candidate.run.kind), "run");
  }
  return handoff::Run::from_json(candidate.run.body);
}

Result<GateDecision> decide_on(const Candidate& candidate, const handoff::Run& run, const std::optional<Live>& live,
                               const GateRule& rule, store::Store& store) {
  if (!live) return decide_first(run.report, rule);
  YUPU_ASSIGN_OR_RETURN(const Json live_report, live_report_of(store, candidate, *live));
  return decide(live_report, run.report, rule);
}

}  // namespace

Result<GateDecision> judge(const Candidate& candidate, const GateRule& rule, store::Store& store) {
  YUPU_ASSIGN_OR_RETURN(const handoff::Run run, run_of(candidate));
  YUPU_ASSIGN_OR_RETURN(const auto live, live_of(store, candidate.model));
  return decide_on(candidate, run, live, rule, store);
}

Result<ReleaseOutcome> release(const Candidate& candidate, const GateRule& rule, store::Store& store,
                               const Clock& clock) {
  YUPU_ASSIGN_OR_RETURN(const handoff::Run run, run_of(candidate));
  YUPU_ASSIGN_OR_RETURN(const auto live, live_of(store, candidate.model));
  ReleaseOutcome outcome;
  if (live && live->release.run_id == candidate.run.id) {
    YUPU_ASSIGN_OR_RETURN(outcome.release, handoff::get_record(store, live->release_id));
    outcome.released = true;
    outcome.decision.pass = true;
    outcome.decision.reason = fmt::format("{} is live already", candidate.run.id);
    return outcome;
  }
  if (live) outcome.replaced = live->release_id;
  YUPU_ASSIGN_OR_RETURN(outcome.decision, decide_on(candidate, run, live, rule, store));
  if (!outcome.decision.pass) return outcome;

  const handoff::Release release{.run_id = candidate.run.id,
                                 .model_directory = run.model_directory,
                                 .weights_sha256 = run.weights_sha256,
                                 .replaces = outcome.replaced,
                                 .gate = outcome.decision.to_json(rule)};
  std::vector<std::string> parents = {candidate.run.id};
  if (live) parents.push_back(live->release_id);
  const handoff::Record record =
      handoff::make_record("release", candidate.model, std::move(parents), release.to_json(), clock.now_ns());
  YUPU_RETURN_IF_ERROR(handoff::put_record(store, record));
  YUPU_RETURN_IF_ERROR(handoff::set_live_release(store, candidate.model, record.id,
                                                 live ? "gate passed" : "first release", clock.now_ns()));
  YUPU_ASSIGN_OR_RETURN(outcome.release, handoff::get_record(store, record.id));
  outcome.released = true;
  return outcome;
}

}  // namespace yupu::improvement
