// The load generator itself: what it says must be what happened.
#include <algorithm>
#include <thread>

#include <gtest/gtest.h>

#include "base/log.h"
#include "http/load/crowd.h"
#include "http/load/idle_sockets.h"
#include "http/problem.h"
#include "http/server.h"

namespace yupu::http {
namespace {

TEST(Arrivals, EvenOnesAreAsFarApartAsTheRateSays) {
  Arrivals arrivals({.per_s = 1000, .seconds = 0.0105, .even = true});
  for (std::int64_t i = 1; i <= 10; ++i) EXPECT_EQ(arrivals.next(), i * 1'000'000);
  EXPECT_EQ(arrivals.next(), std::nullopt);
}

TEST(Arrivals, PoissonOnesHaveTheRateAndItsSpread) {
  Arrivals arrivals({.per_s = 2000, .seconds = 50, .seed = 3});
  std::vector<double> gaps;
  std::int64_t before = 0;
  while (const auto at = arrivals.next()) {
    ASSERT_GE(*at, before);
    gaps.push_back(static_cast<double>(*at - before));
    before = *at;
  }
  EXPECT_NEAR(static_cast<double>(gaps.size()), 100'000, 1'500);
  double sum = 0, squares = 0;
  for (const double gap : gaps) {
    sum += gap;
    squares += gap * gap;
  }
  const double mean = sum / static_cast<double>(gaps.size());
  EXPECT_NEAR(mean, 500'000, 8'000);
  EXPECT_NEAR(squares / static_cast<double>(gaps.size()) / (mean * mean), 2.0, 0.05) << "exponential gaps";
}

TEST(Tally, PercentilesAreOfTheNearestRankAndStatusesApart) {
  Tally tally;
  for (int i = 100; i >= 1; --i) tally.add(200, false, i * 1'000'000);
  tally.add(429, true, 2'000'000);
  tally.add(429, false, 3'000'000);
  tally.add(503, true, 1'000'000);
  tally.offered = 103;
  tally.seconds = 2.0;
  const OrderedJson row = tally.to_json(2.0);
  EXPECT_EQ(row["answered"], 100);
  EXPECT_EQ(row["answered_per_s"], 50.0);
  EXPECT_EQ(row["ms_p50"], 50.0);
  EXPECT_EQ(row["ms_p99"], 99.0);
  EXPECT_EQ(row["ms_max"], 100.0);
  EXPECT_EQ(row["refused"], 2);
  EXPECT_EQ(row["refused_with_retry_after"], 1);
  EXPECT_EQ(row["refused_ms_p99"], 3.0);
  EXPECT_EQ(row["other"], 1);
}

class CrowdTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kError);
    serve({});
  }

  void serve(ServerOptions options) {
    Router router;
    router.add({.method = "POST", .pattern = "/say", .scope = "", .summary = "takes 20 ms"}, [](const Request&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return json_response(200, "{}");
    });
    router.add(
        {.method = "POST", .pattern = "/no", .scope = "", .summary = "refuses", .quick = true},
        [](const Request& request) { return problem(Status(Code::kResourceExhausted, "no"), request.request_id); });
    options.listen.port = 0;
    options.request_threads = 1;
    server_ = Server::start(std::move(options), std::move(router)).value();
    options_.port = server_->port();
    options_.requests = {json_request("127.0.0.1", "/say", "", "{}")};
  }

  std::unique_ptr<Server> server_;
  CrowdOptions options_;
};

// One connection, ten arrivals in ten milliseconds, 20 ms each: the last has waited for all before it.  A client that
// counts from when it got around to sending would say 20 ms of every one.
TEST_F(CrowdTest, TimeRunsFromWhenARequestWasToBeSent) {
  options_.connections = 1;
  options_.arrivals = ArrivalPlan{.per_s = 1000, .seconds = 0.0105, .even = true};
  Tally tally = run_crowd(options_).value();
  EXPECT_EQ(tally.offered, 10);
  ASSERT_EQ(tally.answered_us.size(), 10U);
  EXPECT_EQ(tally.unanswered + tally.broken, 0);
  EXPECT_GE(*std::max_element(tally.answered_us.begin(), tally.answered_us.end()), 190'000U);
  EXPECT_GE(percentile_ms(tally.answered_us, 0.5), 80.0);
}

TEST_F(CrowdTest, AClosedLoopAsksAgainWhenItIsAnswered) {
  options_.connections = 3;
  options_.seconds = 0.1;
  const Tally tally = run_crowd(options_).value();
  EXPECT_GE(tally.answered_us.size(), 3U);
  EXPECT_EQ(static_cast<std::int64_t>(tally.answered_us.size()), tally.offered);
}

TEST_F(CrowdTest, AClosedLoopWaitsAsItIsToldTo) {
  options_.requests = {json_request("127.0.0.1", "/no", "yp_x", "{}")};
  options_.connections = 2;
  options_.seconds = 0.05;  // Retry-After is a second
  const Tally tally = run_crowd(options_).value();
  EXPECT_EQ(tally.offered, 2);
  EXPECT_EQ(tally.refused_us.size(), 2U);
}

TEST_F(CrowdTest, RefusalsAreCounted) {
  options_.requests.push_back(json_request("127.0.0.1", "/no", "yp_x", "{}"));
  options_.connections = 2;
  options_.arrivals = ArrivalPlan{.per_s = 1000, .seconds = 0.0065, .even = true};
  const Tally tally = run_crowd(options_).value();
  EXPECT_EQ(tally.answered_us.size(), 3U);
  EXPECT_EQ(tally.refused_us.size(), 3U);
  EXPECT_EQ(tally.refused_with_retry_after, 3);
}

TEST_F(CrowdTest, AConnectionThatTheServerClosedWhileNobodyAskedIsOpenedAnew) {
  serve({.idle_timeout_ms = 10});
  options_.connections = 1;
  options_.arrivals = ArrivalPlan{.per_s = 4, .seconds = 0.6, .even = true};  // the first after a quarter of a second
  const Tally tally = run_crowd(options_).value();
  EXPECT_EQ(tally.offered, static_cast<std::int64_t>(tally.answered_us.size()));
  EXPECT_EQ(tally.broken, 0);
  EXPECT_EQ(tally.reopened, tally.offered);
}

TEST_F(CrowdTest, WhatIsNotAnsweredInTimeIsSaid) {
  options_.connections = 1;
  options_.patience_s = 0.03;
  options_.arrivals = ArrivalPlan{.per_s = 1000, .seconds = 0.0105, .even = true};
  const Tally tally = run_crowd(options_).value();
  EXPECT_GT(tally.unanswered, 0);
  EXPECT_EQ(tally.unanswered + static_cast<std::int64_t>(tally.answered_us.size()), tally.offered);
}

TEST_F(CrowdTest, IdleSocketsAreHeldUntilTheServerCloses) {
  IdleSockets idle;
  EXPECT_GE(raise_descriptors(256), 256);
  EXPECT_EQ(idle.open("127.0.0.1", server_->port(), 50), 50);
  EXPECT_EQ(idle.still_open(), 50);
  server_->stop(0);
  EXPECT_EQ(idle.still_open(), 0);
}

TEST(Crowd, NobodyThere) {
  CrowdOptions options;
  options.port = 1;
  options.requests = {"x"};
  EXPECT_EQ(run_crowd(options).status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace yupu::http
