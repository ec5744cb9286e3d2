#include "training/tune/study.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"

namespace yupu::training::tune {
namespace {

constexpr std::uint64_t kSuggestStream = 0x73756767;  // "sugg"
constexpr std::uint64_t kBracketStream = 0x62726163;  // "brac"

std::vector<Bracket> brackets_of(const StudySettings& settings) {
  switch (settings.scheduler) {
    case Scheduler::kAsha:
      return {{.skip = 0, .share = 1}};
    case Scheduler::kHyperband:
      return hyperband_brackets(settings.ladder);
    case Scheduler::kNone:
      break;
  }
  return {{.skip = INT64_MAX, .share = 1}};  // the last rung alone
}

}  // namespace

Status check_settings(const StudySettings& settings) {
  const auto need = [](bool good, const char* name, const char* what) {
    return good ? ok_status() : invalid_argument(fmt::format("{}: {}", name, what), name);
  };
  YUPU_RETURN_IF_ERROR(need(settings.trials >= 1 && settings.trials <= 100'000, "trials", "must be 1 to 100000"));
  YUPU_RETURN_IF_ERROR(
      need(settings.ladder.most >= 1 && settings.ladder.most <= 100'000, "max_epochs", "must be 1 to 100000"));
  YUPU_RETURN_IF_ERROR(need(settings.ladder.least >= 1 && settings.ladder.least <= settings.ladder.most, "min_epochs",
                            "must be 1 to max_epochs"));
  YUPU_RETURN_IF_ERROR(need(settings.ladder.eta >= 2 && settings.ladder.eta <= 100, "eta", "must be 2 to 100"));
  YUPU_RETURN_IF_ERROR(
      need(settings.tpe.startup >= 1 && settings.tpe.startup <= 100'000, "startup_trials", "must be 1 to 100000"));
  return need(settings.tpe.candidates >= 1 && settings.tpe.candidates <= 100'000, "candidates", "must be 1 to 100000");
}

Study::Study(std::string directory, Space space, const StudySettings& settings, std::string fingerprint)
    : directory_(std::move(directory)),
      space_(std::move(space)),
      settings_(settings),
      fingerprint_(std::move(fingerprint)),
      brackets_(brackets_of(settings)) {}

Result<Study> Study::open(const std::string& directory, Space space, const StudySettings& settings,
                          const std::string& context) {
  YUPU_RETURN_IF_ERROR(check_settings(settings));
  if (space.empty()) return invalid_argument("the space has no parameter: there is nothing to search", "space");
  for (const Parameter& parameter : space) {
    const Status status = check_parameter(parameter);
    if (!status.ok()) return status.with_context(parameter.name);
  }
  Json decides = to_json(settings);
  decides.erase("trials");  // more of them go on where fewer ended
  const std::string fingerprint =
      Sha256().field(to_text(decides)).field(to_text(to_json(space))).field(context).finish_hex();
  YUPU_RETURN_IF_ERROR(make_directories(directory));
  Study study(directory, std::move(space), settings, fingerprint);
  YUPU_RETURN_IF_ERROR(study.load());
  return study;
}

std::vector<std::int64_t> Study::levels(std::int64_t bracket) const {
  return rung_levels(settings_.ladder, brackets_.at(static_cast<std::size_t>(bracket)).skip);
}

Point Study::suggest_point(std::int64_t number) const {
  Rng rng(settings_.seed ^ kSuggestStream, static_cast<std::uint64_t>(number));
  if (settings_.sampler == Sampler::kRandom) return sample_uniform(space_, rng);
  std::vector<Observation> observations;
  for (const Trial& trial : trials_) {
    observations.push_back(
        {.point = trial.point, .running = trial.rungs.empty(), .resource = trial.resource(), .figure = trial.figure()});
  }
  return suggest(space_, observations, settings_.tpe, rng);
}

std::int64_t Study::assign_bracket(std::int64_t number) const {
  std::int64_t total = 0;
  for (const Bracket& bracket : brackets_) total += bracket.share;
  Rng rng(settings_.seed ^ kBracketStream, static_cast<std::uint64_t>(number));
  auto left = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(total)));
  std::int64_t bracket = 0;
  while (left >= brackets_[static_cast<std::size_t>(bracket)].share)
    left -= brackets_[static_cast<std::size_t>(bracket++)].share;
  return bracket;
}

Trial* Study::promote() {
  for (std::size_t b = 0; b < brackets_.size(); ++b) {
    const std::vector<std::int64_t> rungs = levels(static_cast<std::int64_t>(b));
    std::vector<Climber> climbers;
    for (const Trial& trial : trials_) {
      if (trial.bracket != static_cast<std::int64_t>(b)) continue;
      Climber climber{.trial = trial.number, .results = {}, .paused = trial.state == TrialState::kPaused};
      for (const RungResult& rung : trial.rungs) climber.results.push_back(rung.figure);
      climbers.push_back(std::move(climber));
    }
    const auto promotion = promotable(climbers, rungs.size(), settings_.ladder.eta);
    if (!promotion) continue;
    Trial& trial = trials_[static_cast<std::size_t>(promotion->trial)];
    trial.target = rungs[promotion->rung];
    return &trial;
  }
  return nullptr;
}

Trial* Study::last_climber() {
  const bool any_complete = std::any_of(trials_.begin(), trials_.end(),
                                        [](const Trial& trial) { return trial.state == TrialState::kComplete; });
  if (any_complete || running_count() > 0) return nullptr;
  Trial* chosen = nullptr;
  for (Trial& trial : trials_) {
    if (trial.state != TrialState::kPaused) continue;
    const bool better = chosen == nullptr || trial.resource() > chosen->resource() ||
                        (trial.resource() == chosen->resource() && *trial.figure() > *chosen->figure());
    if (better) chosen = &trial;
  }
  if (chosen != nullptr) chosen->target = settings_.ladder.most;
  return chosen;
}

Result<std::optional<std::int64_t>> Study::next() {
  if (!left_under_way_.empty()) {
    const std::int64_t number = left_under_way_.front();
    left_under_way_.erase(left_under_way_.begin());
    return std::optional<std::int64_t>(number);
  }
  Trial* trial = promote();
  if (trial == nullptr && static_cast<std::int64_t>(trials_.size()) < settings_.trials) {
    const auto number = static_cast<std::int64_t>(trials_.size());
    const std::int64_t bracket = assign_bracket(number);
    Trial fresh{.number = number,
                .bracket = bracket,
                .point = suggest_point(number),
                .target = levels(bracket).front(),
                .reason = {},
                .rungs = {}};
    trials_.push_back(std::move(fresh));
    trial = &trials_.back();
  }
  if (trial == nullptr) trial = last_climber();
  if (trial == nullptr) return std::optional<std::int64_t>();
  trial->state = TrialState::kRunning;
  YUPU_RETURN_IF_ERROR(save());
  return std::optional<std::int64_t>(trial->number);
}

Status Study::finish(std::int64_t number, const Outcome& outcome) {
  Trial& trial = trials_.at(static_cast<std::size_t>(number));
  CHECK(trial.state == TrialState::kRunning, "only a trial that runs can end");
  const bool good = outcome.figure && std::isfinite(*outcome.figure);
  trial.rungs.push_back({.resource = trial.target,
                         .figure = good ? outcome.figure : std::nullopt,
                         .seconds = outcome.seconds,
                         .order = next_order_++});
  trial.state = !good                                   ? TrialState::kFailed
                : trial.target == settings_.ladder.most ? TrialState::kComplete
                                                        : TrialState::kPaused;
  if (!good) trial.reason = outcome.figure ? "the figure is not a number" : outcome.reason;
  return save();
}

const Trial* Study::best() const {
  const Trial* best = nullptr;
  const RungResult* best_rung = nullptr;
  for (const Trial& trial : trials_) {
    for (const RungResult& rung : trial.rungs) {
      if (!rung.figure || trial.state == TrialState::kFailed) continue;
      const bool better = best_rung == nullptr || rung.resource > best_rung->resource ||
                          (rung.resource == best_rung->resource && *rung.figure > *best_rung->figure);
      if (!better) continue;
      best = &trial;
      best_rung = &rung;
    }
  }
  return best;
}

std::int64_t Study::resource_spent() const {
  std::int64_t spent = 0;
  for (const Trial& trial : trials_) spent += trial.resource();
  return spent;
}

std::int64_t Study::running_count() const {
  const auto running = std::count_if(trials_.begin(), trials_.end(),
                                     [](const Trial& trial) { return trial.state == TrialState::kRunning; });
  return running - static_cast<std::int64_t>(left_under_way_.size());
}

}  // namespace yupu::training::tune
