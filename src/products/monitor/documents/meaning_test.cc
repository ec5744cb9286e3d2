#include "products/monitor/documents/meaning.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/testing.h"
#include "products/monitor/documents/intake.h"
#include "products/monitor/documents/story_embedder.h"
#include "store/testing.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kNow = 20'000 * kDayNs + kHourNs;
const std::string kFirst = "tea maker recalls 40 boxes after glass was found, nobody is hurt, shops take them back";
const std::string kAnew = "shards turned up in 40 packs, which is why customers may return their tea at the counter";

class StoriesByMeaning : public ::testing::Test {
 protected:
  void SetUp() override { store_ = store::open_store(yupu::testing::fresh_url()).value(); }

  // What became of a document that points in a direction; received some time after kNow.
  std::string take(const std::string& text, std::vector<float> vector, std::int64_t after_ns = 0,
                   const std::string& model = "encoder") {
    IncomingDocument incoming;
    incoming.source = "feed";
    incoming.guid = std::to_string(++count_);
    incoming.text = text;
    incoming.received_ns = kNow + after_ns;
    incoming.sentiment = Sentiment::kNegative;
    Batch batch{.source = "feed", .position_before = position_, .position = incoming.guid, .documents = {}};
    batch.documents.push_back(make_ready(std::move(incoming), topics_).value());
    if (!vector.empty()) batch.documents[0].meaning = meaning_of(model, vector);
    const auto outcomes = take_batch(*store_, "m", batch);
    CHECK(outcomes.ok(), outcomes.status().to_string());
    position_ = batch.position;
    return outcomes->begin()->first;
  }

  const TopicDictionary topics_ = TopicDictionary::create({{"tea", {}}, {"water", {}}}).value();
  std::unique_ptr<store::Store> store_;
  std::string position_;
  int count_ = 0;
};

TEST(Meaning, RoundingMovesACosineByLessThanAHundredth) {
  std::vector<float> a, b;
  double both = 0, of_a = 0, of_b = 0;
  for (int i = 0; i < 384; ++i) {
    a.push_back(static_cast<float>((i * 37 % 101) - 50) / 700.0F);
    b.push_back(static_cast<float>((i * 53 % 97) - 40) / 10.0F);
    both += static_cast<double>(a.back()) * static_cast<double>(b.back());
    of_a += static_cast<double>(a.back()) * static_cast<double>(a.back());
    of_b += static_cast<double>(b.back()) * static_cast<double>(b.back());
  }
  EXPECT_NEAR(cosine(meaning_of("m", a), meaning_of("m", b)), both / std::sqrt(of_a * of_b), 0.01);
  EXPECT_NEAR(cosine(meaning_of("m", a), meaning_of("m", a)), 1.0, 1e-12);
  EXPECT_EQ(cosine(meaning_of("m", a), meaning_of("another", a)), 0.0);
  const std::vector<float> nothing(384, 0.0F);
  EXPECT_TRUE(meaning_of("m", nothing).direction.empty());
  EXPECT_EQ(cosine(meaning_of("m", a), meaning_of("m", nothing)), 0.0);
}

TEST_F(StoriesByMeaning, WrittenAnewIsTheSameStory) {
  EXPECT_EQ(take(kFirst, {1, 0}), "new");
  EXPECT_EQ(take(kAnew, {9, 4}), "reprint");  // cosine 0.91
  EXPECT_EQ(take("quite another thing about tea of 40 other shops in towns that nobody has named", {0, 1}), "new");
}

TEST_F(StoriesByMeaning, OtherNumbersTopicsModelsAndTimesAreOtherStories) {
  EXPECT_EQ(take(kFirst, {1, 0}), "new");
  EXPECT_EQ(take("shards turned up in 70 packs, which is why customers may return their tea at the counter", {1, 0}),
            "new");
  EXPECT_EQ(take("splinters lay in 40 bottles, so people may bring their water back to where they bought it", {1, 0}),
            "new");
  EXPECT_EQ(take(kAnew, {1, 0}, 0, "encoder of another year"), "new");
  EXPECT_EQ(
      take("glass lay in 40 tins, so every buyer of the tea is asked to bring them back on Monday", {1, 0}, 4 * kDayNs),
      "new");
}

TEST_F(StoriesByMeaning, WithoutAMeaningWordsAloneDecide) {
  EXPECT_EQ(take(kFirst, {}), "new");
  EXPECT_EQ(take(kAnew, {}), "new");
  EXPECT_EQ(take(kFirst + ".", {}), "reprint");
}

TEST(StoryEmbedder, LeavesOutWhatItDoesNotKnow) {
  auto tokenizer =
      text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "tea", "is", "good", "and", "very"});
  model::EncoderConfig config;
  config.vocab_size = 10;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 16;
  const auto embedder = tasks::Embedder::create(config, std::move(tokenizer).value(), {.seed = 1, .max_length = 16});
  ASSERT_TRUE(embedder.ok()) << embedder.status().to_string();
  const yupu::testing::TempDir dir;
  ASSERT_TRUE((*embedder)->save(dir.path()).ok());
  const auto opened = StoryEmbedder::open(dir.path(), 1);
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  const TopicDictionary topics = TopicDictionary::create({{"tea", {}}}).value();
  std::vector<ReadyDocument> documents;
  for (const std::string text :
       {"tea is good and tea is very good and very very good", "no such thing is said here again",
        "tea schmeckt heute sehr gut und morgen vielleicht noch viel besser als je", "tea is good"}) {
    IncomingDocument incoming;
    incoming.source = incoming.guid = text;
    incoming.text = text;
    incoming.received_ns = kNow;
    incoming.sentiment = Sentiment::kNeutral;
    documents.push_back(make_ready(std::move(incoming), topics).value());
  }
  ASSERT_TRUE((*opened)->embed(documents).ok());
  EXPECT_EQ(documents[0].meaning.direction.size(), 16U);
  EXPECT_EQ(documents[0].meaning.model, (*opened)->model());
  for (std::size_t i = 1; i < documents.size(); ++i) EXPECT_TRUE(documents[i].meaning.direction.empty()) << i;
  EXPECT_FALSE(StoryEmbedder::open(dir.file("nowhere"), 1).ok());
}

}  // namespace
}  // namespace yupu::monitor
