#include "strategy/shadow.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/testing.h"

namespace yupu::strategy {
namespace {

// A model that knows texts by heart; others it refuses.
ShadowReader model_of(std::map<std::string, ShadowVerdict> known) {
  return [known](const std::string& text) -> Result<ShadowVerdict> {
    const auto found = known.find(text);
    return found == known.end() ? ShadowVerdict{.decision = "refuse", .label = text} : found->second;
  };
}

TEST(Shadow, ListsWhatTheCandidateDecidesOtherwise) {
  const std::vector<ShadowText> asked = {{.text = "refund", .call_count = 1},
                                         {.text = "where", .call_count = 2},
                                         {.text = "hours", .call_count = 4},
                                         {.text = "weather", .call_count = 3}};
  const ShadowVerdict refund{.decision = "answer", .label = "refund", .score = 0.9};
  const ShadowVerdict order{.decision = "answer", .label = "order", .score = 0.8};
  const ShadowVerdict unsure{.decision = "clarify", .label = "hours", .score = 0.4};
  const ShadowVerdict hours{.decision = "answer", .label = "hours", .score = 0.7};
  // "weather" is refused by both, whatever label is best.
  const auto report = compare_verdicts(asked, model_of({{"refund", refund}, {"where", refund}, {"hours", unsure}}),
                                       model_of({{"refund", refund},
                                                 {"where", order},
                                                 {"hours", hours},
                                                 {"weather", {.decision = "refuse", .label = "other", .score = 0.1}}}));
  ASSERT_TRUE(report.ok()) << report.status().to_string();
  EXPECT_EQ(report->call_count, 10);
  EXPECT_EQ(report->text_count, 4);
  EXPECT_EQ(report->changed_count, 6);
  EXPECT_DOUBLE_EQ(report->changed_share(), 0.6);
  const Json json = report->to_json();
  ASSERT_EQ(json["differences"].size(), 2U);
  EXPECT_EQ(json["differences"][0]["text"], "hours");
  EXPECT_EQ(json["differences"][0]["live"]["decision"], "clarify");
  EXPECT_EQ(json["differences"][1]["live"]["label"], "refund");
  EXPECT_EQ(json["differences"][1]["candidate"]["label"], "order");
  EXPECT_EQ(ShadowReport{}.changed_share(), 0.0);
}

TEST(Shadow, AModelThatFailsIsAnError) {
  const ShadowReader broken = [](const std::string&) -> Result<ShadowVerdict> { return internal_error("broken"); };
  const auto report = compare_verdicts({{.text = "a", .call_count = 1}}, model_of({}), broken);
  EXPECT_EQ(report.status().code(), Code::kInternal);
}

TEST(Shadow, TheNewestQuestionsOfTheModelOnceEach) {
  const std::unique_ptr<store::Store> store = store::open_store(yupu::testing::fresh_url()).value();
  std::int64_t now = 0;
  const auto trace = [&](const std::string& text, const std::string& route, const std::string& model) {
    ++now;
    const Status status = store->write([&](store::Transaction& transaction) {
      return transaction
          .execute(
              "INSERT INTO trace (trace_id, tenant_id, route, model, release_id, text, decision, label, score, body, "
              "created_ns) VALUES (?, 't1', ?, ?, 'rel_1', ?, 'answer', 'a', 0.5, '{}', ?)",
              {"tr_" + std::to_string(now), route, model, text, now})
          .status();
    });
    ASSERT_TRUE(status.ok()) << status.to_string();
  };
  trace("oldest", "/v1/answer", "shop");
  trace("where", "/v1/answer", "shop");
  trace("refund", "/v1/chat/completions", "shop");
  trace("where", "/v1/answer", "shop");
  trace("", "/v1/answer", "shop");
  trace("a label alone", "/v1/classify", "shop");
  trace("another's", "/v1/answer", "other");
  const auto texts = newest_questions(*store, "shop", 3);
  ASSERT_TRUE(texts.ok()) << texts.status().to_string();
  ASSERT_EQ(texts->size(), 2U);
  EXPECT_EQ((*texts)[0].text, "where");
  EXPECT_EQ((*texts)[0].call_count, 2);
  EXPECT_EQ((*texts)[1].text, "refund");
}

}  // namespace
}  // namespace yupu::strategy
