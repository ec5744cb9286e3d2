#include "feedback/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feedback/misses/testing.h"
#include "store/testing.h"

namespace yupu::feedback {
namespace {

class ReportTest : public testing::MissFixture {
 protected:
  CallReport report(const CallQuery& query = {.tenant_id = "t1", .model = "shop"}) {
    CallReport sum;
    const Status read = each_call(*store_, query, [&](const LoggedCall& call) {
      sum.add(call);
      return ok_status();
    });
    EXPECT_TRUE(read.ok()) << read.to_string();
    return sum;
  }
  std::int64_t count(const std::string& sql) { return yupu::testing::number(*store_, sql); }
};

TEST_F(ReportTest, FiguresAreWhatWasSaidOfTheCalls) {
  const std::string good = call({.text = "a", .conversation = "cv_a", .decision = "answer", .label = "order"});
  const std::string wrong = call({.text = "b", .conversation = "cv_a", .decision = "answer", .label = "order"});
  const std::string right = call({.text = "c", .conversation = "cv_b", .decision = "answer", .label = "refund"});
  const std::string disliked = call({.text = "d", .conversation = "cv_b", .decision = "answer", .label = "refund"});
  call({.text = "e", .conversation = "cv_b", .decision = "handoff", .label = "refund"});
  call({.text = "f", .conversation = "cv_c", .decision = "refuse", .label = ""});
  call({.text = "another tenant's", .decision = "answer", .tenant = "t2"});
  say(good, 1);
  say(wrong, {}, "refund");
  say(right, {}, "refund");  // confirmed
  say(disliked, -1);
  say(disliked, 1);
  say(disliked, -1);  // the last vote counts
  const OrderedJson json = report().to_json();
  EXPECT_EQ(json.at("calls"), 6);
  EXPECT_EQ(json.at("decisions"), (OrderedJson{{"answer", 4}, {"handoff", 1}, {"refuse", 1}}));
  EXPECT_EQ(json.at("conversations"), 3);
  EXPECT_EQ(json.at("handed_over"), 1);
  EXPECT_EQ(json.at("resolved"), 2);
  EXPECT_NEAR(json.at("resolution").get<double>(), 2.0 / 3, 1e-12);
  EXPECT_NEAR(json.at("refusal").get<double>(), 1.0 / 6, 1e-12);
  EXPECT_EQ(json.at("reviewed"), 2);
  EXPECT_EQ(json.at("wrong_share"), 0.5);
  EXPECT_EQ(json.at("up"), 1);
  EXPECT_EQ(json.at("down"), 1);
  EXPECT_EQ(json.at("hits"), 2);
  EXPECT_EQ(json.at("misses"), 4);
  const OrderedJson& refund = json.at("entries")[0];
  EXPECT_EQ(refund, (OrderedJson{{"intent", "refund"},
                                 {"calls", 3},
                                 {"hits", 1},
                                 {"misses", 2},
                                 {"up", 0},
                                 {"down", 1},
                                 {"corrected_away", 0}}));
  EXPECT_EQ(report({.tenant_id = "nobody", .model = "shop"}).to_json().at("resolution"), OrderedJson());
}

TEST_F(ReportTest, TotalsAreTheLogsOverManyPages) {
  const char* const decisions[] = {"answer", "clarify", "refuse", "handoff"};
  for (int i = 0; i < 2'500; ++i) {
    const std::string conversation = "cv_" + std::to_string(i / 3);
    call({.text = "x",
          .conversation = conversation,
          .decision = decisions[i % 4],
          .label = i % 5 < 2 ? "order" : "refund"});
  }
  const CallReport all = report();
  EXPECT_EQ(all.calls(), count("SELECT COUNT(*) FROM trace"));
  const OrderedJson json = all.to_json();
  for (const auto& [decision, number] : json.at("decisions").items()) {
    EXPECT_EQ(number, count("SELECT COUNT(*) FROM trace WHERE decision = '" + decision + "'")) << decision;
  }
  std::int64_t of_entries = 0;
  for (const auto& [intent, entry] : all.entries()) {
    EXPECT_EQ(entry.hits + entry.misses, entry.calls);
    EXPECT_EQ(entry.calls, count("SELECT COUNT(*) FROM trace WHERE label = '" + intent + "'")) << intent;
    of_entries += entry.calls;
  }
  EXPECT_EQ(of_entries, all.calls());
  EXPECT_EQ(json.at("conversations"), count("SELECT COUNT(*) FROM conversation"));
  EXPECT_EQ(json.at("hits").get<std::int64_t>() + json.at("misses").get<std::int64_t>(), all.calls());
  const std::int64_t middle = clock_.now_ns() - 1'000 * std::int64_t{1'000'000'000};
  CallQuery before{.tenant_id = "t1", .model = "shop"}, after = before;
  before.until_ns = after.since_ns = middle;
  EXPECT_EQ(report(before).calls() + report(after).calls(), all.calls()) << "no call is in both, none in neither";
}

TEST(ReportRowsTest, CsvIsReadBackAndNoFormula) {
  const LoggedCall call{.trace_id = "tr_1", .text = "say \"hi\",\nplease", .decision = "refuse", .intent = "=cmd()"};
  const OrderedJson row = call.to_json(true);
  EXPECT_EQ(csv_head(row), "trace_id,created,conversation,decision,intent,score,rating,correction,hit,text\r\n");
  EXPECT_EQ(csv_line(row), "tr_1,1970-01-01T00:00:00.000Z,,refuse,'=cmd(),0.0,,,false,\"say \"\"hi\"\",\nplease\"\r\n");
  EXPECT_FALSE(call.to_json(false).contains("text"));
  EXPECT_EQ(csv_line(OrderedJson{{"a", ""}, {"b", ""}}), ",\r\n");
}

}  // namespace
}  // namespace yupu::feedback
