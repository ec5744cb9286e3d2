// What /metrics says, in Prometheus' text format 0.0.4. Names carry stage and unit.
// Threads: any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/mutex.h"
#include "http/server.h"

namespace yupu::serving {

// Cumulative buckets with fixed upper bounds.
class Histogram {
 public:
  static constexpr std::size_t kBucketsMax = 16;
  explicit Histogram(std::span<const double> bounds);  // ascending, at most kBucketsMax
  void observe(double value);
  void write(std::string& out, std::string_view name, std::string_view help) const;
  std::int64_t count() const { return count_.load(); }

 private:
  std::array<double, kBucketsMax> bounds_{};
  std::size_t bucket_count_;
  std::array<std::atomic<std::int64_t>, kBucketsMax> buckets_{};
  std::atomic<std::int64_t> count_{0};
  std::atomic<std::int64_t> sum_micro_{0};  // millionths: sums stay exact whatever the order
};

// Where the time of one call went; the answer's server-timing header and the histograms come from the same struct.
struct CallTimings {
  std::int64_t tokenize_ns = 0;
  std::int64_t queue_ns = 0;
  std::int64_t engine_ns = 0;
};

class Metrics {
 public:
  Metrics();
  void count_exchange(const http::Exchange& exchange);
  void count_call(const CallTimings& timings);
  void count_batch(std::int64_t texts, std::int64_t tokens, std::int64_t models);
  // Of the adapter pool: `load_ms` of a load, failed or not.
  void count_adapter_load(bool succeeded, double load_ms);
  void count_adapter_eviction() { ++adapter_evictions_; }
  void set_adapters_resident(std::int64_t count, std::int64_t bytes) {
    adapters_resident_ = count;
    adapter_bytes_ = bytes;
  }
  void count_refusal(
      std::string_view reason);  // "engine_queue_full", "engine_wait", "demo_rate", "quota", "deadline", "client_gone"
  void count_swap(bool succeeded);
  void set_engine_waiting_tokens(std::int64_t tokens) { engine_waiting_tokens_ = tokens; }
  void set_engine_tokens_per_s(std::int64_t rate) { engine_tokens_per_s_ = rate; }

  std::string prometheus(const http::ServerStats& server) const;

 private:
  Histogram request_ms_;
  Histogram tokenize_ms_;
  Histogram queue_ms_;
  Histogram engine_ms_;
  Histogram batch_texts_;
  Histogram batch_tokens_;
  Histogram batch_models_;
  Histogram adapter_load_ms_;
  std::atomic<std::int64_t> swaps_{0};
  std::atomic<std::int64_t> swaps_refused_{0};
  std::atomic<std::int64_t> engine_waiting_tokens_{0};
  std::atomic<std::int64_t> engine_tokens_per_s_{0};
  std::atomic<std::int64_t> adapter_loads_failed_{0};
  std::atomic<std::int64_t> adapter_evictions_{0};
  std::atomic<std::int64_t> adapters_resident_{0};
  std::atomic<std::int64_t> adapter_bytes_{0};
  mutable Mutex mutex_;
  std::map<std::pair<std::string, int>, std::int64_t> exchanges_ YUPU_GUARDED_BY(mutex_);  // (route, status)
  std::map<std::string, std::int64_t, std::less<>> refusals_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::serving
