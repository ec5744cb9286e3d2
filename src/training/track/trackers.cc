#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "training/track/mlflow.h"
#include "training/track/tensorboard.h"
#include "training/track/tracker.h"
#include "training/track/wandb.h"

namespace yupu::training {
namespace {

constexpr std::array kTrackers = {
    Tracker{"tensorboard", "DIR", "event files that TensorBoard opens: `tensorboard --logdir DIR`", open_tensorboard},
    Tracker{"mlflow", "URL", "a run on an MLflow tracking server: http://HOST:PORT[/PREFIX][?experiment=NAME]",
            open_mlflow},
    Tracker{"wandb", "DIR", "an offline run that `wandb sync` sends", open_wandb},
};

// Tells several.  Threads: as they.
class Observers final : public RunObserver {
 public:
  explicit Observers(std::vector<std::unique_ptr<RunObserver>> members) : members_(std::move(members)) {}
  void run_started(const RunStart& start) override {
    for (const auto& member : members_) member->run_started(start);
  }
  void figures(std::int64_t step, std::span<const Figure> figures) override {
    for (const auto& member : members_) member->figures(step, figures);
  }
  bool wants_histograms() const override {
    return std::any_of(members_.begin(), members_.end(), [](const auto& member) { return member->wants_histograms(); });
  }
  void histogram(std::int64_t step, std::string_view name, std::span<const float> values) override {
    for (const auto& member : members_) {
      if (member->wants_histograms()) member->histogram(step, name, values);
    }
  }
  void run_ended(const RunEnd& end) override {
    for (const auto& member : members_) member->run_ended(end);
  }

 private:
  std::vector<std::unique_ptr<RunObserver>> members_;
};

struct Spec {
  const Tracker* tracker;
  std::string target;
};

Result<Spec> parse_spec(std::string_view spec) {
  std::vector<std::string> known;
  for (const Tracker& tracker : kTrackers) known.push_back(fmt::format("{}:{}", tracker.name, tracker.target));
  const auto refused = [&](std::string_view why) {
    return invalid_argument(fmt::format("track \"{}\": {} (known: {})", spec, why, fmt::join(known, ", ")), "track");
  };
  const std::size_t colon = spec.find(':');
  if (colon == std::string_view::npos) return refused("must be NAME:TARGET");
  const std::string_view name = spec.substr(0, colon);
  const auto* found =
      std::find_if(kTrackers.begin(), kTrackers.end(), [&](const Tracker& tracker) { return tracker.name == name; });
  if (found == kTrackers.end()) return refused(fmt::format("there is no tracker \"{}\"", name));
  if (colon + 1 == spec.size()) return refused(fmt::format("{} after the colon is missing", found->target));
  return Spec{found, std::string(spec.substr(colon + 1))};
}

void flatten(const std::string& prefix, const Json& value, std::vector<std::pair<std::string, Json>>& out) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) flatten(prefix.empty() ? key : prefix + "." + key, member, out);
  } else if (!value.is_null() && !(value.is_string() && value.get_ref<const std::string&>().empty())) {
    out.emplace_back(prefix, value);
  }
}

}  // namespace

std::span<const Tracker> trackers() { return kTrackers; }

Status check_track_spec(std::string_view spec) { return parse_spec(spec).status(); }

Result<std::unique_ptr<RunObserver>> open_trackers(std::span<const std::string> specs, const TrackOptions& options) {
  std::vector<std::unique_ptr<RunObserver>> members;
  for (const std::string& text : specs) {
    YUPU_ASSIGN_OR_RETURN(const Spec spec, parse_spec(text));
    auto observer = spec.tracker->open(spec.target, options);
    if (!observer.ok()) return observer.status().with_context("track " + text);
    members.push_back(std::move(*observer));
  }
  if (members.empty()) return std::unique_ptr<RunObserver>();
  return std::unique_ptr<RunObserver>(std::make_unique<Observers>(std::move(members)));
}

std::vector<std::pair<std::string, Json>> flat_options(const Json& options) {
  std::vector<std::pair<std::string, Json>> flat;
  flatten("", options, flat);
  return flat;
}

void Failures::add(const Status& status) {
  if (status.ok()) return;
  ++count_;
  if (count_ == 1) progress_.note(fmt::format("{}: {} (training goes on)", who_, status.message()));
}

void Failures::sum_up() {
  if (count_ > 0) progress_.note(fmt::format("{}: {} failures in all", who_, count_));
}

}  // namespace yupu::training
