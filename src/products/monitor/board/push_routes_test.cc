#include "products/monitor/board/push_routes.h"

#include <gtest/gtest.h>

#include "store/testing.h"

namespace yupu::monitor {
namespace {

class Pushes : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = store::open_store("sqlite::memory:").value();
    routes_ = std::make_unique<PushRoutes>(*store_, clock_, "m", topics_, SentimentFrom::kScored,
                                           InboxOptions{.waiting_max = 3, .rows_per_minute = 600},
                                           [](const http::Request& request) -> Result<std::string> {
                                             if (request.headers.get("x-who").empty())
                                               return Status(Code::kUnauthenticated, "who?");
                                             return std::string("Li");
                                           });
    routes_->add_routes(router_);
  }
  http::Response push(const std::string& body, bool named = true) {
    http::Request request;
    request.method = "POST";
    request.path = "/v1/monitor/documents";
    request.body = body;
    if (named) request.headers.add("x-who", "Li");
    return router_.dispatch(request);
  }

  const TopicDictionary topics_ = TopicDictionary::create({{"tea", {}}}).value();
  FakeClock clock_{20'000 * kDayNs + 47 * kSecondNs};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<PushRoutes> routes_;
  http::Router router_;
};

TEST_F(Pushes, SaysOfEachWhatBecameOfIt) {
  const http::Response answer =
      push(R"({"source": "desk", "documents": [{"text": "tea"}, {"text": "!"}, 7, {"text": "tea", "guid": null}]})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json said = parse_json(answer.body).value();
  EXPECT_EQ(said.at("accepted"), 2);
  ASSERT_EQ(said.at("refused").size(), 2u);
  EXPECT_EQ(said.at("refused")[0].at("index"), 1);
  EXPECT_EQ(said.at("refused")[0].at("reason"), "empty");
  EXPECT_EQ(said.at("refused")[1].at("reason"), "malformed");
  EXPECT_EQ(drain_inbox(*store_, clock_, "m", topics_,
                        {.score =
                             [](auto& documents) {
                               for (ReadyDocument& ready : documents) ready.document.sentiment = Sentiment::kNegative;
                               return ok_status();
                             }})
                .value(),
            (Outcomes{{"new", 1}, {"repeated", 1}}));
}

TEST_F(Pushes, RefusesWhatIsNone) {
  EXPECT_EQ(push(R"({"documents": [{"text": "tea"}]})", false).status, 401);
  for (const char* bad : {"", "[]", "{}", R"({"documents": {}})", R"({"documents": []})",
                          R"({"documents": [{}], "x": 1})", R"({"documents": [{}], "source": 3})"})
    EXPECT_EQ(push(bad).status, 400) << bad;
}

TEST_F(Pushes, WhereTooManyWaitItSaysWhenToComeAgain) {
  const std::string four = R"({"documents": [{"text": "tea"}, {"text": "tea"}, {"text": "tea"}, {"text": "tea"}]})";
  const http::Response full = push(four);
  EXPECT_EQ(full.status, 429);
  EXPECT_EQ(full.headers.get("retry-after"), "5");
  EXPECT_EQ(parse_json(full.body)->at("field"), "waiting");
  std::string many = R"({"documents": [{"text": "!"})";
  for (int i = 1; i < 500; ++i) many += R"(, {"text": "!"})";
  EXPECT_EQ(push(many + "]}").status, 200);
  const http::Response quota = push(many + "]}");
  EXPECT_EQ(quota.status, 429);
  EXPECT_EQ(quota.headers.get("retry-after"), "13") << "when the minute is over";
}

}  // namespace
}  // namespace yupu::monitor
