// DIR/study.json: written and read.
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/file.h"
#include "training/tune/study.h"

namespace yupu::training::tune {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::array<std::string_view, 2> kSamplers = {"tpe", "random"};
constexpr std::array<std::string_view, 3> kSchedulers = {"asha", "hyperband", "none"};
constexpr std::array<std::string_view, 4> kStates = {"running", "paused", "complete", "failed"};

Json json_of(const Space& space, const Trial& trial) {
  Json rungs = Json::array();
  for (const RungResult& rung : trial.rungs) {
    rungs.push_back({{"resource", rung.resource},
                     {"figure", rung.figure ? Json(*rung.figure) : Json()},
                     {"seconds", rung.seconds},
                     {"order", rung.order}});
  }
  return {{"number", trial.number},
          {"bracket", trial.bracket},
          {"point", to_json(space, trial.point)},
          {"state", kStates[static_cast<std::size_t>(trial.state)]},
          {"target", trial.target},
          {"reason", trial.reason},
          {"rungs", std::move(rungs)}};
}

Result<RungResult> rung_from_json(const Json& json, const std::string& where) {
  RungResult rung;
  YUPU_ASSIGN_OR_RETURN(rung.resource, json_int(json, "resource", where));
  YUPU_ASSIGN_OR_RETURN(rung.seconds, json_number(json, "seconds", where));
  YUPU_ASSIGN_OR_RETURN(rung.order, json_int(json, "order", where));
  if (json.contains("figure") && !json["figure"].is_null()) {
    YUPU_ASSIGN_OR_RETURN(rung.figure, json_number(json, "figure", where));
  }
  return rung;
}

}  // namespace

Json to_json(const StudySettings& settings) {
  return {{"trials", settings.trials},
          {"min_epochs", settings.ladder.least},
          {"max_epochs", settings.ladder.most},
          {"eta", settings.ladder.eta},
          {"sampler", kSamplers[static_cast<std::size_t>(settings.sampler)]},
          {"scheduler", kSchedulers[static_cast<std::size_t>(settings.scheduler)]},
          {"startup_trials", settings.tpe.startup},
          {"candidates", settings.tpe.candidates},
          {"multivariate", settings.tpe.multivariate},
          {"seed", settings.seed}};
}

Status Study::save() const {
  Json trials = Json::array();
  for (const Trial& trial : trials_) trials.push_back(json_of(space_, trial));
  const Json json = {{"format", kFormat},        {"fingerprint", fingerprint_}, {"settings", to_json(settings_)},
                     {"space", to_json(space_)}, {"next_order", next_order_},   {"trials", std::move(trials)}};
  return write_file_atomic(directory_ + "/study.json", to_text(json) + "\n");
}

Result<Trial> Study::trial_from_json(const Json& json, const std::string& where) const {
  Trial trial;
  YUPU_ASSIGN_OR_RETURN(trial.number, json_int(json, "number", where));
  YUPU_ASSIGN_OR_RETURN(trial.bracket, json_int(json, "bracket", where));
  YUPU_ASSIGN_OR_RETURN(trial.target, json_int(json, "target", where));
  YUPU_ASSIGN_OR_RETURN(trial.reason, json_string(json, "reason", where));
  YUPU_ASSIGN_OR_RETURN(const std::string state, json_string(json, "state", where));
  const auto* known = std::find(kStates.begin(), kStates.end(), state);
  const bool fits = trial.number == static_cast<std::int64_t>(trials_.size()) && trial.bracket >= 0 &&
                    trial.bracket < static_cast<std::int64_t>(brackets_.size()) && known != kStates.end();
  if (!fits || !json.contains("point") || !json.contains("rungs") || !json["rungs"].is_array())
    return invalid_argument(where + ": not a trial of this study; use another --out or remove the folder");
  trial.state = static_cast<TrialState>(known - kStates.begin());
  YUPU_ASSIGN_OR_RETURN(trial.point, point_from_json(space_, json["point"], where));
  const std::vector<std::int64_t> rungs = levels(trial.bracket);
  for (const Json& item : json["rungs"]) {
    YUPU_ASSIGN_OR_RETURN(RungResult rung, rung_from_json(item, where));
    trial.rungs.push_back(std::move(rung));
  }
  const bool needs_figure = trial.state == TrialState::kPaused || trial.state == TrialState::kComplete;
  if (trial.rungs.size() > rungs.size() || (needs_figure && !trial.figure()))
    return invalid_argument(where + ": its rungs do not fit its state");
  return trial;
}

Status Study::load() {
  const std::string path = directory_ + "/study.json";
  if (!file_exists(path)) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  const auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(path);
  YUPU_ASSIGN_OR_RETURN(const std::int64_t format, json_int(*json, "format", path));
  YUPU_ASSIGN_OR_RETURN(const std::string fingerprint, json_string(*json, "fingerprint", path));
  if (format != kFormat || fingerprint != fingerprint_) {
    return conflict(
        path + ": a search of another space, other settings or other rows; use another --out or remove the folder");
  }
  YUPU_ASSIGN_OR_RETURN(next_order_, json_int(*json, "next_order", path));
  if (!json->contains("trials") || !(*json)["trials"].is_array())
    return invalid_argument(path + ": 'trials' is missing", "trials");
  for (const Json& item : (*json)["trials"]) {
    YUPU_ASSIGN_OR_RETURN(Trial trial, trial_from_json(item, fmt::format("{}: trial {}", path, trials_.size())));
    if (trial.state == TrialState::kRunning) left_under_way_.push_back(trial.number);
    trials_.push_back(std::move(trial));
  }
  return ok_status();
}

}  // namespace yupu::training::tune
