#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "products/monitor/documents/counts.h"
#include "products/monitor/documents/intake.h"
#include "products/monitor/sentiment/rescore.h"
#include "products/monitor/sentiment/scoring.h"
#include "products/monitor/sentiment/segments.h"
#include "products/monitor/sentiment/testing.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

using testing::WordScorer;

constexpr std::int64_t kNow = 20'000 * kDayNs + kHourNs;
const std::vector<std::string> kBoth = {"Acme", "蓝海"};

TopicDictionary topics() {
  return TopicDictionary::create({{"Acme", {"Acme"}}, {"蓝海", {"蓝海", "Blue Sea"}}}).value();
}

std::vector<std::string> texts_of(const Segments& segments, const std::vector<Piece>& pieces) {
  std::vector<std::string> texts;
  for (const Piece& piece : pieces) texts.push_back(segments.texts[piece.text]);
  return texts;
}
using Texts = std::vector<std::string>;

TEST(Segments, ASentenceOfTwoTopicsIsCutIntoClauses) {
  const auto of = [](const std::string& text) {
    const Segments segments = segments_of("", text, kBoth, topics());
    return std::vector<Texts>{texts_of(segments, segments.topics[0]), texts_of(segments, segments.topics[1])};
  };
  EXPECT_EQ(of("Acme posts a record profit, while Blue Sea reports a heavy loss."),
            (std::vector<Texts>{{"Acme posts a record profit,"}, {" while Blue Sea reports a heavy loss."}}));
  EXPECT_EQ(of("Acme公司今年盈利大幅增长，而蓝海公司连续两年亏损，前景不明。"),
            (std::vector<Texts>{{"Acme公司今年盈利大幅增长，"}, {"而蓝海公司连续两年亏损，前景不明。"}}));
  // An enumeration says the same of both.
  EXPECT_EQ(of("Acme, Blue Sea and others fell."),
            (std::vector<Texts>{{"Acme, Blue Sea and others fell."}, {"Acme, Blue Sea and others fell."}}));
  // What begins without a name goes with the first that has one.
  EXPECT_EQ(of("After a hard year for everybody, Acme has hired again, but Blue Sea closes two shops."),
            (std::vector<Texts>{{"After a hard year for everybody, Acme has hired again,"},
                                {" but Blue Sea closes two shops."}}));
}

TEST(Segments, NothingIsLeftOutAndTitleAndTextWeighTheSame) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += i % 9 == 0 ? "蓝海的消息" : "没有标点的长句子";
  text += " Acme said so. " + std::string(5000, 'x');
  const Segments segments = segments_of("Acme in the news", text, kBoth, topics());
  std::size_t bytes = 0;
  double weight = 0, title = 0;
  for (const Piece& piece : segments.whole) {
    EXPECT_LE(segments.texts[piece.text].size(), kPieceBytesMax);
    bytes += segments.texts[piece.text].size();
    weight += piece.weight;
    if (segments.texts[piece.text] == "Acme in the news") title += piece.weight;
  }
  EXPECT_GE(bytes + 4, text.size() + 16);  // but white space between sentences
  EXPECT_NEAR(weight, 1, 1e-9);
  EXPECT_NEAR(title, 0.5, 1e-9);
  ASSERT_FALSE(segments.topics[0].empty());
  EXPECT_NEAR(segments.topics[0].front().weight, 0.5, 1e-9);  // its title, beside one piece of the text
  EXPECT_TRUE(segments_of("", "no name here", kBoth, topics()).topics[0].empty());
}

IncomingDocument document(std::string guid, std::string title, std::string text) {
  return {.source = "feed",
          .guid = std::move(guid),
          .url = {},
          .title = std::move(title),
          .text = std::move(text),
          .publisher = "paper",
          .published_ns = kNow,
          .received_ns = kNow,
          .sentiment = std::nullopt};
}

TEST(Scoring, EachTopicHasItsOwnAndWhatIsGivenStays) {
  WordScorer scorer("rel_1", {"loss", "亏损"}, {"profit", "盈利"});
  const TopicDictionary dictionary = topics();
  std::vector<ReadyDocument> documents;
  for (IncomingDocument incoming :
       {document("1", "", "Acme posts a record profit, while Blue Sea reports a heavy loss."),
        document("2", "News of a loss", "A loss indeed. Acme is."), document("3", "weather", "A loss of rain.")})
    documents.push_back(make_ready(std::move(incoming), dictionary, SentimentFrom::kScored).value());
  IncomingDocument given = document("4", "Acme", "a profit");
  given.sentiment = Sentiment::kNegative;
  documents.push_back(make_ready(std::move(given), dictionary, SentimentFrom::kScored).value());
  ASSERT_TRUE(score_documents(documents, dictionary, scorer).ok());
  EXPECT_EQ(documents[0].sentiment_under(0), Sentiment::kPositive);
  EXPECT_EQ(documents[0].sentiment_under(1), Sentiment::kNegative);
  EXPECT_EQ(documents[0].scores.release, "rel_1");
  EXPECT_EQ(*documents[1].document.sentiment, Sentiment::kNegative);
  EXPECT_EQ(documents[1].sentiment_under(0), Sentiment::kNeutral);  // "Acme is."
  EXPECT_FALSE(documents[2].document.sentiment.has_value());        // about no topic
  EXPECT_EQ(documents[3].sentiment_under(0), Sentiment::kNegative);
  EXPECT_TRUE(documents[3].scores.release.empty());
  EXPECT_EQ(std::count(scorer.asked.begin(), scorer.asked.end(), "a profit"), 0);
  scorer.fails = true;
  documents[0].document.sentiment.reset();
  EXPECT_EQ(score_documents(documents, dictionary, scorer).code(), Code::kUnavailable);
  EXPECT_EQ(make_ready(document("5", "Acme", ""), dictionary).status().field(), "sentiment");
}

class Rescore : public ::testing::Test {
 protected:
  void SetUp() override { store_ = store::open_store("sqlite::memory:").value(); }

  void take(SentimentScorer& scorer, std::vector<IncomingDocument> incoming) {
    Batch batch{.source = "feed",
                .position_before = batches_ == 0 ? "" : std::to_string(batches_),
                .position = std::to_string(batches_ + 1),
                .read_ns = kNow,
                .documents = {}};
    ++batches_;
    for (IncomingDocument& one : incoming)
      batch.documents.push_back(make_ready(std::move(one), topics_, SentimentFrom::kScored).value());
    ASSERT_TRUE(score_documents(batch.documents, topics_, scorer).ok());
    const auto outcomes = take_batch(*store_, "m", batch, {});
    ASSERT_TRUE(outcomes.ok()) << outcomes.status().to_string();
  }
  // "total/negative/positive"
  std::string counts(const std::string& topic) {
    const TopicCount count = count_topic(*store_, "m", topic, 0, INT64_MAX).value();
    return std::to_string(count.total) + "/" + std::to_string(count.negative) + "/" + std::to_string(count.positive);
  }
  std::int64_t number(const std::string& sql) { return yupu::testing::number(*store_, sql); }
  Rescored some(SentimentScorer& scorer, std::int64_t documents_max = 1) {
    const auto rescored = rescore_some(*store_, "m", topics_, scorer, documents_max, kNow);
    EXPECT_TRUE(rescored.ok()) << rescored.status().to_string();
    return rescored.ok() ? *rescored : Rescored{.done = true};
  }

  TopicDictionary topics_ = topics();
  std::unique_ptr<store::Store> store_;
  int batches_ = 0;
  WordScorer first_{"rel_1", {"loss"}, {"profit"}};
  WordScorer second_{"rel_2", {"profit"}, {"loss"}};  // which is wrong, and easily told from the first
};

TEST_F(Rescore, NothingThatCountsChangesBeforeTheLastAndThenEverything) {
  IncomingDocument given = document("3", "Acme said it itself: a loss", "");
  given.sentiment = Sentiment::kNegative;
  take(first_, {document("1", "Acme has a loss", ""), document("2", "Blue Sea has a profit", ""), given});
  EXPECT_EQ(counts("Acme"), "2/2/0");
  EXPECT_EQ(counts("蓝海"), "1/0/1");
  EXPECT_TRUE(some(first_).done);  // written down whose they are; nothing else to do
  EXPECT_EQ(counted_model(*store_, "m").value()->release, "rel_1");
  ASSERT_TRUE(store_
                  ->write([](store::Transaction& transaction) -> Status {
                    return transaction
                        .execute(
                            "INSERT INTO monitor_detection (monitor, sequence, now_ns, state) VALUES ('m', 0, 0, "
                            "'as it was')")
                        .status();
                  })
                  .ok());
  EXPECT_EQ(some(second_).scored, 1);
  EXPECT_EQ(some(second_).scored, 1);
  EXPECT_EQ(counts("Acme"), "2/2/0");
  // One that came in meanwhile, by the former model: it is not forgotten.
  take(first_, {document("4", "Acme has another loss", "")});
  EXPECT_EQ(some(second_).scored, 1);
  EXPECT_EQ(counts("Acme"), "3/3/0");
  const Rescored last = some(second_);
  EXPECT_TRUE(last.done);
  EXPECT_EQ(last.changed, 3);
  EXPECT_EQ(counts("Acme"), "3/1/2");  // the given one is what it said
  EXPECT_EQ(counts("蓝海"), "1/1/0");
  EXPECT_EQ(counted_model(*store_, "m").value()->release, "rel_2");
  EXPECT_EQ(number("SELECT COUNT(*) FROM monitor_score WHERE release_id = 'rel_1'"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM monitor_mention WHERE sentiment = 'positive'"), 2);
  EXPECT_EQ(number("SELECT COUNT(*) FROM monitor_document WHERE sentiment = 'negative'"), 2);
  EXPECT_EQ(number("SELECT COUNT(*) FROM monitor_detection WHERE state = 'as it was'"), 0);
  EXPECT_TRUE(some(second_).done);
  EXPECT_EQ(some(second_).changed, 0);
}

TEST_F(Rescore, ARevisionHasItsOwnScores) {
  take(first_, {document("1", "Acme has a loss", "")});
  take(first_, {document("1", "Acme has a profit", "")});
  EXPECT_EQ(number("SELECT COUNT(*) FROM monitor_score WHERE topic = ''"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM monitor_score WHERE topic = '' AND sentiment = 'positive' AND revision = 2"),
            1);
  EXPECT_EQ(counts("Acme"), "1/1/0");  // what it was when it came
  // Revised so that it is about nothing, and without a sentiment: it keeps the last.
  take(first_, {document("1", "Nobody has anything", "")});
  EXPECT_EQ(number("SELECT COUNT(*) FROM monitor_document WHERE sentiment = 'positive'"), 1);
}

TEST_F(Rescore, AScorerThatFailsChangesNothing) {
  take(first_, {document("1", "Acme has a loss", "")});
  EXPECT_TRUE(some(first_).done);
  second_.fails = true;
  EXPECT_EQ(rescore_some(*store_, "m", topics_, second_, 10, kNow).status().code(), Code::kUnavailable);
  EXPECT_EQ(counts("Acme"), "1/1/0");
  EXPECT_EQ(counted_model(*store_, "m").value()->release, "rel_1");
}

}  // namespace
}  // namespace yupu::monitor
