#include "training/track/mlflow.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <thread>

#include <fmt/format.h>

#include "base/ids.h"
#include "base/mutex.h"
#include "training/track/mlflow_api.h"

namespace yupu::training {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr const char* kRunKeyTag = "yupu.run_key";
constexpr const char* kSittingTag = "yupu.sitting";

// What the sender needs to know to make or find the run; written before the sender starts.
struct RunIdentity {
  std::string name;
  std::string key;
  std::string sitting = random_id("sitting");
  std::string version;
  std::int64_t start_ms = 0;
  bool resumed = false;
  MlflowPairs params;
};

// Speaks with the server.  Threads: the sender's alone.
class Sender {
 public:
  Sender(MlflowOptions server, RunIdentity identity)
      : server_(std::move(server)), identity_(std::move(identity)), api_(server_) {}

  // The run is there and has its parameters.
  Status ensure_run() {
    if (run_id_.empty()) {
      YUPU_ASSIGN_OR_RETURN(const std::string experiment, api_.experiment_id(server_.experiment));
      YUPU_RETURN_IF_ERROR(find_or_create(experiment));
    }
    if (params_sent_) return ok_status();
    const Status status = api_.log_params(run_id_, identity_.params);
    params_sent_ = status.ok() || status.code() == Code::kInvalidArgument;  // refused once, refused for ever
    return status;
  }
  bool has_run() const { return !run_id_.empty(); }
  Status send(std::span<const MlflowMetric> metrics) { return api_.log_metrics(run_id_, metrics); }
  Status end(std::string_view outcome, std::int64_t end_ms) { return api_.update_run(run_id_, outcome, end_ms); }

 private:
  Status find_or_create(const std::string& experiment) {
    // A lost answer to runs/create may have left a run behind: its sitting's tag finds it.
    std::optional<std::string> found;
    if (create_tried_) {
      YUPU_ASSIGN_OR_RETURN(found, api_.find_run(experiment, kSittingTag, identity_.sitting));
    } else if (identity_.resumed && !identity_.key.empty()) {
      YUPU_ASSIGN_OR_RETURN(found, api_.find_run(experiment, kRunKeyTag, identity_.key));
    }
    if (found) {
      YUPU_RETURN_IF_ERROR(api_.update_run(*found, "RUNNING", 0));
      run_id_ = *found;
      return ok_status();
    }
    create_tried_ = true;
    MlflowPairs tags = {{"mlflow.source.name", "yupu"},
                        {"mlflow.source.type", "LOCAL"},
                        {"yupu.version", identity_.version},
                        {kSittingTag, identity_.sitting}};
    if (!identity_.key.empty()) tags.emplace_back(kRunKeyTag, identity_.key);
    YUPU_ASSIGN_OR_RETURN(run_id_, api_.create_run(experiment, identity_.name, identity_.start_ms, tags));
    return ok_status();
  }

  const MlflowOptions server_;
  const RunIdentity identity_;
  MlflowApi api_;
  std::string run_id_;
  bool create_tried_ = false;
  bool params_sent_ = false;
};

class MlflowRun final : public RunObserver {
 public:
  MlflowRun(MlflowOptions server, const TrackOptions& options)
      : server_(std::move(server)), clock_(options.clock), failures_("mlflow", options.progress) {
    identity_.name = options.run_name;
    identity_.key = options.run_key;
    identity_.version = options.version;
  }
  ~MlflowRun() override { stop(); }

  void run_started(const RunStart& start) override {
    identity_.resumed = start.resumed_at_step > 0;
    identity_.start_ms = now_ms();
    last_step_ = start.resumed_at_step;
    for (const auto& [key, value] : flat_options(start.options))
      identity_.params.emplace_back(key, value.is_string() ? value.get<std::string>() : to_text(value));
    sender_ = std::jthread([this] { send_until_done(); });
  }

  void figures(std::int64_t step, std::span<const Figure> figures) override {
    last_step_ = step;
    {
      MutexLock lock(mutex_);
      for (const Figure& figure : figures) {
        waiting_.push_back(
            {.key = std::string(figure.name), .value = figure.value, .timestamp_ms = now_ms(), .step = step});
      }
      while (waiting_.size() > server_.waiting_max) {
        waiting_.pop_front();
        ++lost_;
      }
    }
    tell_failures();
  }

  void run_ended(const RunEnd& end) override {
    std::vector<std::string> names;
    std::vector<Figure> figures;
    names.reserve(end.figures.size());  // the figures point into it
    for (const auto& [name, value] : end.figures) {
      names.push_back("result/" + name);
      figures.push_back({names.back(), value});
    }
    if (!sender_.joinable()) return;  // the run failed before it began
    this->figures(last_step_, figures);
    {
      MutexLock lock(mutex_);
      outcome_ = end.outcome == RunEnd::Outcome::kFinished  ? "FINISHED"
                 : end.outcome == RunEnd::Outcome::kStopped ? "KILLED"
                                                            : "FAILED";
      changed_.notify_all();
      wait_for_the_rest();
    }
    stop();
    tell_failures();
    MutexLock lock(mutex_);
    lost_ += static_cast<std::int64_t>(waiting_.size());
    if (!done_) failures_.add(unavailable("the end of the run could not be sent"));
    if (lost_ > 0) failures_.add(unavailable(fmt::format("{} figures never reached the server", lost_)));
    failures_.sum_up();
  }

 private:
  // As long as something arrives: a slow server gets its time, a dead one `drain_ms`.
  void wait_for_the_rest() YUPU_REQUIRES(mutex_) {
    const auto patience = std::chrono::milliseconds(server_.drain_ms);
    auto deadline = std::chrono::steady_clock::now() + patience;
    std::int64_t seen = arrived_;
    while (!done_ && std::chrono::steady_clock::now() < deadline) {
      changed_.wait_for(mutex_, std::chrono::milliseconds(50));
      if (arrived_ != seen) deadline = std::chrono::steady_clock::now() + patience;
      seen = arrived_;
    }
  }

  void note_arrival() {
    MutexLock lock(mutex_);
    ++arrived_;
  }

  std::int64_t now_ms() const { return clock_.now_ns() / kNsPerMs; }

  void stop() {
    if (!sender_.joinable()) return;
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    sender_.join();
  }

  // On the training thread: Failures and the progress behind it are its own.
  void tell_failures() {
    std::vector<Status> news;
    {
      MutexLock lock(mutex_);
      news.swap(news_);
    }
    for (const Status& status : news) failures_.add(status);
  }

  // The sender's life.
  void send_until_done() {
    Sender sender(server_, identity_);
    int pause_ms = server_.send_every_ms;
    int retry_ms = server_.retry_first_ms;
    while (wait(pause_ms)) {
      const Status status = send_what_waits(sender);
      if (status.ok()) {
        retry_ms = server_.retry_first_ms;
        pause_ms = server_.send_every_ms;
      } else {
        pause_ms = retry_ms;
        retry_ms = std::min(retry_ms * 2, server_.retry_most_ms);
      }
      MutexLock lock(mutex_);
      failing_ = !status.ok();
      if (failing_ && news_.size() < kNewsMax) news_.push_back(status);
      if (done_) return;
    }
  }

  // False: to stop.  A run that has ended waits for nothing but a failing server, and for that no longer than at first.
  bool wait(int pause_ms) {
    const auto began = std::chrono::steady_clock::now();
    MutexLock lock(mutex_);
    while (!stopping_) {
      int pause = pause_ms;
      if (!outcome_.empty()) pause = failing_ ? std::min(pause, server_.retry_first_ms) : 0;
      if (std::chrono::steady_clock::now() >= began + std::chrono::milliseconds(pause)) return true;
      changed_.wait_for(mutex_, std::chrono::milliseconds(std::min(pause, 100)));
    }
    return false;
  }

  Status send_what_waits(Sender& sender) {
    Status params = sender.ensure_run();
    if (!sender.has_run()) return params;
    if (params.code() == Code::kUnavailable) return params;
    note_arrival();
    while (true) {
      std::vector<MlflowMetric> batch;
      std::string outcome;
      {
        MutexLock lock(mutex_);
        const std::size_t count = std::min(waiting_.size(), MlflowApi::kMetricsMax);
        batch.assign(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        outcome = outcome_;
        if (stopping_) return ok_status();
      }
      if (!batch.empty()) {
        const Status sent = sender.send(batch);
        if (sent.code() == Code::kUnavailable || sent.code() == Code::kInternal) return sent;
        note_arrival();
        forget(batch, sent.ok());
        if (!sent.ok()) return sent;  // refused: these figures are lost, the next have their chance
        continue;
      }
      if (outcome.empty()) return params;
      YUPU_RETURN_IF_ERROR(sender.end(outcome, now_ms()));
      MutexLock lock(mutex_);
      done_ = true;
      changed_.notify_all();
      return params;
    }
  }

  // Takes what was dealt with out of the queue, whose front may have been cut meanwhile.
  void forget(std::span<const MlflowMetric> batch, bool arrived) {
    MutexLock lock(mutex_);
    const MlflowMetric& last = batch.back();
    std::size_t count = std::min(batch.size(), waiting_.size());
    while (count > 0 && !(waiting_[count - 1].key == last.key && waiting_[count - 1].step == last.step)) --count;
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    if (!arrived) lost_ += static_cast<std::int64_t>(batch.size());
  }

  static constexpr std::size_t kNewsMax = 1000;
  const MlflowOptions server_;
  const Clock& clock_;
  RunIdentity identity_;
  std::int64_t last_step_ = 0;
  Failures failures_;

  Mutex mutex_;
  Condition changed_;
  std::deque<MlflowMetric> waiting_ YUPU_GUARDED_BY(mutex_);
  std::vector<Status> news_ YUPU_GUARDED_BY(mutex_);
  std::string outcome_ YUPU_GUARDED_BY(mutex_);  // not empty: the run has ended
  std::int64_t lost_ YUPU_GUARDED_BY(mutex_) = 0;
  std::int64_t arrived_ YUPU_GUARDED_BY(mutex_) = 0;  // calls the server has answered
  bool failing_ YUPU_GUARDED_BY(mutex_) = false;
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  bool done_ YUPU_GUARDED_BY(mutex_) = false;
  std::jthread sender_;
};

}  // namespace

Result<MlflowOptions> parse_mlflow_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  constexpr std::string_view kExperiment = "experiment=";
  const auto refused = [&](std::string_view why) {
    return invalid_argument(fmt::format("{}: {} (wanted: http://HOST[:PORT][/PREFIX][?experiment=NAME])", url, why),
                            "track");
  };
  if (url.starts_with("https://")) return refused("https is not spoken here; put a local proxy in front");
  if (!url.starts_with(kScheme)) return refused("must begin with http://");
  std::string_view rest = url.substr(kScheme.size());
  MlflowOptions out;
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    const std::string_view query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
    if (!query.starts_with(kExperiment) || query.size() == kExperiment.size()) return refused("unknown query");
    out.experiment = query.substr(kExperiment.size());
  }
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    out.prefix = rest.substr(slash);
    while (out.prefix.ends_with('/')) out.prefix.pop_back();
    rest = rest.substr(0, slash);
  }
  if (const std::size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    std::int64_t port = 0;
    for (const char digit : rest.substr(colon + 1)) {
      if (digit < '0' || digit > '9' || port > UINT16_MAX) return refused("the port is no number");
      port = port * 10 + (digit - '0');
    }
    if (port < 1 || port > UINT16_MAX) return refused("the port must be 1 to 65535");
    out.port = static_cast<std::uint16_t>(port);
    rest = rest.substr(0, colon);
  }
  if (rest.empty()) return refused("the host is missing");
  out.host = rest;
  return out;
}

std::unique_ptr<RunObserver> make_mlflow(const MlflowOptions& server, const TrackOptions& options) {
  return std::make_unique<MlflowRun>(server, options);
}

Result<std::unique_ptr<RunObserver>> open_mlflow(const std::string& target, const TrackOptions& options) {
  YUPU_ASSIGN_OR_RETURN(const MlflowOptions server, parse_mlflow_url(target));
  return make_mlflow(server, options);
}

}  // namespace yupu::training
