#include "training/multilabel/multilabel_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "tasks/multilabel/evaluate.h"
#include "training/killed_testing.h"
#include "training/ranks_testing.h"

namespace yupu::training {
namespace {

using tasks::MultilabelSet;
using tasks::ThresholdRule;
using ::testing::HasSubstr;

// Each topic is named by a word of its own; a text names any number of them.
MultilabelSet make_set(int count, std::uint64_t seed) {
  const std::vector<std::pair<std::string, std::string>> topics = {
      {"parcel", "delivery"}, {"退款", "refund"}, {"broken", "quality"}};
  Rng rng(seed);
  MultilabelSet set{.path = "set.csv", .label_column = "labels", .rows = {}};
  for (int i = 0; i < count; ++i) {
    tasks::MultilabelRow row{.text = "hello", .labels = {}, .line = i + 2};
    for (const auto& [word, label] : topics) {
      if (rng.below(2) == 0) continue;
      row.text += " " + word;
      row.labels.push_back(label);
    }
    std::sort(row.labels.begin(), row.labels.end());
    set.rows.push_back(std::move(row));
  }
  return set;
}

MultilabelOptions quick_options(const std::string& out) {
  MultilabelOptions options;
  options.train = make_set(160, 1);
  options.valid = make_set(60, 2);
  options.test = make_set(60, 3);
  options.loop.out = out;
  options.loop.metric = "average_precision";
  options.loop.epochs = 15;
  options.loop.batch_tokens = 64;
  options.loop.lr = 2e-3;
  options.loop.vocab_size = 120;
  options.loop.max_length = 16;
  options.loop.threads = 2;
  return options;
}

TEST(MultilabelTraining, LearnsEveryTopicAndSavesWhatItJudged) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  for (const bool wide : {false, true}) {
    MultilabelOptions options = quick_options(dir.file(wide ? "wide" : "deep"));
    options.loop.wide = wide;
    options.thresholds = ThresholdRule::kPerLabel;
    const auto result = train_multilabel(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    EXPECT_GT(result->figures.at("test.average_precision"), 0.97);
    EXPECT_GT(result->figures.at("test.micro_f1"), 0.95);
    EXPECT_GT(result->figures.at("test.exact_match"), 0.9);
    const auto model = tasks::MultilabelModel::load(options.loop.out);
    ASSERT_TRUE(model.ok()) << model.status().to_string();
    EXPECT_EQ((*model)->classifier().wide() != nullptr, wide);
    EXPECT_EQ((*model)->classifier().weights_sha256(), result->weights_sha256);
    EXPECT_EQ((*model)->classifier().lineage()["options"]["thresholds"], "per-label");
    engine::ExecutionContext context(1);
    const auto again = tasks::evaluate(**model, tasks::logits_on((*model)->classifier(), context), options.test,
                                       tasks::encode_all(**model, options.test));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->report.micro.f1, result->figures.at("test.micro_f1"));
    EXPECT_FALSE(file_exists(options.loop.out + "/.state"));
  }
}

TEST(MultilabelTraining, SameSeedSameBitsWhateverTheThreads) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::vector<std::string> hashes;
  for (const auto& [threads, smoothing] : std::vector<std::pair<int, double>>{{1, 0.0}, {2, 0.0}, {2, 0.1}}) {
    MultilabelOptions options = quick_options(dir.file("model"));
    options.loop.epochs = 2;
    options.loop.threads = threads;
    options.loop.token_dropout = 0.2;
    options.loop.label_smoothing = smoothing;
    const auto result = train_multilabel(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    hashes.push_back(result->weights_sha256);
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_NE(hashes[1], hashes[2]);
}

TEST(MultilabelTraining, KilledAnywhereItGoesOnToTheSameWeights) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  MultilabelOptions options = quick_options(dir.file("whole"));
  options.loop.epochs = 3;
  options.loop.checkpoint_steps = 2;
  const auto whole = train_multilabel(options, progress);
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();
  options.loop.out = dir.file("cut");
  testing::die_at_each({1, 3, whole->steps - 1}, options.loop,
                       [&](handoff::Progress& p) { return train_multilabel(options, p); });
  const auto cut = train_multilabel(options, progress);
  ASSERT_TRUE(cut.ok()) << cut.status().to_string();
  EXPECT_GT(cut->resumed_at_step, 0);
  EXPECT_EQ(cut->weights_sha256, whole->weights_sha256);
}

TEST(MultilabelTraining, TwoRanksLearnWhatOneDoes) {
  const yupu::testing::TempDir dir;
  const auto loss_on = [&](int ranks) {
    return testing::figure_on_ranks(ranks, "train.loss", [&](engine::Collective& collective) {
      MultilabelOptions options = quick_options(dir.file("model" + std::to_string(ranks)));
      options.loop.epochs = 2;
      options.loop.threads = 1;
      options.loop.collective = &collective;
      handoff::SilentProgress progress;
      return train_multilabel(options, progress);
    });
  };
  const double alone = loss_on(1);
  EXPECT_NEAR(loss_on(2), alone, 1e-4 * alone);
}

TEST(MultilabelTraining, GoesOnFromABaseAsAnAdapter) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  MultilabelOptions options = quick_options(dir.file("base"));
  options.loop.epochs = 1;
  options.loop.wide = false;
  ASSERT_TRUE(train_multilabel(options, progress).ok());
  options.loop.base = dir.file("base");
  options.loop.out = dir.file("lora");
  options.loop.method = "lora";
  const auto result = train_multilabel(options, progress);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_TRUE(result->figures.contains("adapter.trained_parameters"));
  const auto model = tasks::MultilabelModel::load(options.loop.out);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_NE((*model)->classifier().adapter(), nullptr);
}

TEST(MultilabelTraining, BadInputIsNamed) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto refused = [&](const MultilabelOptions& options) {
    const auto result = train_multilabel(options, progress);
    EXPECT_EQ(result.status().code(), Code::kInvalidArgument);
    return result.status().message();
  };
  const MultilabelOptions good = quick_options(dir.file("model"));
  MultilabelOptions options = good;
  options.valid.path = "valid.csv";
  options.valid.rows[4].labels = {"weather"};
  EXPECT_THAT(refused(options), HasSubstr("valid.csv: line 6: field 'labels': \"weather\": no training row has it"));
  options = good;
  for (auto& row : options.train.rows) row.labels.clear();
  EXPECT_THAT(refused(options), HasSubstr("no training row has a label"));
  for (auto& row : options.train.rows) row.labels = {"all"};
  EXPECT_THAT(refused(options), HasSubstr("every training row has the label \"all\""));
  options = good;
  options.train.rows.clear();
  EXPECT_THAT(refused(options), HasSubstr("no training row"));
  options = good;
  options.loop.metric = "accuracy";
  EXPECT_THAT(refused(options), HasSubstr("metric \"accuracy\""));
  options = good;
  options.loop.method = "lora";
  EXPECT_THAT(refused(options), HasSubstr("base"));
  EXPECT_FALSE(file_exists(dir.file("model/yupu.json")));
}

}  // namespace
}  // namespace yupu::training
