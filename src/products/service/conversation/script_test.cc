#include "products/service/conversation/script.h"

#include <gtest/gtest.h>

#include "products/service/conversation/testing.h"

namespace yupu::products {
namespace {

using testing::kCard;
using testing::kNow;
using testing::scores;
using testing::shop;

TEST(Scripts, AChangedAnswerIsNamedWithBoth) {
  const auto dialogue = shop();
  const Scorer scorer = [](const std::string& text) -> Result<serving::ScoredText> { return scores(text); };
  std::vector<Script> scripts(2);
  scripts[0] = {.name = "opening",
                .channel = "web",
                .turns = {{.say = "hours", .decision = "answer", .intent = "hours", .contains = "hours"},
                          {.say = "refund|hours", .decision = "clarify"},
                          {.tap = "refund", .decision = "answer", .contains = "refund"}}};
  scripts[1] = {.name = "status",
                .channel = "web",
                .turns = {{.say = "status", .slot = "order"},
                          {.say = "refund", .decision = "clarify", .contains = "order", .where = "s.toml: line 9"},
                          {.say = "hours", .decision = "never played"}}};
  const auto report = run_scripts(*dialogue, scripts, kCard, scorer, kNow);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->script_count, 2);
  EXPECT_EQ(report->turn_count, 5);
  ASSERT_EQ(report->failures.size(), 1U);
  EXPECT_EQ(report->failures[0].to_text(),
            "test \"status\", turn 2 (s.toml: line 9): \"refund\"\n  - decision: clarify\n  + decision: answer\n"
            "  - text: ... order ...\n  + text: English refund");
  EXPECT_EQ(report->to_json().at("failures")[0].at("differences")[0].at("got"), "answer");
  std::vector<Script> told(1);
  told[0] = {.name = "values",
             .turns = {{.say = "status", .text = "What is the order number?"},
                       {.say = "GH1234", .slot = "order", .values = {{"order", "GH1234"}}},
                       {.say = "hours", .trigger = "anger", .values = {{"order", "GH9999"}}}}};
  const Scorer unsure = [](const std::string& text) -> Result<serving::ScoredText> {
    return scores(text.starts_with("GH") ? "" : text);
  };
  const auto differs = run_scripts(*dialogue, told, kCard, unsure, kNow);
  ASSERT_EQ(differs->failures.size(), 1U);
  EXPECT_EQ(differs->failures[0].to_text(),
            "test \"values\", turn 3 (): \"hours\"\n  - values.order: GH9999\n  + values.order: GH1234\n"
            "  - trigger: anger\n  + trigger: ");
  const Scorer fails = [](const std::string&) -> Result<serving::ScoredText> { return unavailable("no engine"); };
  EXPECT_EQ(run_scripts(*dialogue, scripts, kCard, fails, kNow).status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace yupu::products
