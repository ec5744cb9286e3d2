#include "feedback/misses/mining.h"

#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feedback/misses/testing.h"

namespace yupu::feedback {
namespace {

using ::testing::ElementsAre;
using testing::kDayNs;

class MiningTest : public testing::MissFixture {
 protected:
  MinedMisses mine(const MiningOptions& options = {}, const SentenceVectors& vectors = {}) {
    const auto mined = mine_misses(*store_, {.tenant_id = "t1", .model = "shop"}, vectors, options);
    EXPECT_TRUE(mined.ok()) << mined.status().to_string();
    return *mined;
  }
};

// Three ways to name each of twenty subjects, and ten ways to ask about any of them.
struct Topic {
  const char* name;
  const char* phrases[3];
};
constexpr Topic kTopics[] = {
    {"gift_card", {"gift card", "gift voucher", "present card"}},
    {"wholesale", {"wholesale prices", "buying in bulk", "bulk orders for resellers"}},
    {"allergy", {"nut allergy", "allergens in the biscuits", "traces of nuts"}},
    {"student", {"student discount", "student card reduction", "discount for students"}},
    {"pickup", {"pick up in the shop", "collect at the counter", "pick up my parcel myself"}},
    {"jobs", {"job openings", "work for you", "open jobs in the warehouse"}},
    {"engraving", {"engraving on the teapot", "engrave a name", "name engraved on a cup"}},
    {"tour", {"guided tour of the garden", "tours of the tea garden", "garden visit with a guide"}},
    {"subscription", {"monthly subscription box", "subscribe to a monthly box", "pause my subscription"}},
    {"water", {"water temperature", "how hot the water must be", "degrees for the water"}},
    {"caffeine", {"caffeine in green tea", "decaffeinated tea", "tea without caffeine"}},
    {"plastic", {"plastic in the packaging", "packaging without plastic", "recycle the packaging"}},
    {"bank", {"bank transfer", "pay by bank account", "transfer from my bank"}},
    {"customs", {"customs duties abroad", "import customs fee", "customs at the border"}},
    {"organic", {"organic certificate", "certified organic leaves", "organic farming label"}},
    {"repair", {"repair a cracked kettle", "kettle repair", "broken kettle mended"}},
    {"app", {"app for my phone", "phone app download", "install the app"}},
    {"birthday", {"birthday surprise for a friend", "birthday wrapping", "card for a birthday"}},
    {"dog", {"bring my dog", "dogs in the shop", "is a dog allowed"}},
    {"parking", {"parking lot near the shop", "car parking place", "where to park the car"}},
};
constexpr const char* kFrames[][2] = {
    {"do you have anything about ", ""},
    {"i would like to know about ", ""},
    {"can you tell me something on ", " please"},
    {"what is it with ", ""},
    {"hello a question about ", ""},
    {"", " how does that work"},
    {"is there ", " here"},
    {"tell me ", ""},
    {"my wife asks about ", ""},
    {"quick one ", " thanks"},
};
constexpr int kPerTopic = 50;

TEST_F(MiningTest, AThousandMissesOfTwentyTopicsGiveClustersOfOneTopic) {
  std::map<std::string, std::string> topic_of;  // by trace
  for (int i = 0; i < kPerTopic; ++i) {
    for (const Topic& topic : kTopics) {
      const auto& frame = kFrames[(static_cast<std::size_t>(i) * 7 + std::string_view(topic.name).size()) % 10];
      topic_of[call({.text = std::string(frame[0]) + topic.phrases[i % 3] + frame[1]})] = topic.name;
    }
  }
  const MinedMisses mined = mine();
  EXPECT_EQ(mined.miss_count, 1000);
  EXPECT_EQ(mined.capped_count, 0);
  EXPECT_FALSE(mined.by_vectors);
  std::int64_t of_the_main_topic = 0;
  std::set<std::string> seen;
  for (const MissCluster& cluster : mined.clusters) {
    std::map<std::string, std::int64_t> counts;
    for (const std::string& id : cluster.trace_ids()) {
      EXPECT_TRUE(seen.insert(id).second) << id << " is in two clusters";
      ++counts[topic_of.at(id)];
    }
    of_the_main_topic += std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
                           return a.second < b.second;
                         })->second;
  }
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_GE(of_the_main_topic, 800) << "purity";
  // Singletons are pure too: the clusters must also be few, and the first of them most of it.
  EXPECT_LE(mined.clusters.size(), 40U);
  EXPECT_GE(mined.clusters.size(), 15U);
  EXPECT_EQ(mine().to_json(), mined.to_json()) << "the same records, the same clusters";
}

TEST_F(MiningTest, WhatIsAMissAndWhatIsNot) {
  const std::string refused = call({.text = "do you sell cups"});
  const std::string unsure =
      call({.text = "is it the other one", .decision = "handoff", .notes = {{"handoff", "unsure"}}});
  const std::string voted = call({.text = "when do you close", .decision = "answer"});
  say(voted, -1);
  call({.text = "answered well", .decision = "answer"});
  call({.text = "a person please", .decision = "handoff", .notes = {{"handoff", "asked"}}});
  call({.text = "said to the person", .decision = "handoff"});
  call({.text = "where is my parcel", .decision = "clarify", .notes = {{"slot", "order_number"}}});
  call({.text = "Refund", .decision = "clarify", .notes = {{"stale_tap", "refund"}}});
  call({.text = "of another tenant", .tenant = "t2"});
  say(call({.text = "corrected already", .decision = "clarify"}), {}, "refund");
  std::set<std::string> found;
  for (const MissCluster& cluster : mine().clusters) {
    for (const std::string& id : cluster.trace_ids()) found.insert(id);
  }
  EXPECT_EQ(found, (std::set<std::string>{refused, unsure, voted}));
}

TEST_F(MiningTest, AClusterSaysWhoAskedWhatAndWhatIsNearest) {
  call({.text = "do you sell cups", .visitor = "ann", .label = "order", .score = 0.3});
  const std::string second = call({.text = "Do you  sell cups", .visitor = "bob", .label = "refund", .score = 0.2});
  call({.text = "do you sell tea cups", .visitor = "bob", .label = "order", .score = 0.2});
  say(second, -1);
  const MinedMisses mined = mine();
  ASSERT_EQ(mined.clusters.size(), 1U);
  const MissCluster& cluster = mined.clusters[0];
  EXPECT_EQ(cluster.miss_count, 3);
  EXPECT_EQ(cluster.visitor_count, 2);
  EXPECT_EQ(cluster.voted_down_count, 1);
  EXPECT_EQ(cluster.nearest_intent, "order");
  EXPECT_NEAR(cluster.nearest_score, 0.5 / 3, 1e-9);
  ASSERT_EQ(cluster.texts.size(), 2U);
  EXPECT_EQ(cluster.texts[0].text, "Do you  sell cups");  // the newest of the most frequent
  EXPECT_THAT(cluster.texts[0].trace_ids, ElementsAre("tr_2", "tr_1"));
  EXPECT_EQ(find_cluster(mined, cluster.id)->miss_count, 3);
  EXPECT_EQ(find_cluster(mined, "miss_none").status().code(), Code::kNotFound);
  call({.text = "do you sell cups"});
  EXPECT_NE(mine().clusters[0].id, cluster.id) << "what was shown is not what is there now";
}

TEST_F(MiningTest, AFloodOfOneVisitorIsCapped) {
  for (int i = 0; i < 200; ++i) {
    call({.text = "spam number " + std::to_string(i), .visitor = i % 2 == 0 ? "bot" : ""});
  }
  // Half came as one visitor, the other half each in a conversation of its own; then one conversation without a name.
  for (int i = 0; i < 100; ++i) call({.text = "flood " + std::to_string(i), .conversation = "cv_flood"});
  const MinedMisses mined = mine();
  EXPECT_EQ(mined.miss_count, 5 + 100 + 5);
  EXPECT_EQ(mined.capped_count, 95 + 95);
  EXPECT_EQ(mine({.per_visitor_day = 1}).miss_count, 1 + 100 + 1);
  clock_.advance_ns(kDayNs);
  call({.text = "spam of another day", .visitor = "bot"});
  EXPECT_EQ(mine().capped_count, 190);
}

TEST_F(MiningTest, AFloodDoesNotComeFirst) {
  for (int i = 0; i < 5; ++i) call({.text = "buy my pills now", .visitor = "bot"});
  for (const char* visitor : {"ann", "bob", "cid"}) call({.text = "is the garden open", .visitor = visitor});
  EXPECT_EQ(mine().clusters.at(0).texts.at(0).text, "is the garden open");
}

TEST_F(MiningTest, WorkIsBounded) {
  for (int i = 0; i < 30; ++i) call({.text = "question " + std::to_string(i)});
  const MinedMisses few = mine({.texts_max = 10});
  EXPECT_EQ(few.miss_count, 10);
  EXPECT_EQ(few.unread_count, 20);
  const MinedMisses cut = mine({.rows_max = 7});
  EXPECT_EQ(cut.miss_count, 7);
  EXPECT_FALSE(cut.all_read);
  EXPECT_TRUE(mine({.rows_max = 30}).all_read);
  const std::string huge(100'000, 'x');
  call({.text = huge});
  for (const MissCluster& cluster : mine().clusters) {
    for (const MissedText& text : cluster.texts) EXPECT_LE(text.text.size(), 256U);
  }
  EXPECT_TRUE(mine_misses(*store_, {.tenant_id = "nobody", .model = "shop"})->clusters.empty());
}

TEST_F(MiningTest, AnEmbeddersVectorsAreUsedWhereThereIsOne) {
  call({.text = "cats"});
  call({.text = "kittens"});
  call({.text = "invoice"});
  const SentenceVectors vectors = [](std::span<const std::string> texts) -> Result<std::vector<std::vector<float>>> {
    std::vector<std::vector<float>> rows;
    for (const std::string& text : texts) {
      rows.push_back(text == "invoice" ? std::vector<float>{0.0F, 2.0F} : std::vector<float>{3.0F, 0.1F});
    }
    return rows;
  };
  const MinedMisses mined = mine({}, vectors);
  EXPECT_TRUE(mined.by_vectors);
  ASSERT_EQ(mined.clusters.size(), 2U);
  EXPECT_EQ(mined.clusters[0].miss_count, 2);
  EXPECT_EQ(mine().clusters.size(), 3U) << "no n-gram says that cats are kittens";
  const SentenceVectors broken = [](std::span<const std::string>) -> Result<std::vector<std::vector<float>>> {
    return std::vector<std::vector<float>>(1, {1.0F});
  };
  EXPECT_EQ(mine_misses(*store_, {.tenant_id = "t1", .model = "shop"}, broken).status().code(), Code::kInternal);
}

TEST_F(MiningTest, ChineseQuestions) {
  for (const char* text : {"茶杯可以刻字吗", "茶杯能刻字吗", "茶杯刻字多少钱"}) call({.text = text});
  for (const char* text : {"附近有停车场吗", "停车场在哪里", "停车场收费吗"}) call({.text = text});
  const MinedMisses mined = mine();
  EXPECT_EQ(mined.clusters.size(), 2U);
  for (const MissCluster& cluster : mined.clusters) EXPECT_EQ(cluster.miss_count, 3);
}

}  // namespace
}  // namespace yupu::feedback
