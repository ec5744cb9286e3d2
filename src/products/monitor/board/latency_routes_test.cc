#include "products/monitor/board/latency_routes.h"

#include <gtest/gtest.h>

#include "products/monitor/documents/measured_intake.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

TEST(LatencyRoutes, ShowTheSpansAndGiveThemAsMetrics) {
  const auto store = store::open_store("sqlite::memory:").value();
  FakeClock clock(20'000 * kDayNs + kHourNs);
  LatencyRoutes routes(*store, clock, "m", [](const http::Request& request) -> Result<std::string> {
    if (request.headers.get("x-who").empty()) return Status(Code::kUnauthenticated, "who?");
    return std::string("Li");
  });
  http::Router router;
  routes.add_routes(router);
  const auto get = [&](const std::string& path, const std::string& hours = "", bool named = true) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    if (!hours.empty()) request.query["hours"] = hours;
    if (named) request.headers.add("x-who", "Li");
    return router.dispatch(request);
  };
  const auto spans = [&](const std::string& hours) {
    const http::Response answer = get("/v1/monitor/latency", hours);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return parse_json(answer.body)->at("spans");
  };
  EXPECT_EQ(spans("1")[1].at("count"), 0);
  EXPECT_TRUE(spans("1")[1].at("p95_ms").is_null()) << "nothing was measured: no figure, not 0";

  const TopicDictionary topics = TopicDictionary::create({{"tea", {}}}).value();
  Batch batch{.source = "feed", .position_before = "", .position = "1", .documents = {}};
  for (const char* guid : {"1", "2"})
    batch.documents.push_back(make_ready({.source = "feed",
                                          .guid = guid,
                                          .url = {},
                                          .title = std::string("tea ") + guid,
                                          .text = {},
                                          .publisher = {},
                                          .published_ns = clock.now_ns() - kMinuteNs,
                                          .received_ns = clock.now_ns() - 2 * kSecondNs,
                                          .sentiment = Sentiment::kNegative},
                                         topics)
                                  .value());
  ASSERT_TRUE(take_measured_batch(*store, "m", batch, clock).ok());
  const Json found = spans("1");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].at("span"), "capture");
  EXPECT_EQ(found[0].at("p50_ms"), 60'000);
  EXPECT_EQ(found[1].at("count"), 2);
  EXPECT_EQ(found[1].at("mean_ms"), 2000);
  EXPECT_EQ(found[2].at("most_ms"), 60'000);
  const http::Response metrics = get("/metrics/monitor", "", false);
  EXPECT_EQ(metrics.status, 200);
  EXPECT_NE(metrics.body.find("monitor_latency_ms{monitor=\"m\",span=\"intake\",quantile=\"0.95\"} 2000\n"),
            std::string::npos)
      << metrics.body;
  EXPECT_NE(metrics.body.find("monitor_latency_measured{monitor=\"m\",span=\"notice\"} 0\n"), std::string::npos);
  clock.advance_ns(2 * kHourNs);
  EXPECT_EQ(spans("1")[1].at("count"), 0) << "the hours that are asked for";
  EXPECT_EQ(spans("")[1].at("count"), 2);

  EXPECT_EQ(get("/v1/monitor/latency", "", false).status, 401);
  for (const char* hours : {"0", "841", "x"}) EXPECT_EQ(get("/v1/monitor/latency", hours).status, 400) << hours;
}

}  // namespace
}  // namespace yupu::monitor
