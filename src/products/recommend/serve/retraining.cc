#include "products/recommend/serve/retraining.h"

#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "products/recommend/event_store.h"
#include "products/recommend/live_collection.h"
#include "products/recommend/serve/fitting.h"
#include "tasks/recommend/recommender.h"

namespace yupu::recommend {
namespace {

// A tower learns before it is released (`recommend train`): what it has seen must end before the questions begin.
Status learned_before(std::int64_t end_ns, const std::string& directory, std::int64_t test_ns, const char* flag) {
  if (end_ns <= test_ns) return ok_status();
  return invalid_argument(fmt::format("{}: has learned from behaviour after {}, which is what it would be judged by: "
                                      "train it with --split-time",
                                      directory, format_utc(test_ns)),
                          flag);
}

Status take_tower(const std::string& directory, std::int64_t test_ns, Release& release) {
  release.tower = directory;
  release.tower_sha256.clear();
  if (directory.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const auto tower, tasks::Recommender::load(directory, model::Placement::kMapped));
  release.tower_sha256 = tower->weights_sha256();
  const Json options = tower->lineage().value("options", Json::object());
  return learned_before(options.value("end_ns", std::int64_t{INT64_MAX}), directory, test_ns, "--model");
}

// The same of a cross-encoder; one that says nothing of behaviour is a model of other pairs, which none of it went
// into.
Status take_cross(const std::string& directory, std::int64_t test_ns, Release& release) {
  release.cross = directory;
  release.cross_sha256.clear();
  release.settings.erase("cross_top");
  if (directory.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const auto cross, CrossEncoder::open(directory));
  release.cross_sha256 = cross->weights_sha256();
  release.settings["cross_top"] = static_cast<double>(kCrossTop);
  return learned_before(cross->end_ns(), directory, test_ns, "--cross-encoder");
}

}  // namespace

Result<Retrained> retrain(store::Store& store, const Clock& clock, const std::string& tenant_id,
                          const RetrainOptions& options) {
  Retrained done;
  Release& challenger = done.release;
  challenger.made_ns = challenger.received_until_ns = clock.now_ns();
  YUPU_ASSIGN_OR_RETURN(const std::optional<Release> champion, live_release(store, tenant_id));
  if (champion) {
    done.champion = champion->id;
    challenger.settings = champion->settings;
    challenger.tower = champion->tower;
    challenger.tower_sha256 = champion->tower_sha256;
    challenger.cross = champion->cross;
    challenger.cross_sha256 = champion->cross_sha256;
  }
  for (const auto& [name, value] : options.changes) challenger.settings[name] = value;

  LiveCollection record(store, tenant_id);
  YUPU_RETURN_IF_ERROR(record.look());
  const std::shared_ptr<const Collection> collection = record.collection();
  YUPU_ASSIGN_OR_RETURN(const TimeSplit split, split_by_time(collection->log, options.rule.split));
  if (options.tower) YUPU_RETURN_IF_ERROR(take_tower(*options.tower, split.test_ns, challenger));
  if (options.cross) YUPU_RETURN_IF_ERROR(take_cross(*options.cross, split.test_ns, challenger));
  YUPU_ASSIGN_OR_RETURN(const std::vector<KeptList> lists, kept_lists(store, tenant_id, split.test_ns));
  const auto old_log = record.arrived_by(champion ? champion->received_until_ns : INT64_MIN);
  const auto new_log = record.arrived_by(challenger.received_until_ns);
  YUPU_ASSIGN_OR_RETURN(
      done.verdict,
      judge(collection, {.release = champion ? &*champion : nullptr, .log = old_log.get(), .lists = lists},
            {.release = &challenger, .log = new_log.get(), .lists = lists}, options.rule));
  challenger.passed = done.verdict.passes;
  challenger.verdict = done.verdict.to_json();
  challenger.verdict["champion_release"] = done.champion;
  YUPU_ASSIGN_OR_RETURN(challenger, keep_release(store, tenant_id, std::move(challenger)));
  if (!challenger.passed || options.hold) return done;
  YUPU_RETURN_IF_ERROR(promote(store, tenant_id, challenger, done.verdict.why, clock.now_ns()));
  done.is_live = true;
  return done;
}

}  // namespace yupu::recommend
