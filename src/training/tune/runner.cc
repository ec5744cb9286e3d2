#include "training/tune/runner.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <map>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

namespace yupu::training::tune {
namespace {

constexpr std::int64_t kHopelessAfter = 3;  // failed trials, and no figure from any

std::string outcome_path(const std::string& directory) { return directory + "/rung.json"; }

// In the child: train, leave the outcome, end.  Never returns.
[[noreturn]] void run_child(const Study& study, const Trial& trial, const Objective& objective, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it died before the line above
  const std::string directory = trial_directory(study, trial.number);
  const auto figure = objective(trial, directory);
  Json json = {{"target", trial.target}};
  // JSON has no NaN: what is not finite is left out, and the parent then reads a figure that is no number.
  if (figure.ok() && std::isfinite(*figure)) json["figure"] = *figure;
  json["reason"] = figure.ok() ? "the figure is not a number" : figure.status().message();
  const Status written = write_file_atomic(outcome_path(directory), to_text(json) + "\n");
  ::_exit(written.ok() ? 0 : 1);
}

Result<pid_t> start(const Study& study, const Trial& trial, const Objective& objective) {
  const std::string directory = trial_directory(study, trial.number);
  YUPU_RETURN_IF_ERROR(make_directories(directory));
  YUPU_RETURN_IF_ERROR(remove_tree(outcome_path(directory)));
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return errno_status(errno, "starting a trial");
  if (child == 0) run_child(study, trial, objective, parent);
  return child;
}

Outcome outcome_of(int wait_status, const Trial& trial, const std::string& directory) {
  Outcome outcome;
  if (WIFSIGNALED(wait_status)) {
    outcome.reason = fmt::format("the process of the trial was ended by signal {} ({})", WTERMSIG(wait_status),
                                 ::strsignal(WTERMSIG(wait_status)));
    return outcome;
  }
  const auto text = read_file(outcome_path(directory));
  const auto json = text.ok() ? parse_json(*text) : Result<Json>(text.status());
  if (!json.ok()) {
    outcome.reason = fmt::format("the process of the trial left no outcome: {}", json.status().message());
    return outcome;
  }
  if (json->value("target", std::int64_t{0}) == trial.target && json->contains("figure"))
    outcome.figure = (*json)["figure"].get<double>();
  outcome.reason = json->value("reason", "");
  return outcome;
}

// No trial has ever had a figure, at any rung.
bool is_hopeless(const Study& study) {
  const auto has_figure = [](const Trial& trial) {
    return std::any_of(trial.rungs.begin(), trial.rungs.end(), [](const RungResult& rung) { return rung.figure; });
  };
  const auto failed = std::count_if(study.trials().begin(), study.trials().end(),
                                    [](const Trial& trial) { return trial.state == TrialState::kFailed; });
  return failed >= kHopelessAfter && std::none_of(study.trials().begin(), study.trials().end(), has_figure);
}

struct Job {
  std::int64_t number = 0;
  std::int64_t began_ns = 0;
};

void tell(const Study& study, const Trial& trial, handoff::Progress& progress) {
  const std::string figure = trial.figure() ? fmt::format("{:.4f}", *trial.figure()) : "failed: " + trial.reason;
  const Trial* best = study.best();
  std::string line = fmt::format("trial {} at {} epochs: {}", trial.number, trial.resource(), figure);
  if (best != nullptr)
    line +=
        fmt::format(" (best: trial {}, {:.4f} at {})", best->number, best->figure().value_or(0.0), best->resource());
  progress.note(line);
}

// Waits for one child and records what became of it.
Status collect(Study& study, std::map<pid_t, Job>& jobs, const RunnerOptions& options, handoff::Progress& progress) {
  int wait_status = 0;
  pid_t ended = -1;
  // By pid: the caller may have children of its own.
  while (ended < 0) {
    for (const auto& entry : jobs) {
      if (::waitpid(entry.first, &wait_status, WNOHANG) == entry.first) ended = entry.first;
      if (ended >= 0) break;
    }
    if (ended < 0) ::usleep(jobs.size() > 1 ? 2000 : 500);
  }
  const Job job = jobs.at(ended);
  jobs.erase(ended);
  const Trial& trial = study.trial(job.number);
  Outcome outcome = outcome_of(wait_status, trial, trial_directory(study, job.number));
  outcome.seconds = static_cast<double>(SystemClock().monotonic_ns() - job.began_ns) / 1e9;
  YUPU_RETURN_IF_ERROR(study.finish(job.number, outcome));
  tell(study, study.trial(job.number), progress);
  progress.update(study.resource_spent(), fmt::format("{} trials", study.trials().size()));
  return options.after_rung ? options.after_rung(study, study.trial(job.number)) : ok_status();
}

// Children that still run when the search ends with an error.
void end_children(const std::map<pid_t, Job>& jobs) {
  for (const auto& entry : jobs) {
    ::kill(entry.first, SIGKILL);
    ::waitpid(entry.first, nullptr, 0);
  }
}

Status run_jobs(Study& study, const Objective& objective, const RunnerOptions& options, std::map<pid_t, Job>& jobs,
                handoff::Progress& progress) {
  while (true) {
    while (static_cast<std::int64_t>(jobs.size()) < options.jobs) {
      YUPU_ASSIGN_OR_RETURN(const auto number, study.next());
      if (!number) break;
      YUPU_ASSIGN_OR_RETURN(const pid_t child, start(study, study.trial(*number), objective));
      jobs[child] = {.number = *number, .began_ns = SystemClock().monotonic_ns()};
    }
    if (jobs.empty()) return ok_status();
    YUPU_RETURN_IF_ERROR(collect(study, jobs, options, progress));
    if (is_hopeless(study)) {
      return conflict(fmt::format("no trial gave a figure; trial 0: {}", study.trials().front().reason));
    }
  }
}

}  // namespace

std::string trial_directory(const Study& study, std::int64_t number) {
  return fmt::format("{}/trials/{:04}", study.directory(), number);
}

Status run_study(Study& study, const Objective& objective, const RunnerOptions& options, handoff::Progress& progress) {
  CHECK(options.jobs >= 1, "a search needs a job");
  progress.begin("epochs of all trials", 0, 0);
  std::map<pid_t, Job> jobs;
  const Status status = run_jobs(study, objective, options, jobs, progress);
  end_children(jobs);
  progress.end(fmt::format("{} trials, {} epochs", study.trials().size(), study.resource_spent()));
  return status;
}

}  // namespace yupu::training::tune
