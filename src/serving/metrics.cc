#include "serving/metrics.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"

namespace yupu::serving {
namespace {

constexpr std::array<double, 14> kMilliseconds = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 5000};
constexpr std::array<double, 9> kTexts = {1, 2, 4, 8, 16, 32, 64, 128, 256};
constexpr std::array<double, 9> kTokens = {16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
constexpr double kNanosecondsPerMillisecond = 1e6;

double milliseconds(std::int64_t ns) { return static_cast<double>(ns) / kNanosecondsPerMillisecond; }

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void single(std::string& out, std::string_view name, std::string_view type, std::string_view help, std::int64_t value) {
  head(out, name, type, help);
  out += fmt::format("{} {}\n", name, value);
}

}  // namespace

Histogram::Histogram(std::span<const double> bounds) : bucket_count_(bounds.size()) {
  CHECK(bounds.size() <= kBucketsMax, "too many buckets");
  std::copy(bounds.begin(), bounds.end(), bounds_.begin());
}

void Histogram::observe(double value) {
  for (std::size_t i = 0; i < bucket_count_; ++i) {
    if (value <= bounds_[i]) {
      buckets_[i].fetch_add(1, std::memory_order_relaxed);
      break;
    }
  }
  sum_micro_.fetch_add(std::llround(value * 1e6), std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
}

void Histogram::write(std::string& out, std::string_view name, std::string_view help) const {
  head(out, name, "histogram", help);
  const std::int64_t count = count_.load();
  std::int64_t below = 0;
  for (std::size_t i = 0; i < bucket_count_; ++i) {
    below += buckets_[i].load();
    out += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", name, bounds_[i], std::min(below, count));
  }
  out += fmt::format("{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", name, count,
                     static_cast<double>(sum_micro_.load()) / 1e6);
}

Metrics::Metrics()
    : request_ms_(kMilliseconds),
      tokenize_ms_(kMilliseconds),
      queue_ms_(kMilliseconds),
      engine_ms_(kMilliseconds),
      batch_texts_(kTexts),
      batch_tokens_(kTokens),
      batch_models_(kTexts),
      adapter_load_ms_(kMilliseconds) {}

void Metrics::count_exchange(const http::Exchange& exchange) {
  request_ms_.observe(milliseconds(exchange.duration_ns));
  MutexLock lock(mutex_);
  ++exchanges_[{std::string(exchange.route), exchange.status}];
}

void Metrics::count_call(const CallTimings& timings) {
  tokenize_ms_.observe(milliseconds(timings.tokenize_ns));
  queue_ms_.observe(milliseconds(timings.queue_ns));
  engine_ms_.observe(milliseconds(timings.engine_ns));
}

void Metrics::count_batch(std::int64_t texts, std::int64_t tokens, std::int64_t models) {
  batch_texts_.observe(static_cast<double>(texts));
  batch_tokens_.observe(static_cast<double>(tokens));
  batch_models_.observe(static_cast<double>(models));
}

void Metrics::count_adapter_load(bool succeeded, double load_ms) {
  adapter_load_ms_.observe(load_ms);
  if (!succeeded) ++adapter_loads_failed_;
}

void Metrics::count_refusal(std::string_view reason) {
  MutexLock lock(mutex_);
  const auto found = refusals_.find(reason);
  if (found != refusals_.end()) {
    ++found->second;
  } else {
    refusals_.emplace(reason, 1);
  }
}

void Metrics::count_swap(bool succeeded) { (succeeded ? swaps_ : swaps_refused_).fetch_add(1); }

std::string Metrics::prometheus(const http::ServerStats& server) const {
  std::string out;
  head(out, "http_requests_total", "counter", "answers, by route and status");
  {
    MutexLock lock(mutex_);
    for (const auto& [key, count] : exchanges_) {
      out += fmt::format("http_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", key.first, key.second, count);
    }
    head(out, "serving_refused_total", "counter", "calls not carried out, by reason");
    for (const auto& [reason, count] : refusals_) {
      out += fmt::format("serving_refused_total{{reason=\"{}\"}} {}\n", reason, count);
    }
  }
  single(out, "http_rejected_total", "counter", "requests refused because too many waited, or for too long",
         server.rejected);
  single(out, "http_connections", "gauge", "open connections", server.connections);
  single(out, "http_in_flight", "gauge", "requests in work", server.in_flight);
  single(out, "http_waiting", "gauge", "requests waiting for a thread", server.waiting);
  single(out, "serving_queue_tokens", "gauge", "tokens waiting for the engine", engine_waiting_tokens_.load());
  single(out, "serving_engine_tokens_per_s", "gauge", "pace of the newest batches", engine_tokens_per_s_.load());
  single(out, "serving_model_swaps_total", "counter", "models loaded or exchanged", swaps_.load());
  single(out, "serving_model_swaps_refused_total", "counter", "models refused; the old one went on", swaps_refused_);
  single(out, "serving_adapters_resident", "gauge", "adapters in the pool's memory", adapters_resident_);
  single(out, "serving_adapter_bytes", "gauge", "memory of the pool's adapters", adapter_bytes_);
  single(out, "serving_adapter_loads_failed_total", "counter", "adapters that did not load", adapter_loads_failed_);
  single(out, "serving_adapter_evictions_total", "counter", "adapters dropped for others", adapter_evictions_);
  request_ms_.write(out, "http_request_ms", "from the complete request to the answer");
  tokenize_ms_.write(out, "serving_tokenize_ms", "texts to token ids");
  queue_ms_.write(out, "serving_queue_ms", "waiting for the engine");
  engine_ms_.write(out, "serving_engine_ms", "in the engine");
  batch_texts_.write(out, "serving_batch_texts", "texts in one engine batch");
  batch_tokens_.write(out, "serving_batch_tokens", "tokens in one engine batch");
  batch_models_.write(out, "serving_batch_models", "models in one engine batch");
  adapter_load_ms_.write(out, "serving_adapter_load_ms", "an adapter from its directory into memory");
  return out;
}

}  // namespace yupu::serving
