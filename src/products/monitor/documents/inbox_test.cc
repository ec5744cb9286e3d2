#include "products/monitor/documents/inbox.h"

#include <gtest/gtest.h>

#include "products/monitor/documents/counts.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kNow = 20'000 * kDayNs + kHourNs;

class Inbox : public ::testing::Test {
 protected:
  void SetUp() override { store_ = store::open_store(yupu::testing::fresh_url()).value(); }

  static std::string row(const std::string& guid, const std::string& text) {
    return R"({"guid": ")" + guid + R"(", "text": ")" + text + R"(", "sentiment": "negative"})";
  }
  Result<InboxReceipt> put(const std::vector<std::string>& rows, const std::string& source = "push:desk") {
    return put_in_inbox(*store_, "m", topics_, {.source = source, .rows = rows, .now_ns = clock_.now_ns()}, options_);
  }
  Outcomes drain() {
    const auto outcomes = drain_inbox(*store_, clock_, "m", topics_, {});
    EXPECT_TRUE(outcomes.ok()) << outcomes.status().to_string();
    return outcomes.ok() ? *outcomes : Outcomes();
  }
  std::int64_t number(const std::string& sql) { return yupu::testing::number(*store_, sql); }
  std::int64_t waiting() { return number("SELECT COUNT(*) FROM monitor_inbox"); }

  TopicDictionary topics_ = TopicDictionary::create({{"tea", {}}}).value();
  InboxOptions options_;
  FakeClock clock_{kNow};
  std::unique_ptr<store::Store> store_;
};

TEST_F(Inbox, WhatIsPushedIsTakenInAsOfWhenItCame) {
  const auto receipt = put({row("1", "tea is bad"), row("2", "tea is worse"), row("3", "coffee")});
  ASSERT_TRUE(receipt.ok()) << receipt.status().to_string();
  EXPECT_EQ(receipt->accepted, 3);
  EXPECT_TRUE(receipt->refused.empty());
  clock_.advance_ns(kHourNs);
  EXPECT_EQ(drain(), (Outcomes{{"new", 2}, {"off_topic", 1}}));
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(count_topic(*store_, "m", "tea", kNow - kMinuteNs, kNow + kMinuteNs)->negative, 2);
  EXPECT_EQ(monitor_now(*store_, "m").value(), kNow) << "not when it was taken in";
  EXPECT_EQ(drain(), Outcomes());
}

TEST_F(Inbox, PushedAgainIsNothing) {
  ASSERT_TRUE(put({row("1", "tea is bad")}).ok());
  EXPECT_EQ(drain(), (Outcomes{{"new", 1}}));
  ASSERT_TRUE(put({row("1", "tea is bad")}).ok());
  EXPECT_EQ(drain(), (Outcomes{{"repeated", 1}}));
}

TEST_F(Inbox, EachRefusalHasItsReasonAndIsCounted) {
  const auto receipt = put({row("1", "tea is bad"), R"({"text": "tea", "mood": "bad"})", R"({"text": "", "guid": "2"})",
                            R"({"text": "tea", "sentiment": "sad"})", R"(["tea"])", R"({"text": "tea"})"});
  ASSERT_TRUE(receipt.ok()) << receipt.status().to_string();
  EXPECT_EQ(receipt->accepted, 1);
  std::string reasons;
  for (const InboxRefusal& refusal : receipt->refused) {
    reasons += std::to_string(refusal.index) + " " + refusal.reason + "; ";
    EXPECT_FALSE(refusal.detail.empty());
  }
  EXPECT_EQ(reasons, "1 malformed; 2 empty; 3 sentiment; 4 malformed; 5 sentiment; ");
  const auto outcomes = source_outcomes(*store_, "m").value();
  ASSERT_EQ(outcomes.size(), 3u);
  EXPECT_EQ(outcomes[0].source, "push:desk");
  EXPECT_EQ(outcomes[1].outcome, "refused_malformed");
  EXPECT_EQ(outcomes[1].count, 2);
}

TEST_F(Inbox, AKilledDrainGoesOnWithoutCountingTwice) {
  ASSERT_TRUE(put({row("1", "tea one"), row("2", "tea two")}).ok());
  EXPECT_EQ(drain(), (Outcomes{{"new", 2}}));
  // As if it had been killed before the rows were deleted: they stand behind the position of their source.
  ASSERT_TRUE(store_
                  ->write([](store::Transaction& transaction) {
                    return transaction
                        .execute(
                            "INSERT INTO monitor_inbox (sequence, monitor, source, received_ns, document) VALUES (1, "
                            "'m', 'push:desk', 0, '{}'), (2, 'm', 'push:desk', 0, '{}')")
                        .status();
                  })
                  .ok());
  ASSERT_TRUE(put({row("3", "tea three")}).ok());
  EXPECT_EQ(drain(), (Outcomes{{"new", 1}}));
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(count_topic(*store_, "m", "tea", 0, INT64_MAX)->total, 3);
}

TEST_F(Inbox, SourcesHaveTheirOwnPositions) {
  ASSERT_TRUE(put({row("1", "tea one")}, "push:a").ok());
  ASSERT_TRUE(put({row("1", "tea two")}, "push:b").ok());
  ASSERT_TRUE(put({row("2", "tea three")}, "push:a").ok());
  EXPECT_EQ(drain(), (Outcomes{{"new", 3}}));
  EXPECT_EQ(waiting(), 0);
}

TEST_F(Inbox, WhatIsBeyondItsBoundsIsRefusedWhole) {
  options_.waiting_max = 2;
  EXPECT_EQ(put({}).status().field(), "documents");
  EXPECT_EQ(put(std::vector<std::string>(501, "{}")).status().field(), "documents");
  const auto full = put({row("1", "tea one"), row("2", "tea two"), row("3", "tea three")});
  EXPECT_EQ(full.status().code(), Code::kResourceExhausted);
  EXPECT_EQ(full.status().field(), "waiting");
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM monitor_inbox_minute"), 0) << "what was not looked at is not counted";
  ASSERT_TRUE(put({row("1", "tea one"), row("2", "tea two")}).ok());
  EXPECT_EQ(put({row("3", "tea three")}).status().field(), "waiting");
  EXPECT_EQ(drain(), (Outcomes{{"new", 2}}));
  EXPECT_TRUE(put({row("3", "tea three")}).ok());
}

TEST_F(Inbox, AMinuteHasItsQuota) {
  options_.rows_per_minute = 3;
  ASSERT_TRUE(put({row("1", "tea one"), R"({"text": "tea"})"}).ok());
  const auto over = put({row("2", "tea two"), row("3", "tea three")});
  EXPECT_EQ(over.status().code(), Code::kResourceExhausted);
  EXPECT_EQ(over.status().field(), "minute");
  EXPECT_TRUE(put({row("2", "tea two")}).ok());
  clock_.advance_ns(kMinuteNs);
  EXPECT_TRUE(put({row("3", "tea three")}).ok());
  EXPECT_EQ(number("SELECT COUNT(*) FROM monitor_inbox_minute"), 1) << "former minutes are forgotten";
}

}  // namespace
}  // namespace yupu::monitor
