#include "training/precision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "engine/device/cpu/bf16_kernel.h"
#include "handoff/testing.h"
#include "training/training.h"

namespace yupu::training {
namespace {

using engine::Precision;
using handoff::testing::Notes;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// A path that counts as hardware on every machine, and gives the bits of the real one.
engine::Bf16Path as_hardware() {
  engine::Bf16Path path = engine::bf16_paths().back();
  path.in_hardware = true;
  return path;
}

std::vector<handoff::Row> rows_of(int count) {
  const std::vector<std::string> words = {"parcel", "refund", "hello"};
  std::vector<handoff::Row> rows;
  for (int i = 0; i < count; ++i) {
    const std::string& word = words[static_cast<std::size_t>(i) % words.size()];
    rows.push_back({.text = word + (i % 2 == 0 ? " please my" : " the is"), .label = word, .lang = {}, .source = {}});
  }
  return rows;
}

TrainOptions quick_options(const std::string& out, Precision precision) {
  TrainOptions options;
  options.train = rows_of(36);
  options.valid = rows_of(6);
  options.out = out;
  options.epochs = 3;
  options.batch_tokens = 48;
  options.vocab_size = 60;
  options.max_length = 16;
  options.wide = false;
  options.threads = 2;
  options.precision = precision;
  return options;
}

TEST(TrainingPrecision, Bf16LearnsAsFp32DoesAndSaysWhatItUsed) {
  const yupu::testing::TempDir dir;
  const engine::Bf16Path hardware = as_hardware();
  const engine::ForcedBf16Path forced(hardware);
  Notes notes;
  const auto bf16 = train(quick_options(dir.file("bf16"), Precision::kBf16), notes);
  ASSERT_TRUE(bf16.ok()) << bf16.status().to_string();
  const auto fp32 = train(quick_options(dir.file("fp32"), Precision::kF32), notes);
  ASSERT_TRUE(fp32.ok()) << fp32.status().to_string();
  EXPECT_THAT(notes.lines, Not(Contains(HasSubstr("precision"))));
  EXPECT_EQ(bf16->precision, Precision::kBf16);
  EXPECT_EQ(fp32->precision, Precision::kF32);
  EXPECT_NE(bf16->weights_sha256, fp32->weights_sha256);
  for (std::size_t epoch = 0; epoch < bf16->epochs.size(); ++epoch) {
    EXPECT_NEAR(bf16->epochs[epoch].train_loss, fp32->epochs[epoch].train_loss, 2e-2 * fp32->epochs[0].train_loss);
  }
  const auto model = tasks::Classifier::load(dir.file("bf16"));
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_EQ((*model)->lineage()["precision"], "bf16");
  EXPECT_EQ((*model)->lineage()["options"]["precision"], "bf16");
}

TEST(TrainingPrecision, StoppedAnywhereBf16GoesOnToTheSameWeights) {
  const yupu::testing::TempDir dir;
  const engine::Bf16Path hardware = as_hardware();
  const engine::ForcedBf16Path forced(hardware);
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("whole"), Precision::kBf16);
  options.token_dropout = 0.1;
  const auto whole = train(options, progress);
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();
  options.out = dir.file("cut");
  for (const int sitting : {1, 2, 3}) {
    std::int64_t left = sitting;
    options.stop_requested = [&left] { return --left == 0; };
    EXPECT_EQ(train(options, progress).status().code(), Code::kUnavailable);
  }
  options.stop_requested = nullptr;
  const auto cut = train(options, progress);
  ASSERT_TRUE(cut.ok()) << cut.status().to_string();
  EXPECT_EQ(cut->resumed_at_step, 6);
  EXPECT_EQ(cut->weights_sha256, whole->weights_sha256);
}

TEST(TrainingPrecision, WithoutTheHardwareItIsFp32AndALineSaysSo) {
  const yupu::testing::TempDir dir;
  const engine::ForcedBf16Path forced(engine::bf16_paths().back());
  Notes notes;
  const auto fallen = train(quick_options(dir.file("fallen"), Precision::kBf16), notes);
  ASSERT_TRUE(fallen.ok()) << fallen.status().to_string();
  EXPECT_THAT(notes.lines, Contains(HasSubstr("does not multiply bf16")));
  EXPECT_THAT(notes.lines, Contains(HasSubstr("fp32 is used")));
  EXPECT_EQ(fallen->precision, Precision::kF32);
  const auto fp32 = train(quick_options(dir.file("fp32"), Precision::kF32), notes);
  ASSERT_TRUE(fp32.ok()) << fp32.status().to_string();
  EXPECT_EQ(fallen->weights_sha256, fp32->weights_sha256);
  const auto model = tasks::Classifier::load(dir.file("fallen"));
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_EQ((*model)->lineage()["precision"], "fp32");
  EXPECT_EQ((*model)->lineage()["options"]["precision"], "bf16");
}

// Half a run in bf16 is not gone on with in fp32, asked for or fallen back to.
TEST(TrainingPrecision, DecidesWhichCheckpointIsGoneOnWith) {
  const yupu::testing::TempDir dir;
  const engine::Bf16Path hardware = as_hardware();
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("model"), Precision::kBf16);
  const auto stop_at_two = [&] {
    std::int64_t left = 2;
    options.stop_requested = [&left] { return --left == 0; };
    const engine::ForcedBf16Path forced(hardware);
    EXPECT_EQ(train(options, progress).status().code(), Code::kUnavailable);
    options.stop_requested = nullptr;
  };
  stop_at_two();
  TrainOptions other = options;
  other.precision = Precision::kF32;
  const auto asked = train(other, progress);
  ASSERT_TRUE(asked.ok()) << asked.status().to_string();
  EXPECT_EQ(asked->resumed_at_step, 0);
  stop_at_two();
  const engine::ForcedBf16Path forced(engine::bf16_paths().back());
  const auto fallen = train(options, progress);
  ASSERT_TRUE(fallen.ok()) << fallen.status().to_string();
  EXPECT_EQ(fallen->resumed_at_step, 0);
  EXPECT_EQ(fallen->weights_sha256, asked->weights_sha256);
}

TEST(TrainingPrecision, IsPartOfWhatDecidesARun) {
  TrainOptions options;
  const Json fp32 = deciding_options(options);
  options.precision = Precision::kBf16;
  EXPECT_NE(deciding_options(options), fp32);
}

}  // namespace
}  // namespace yupu::training
