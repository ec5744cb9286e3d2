#include "training/run_observer.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "training/training.h"

namespace yupu::training {
namespace {

struct Seen final : RunObserver {
  void run_started(const RunStart& start) override { starts.push_back(start); }
  void figures(std::int64_t step, std::span<const Figure> figures) override {
    for (const Figure& figure : figures) values[std::string(figure.name)][step] = figure.value;
  }
  bool wants_histograms() const override { return true; }
  void histogram(std::int64_t step, std::string_view name, std::span<const float> tensor) override {
    histograms[std::string(name)][step] = tensor.size();
  }
  void run_ended(const RunEnd& end) override { ends.push_back(end); }

  std::vector<RunStart> starts;
  std::map<std::string, std::map<std::int64_t, double>> values;
  std::map<std::string, std::map<std::int64_t, std::size_t>> histograms;
  std::vector<RunEnd> ends;
};

TrainOptions quick_options(const std::string& out) {
  TrainOptions options;
  for (int i = 0; i < 24; ++i) {
    const bool parcel = i % 2 == 0;
    options.train.push_back({.text = std::string(parcel ? "where is my parcel " : "refund my money ") +
                                     std::string(1, static_cast<char>('a' + i)),
                             .label = parcel ? "parcel" : "refund",
                             .lang = {},
                             .source = {}});
  }
  options.valid = {options.train[0], options.train[1], options.train[2], options.train[3]};
  options.out = out;
  options.epochs = 3;
  options.batch_tokens = 64;
  options.vocab_size = 100;
  options.max_length = 16;
  options.threads = 1;
  return options;
}

TEST(RunObserver, IsToldWhatTheResultSaysAndChangesNothing) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("unwatched"));
  const auto unwatched = train(options, progress);
  ASSERT_TRUE(unwatched.ok()) << unwatched.status().to_string();
  Seen seen;
  options.out = dir.file("watched");
  options.observer = &seen;
  const auto watched = train(options, progress);
  ASSERT_TRUE(watched.ok()) << watched.status().to_string();
  EXPECT_EQ(watched->weights_sha256, unwatched->weights_sha256);

  ASSERT_EQ(seen.starts.size(), 1u);
  EXPECT_EQ(seen.starts[0].options, deciding_options(options));
  EXPECT_EQ(seen.starts[0].resumed_at_step, 0);
  EXPECT_EQ(seen.starts[0].total_steps, watched->steps);
  for (const char* name : {"train/loss", "train/learning_rate", "train/grad_norm"}) {
    ASSERT_EQ(static_cast<std::int64_t>(seen.values[name].size()), watched->steps) << name;
    EXPECT_EQ(seen.values[name].rbegin()->first, watched->steps);
  }
  EXPECT_GT(seen.values["train/grad_norm"].begin()->second, 0.0);
  std::vector<double> valid, losses;
  for (const auto& [step, value] : seen.values["eval/accuracy"]) valid.push_back(value);
  for (const auto& [step, value] : seen.values["train/epoch_loss"]) losses.push_back(value);
  ASSERT_EQ(valid.size(), watched->epochs.size());
  for (std::size_t i = 0; i < valid.size(); ++i) {
    EXPECT_EQ(valid[i], watched->epochs[i].valid_figure);
    EXPECT_EQ(losses[i], watched->epochs[i].train_loss);
  }
  std::size_t told = 0;
  for (const auto& [name, steps] : seen.histograms) {
    EXPECT_TRUE(name.starts_with("weights/")) << name;
    EXPECT_EQ(steps.size(), watched->epochs.size());
    told += steps.begin()->second;
  }
  EXPECT_EQ(static_cast<std::int64_t>(told), watched->parameter_count);
  ASSERT_EQ(seen.ends.size(), 1u);
  EXPECT_EQ(seen.ends[0].outcome, RunEnd::Outcome::kFinished);
  EXPECT_EQ(seen.ends[0].figures, watched->figures);
}

TEST(RunObserver, AStoppedRunSaysSoAndGoesOnWhereItStood) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  Seen seen;
  TrainOptions options = quick_options(dir.file("model"));
  options.observer = &seen;
  std::int64_t steps = 0;
  options.stop_requested = [&steps] { return ++steps == 3; };
  EXPECT_EQ(train(options, progress).status().code(), Code::kUnavailable);
  ASSERT_EQ(seen.ends.size(), 1u);
  EXPECT_EQ(seen.ends[0].outcome, RunEnd::Outcome::kStopped);
  EXPECT_THAT(seen.ends[0].message, ::testing::HasSubstr("step 3"));
  EXPECT_TRUE(train(options, progress).ok());
  ASSERT_EQ(seen.starts.size(), 2u);
  EXPECT_EQ(seen.starts[1].resumed_at_step, 3);
  EXPECT_EQ(seen.ends.back().outcome, RunEnd::Outcome::kFinished);
}

TEST(RunObserver, AFailedRunSaysWhy) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  Seen seen;
  TrainOptions options = quick_options(dir.file("model"));
  options.observer = &seen;
  options.base = dir.file("nowhere");
  EXPECT_FALSE(train(options, progress).ok());
  ASSERT_EQ(seen.ends.size(), 1u);
  EXPECT_EQ(seen.ends[0].outcome, RunEnd::Outcome::kFailed);
  EXPECT_THAT(seen.ends[0].message, ::testing::HasSubstr("base"));
  EXPECT_TRUE(seen.starts.empty());
}

}  // namespace
}  // namespace yupu::training
