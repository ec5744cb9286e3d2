#include "training/recommend/recommend_training.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "base/testing.h"
#include "training/first_update_testing.h"

namespace yupu::training {
namespace {

using tasks::Behaviour;
using ::testing::HasSubstr;

constexpr std::int64_t kDayNs = 86'400'000'000'000;
constexpr std::size_t kTopics = 4, kItemsOfTopic = 8;

// Users stay with their topic, and what its items are called has no word in common: only behaviour tells.
RecommendOptions quick_options(const std::string& out) {
  RecommendOptions options;
  Rng rng(1);
  for (std::size_t i = 0; i < kTopics * kItemsOfTopic; ++i)
    options.item_texts.push_back("thing" + std::string(i + 1, 'q'));
  std::vector<Behaviour> events;
  constexpr std::uint32_t kUsers = 40;
  for (std::uint32_t user = 0; user < kUsers; ++user) {
    for (std::int64_t day = 0; day < 7; ++day) {
      const auto item = static_cast<std::uint32_t>((user % kTopics) * kItemsOfTopic + rng.below(kItemsOfTopic));
      events.push_back(
          {.user = user, .item = item, .time_ns = day * kDayNs + user, .kind = tasks::BehaviourKind::kClick});
    }
  }
  options.log = tasks::BehaviourLog(std::move(events), kUsers, options.item_texts.size());
  options.valid_ns = 5 * kDayNs;
  options.end_ns = 7 * kDayNs;
  options.loop.out = out;
  options.loop.epochs = 8;
  options.loop.lr = 5e-3;
  options.loop.batch_size = 32;
  options.loop.batch_tokens = 4096;
  options.loop.vocab_size = 200;
  options.loop.max_length = 16;
  options.loop.threads = 2;
  return options;
}

TEST(RecommendTraining, LearnsFromBehaviourWhatTextsDoNotSay) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const RecommendOptions options = quick_options(dir.file("model"));
  const auto result = train_recommender(options, progress);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_GT(result->figures.at("valid.ndcg@10"), 0.5);
  EXPECT_LT(result->epochs.back().train_loss, result->epochs.front().train_loss);
  const auto model = tasks::Recommender::load(options.loop.out);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_EQ((*model)->weights_sha256(), result->weights_sha256);
  EXPECT_EQ((*model)->lineage()["options"]["end_ns"], options.end_ns);
  const auto query = (*model)->query().value.values();
  EXPECT_TRUE(std::any_of(query.begin(), query.end(), [](float value) { return value != 0.0f; }));
}

TEST(RecommendTraining, NothingAfterTheEndDecidesAnything) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  RecommendOptions options = quick_options(dir.file("a"));
  options.loop.epochs = 1;
  options.valid_ns = 4 * kDayNs;
  options.end_ns = 5 * kDayNs;
  const auto with_future = train_recommender(options, progress);
  ASSERT_TRUE(with_future.ok()) << with_future.status().to_string();
  options.log = options.log.cut_at(options.end_ns);
  options.loop.out = dir.file("b");
  const auto without = train_recommender(options, progress);
  ASSERT_TRUE(without.ok());
  EXPECT_EQ(with_future->weights_sha256, without->weights_sha256);
}

TEST(RecommendTraining, ABatchInPartsIsTheBatch) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::vector<testing::FirstUpdate> seen;
  for (const std::int64_t batch_tokens : {4096, 64, 16}) {
    testing::FirstUpdate observer;
    RecommendOptions options = quick_options(dir.file("model" + std::to_string(batch_tokens)));
    options.loop.epochs = 1;
    options.loop.batch_tokens = batch_tokens;
    options.loop.dropout = 0.3;
    options.loop.token_dropout = 0.1;
    options.loop.observer = &observer;
    const auto result = train_recommender(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    seen.push_back(observer);
  }
  EXPECT_GT(seen[0].norm, 0.0);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_NEAR(seen[i].norm, seen[0].norm, 1e-4 * seen[0].norm);
    EXPECT_NEAR(seen[i].loss, seen[0].loss, 1e-4 * seen[0].loss);
  }
}

TEST(RecommendTraining, WhatCannotBeLearnedIsNamed) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto refused = [&](const auto& change) {
    RecommendOptions options = quick_options(dir.file("model"));
    change(options);
    return train_recommender(options, progress).status();
  };
  EXPECT_THAT(refused([](RecommendOptions& o) { o.valid_ns = kDayNs / 2; }).message(),
              HasSubstr("before the validation"));
  EXPECT_THAT(refused([](RecommendOptions& o) { o.valid_ns = o.end_ns; }).message(), HasSubstr("in the validation"));
  EXPECT_EQ(refused([](RecommendOptions& o) { o.loop.batch_size = 1; }).field(), "batch_size");
  EXPECT_EQ(refused([](RecommendOptions& o) { o.shape.scale = 0.0; }).field(), "scale");
  EXPECT_EQ(refused([](RecommendOptions& o) { o.loop.method = "lora"; }).field(), "method");
}

}  // namespace
}  // namespace yupu::training
