#include "products/monitor/documents/intake.h"

#include <gtest/gtest.h>

#include "products/monitor/documents/counts.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kNow = 20'000 * kDayNs + kHourNs;

class Intake : public ::testing::Test {
 protected:
  void SetUp() override { store_ = store::open_store(yupu::testing::fresh_url()).value(); }

  static IncomingDocument document(std::string guid, std::string text, std::string publisher = "paper",
                                   Sentiment sentiment = Sentiment::kNegative) {
    return {.source = "feed",
            .guid = std::move(guid),
            .url = {},
            .title = {},
            .text = std::move(text),
            .publisher = std::move(publisher),
            .published_ns = kNow,
            .received_ns = kNow,
            .sentiment = sentiment};
  }
  static IncomingDocument at(std::int64_t published_ns, std::int64_t received_ns, IncomingDocument incoming) {
    incoming.published_ns = published_ns;
    incoming.received_ns = received_ns;
    return incoming;
  }

  Result<Outcomes> take(const std::vector<IncomingDocument>& documents, IntakeOptions options = {}) {
    Batch batch{.source = "feed",
                .position_before = position_,
                .position = std::to_string(++batches_),
                .read_ns = kNow,
                .documents = {}};
    for (const IncomingDocument& incoming : documents) batch.documents.push_back(make_ready(incoming, topics_).value());
    auto outcomes = take_batch(*store_, "m", batch, options);
    if (outcomes.ok()) position_ = batch.position;
    return outcomes;
  }
  // "total/negative/positive/publishers" of the topic, over all time.
  std::string counts(const std::string& topic) {
    const auto count = count_topic(*store_, "m", topic, 0, INT64_MAX).value();
    return std::to_string(count.total) + "/" + std::to_string(count.negative) + "/" + std::to_string(count.positive) +
           "/" + std::to_string(count.publishers);
  }
  std::int64_t rows(const std::string& sql) { return yupu::testing::number(*store_, sql); }

  TopicDictionary topics_ = TopicDictionary::create({{"tea", {}}, {"water", {}}}).value();
  std::unique_ptr<store::Store> store_;
  std::string position_;
  int batches_ = 0;
};

const std::string kLong =
    "The tea company recalled several thousand boxes on Friday after a shop assistant had found that the label names "
    "the wrong ingredients, and said that everybody who bought one may bring it back to any shop without a receipt.";

TEST_F(Intake, DeliveredAgainIsNothing) {
  const auto first = take({document("1", "tea is bad"), document("2", "tea is fine", "paper", Sentiment::kPositive)});
  ASSERT_TRUE(first.ok()) << first.status().to_string();
  EXPECT_EQ(*first, (Outcomes{{"new", 2}}));
  EXPECT_EQ(take({document("1", "Tea  IS bad"), document("2", "tea is fine")}).value(), (Outcomes{{"repeated", 2}}));
  EXPECT_EQ(counts("tea"), "2/1/1/1");
  EXPECT_EQ(counts("water"), "0/0/0/0");
  EXPECT_EQ(rows("SELECT COUNT(*) FROM monitor_document"), 2);
}

TEST_F(Intake, AnotherTextIsARevision) {
  ASSERT_TRUE(take({document("1", "tea is bad")}).ok());
  EXPECT_EQ(take({document("1", "tea is bad, and so is water")}).value(), (Outcomes{{"revised", 1}}));
  EXPECT_EQ(counts("tea"), "1/1/0/1");                                                  // once
  EXPECT_EQ(counts("water"), "1/1/0/1");                                                // which it did not name before
  EXPECT_EQ(take({document("1", "tea is bad")}).value(), (Outcomes{{"repeated", 1}}));  // an old copy, late
  EXPECT_EQ(rows("SELECT revision FROM monitor_document"), 2);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM monitor_revision"), 1);
}

TEST_F(Intake, ReprintsAreOneStory) {
  const auto outcomes = take({document("1", kLong, "a"), document("2", kLong, "b"),
                              document("3", "Breaking news. " + kLong, "c"), document("4", "tea is cheap", "d")});
  EXPECT_EQ(outcomes.value(), (Outcomes{{"new", 2}, {"reprint", 2}}));
  EXPECT_EQ(counts("tea"), "2/2/0/2");
  EXPECT_EQ(rows("SELECT COUNT(DISTINCT publisher) FROM monitor_document WHERE story = 1"), 3);
  // Three days on it is news again.
  const std::int64_t later = kNow + 73 * kHourNs;
  EXPECT_EQ(take({at(later, later, document("5", kLong, "e"))}).value(), (Outcomes{{"new", 1}}));
}

// A form with another name in it: no numbers tell them apart.
TEST_F(Intake, ReportsOfOneFormAboutTwoCompaniesAreTwoStories) {
  std::string other = kLong;
  other.replace(other.find("tea"), 3, "water");
  EXPECT_EQ(take({document("1", kLong, "a"), document("2", other, "b")}).value(), (Outcomes{{"new", 2}}));
  EXPECT_EQ(counts("water"), "1/1/0/1");
  // One that names both belongs to either.
  EXPECT_EQ(take({document("3", "About tea. " + other, "c")}).value(), (Outcomes{{"reprint", 1}}));
}

// One form, filled in by a hundred for another topic: more than are compared with. The names stand in the titles, so
// that nothing in the texts tells them apart.
TEST_F(Intake, ACrowdOfAnotherTopicHidesNoReprintOfTheOwn) {
  const std::string form =
      "It recalled several thousand boxes on Friday after a shop assistant had found that the "
      "label names the wrong ingredients, and everybody may bring one back without a receipt.";
  const auto titled = [](IncomingDocument incoming, std::string title) {
    incoming.title = std::move(title);
    return incoming;
  };
  std::vector<IncomingDocument> documents = {titled(document("own", form), "Tea")};
  for (int i = 0; i < 100; ++i)
    documents.push_back(titled(document(std::to_string(i), form), "Water " + std::to_string(i)));
  EXPECT_EQ(take(documents).value(), (Outcomes{{"new", 2}, {"reprint", 99}}));
  EXPECT_EQ(take({titled(document("again", form + " So it says."), "More of tea")}).value(),
            (Outcomes{{"reprint", 1}}));
  EXPECT_EQ(rows("SELECT story FROM monitor_document ORDER BY id DESC LIMIT 1"), 1);
}

TEST_F(Intake, EveryDocumentCountsWhereAskedTo) {
  ASSERT_TRUE(take({document("1", kLong, "a"), document("2", kLong, "b")}, {.count_every_document = true}).ok());
  EXPECT_EQ(counts("tea"), "2/2/0/2");
}

TEST_F(Intake, LateAndOutOfOrder) {
  const std::int64_t two_hours_ago = kNow - 2 * kHourNs;
  const auto outcomes =
      take({at(kNow, kNow, document("1", "tea one")), at(two_hours_ago, kNow, document("2", "tea two")),
            at(two_hours_ago - 5 * kMinuteNs, kNow, document("3", "tea three")),
            // The clock was set back: received now, for the monitor.
            at(kNow - 3 * kHourNs, kNow - 3 * kHourNs, document("4", "tea four")),
            at(kNow + 5 * kMinuteNs, kNow, document("5", "tea five"))});
  EXPECT_EQ(outcomes.value(), (Outcomes{{"new", 5}, {"late", 2}}));
  EXPECT_EQ(counts("tea"), "3/3/0/1");
  EXPECT_EQ(count_topic(*store_, "m", "tea", kNow, kNow + 1)->total, 2);  // the one from ahead counts as now
  EXPECT_EQ(monitor_now(*store_, "m").value(), kNow);
  // A late document holds no place for the story: its reprint in time counts.
  const auto again = take({document("6", "tea three")});
  EXPECT_EQ(again.value(), (Outcomes{{"reprint", 1}}));
  EXPECT_EQ(counts("tea"), "4/4/0/1");
}

TEST_F(Intake, WithoutATopicItIsNotKept) {
  EXPECT_EQ(take({document("1", "coffee")}).value(), (Outcomes{{"off_topic", 1}}));
  EXPECT_EQ(rows("SELECT COUNT(*) FROM monitor_document"), 0);
}

TEST_F(Intake, ABatchReadFromElsewhereIsRefusedWhole) {
  ASSERT_TRUE(take({document("1", "tea one")}).ok());
  Batch stale{.source = "feed", .position_before = "", .position = "9", .read_ns = kNow, .documents = {}};
  stale.documents.push_back(make_ready(document("2", "tea two"), topics_).value());
  EXPECT_EQ(take_batch(*store_, "m", stale).status().code(), Code::kConflict);
  EXPECT_EQ(counts("tea"), "1/1/0/1");
  EXPECT_EQ(source_position(*store_, "m", "feed").value(), "1");
  EXPECT_EQ(source_position(*store_, "m", "other").value(), "");
}

TEST_F(Intake, RefusalsAreCountedWithTheLastReason) {
  const Batch batch{.source = "feed",
                    .position_before = "",
                    .position = "1",
                    .read_ns = kNow,
                    .documents = {},
                    .refusals = {{"empty", "first"}, {"url", "x"}, {"empty", "last"}}};
  ASSERT_TRUE(take_batch(*store_, "m", batch).ok());
  const auto outcomes = source_outcomes(*store_, "m").value();
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(outcomes[0].outcome, "refused_empty");
  EXPECT_EQ(outcomes[0].count, 2);
  EXPECT_EQ(outcomes[0].last_detail, "last");
}

TEST_F(Intake, ForgetsTextsAndKeepsCounts) {
  ASSERT_TRUE(take({document("1", kLong), document("1", kLong + " more tea")}).ok());
  const std::int64_t later = kNow + 36 * kDayNs;
  ASSERT_TRUE(take({at(later, later, document("2", kLong))}).ok());
  EXPECT_EQ(rows("SELECT COUNT(*) FROM monitor_document"), 1);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM monitor_mention"), 1);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM monitor_revision"), 0);
  EXPECT_GT(rows("SELECT COUNT(*) FROM monitor_topic_band"), 0);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM monitor_topic_band WHERE document_id <> (SELECT id FROM monitor_document)"), 0);
  EXPECT_EQ(counts("tea"), "2/2/0/1");
}

TEST_F(Intake, MonitorsDoNotSeeEachOther) {
  ASSERT_TRUE(take({document("1", "tea one")}).ok());
  Batch batch{.source = "feed", .position_before = "", .position = "1", .read_ns = kNow, .documents = {}};
  batch.documents.push_back(make_ready(document("1", "tea one"), topics_).value());
  EXPECT_EQ(take_batch(*store_, "other", batch).value(), (Outcomes{{"new", 1}}));
  EXPECT_EQ(counts("tea"), "1/1/0/1");
}

}  // namespace
}  // namespace yupu::monitor
