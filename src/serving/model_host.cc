#include "serving/model_host.h"

#include <chrono>
#include <cmath>
#include <utility>

#include "base/log.h"
#include "serving/adapter_pool.h"

namespace yupu::serving {
namespace {

constexpr std::chrono::seconds kProbeTime{30};
constexpr std::size_t kHashDigits = 12;  // of a hash in a message

}  // namespace

ModelHost::ModelHost(const Clock& clock, EngineWorker& engine, Metrics& metrics, ModelLoader loader,
                     std::vector<std::string> expected)
    : clock_(clock), engine_(engine), metrics_(metrics), loader_(std::move(loader)), expected_(std::move(expected)) {}

Status ModelHost::probe(const std::shared_ptr<TextModel>& model) {
  if (model->card().row_width() == 0) return invalid_argument("the model has no labels");
  const auto deadline = (std::chrono::steady_clock::now() + kProbeTime).time_since_epoch();
  EngineCall call{.model = model,
                  .texts = {model->encode("你好, hello")},
                  .deadline_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline).count(),
                  .urgent = true};
  YUPU_ASSIGN_OR_RETURN(const EngineOutcome outcome, engine_.run(std::move(call)));
  const std::vector<float>& scores = outcome.logits.front();
  if (scores.size() != model->card().row_width()) {
    return invalid_argument("the model should give " + std::to_string(model->card().row_width()) + " numbers, not " +
                            std::to_string(scores.size()));
  }
  for (const float score : scores) {
    if (!std::isfinite(score)) return invalid_argument("the model's scores are not numbers: its weights are corrupt");
  }
  return {};
}

Status ModelHost::load(const std::string& name, const std::string& release_id, const std::string& directory,
                       const std::string& weights_sha256) {
  MutexLock one_load(load_mutex_);
  const std::int64_t begin_ns = clock_.monotonic_ns();
  const auto refuse = [&](const Status& status) {
    metrics_.count_swap(false);
    log::error("model_refused", {{"name", name}, {"release", release_id}, {"why", status.message()}});
    return status.with_context("model " + name);
  };
  Result<std::unique_ptr<TextModel>> opened = loader_(directory);
  if (!opened.ok()) return refuse(opened.status());
  auto loaded = std::make_shared<LoadedModel>();
  loaded->name = name;
  loaded->release_id = release_id;
  loaded->directory = directory;
  loaded->loaded_ns = clock_.now_ns();
  loaded->model = std::move(opened).value();
  if (!weights_sha256.empty()) {
    const std::string have = loaded->model->weights_sha256();
    if (have != weights_sha256) {
      return refuse(invalid_argument(directory + ": these are not the weights of release " + release_id + " (SHA-256 " +
                                     have.substr(0, kHashDigits) + ", released " +
                                     weights_sha256.substr(0, kHashDigits) + ")"));
    }
  }
  if (const Status status = probe(loaded->model); !status.ok()) return refuse(status);
  std::shared_ptr<const LoadedModel> previous = loaded;
  {
    MutexLock lock(mutex_);
    std::swap(models_[name], previous);
  }
  metrics_.count_swap(true);
  log::info("model_loaded", {{"name", name},
                             {"release", release_id},
                             {"replaces", previous == nullptr ? "" : previous->release_id},
                             {"duration_ms", (clock_.monotonic_ns() - begin_ns) / 1'000'000}});
  return {};
}

std::shared_ptr<const LoadedModel> ModelHost::find(std::string_view name) const {
  {
    MutexLock lock(mutex_);
    const auto found = models_.find(name);
    if (found != models_.end()) return found->second;
  }
  return pool_ == nullptr ? nullptr : pool_->find(name);
}

Result<std::shared_ptr<const LoadedModel>> ModelHost::acquire(const std::string& name, std::int64_t deadline_ns,
                                                              const std::shared_ptr<const std::atomic<bool>>& gone) {
  {
    MutexLock lock(mutex_);
    const auto found = models_.find(name);
    if (found != models_.end()) return found->second;
  }
  if (pool_ == nullptr || !pool_->knows(name)) return not_found("model " + name + " is not loaded");
  Result<AdapterPool::Pin> pin = pool_->acquire(name, deadline_ns, gone);
  const Code code = pin.status().code();
  if (pin.ok() || code == Code::kUnavailable || code == Code::kResourceExhausted) return pin;
  // No mistake of the caller's: what is wrong lies in the adapter's directory.
  return unavailable("model '" + name + "' does not load: " + pin.status().message());
}

bool ModelHost::knows(std::string_view name) const {
  {
    MutexLock lock(mutex_);
    if (models_.find(name) != models_.end()) return true;
  }
  return pool_ != nullptr && pool_->knows(name);
}

std::vector<std::shared_ptr<const LoadedModel>> ModelHost::list() const {
  std::map<std::string, std::shared_ptr<const LoadedModel>, std::less<>> all;
  if (pool_ != nullptr) {
    for (const std::string& name : pool_->resident()) {
      if (auto model = pool_->find(name); model != nullptr) all.emplace(name, std::move(model));
    }
  }
  {
    MutexLock lock(mutex_);
    for (const auto& [name, model] : models_) all[name] = model;
  }
  std::vector<std::shared_ptr<const LoadedModel>> models;
  for (auto& [name, model] : all) models.push_back(std::move(model));
  return models;
}

bool ModelHost::ready() const {
  MutexLock lock(mutex_);
  for (const std::string& name : expected_) {
    if (models_.find(name) == models_.end()) return false;
  }
  return !models_.empty() || pool_ != nullptr;
}

}  // namespace yupu::serving
