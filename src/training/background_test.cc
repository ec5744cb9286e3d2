#include "training/background.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "training/general_sentences.h"
#include "training/testing.h"
#include "training/training.h"

namespace yupu::training {
namespace {

using ::testing::HasSubstr;
using testing::make_rows;
using testing::out_of_scope;
using testing::quick_options;

const std::vector<std::string> kElsewhere = {"will it rain tomorrow", "sing a song", "who won the game",
                                             "boil an egg",           "今天下雨吗",  "讲个笑话"};

TEST(Background, TextsAreTheRowsAndSentencesUnlikeThem) {
  auto rows = make_rows(10, 1);
  rows.push_back(out_of_scope("will it rain tomorrow"));
  EXPECT_TRUE(background_texts(Background::kOff, rows)->empty());
  EXPECT_EQ(*background_texts(Background::kRows, rows), std::vector<std::string>{"will it rain tomorrow"});
  const auto both = background_texts(Background::kBoth, rows);
  ASSERT_TRUE(both.ok()) << both.status().to_string();
  EXPECT_GT(both->size(), kGeneralSentences.size() * 9 / 10);
  EXPECT_LE(both->size(), kGeneralSentences.size() + 1);
  EXPECT_EQ(both->front(), "will it rain tomorrow");
  // A set that asks for the weather itself keeps the sentences about it out.
  for (int i = 0; i < 3; ++i) rows.push_back({.text = "why is the sky blue", .label = "sky", .lang = {}, .source = {}});
  const auto general = background_texts(Background::kGeneral, rows);
  ASSERT_TRUE(general.ok()) << general.status().to_string();
  EXPECT_THAT(*general, ::testing::Not(::testing::Contains("why is the sky blue")));
  EXPECT_THAT(*general, ::testing::Contains("asdf jkl qwerty"));
  const Status none = background_texts(Background::kRows, make_rows(2, 1)).status();
  EXPECT_EQ(none.field(), "background");
  EXPECT_THAT(none.message(), HasSubstr("no training row is labelled out of scope"));
  EXPECT_EQ(find_background("both"), Background::kBoth);
  EXPECT_FALSE(find_background("all").has_value());
}

TEST(Background, IsLearnedAndGoesOnBitForBit) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("whole"));
  for (const std::string& text : kElsewhere) {
    for (int i = 0; i < 4; ++i) options.train.push_back(out_of_scope(text));
    for (int i = 0; i < 8; ++i) options.valid.push_back(out_of_scope(text));
  }
  options.valid.insert(options.valid.end(), options.train.begin(), options.train.begin() + 40);
  options.test.push_back(out_of_scope("今天下雨吗"));
  options.epochs = 12;
  options.background = Background::kRows;
  options.scope_gate = tasks::GateChoice::kCombined;
  options.class_weights.balanced = true;
  const auto whole = train(options, progress);
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();
  EXPECT_GT(whole->figures.at("valid.scope.background.auroc"), 0.6);
  EXPECT_GT(whole->figures.at("valid.scope.combined.auroc"), 0.6);
  EXPECT_GE(whole->figures.at("test.accuracy"), 0.8);
  EXPECT_TRUE(whole->figures.contains("test.scope.combined.out_recall"));

  options.out = dir.file("parts");
  options.pause_after_epoch = 3;
  ASSERT_TRUE(train(options, progress)->paused);
  options.pause_after_epoch = 0;
  options.threads = 1;
  const auto parts = train(options, progress);
  ASSERT_TRUE(parts.ok()) << parts.status().to_string();
  EXPECT_GT(parts->resumed_at_step, 0);
  EXPECT_EQ(parts->weights_sha256, whole->weights_sha256);
  EXPECT_EQ(parts->figures.at("test.scope.combined.auroc"), whole->figures.at("test.scope.combined.auroc"));

  const auto model = tasks::Classifier::load(options.out);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_TRUE((*model)->has_background());
  EXPECT_EQ((*model)->labels().size(), 3u);
  ASSERT_TRUE((*model)->calibration()->gate.has_value());
  EXPECT_EQ((*model)->calibration()->gate->score, tasks::ScopeScore::kCombined);
  engine::ExecutionContext context(1);
  const auto evaluation = tasks::evaluate(**model, context, options.test);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status().to_string();
  OrderedJson told = parts->test->to_json();
  EXPECT_EQ(told["scope"].erase("neighbours"), 1u)
      << "judged while training; their vectors stay only beside a gate of them";
  EXPECT_EQ(evaluation->to_json(), told);
}

TEST(Background, IsPartOfWhatDecidesARun) {
  TrainOptions options;
  const Json off = deciding_options(options);
  EXPECT_FALSE(off.contains("background"));
  options.background = Background::kBoth;
  EXPECT_EQ(deciding_options(options)["background"], "both");
  EXPECT_EQ(deciding_options(options)["general_sentences"], general_sentences_id());
  options.learn_out_of_scope = true;
  options.out = "never written";
  handoff::SilentProgress progress;
  EXPECT_EQ(train(options, progress).status().field(), "background");
}

TEST(Background, AGateWithoutItsOutputOrRowsIsRefused) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("m"));
  options.epochs = 1;
  options.scope_gate = tasks::GateChoice::kBackground;
  EXPECT_THAT(train(options, progress).status().message(), HasSubstr("no background output"));
  options.scope_gate = tasks::GateChoice::kCombined;
  EXPECT_THAT(train(options, progress).status().message(), HasSubstr("40 validation rows of either kind"));
}

}  // namespace
}  // namespace yupu::training
