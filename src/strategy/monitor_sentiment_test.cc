// The monitor follows the live release of its model: with scorers of the test's own in the place of models.
#include "strategy/monitor_sentiment.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/log.h"
#include "base/testing.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "products/monitor/documents/counts.h"
#include "products/monitor/documents/intake.h"
#include "products/monitor/sentiment/testing.h"

namespace yupu::strategy {
namespace {

using monitor::testing::WordScorer;

class MonitorFollows : public ::testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kNone);  // what is refused here is refused on purpose
    store_ = store::open_store("sqlite::memory:").value();
    ASSERT_TRUE(write_file_atomic(folder_.file("s.toml"),
                                  "[strategy]\nname = \"newsroom\"\n[monitor]\n[[monitor.topic]]\nname = \"tea\"\n"
                                  "[monitor.sentiment]\nmodel = \"finance\"\n")
                    .ok());
    strategy_ = load_monitor_strategy(folder_.file("s.toml")).value();
  }
  // A release whose directory is what the loader knows it by. Gives its id.
  std::string release(const std::string& directory) {
    handoff::Release made;
    made.run_id = "run_" + directory;
    made.model_directory = directory;
    made.weights_sha256 = directory;
    const auto record = handoff::make_record("release", "finance", {}, made.to_json(), clock_.now_ns());
    EXPECT_TRUE(handoff::put_record(*store_, record).ok());
    return record.id;
  }
  void promote(const std::string& id) {
    clock_.advance_ns(1'000'000'000);
    ASSERT_TRUE(handoff::set_live_release(*store_, "finance", id, "test", clock_.now_ns()).ok());
  }
  // "good": a profit is good news; "odd": it is bad; "broken" cannot be opened; as can nothing that is `gone_`.
  Result<std::unique_ptr<MonitorSentiment>> open() {
    return MonitorSentiment::open(
        *store_, clock_, strategy_, "w",
        [this](const std::string& directory,
               const std::string& id) -> Result<std::shared_ptr<monitor::SentimentScorer>> {
          if (directory == "w/broken" || directory == gone_) return not_found(directory);
          const bool good = directory == "w/good";
          using Words = std::vector<std::string>;
          return std::shared_ptr<monitor::SentimentScorer>(std::make_shared<WordScorer>(
              id, good ? Words{"loss"} : Words{"profit"}, good ? Words{"profit"} : Words{"loss"}));
        });
  }
  void take(MonitorSentiment& sentiment, const std::string& text) {
    monitor::Batch batch;
    batch.source = "feed";
    batch.position_before = position_;
    batch.position = position_ + "x";
    batch.read_ns = clock_.now_ns();
    monitor::IncomingDocument document;
    document.source = "feed";
    document.guid = batch.position;
    document.text = text;
    document.received_ns = clock_.now_ns();
    batch.documents.push_back(
        monitor::make_ready(std::move(document), strategy_.monitor->topics, monitor::SentimentFrom::kScored).value());
    ASSERT_TRUE(sentiment.score(batch.documents).ok());
    ASSERT_TRUE(monitor::take_batch(*store_, "newsroom", batch).ok());
    position_ = batch.position;
  }
  // "negative/positive" of everything.
  std::string counts() {
    const auto count = monitor::count_topic(*store_, "newsroom", "tea", 0, INT64_MAX).value();
    return std::to_string(count.negative) + "/" + std::to_string(count.positive);
  }

  const testing::TempDir folder_;
  FakeClock clock_{20'000 * monitor::kDayNs};
  std::unique_ptr<store::Store> store_;
  Strategy strategy_;
  std::string position_;
  std::string gone_;
};

TEST_F(MonitorFollows, AnotherReleaseCatchesUpBeforeItCounts) {
  EXPECT_EQ(open().status().code(), Code::kNotFound);  // nothing is live
  const std::string good = release("good"), odd = release("odd"), broken = release("broken");
  promote(good);
  const auto sentiment = open().value();
  for (int i = 0; i < 40; ++i)
    take(*sentiment, "tea number " + std::to_string(i) + " of the profit, page " + std::to_string(i * 7));
  EXPECT_EQ(counts(), "0/40");
  promote(odd);
  EXPECT_FALSE(sentiment->look(0)->done);  // 32 of 40
  take(*sentiment, "tea came in with a profit meanwhile");
  EXPECT_EQ(sentiment->release(), good);
  EXPECT_EQ(counts(), "0/41");
  EXPECT_FALSE(sentiment->look(0)->done);
  EXPECT_TRUE(sentiment->look(0)->done);
  EXPECT_EQ(sentiment->release(), odd);
  EXPECT_EQ(counts(), "41/0");
  // One that cannot be opened changes nothing, and neither does going back before it had caught up.
  promote(broken);
  EXPECT_TRUE(sentiment->look(0)->done);
  promote(good);
  EXPECT_FALSE(sentiment->look(0)->done);
  promote(odd);
  while (!sentiment->look(0)->done) {
  }
  EXPECT_EQ(sentiment->release(), odd);
  EXPECT_EQ(counts(), "41/0");
}

TEST_F(MonitorFollows, WhereTheFormerIsGoneWhatIsStoredIsScoredFirst) {
  const std::string good = release("good"), odd = release("odd");
  promote(good);
  {
    const auto sentiment = open().value();
    take(*sentiment, "tea brings a profit");
  }
  promote(odd);
  {
    const auto sentiment = open().value();  // the former is there: it scores on
    EXPECT_EQ(sentiment->release(), good);
    EXPECT_EQ(counts(), "0/1");
  }
  gone_ = "w/good";
  const auto sentiment = open().value();
  EXPECT_EQ(sentiment->release(), odd);
  EXPECT_EQ(sentiment->at_open().scored, 1);
  EXPECT_EQ(counts(), "1/0");
}

}  // namespace
}  // namespace yupu::strategy
