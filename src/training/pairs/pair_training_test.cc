#include "training/pairs/pair_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "tasks/pairs/evaluate.h"
#include "training/killed_testing.h"
#include "training/ranks_testing.h"

namespace yupu::training {
namespace {

using tasks::PairSet;
using tasks::PairTarget;
using ::testing::HasSubstr;

// A pair is the same when both texts are of one topic: neither text alone says it.
PairSet make_set(int count, std::uint64_t seed, bool scores) {
  const std::vector<std::vector<std::string>> topics = {{"parcel", "delivery", "包裹"}, {"refund", "money", "退款"}};
  Rng rng(seed);
  PairSet set{.path = "set.csv", .label_column = "same", .rows = {}};
  for (int i = 0; i < count; ++i) {
    const std::size_t a = rng.below(2), b = rng.below(2);
    const std::string label = scores ? (a == b ? "5" : i % 3 == 0 ? "0.5" : "0") : (a == b ? "1" : "0");
    set.rows.push_back({.a = topics[a][rng.below(3)],
                        .b = topics[b][rng.below(3)],
                        .label = label,
                        .score = 0.0,
                        .group = i % 2 == 0 ? "q1" : "q2",
                        .line = i + 2});
  }
  return set;
}

PairOptions quick_options(const std::string& out, bool scores = false) {
  PairOptions options;
  options.train = make_set(160, 1, scores);
  options.valid = make_set(40, 2, scores);
  options.test = make_set(40, 3, scores);
  options.loop.out = out;
  options.loop.metric = kAutoMetric;
  options.loop.epochs = 15;
  options.loop.batch_tokens = 64;
  options.loop.lr = 2e-3;
  options.loop.vocab_size = 120;
  options.loop.max_length = 16;
  options.loop.threads = 2;
  return options;
}

TEST(PairTraining, LearnsWhatNeitherTextSaysAloneAndSavesWhatItJudged) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  for (const bool scores : {false, true}) {
    PairOptions options = quick_options(dir.file("model"), scores);
    options.loop.epochs = options.loop.patience = 30;
    const auto result = train_pairs(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    EXPECT_GT(result->figures.at(scores ? "test.pearson" : "test.average_precision"), 0.9);
    EXPECT_GT(result->figures.at("test.mrr@10"), 0.9);
    EXPECT_TRUE(result->figures.contains("test.bm25.mrr@10"));
    const auto model = tasks::PairModel::load(options.loop.out);
    ASSERT_TRUE(model.ok()) << model.status().to_string();
    EXPECT_EQ((*model)->target(), scores ? PairTarget::kScore : PairTarget::kClasses);
    EXPECT_EQ((*model)->scale().high, scores ? 5.0 : 1.0);
    EXPECT_EQ((*model)->classifier().weights_sha256(), result->weights_sha256);
    const Json lineage = (*model)->classifier().lineage();
    EXPECT_EQ(lineage["options"]["task"], "pairs");
    EXPECT_EQ(lineage["options"]["metric"], scores ? "spearman" : "average_precision");
    EXPECT_EQ(lineage["learning_curve"].size(), result->epochs.size());
    PairSet test = options.test;
    if (scores) {
      ASSERT_TRUE(tasks::take_scores(test).ok());
    }
    engine::ExecutionContext context(1);
    const auto again = tasks::evaluate(**model, tasks::logits_on((*model)->classifier(), context), test,
                                       tasks::encode_all(**model, test));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->ranking->mrr, result->figures.at("test.mrr@10"));
    EXPECT_FALSE(file_exists(options.loop.out + "/.state"));
  }
}

// Queries with a right candidate between two wrong ones, as a search would have found them.
PairSet make_lists(int queries, std::uint64_t seed, bool scores) {
  const std::vector<std::vector<std::string>> topics = {{"parcel", "delivery", "包裹"}, {"refund", "money", "退款"}};
  Rng rng(seed);
  PairSet set{.path = "lists.csv", .label_column = "same", .rows = {}};
  for (int query = 0; query < queries; ++query) {
    const std::size_t topic = rng.below(2);
    const std::string asked = topics[topic][rng.below(3)];
    for (const char* label : {"0", scores ? "5" : "1", scores ? "0.5" : "0"}) {
      const bool right = label[0] == '1' || label[0] == '5';
      set.rows.push_back({.a = asked,
                          .b = topics[right ? topic : 1 - topic][rng.below(3)],
                          .label = label,
                          .score = 0.0,
                          .group = "q" + std::to_string(query),
                          .line = static_cast<std::int64_t>(set.rows.size()) + 2});
    }
  }
  return set;
}

TEST(PairTraining, SameSeedSameBitsWhateverTheThreads) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::vector<std::string> hashes;
  for (const auto& [threads, symmetric] : std::vector<std::pair<int, bool>>{{1, false}, {2, false}, {2, true}}) {
    PairOptions options = quick_options(dir.file("model"));
    options.loop.epochs = 2;
    options.loop.threads = threads;
    options.loop.token_dropout = 0.2;
    options.symmetric = symmetric;
    const auto result = train_pairs(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    hashes.push_back(result->weights_sha256);
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_NE(hashes[1], hashes[2]);
}

TEST(PairTraining, KilledAnywhereItGoesOnToTheSameWeights) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  for (const bool scores : {false, true}) {
    PairOptions options = quick_options(dir.file("whole"), scores);
    options.loop.epochs = 3;
    options.loop.checkpoint_steps = 2;
    options.loop.token_dropout = 0.1;
    options.symmetric = true;
    const auto whole = train_pairs(options, progress);
    ASSERT_TRUE(whole.ok()) << whole.status().to_string();
    options.loop.out = dir.file("cut");
    testing::die_at_each({1, 3, whole->steps - 1}, options.loop,
                         [&](handoff::Progress& p) { return train_pairs(options, p); });
    const auto cut = train_pairs(options, progress);
    ASSERT_TRUE(cut.ok()) << cut.status().to_string();
    EXPECT_GT(cut->resumed_at_step, 0);
    EXPECT_EQ(cut->weights_sha256, whole->weights_sha256);
    ASSERT_TRUE(remove_tree(options.loop.out).ok());
  }
}

TEST(PairTraining, TwoRanksLearnWhatOneDoes) {
  const yupu::testing::TempDir dir;
  const auto loss_on = [&](int ranks) {
    return testing::figure_on_ranks(ranks, "train.loss", [&](engine::Collective& collective) {
      PairOptions options = quick_options(dir.file("model" + std::to_string(ranks)), true);
      options.loop.epochs = 2;
      options.loop.threads = 1;
      options.loop.collective = &collective;
      handoff::SilentProgress progress;
      return train_pairs(options, progress);
    });
  };
  const double alone = loss_on(1);
  EXPECT_NEAR(loss_on(2), alone, 1e-4 * alone);
}

TEST(PairTraining, GoesOnFromABaseWholeOrAsAnAdapter) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  PairOptions options = quick_options(dir.file("base"));
  options.loop.epochs = 1;
  ASSERT_TRUE(train_pairs(options, progress).ok());
  for (const char* method : {"full", "lora"}) {
    PairOptions next = quick_options(dir.file(method), true);
    next.loop.base = dir.file("base");
    next.loop.method = method;
    next.loop.epochs = 1;
    const auto result = train_pairs(next, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    const auto model = tasks::PairModel::load(next.loop.out);
    ASSERT_TRUE(model.ok()) << model.status().to_string();
    EXPECT_EQ((*model)->target(), PairTarget::kScore);
    EXPECT_EQ((*model)->classifier().adapter() != nullptr, std::string_view(method) == "lora");
  }
}

TEST(PairTraining, ListsTeachTheOrderOfCandidates) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  for (const bool scores : {false, true}) {
    PairOptions options = quick_options(dir.file("model"));
    options.train = make_lists(60, 1, scores);
    options.valid = make_lists(20, 2, scores);
    options.test = make_lists(20, 3, scores);
    options.loss = PairLoss::kLists;
    options.loop.epochs = options.loop.patience = 30;
    const auto result = train_pairs(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    EXPECT_GT(result->figures.at("test.mrr@10"), 0.9);
    const auto model = tasks::PairModel::load(options.loop.out);
    ASSERT_TRUE(model.ok()) << model.status().to_string();
    const Json told = (*model)->classifier().lineage()["options"];
    EXPECT_EQ(told["loss"], "lists");
    EXPECT_EQ(told["metric"], "mrr");
    // Killed, it goes on to the same weights: the lists are what they were.
    options.loop.out = dir.file("cut");
    options.loop.checkpoint_steps = 2;
    testing::die_at_each({3}, options.loop, [&](handoff::Progress& p) { return train_pairs(options, p); });
    const auto cut = train_pairs(options, progress);
    ASSERT_TRUE(cut.ok()) << cut.status().to_string();
    EXPECT_EQ(cut->weights_sha256, result->weights_sha256);
    ASSERT_TRUE(remove_tree(options.loop.out).ok());
  }
}

TEST(PairTraining, ListsThatOrderNothingAreNamed) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  PairOptions good = quick_options(dir.file("model"));
  good.train = make_lists(6, 1, false);
  good.loss = PairLoss::kLists;
  const auto refused = [&](const PairOptions& options) {
    const auto result = train_pairs(options, progress);
    EXPECT_EQ(result.status().code(), Code::kInvalidArgument);
    return result.status().message();
  };
  PairOptions options = good;
  options.train.rows[3].group = options.train.rows[0].group;
  options.train.rows[3].a = "tea";
  EXPECT_THAT(refused(options), HasSubstr("lists.csv: line 5: group 'q0' has another query than in line 2: \"tea\""));
  options = good;
  for (auto& row : options.train.rows) row.group.clear();
  EXPECT_THAT(refused(options), HasSubstr("lists need to know whose candidates"));
  options = good;
  for (std::size_t i = 0; i < options.train.rows.size(); ++i) {
    options.train.rows[i].group = options.train.rows[i].label;
    options.train.rows[i].a = "parcel";
  }
  EXPECT_THAT(refused(options), HasSubstr("no group has a right and a wrong candidate"));
  options = good;
  options.list_size = 1;
  EXPECT_THAT(refused(options), HasSubstr("list_size is 1"));
  options = good;
  for (auto* set : {&options.train, &options.valid, &options.test}) set->rows[0].label = "perhaps";
  options.train.rows[3].label = "perhaps";
  EXPECT_THAT(refused(options), HasSubstr("say which is the right candidate's (positive)"));
}

TEST(PairTraining, BadInputIsNamed) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto refused = [&](const PairOptions& options) {
    const auto result = train_pairs(options, progress);
    EXPECT_EQ(result.status().code(), Code::kInvalidArgument);
    return result.status().message();
  };
  const PairOptions good = quick_options(dir.file("model"));
  PairOptions options = good;
  options.valid.path = "valid.csv";
  options.valid.rows[4].label = "2";
  EXPECT_THAT(refused(options), HasSubstr("valid.csv: line 6: field 'same': \"2\": no training pair has it"));
  options = good;
  options.test.rows[0].label = "maybe";
  EXPECT_THAT(refused(options), HasSubstr("set.csv: line 2: field 'same': \"maybe\""));
  options = good;
  for (auto& row : options.train.rows) row.label = "1";
  EXPECT_THAT(refused(options), HasSubstr("set.csv: only one label (\"1\")"));
  options.target = PairTarget::kScore;
  EXPECT_THAT(refused(options), HasSubstr("set.csv: every score is 1"));
  options = good;
  options.target = PairTarget::kScore;
  options.train.rows[7].label = "alike";
  EXPECT_THAT(refused(options), HasSubstr("set.csv: line 9: field 'same': \"alike\" is no number"));
  options = good;
  options.train.rows.clear();
  EXPECT_THAT(refused(options), HasSubstr("no training pair"));
  options = good;
  options.positive = "yes";
  EXPECT_THAT(refused(options), HasSubstr("positive label \"yes\""));
  options = good;
  options.loop.metric = "spearman";
  EXPECT_THAT(refused(options), HasSubstr("metric \"spearman\""));
  options = good;
  options.loop.metric = "mrr";
  for (auto& row : options.valid.rows) row.group.clear();
  EXPECT_THAT(refused(options), HasSubstr("no groups"));
  options = good;
  options.loop.method = "lora";
  EXPECT_THAT(refused(options), HasSubstr("base"));
  EXPECT_FALSE(file_exists(dir.file("model/yupu.json")));
}

}  // namespace
}  // namespace yupu::training
