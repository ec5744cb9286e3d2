#include "training/tune/report.h"

#include <algorithm>

#include <fmt/format.h>

namespace yupu::training::tune {
namespace {

constexpr const char* kStates[] = {"running", "paused", "complete", "failed"};

const char* state_name(const Trial& trial) { return kStates[static_cast<std::size_t>(trial.state)]; }

Json progress_of(const Study& study) {
  struct Step {
    const RungResult* rung;
    std::int64_t epochs;
  };
  std::vector<Step> steps;
  for (const Trial& trial : study.trials()) {
    std::int64_t before = 0;
    for (const RungResult& rung : trial.rungs) {
      steps.push_back({&rung, rung.resource - before});
      before = rung.resource;
    }
  }
  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.rung->order < b.rung->order; });
  Json progress = Json::array();
  std::int64_t epochs = 0;
  std::optional<double> best;
  for (const Step& step : steps) {
    epochs += step.epochs;
    if (step.rung->figure && (!best || *step.rung->figure > *best)) best = step.rung->figure;
    progress.push_back({{"epochs", epochs}, {"best", best ? Json(*best) : Json()}});
  }
  return progress;
}

double seconds_of(const Trial& trial) {
  double seconds = 0.0;
  for (const RungResult& rung : trial.rungs) seconds += rung.seconds;
  return seconds;
}

}  // namespace

std::string short_text(const Json& value) {
  if (value.is_number_float()) return fmt::format("{:.4g}", value.get<double>());
  return value.is_string() ? value.get<std::string>() : to_text(value);
}

std::vector<const Trial*> ranked(const Study& study) {
  std::vector<const Trial*> trials;
  for (const Trial& trial : study.trials()) trials.push_back(&trial);
  std::stable_sort(trials.begin(), trials.end(), [](const Trial* a, const Trial* b) {
    if (a->figure().has_value() != b->figure().has_value()) return a->figure().has_value();
    if (a->resource() != b->resource()) return a->resource() > b->resource();
    return a->figure().has_value() && *a->figure() > *b->figure();
  });
  return trials;
}

Json results_json(const Study& study, const std::string& metric) {
  Json trials = Json::array();
  for (const Trial& trial : study.trials()) {
    Json rungs = Json::array();
    for (const RungResult& rung : trial.rungs) {
      rungs.push_back({{"epochs", rung.resource},
                       {"figure", rung.figure ? Json(*rung.figure) : Json()},
                       {"seconds", rung.seconds},
                       {"order", rung.order}});
    }
    trials.push_back({{"trial", trial.number},
                      {"bracket", trial.bracket},
                      {"state", state_name(trial)},
                      {"epochs", trial.resource()},
                      {"figure", trial.figure() ? Json(*trial.figure()) : Json()},
                      {"seconds", seconds_of(trial)},
                      {"reason", trial.reason},
                      {"point", to_json(study.space(), trial.point)},
                      {"rungs", std::move(rungs)}});
  }
  Json best;
  if (const Trial* trial = study.best()) {
    best = {{"trial", trial->number},
            {"figure", trial->figure().value_or(0.0)},
            {"epochs", trial->resource()},
            {"point", to_json(study.space(), trial->point)}};
  }
  return {{"metric", metric},
          {"settings", to_json(study.settings())},
          {"space", to_json(study.space())},
          {"best", std::move(best)},
          {"epochs", study.resource_spent()},
          {"trials", std::move(trials)},
          {"progress", progress_of(study)}};
}

std::string results_table(const Study& study, const std::string& metric, std::size_t rows_most) {
  std::string text = fmt::format("{:>5} {:>7} {:>10}  {:<9}", "trial", "epochs", metric, "state");
  std::vector<std::size_t> widths;
  for (const Parameter& parameter : study.space()) {
    widths.push_back(std::max<std::size_t>(parameter.name.size(), 9));
    text += fmt::format(" {:>{}}", parameter.name, widths.back());
  }
  const auto trials = ranked(study);
  for (std::size_t i = 0; i < std::min(trials.size(), rows_most); ++i) {
    const Trial& trial = *trials[i];
    text += fmt::format("\n{:>5} {:>7} {:>10}  {:<9}", trial.number, trial.resource(),
                        trial.figure() ? fmt::format("{:.4f}", *trial.figure()) : "-", state_name(trial));
    for (std::size_t j = 0; j < study.space().size(); ++j)
      text += fmt::format(" {:>{}}", short_text(value_of(study.space()[j], trial.point[j])), widths[j]);
    if (!trial.reason.empty()) text += "  " + trial.reason;
  }
  if (trials.size() > rows_most) text += fmt::format("\n... and {} more", trials.size() - rows_most);
  return text;
}

}  // namespace yupu::training::tune
