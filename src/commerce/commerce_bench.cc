// How fast commerce is:  commerce_commerce_bench [SECONDS] [FOLDER]
//   admission   authenticate + hold + release, on a store that is charging calls at the same time; p50, p99 in
//   microseconds capture     hold + capture, each durable (WAL, synchronous=FULL), at 1, 8 and 64 threads; calls a
//   second, p50, p99
// One CSV row each; the books are checked at the end. FOLDER decides which disk is measured.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include "base/clock.h"
#include "base/testing.h"
#include "commerce/commerce.h"
#include "commerce/keys/keys.h"
#include "commerce/ledger/ledger.h"
#include "commerce/plans/plans.h"
#include "commerce/tenants/tenants.h"
#include "store/store.h"

namespace yupu::commerce {
namespace {

double microseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
}

double quantile(std::vector<double>& sorted, double q) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(q * static_cast<double>(sorted.size())))];
}

// Runs `step` on `thread_count` threads for `seconds`; returns every step's time, sorted.
template <class Step>
std::vector<double> run_threads(int thread_count, double seconds, const Step& step) {
  std::vector<std::vector<double>> times(static_cast<std::size_t>(thread_count));
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < thread_count; ++t) {
      threads.emplace_back([&, t] {
        const auto begin = std::chrono::steady_clock::now();
        for (std::int64_t i = 0; microseconds_since(begin) < seconds * 1e6; ++i) {
          const auto step_begin = std::chrono::steady_clock::now();
          step(t, i);
          times[static_cast<std::size_t>(t)].push_back(microseconds_since(step_begin));
        }
      });
    }
  }
  std::vector<double> all;
  for (const auto& of_thread : times) all.insert(all.end(), of_thread.begin(), of_thread.end());
  std::ranges::sort(all);
  return all;
}

void print_row(const char* what, int thread_count, double seconds, std::vector<double>& times) {
  std::printf("%s,%d,%.0f,%.1f,%.1f,%.1f\n", what, thread_count, static_cast<double>(times.size()) / seconds,
              quantile(times, 0.5), quantile(times, 0.99), quantile(times, 0.999));
}

int run(double seconds, const std::string& folder) {
  SystemClock clock;
  auto store = store::open_store("sqlite:" + folder + "/bench.db").value();
  auto commerce = Commerce::open(*store, clock, {.pepper_path = folder + "/pepper"}).value();
  PlanSettings settings;
  settings.name = "bench";
  settings.quota_tokens = std::int64_t{1} << 50;
  settings.ufen_per_1000 = {{"classify_tokens", 20'000}};
  CHECK(set_plan(*store, clock, settings).ok(), "plan");
  const Tenant tenant = create_tenant(*store, clock, "bench", "bench").value();
  NewKey wanted;
  wanted.tenant_id = tenant.id;
  const std::string secret = create_key(*store, clock, commerce->pepper(), wanted).value().secret;
  const handoff::Caller caller = commerce->authenticate(secret).value();
  std::atomic<std::int64_t> next_id = 0;
  std::atomic<std::int64_t> captured_count = 0;

  const auto usage = [&] {
    return handoff::Usage{"r" + std::to_string(next_id++), "classify_tokens", "shop", "rel_1", 24, clock.now_ns()};
  };
  const auto charge = [&](int, std::int64_t) {
    const handoff::Usage used = usage();
    const auto hold = commerce->hold(caller, used);
    CHECK(hold.ok(), hold.status().to_string());
    const auto price = commerce->capture(hold.value(), used, nullptr);
    CHECK(price.ok() && price.value().ufen() == 480, "the price of 24 tokens at 20 ufen");
    ++captured_count;
  };

  std::printf("# cores %u, WAL, synchronous=FULL, folder %s\n", std::thread::hardware_concurrency(), folder.c_str());
  std::printf("what,threads,per_second,p50_us,p99_us,p999_us\n");
  for (const int thread_count : {1, 8, 64}) {
    auto times = run_threads(thread_count, seconds, charge);
    print_row("capture", thread_count, seconds, times);
  }
  {
    std::jthread load([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        charge(0, 0);
        std::this_thread::sleep_for(std::chrono::microseconds(500));
      }
    });
    // Two arrivals a millisecond over two threads, as a server at 2000 calls a second sees them.
    std::vector<std::vector<double>> admission(2);
    run_threads(2, seconds, [&](int t, std::int64_t) {
      const auto begin = std::chrono::steady_clock::now();
      const auto who = commerce->authenticate(secret);
      const auto hold = commerce->hold(who.value(), usage());
      admission[static_cast<std::size_t>(t)].push_back(microseconds_since(begin));
      commerce->release(hold.value());
      std::this_thread::sleep_for(std::chrono::microseconds(900));
    });
    std::vector<double> all = admission[0];
    all.insert(all.end(), admission[1].begin(), admission[1].end());
    std::ranges::sort(all);
    print_row("admission_paced", 2, seconds, all);
  }
  {
    auto times = run_threads(2, seconds, [&](int, std::int64_t) {
      const auto who = commerce->authenticate(secret);
      CHECK(who.ok(), "authenticate");
    });
    print_row("authenticate", 2, seconds, times);
  }
  const auto report = ledger_check(*store);
  CHECK(report.ok() && report.value().ok(), "the books are wrong");
  CHECK(report.value().usage_event_count == captured_count, "calls and events differ");
  std::printf("# ledger ok, %lld events\n", static_cast<long long>(report.value().usage_event_count));
  return 0;
}

}  // namespace
}  // namespace yupu::commerce

int main(int argc, char** argv) {
  const yupu::testing::TempDir own;
  const double seconds = argc > 1 ? std::atof(argv[1]) : 3.0;
  return yupu::commerce::run(seconds, argc > 2 ? argv[2] : own.path());
}
