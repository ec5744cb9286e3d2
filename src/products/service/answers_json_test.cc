#include "products/service/answers_json.h"

#include <gtest/gtest.h>

#include "products/service/conversation/script_json.h"
#include "products/service/conversation/testing.h"

namespace yupu::products {
namespace {

using testing::kDayNs;
using testing::kNow;

TEST(AnswersJson, SaysWhatHoldsAndWhere) {
  AnswerBook book;
  Answer before = testing::plain_answer("hours");
  before.valid_until_ns = kNow;  // the instant it ends
  Answer after = testing::plain_answer("hours");
  after.valid_from_ns = kNow;
  after.text_en = "From ten to six.";
  after.channels = {"web", "wecom"};
  Answer holidays = testing::plain_answer("refund");
  holidays.valid_from_ns = kNow + kDayNs;
  book.answers = {before, after, holidays};
  const auto answers = ApprovedAnswers::create(std::move(book));
  ASSERT_TRUE(answers.ok()) << answers.status().to_string();
  const Json rows = answers_json(*answers, kNow);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].at("holds"), "over");
  EXPECT_EQ(rows[0].at("valid_until"), "2026-11-27T00:00:00.000Z");
  EXPECT_TRUE(rows[0].at("valid_from").is_null());
  EXPECT_EQ(rows[1].at("holds"), "now");
  EXPECT_EQ(rows[1].at("text_en"), "From ten to six.");
  EXPECT_EQ(rows[1].at("channels"), (Json{"web", "wecom"}));
  EXPECT_EQ(rows[2].at("intent"), "refund");
  EXPECT_EQ(rows[2].at("holds"), "later");
}

TEST(ScriptsJson, HaveWhatIsSaidAndExpected) {
  Script script{.name = "delivery", .channel = "web"};
  script.turns.push_back({.say = "how much", .decision = "answer", .contains = "99 yuan"});
  script.turns.push_back({.tap = "refund", .values = {{"order", "GH1"}}});
  const Json rows = scripts_json(std::vector<Script>{script});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].at("name"), "delivery");
  EXPECT_EQ(rows[0].at("channel"), "web");
  const Json& turns = rows[0].at("turns");
  ASSERT_EQ(turns.size(), 2U);
  EXPECT_EQ(turns[0].at("say"), "how much");
  EXPECT_EQ(turns[0].at("expect"), (Json{{"decision", "answer"}, {"contains", "99 yuan"}}));
  EXPECT_EQ(turns[1].at("tap"), "refund");
  EXPECT_EQ(turns[1].at("expect"), (Json{{"values.order", "GH1"}}));
}

}  // namespace
}  // namespace yupu::products
