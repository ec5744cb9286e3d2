#include "training/int8_run.h"

#include <gtest/gtest.h>

#include "base/testing.h"
#include "tasks/classify/classifier.h"
#include "training/testing.h"

namespace yupu::training {
namespace {

TEST(Int8Run, IsTheRunInEightBitsWithItsOwnThresholdsAndFigures) {
  const yupu::testing::TempDir dir;
  const TrainOptions options = testing::quick_options(dir.file("model"));
  handoff::SilentProgress progress;
  const auto trained = train(options, progress);
  ASSERT_TRUE(trained.ok()) << trained.status().to_string();
  const auto run = quantise_run(options, dir.file("int8"), progress);
  ASSERT_TRUE(run.ok()) << run.status().to_string();

  const auto floats = tasks::Classifier::load(dir.file("model"));
  const auto int8 = tasks::Classifier::load(dir.file("int8"));
  ASSERT_TRUE(floats.ok() && int8.ok());
  EXPECT_EQ((*floats)->config().weights, model::WeightFormat::kF32) << "a round of improvement trains these further";
  EXPECT_EQ((*floats)->weights_sha256(), trained->weights_sha256);
  EXPECT_EQ((*int8)->config().weights, model::WeightFormat::kInt8);
  EXPECT_EQ((*int8)->weights_sha256(), run->weights_sha256);
  EXPECT_NE(run->weights_sha256, trained->weights_sha256);
  EXPECT_EQ((*int8)->lineage()["quantized_from_weights_sha256"], trained->weights_sha256);
  EXPECT_EQ((*int8)->labels(), (*floats)->labels());

  // The gate compares figures of the same rows, and those of the weights that are served.
  EXPECT_EQ(run->test.rows_sha256, trained->test->rows_sha256);
  engine::ExecutionContext context(1);
  const auto again = tasks::evaluate(**int8, context, options.test);
  ASSERT_TRUE(again.ok());
  for (const char* part : {"rows_sha256", "predictions", "decisions", "accuracy"}) {
    EXPECT_EQ(run->test.to_json()[part], again->to_json()[part]) << part;
  }
  EXPECT_EQ(run->figures.at("test.accuracy"), again->report.accuracy);
  EXPECT_TRUE(run->figures.contains("valid.accuracy"));

  const auto twice = quantise_run(options, dir.file("int8"), progress);  // after a kill
  ASSERT_TRUE(twice.ok());
  EXPECT_EQ(twice->weights_sha256, run->weights_sha256);
}

TEST(Int8Run, APromiseIsKeptByTheServedWeightsOrNotAtAll) {
  const yupu::testing::TempDir dir;
  TrainOptions options = testing::quick_options(dir.file("model"));
  handoff::SilentProgress progress;
  ASSERT_TRUE(train(options, progress).ok());
  options.max_wrong = 1e-6;  // of so few rows nobody can promise that
  const auto run = quantise_run(options, dir.file("int8"), progress);
  ASSERT_TRUE(run.ok()) << run.status().to_string();
  EXPECT_FALSE(run->broken_promise.empty());
}

}  // namespace
}  // namespace yupu::training
