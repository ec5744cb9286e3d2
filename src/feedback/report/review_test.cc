#include "feedback/report/review.h"

#include <map>

#include <gtest/gtest.h>

#include "feedback/misses/testing.h"
#include "feedback/report/report_routes.h"

namespace yupu::feedback {
namespace {

class ReviewTest : public testing::MissFixture {
 protected:
  void SetUp() override {
    add_report_routes(router_, *store_, clock_,
                      {.model = "shop", .door = [](const http::Request& request) {
                         return Result<handoff::Person>(handoff::Person{
                             .id = "agent_1", .tenant_id = std::string(request.headers.get("x-tenant"))});
                       }});
  }
  http::Response ask(const std::string& method, const std::string& body = {}, const std::string& tenant = "t1",
                     std::map<std::string, std::string> query = {}) {
    http::Request request;
    request.method = method;
    request.path = "/v1/agent/report/review";
    request.body = body;
    request.query = std::move(query);
    request.request_id = "req_1";
    request.headers.add("x-tenant", tenant);
    return router_.dispatch(request);
  }
  Json now() { return parse_json(ask("GET").body).value(); }
  int judge(const std::string& trace_id, bool is_right, const std::string& tenant = "t1") {
    return ask("POST", to_text(Json{{"trace_id", trace_id}, {"right", is_right}}), tenant).status;
  }

  http::Router router_;
};

TEST_F(ReviewTest, TheSampleIsWhatStandsBeforeTheFirstThatIsOpen) {
  std::vector<std::string> answers;  // tr_1 to tr_9: in the order of their ids
  for (int i = 0; i < 9; ++i)
    answers.push_back(
        call({.text = "q", .decision = "answer", .label = "order", .notes = {{"text", "It is on its way."}}}));
  call({.text = "refused", .decision = "refuse"});                     // tr_10
  call({.text = "of another", .decision = "answer", .tenant = "t2"});  // tr_11
  Json said = now();
  EXPECT_EQ(said["judged"], 0);
  EXPECT_TRUE(said["wrong_share"].is_null());
  EXPECT_EQ(said["wrong_at_most"], 1.0);
  ASSERT_EQ(said["drawn"].size(), 9U);
  EXPECT_EQ(said["drawn"][0]["trace_id"], answers[0]);
  EXPECT_EQ(said["drawn"][0]["answer"], "It is on its way.");
  EXPECT_EQ(said["drawn"][0]["intent"], "order");

  EXPECT_EQ(judge(answers[0], true), 200);
  EXPECT_EQ(judge(answers[1], false), 200);
  EXPECT_EQ(judge(answers[4], false), 200);  // out of turn: it counts when the ones before it are judged
  said = now();
  EXPECT_EQ(said["judged"], 2);
  EXPECT_EQ(said["wrong"], 1);
  EXPECT_EQ(said["drawn"].size(), 6U);
  EXPECT_EQ(judge(answers[2], true), 200);
  EXPECT_EQ(judge(answers[3], true), 200);
  said = now();
  EXPECT_EQ(said["judged"], 5);
  EXPECT_DOUBLE_EQ(said["wrong_share"].get<double>(), 0.4);
  EXPECT_NEAR(said["wrong_at_most"].get<double>(), 0.8107, 1e-4);  // scipy.stats.beta.ppf(0.95, 3, 3)
  EXPECT_EQ(judge(answers[4], true), 200);                         // the last one counts
  EXPECT_EQ(now()["wrong"], 1);
  // What visitors vote and agents correct is another matter.
  say(answers[5], -1, "refund");
  EXPECT_EQ(now()["judged"], 5);
}

TEST_F(ReviewTest, OnlyAnswersOfOnesOwn) {
  const std::string refused = call({.text = "refused", .decision = "refuse"});
  const std::string answered = call({.text = "a", .decision = "answer"});
  EXPECT_EQ(judge(refused, true), 404);
  EXPECT_EQ(judge("tr_none", true), 404);
  EXPECT_EQ(judge(answered, true, "t2"), 404);
  EXPECT_EQ(ask("POST", R"({"trace_id":"x"})").status, 400);
  EXPECT_EQ(ask("POST", R"({"trace_id":"x","right":"yes"})").status, 400);
  EXPECT_EQ(ask("POST", R"({"trace_id":"x","right":true,"why":1})").status, 400);
  EXPECT_EQ(ask("GET", {}, "t1", {{"format", "csv"}}).status, 400);
  EXPECT_EQ(now()["judged"], 0);
}

TEST_F(ReviewTest, TenAtATimeOfThePeriodAndManyPages) {
  std::vector<std::string> answers;
  for (int i = 0; i < 450; ++i) answers.push_back(call({.text = "q", .decision = "answer"}));
  for (const std::string& id : answers)
    ASSERT_TRUE(
        judge_answer(*store_, clock_, {.tenant_id = "t1", .model = "shop", .trace_id = id, .is_right = true}).ok());
  EXPECT_EQ(now()["judged"], 450);
  EXPECT_NEAR(now()["wrong_at_most"].get<double>(), 0.00664, 1e-5);  // 1 - 0.05 ** (1 / 450)
  clock_.advance_ns(40 * testing::kDayNs);
  for (int i = 0; i < 12; ++i) call({.text = "new", .decision = "answer"});
  EXPECT_EQ(now()["judged"], 0);
  EXPECT_EQ(now()["drawn"].size(), 10U);
}

TEST_F(ReviewTest, AJudgementGoesWithItsTrace) {
  const std::string answered = call({.text = "a", .decision = "answer"});
  ASSERT_EQ(judge(answered, false), 200);
  const std::string ids[] = {answered};
  ASSERT_TRUE(store_
                  ->write([&](store::Transaction& transaction) {
                    return forget_feedback(transaction, clock_, "t1", ids).status();
                  })
                  .ok());
  EXPECT_EQ(now()["judged"], 0);
}

}  // namespace
}  // namespace yupu::feedback
