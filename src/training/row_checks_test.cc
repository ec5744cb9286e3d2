#include "training/row_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "handoff/testing.h"
#include "training/multilabel/multilabel_training.h"
#include "training/pairs/pair_training.h"
#include "training/testing.h"

namespace yupu::training {
namespace {

using handoff::testing::Notes;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::quick_options;

TEST(RowChecks, LabelsThatNoTrainingRowHasAreToldAndCountedAsWrong) {
  const yupu::testing::TempDir dir;
  TrainOptions options = quick_options(dir.file("model"));
  options.epochs = 1;
  options.valid[0].label = "zebra";
  options.valid[1].label = "zebra";
  options.test[0].label = "yak";
  Notes notes;
  const auto result = train(options, notes);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_THAT(notes.lines, Contains(HasSubstr("2 of 19 validation rows have labels that no training row has (zebra)")));
  EXPECT_THAT(notes.lines, Contains(HasSubstr("1 of 19 test rows have labels that no training row has (yak)")));
  EXPECT_EQ(result->figures.at("valid.unknown_labels"), 1.0);
  EXPECT_FALSE(result->figures.contains("train.conflicting_rows"));
  EXPECT_THAT(result->test->unknown_labels, ::testing::ElementsAre("yak"));
  EXPECT_EQ(result->test->report.row_count, 18) << "counted, as wrong";
}

TEST(RowChecks, TextsUnderTwoLabelsAreToldAndCounted) {
  const yupu::testing::TempDir dir;
  TrainOptions options = quick_options(dir.file("model"));
  options.epochs = 1;
  for (const char* label : {"parcel", "refund", "refund"})
    options.train.push_back({.text = "one and the same", .label = label, .lang = {}, .source = "a.csv:7"});
  options.train.push_back(testing::out_of_scope("one and the same"));  // is not learned
  Notes notes;
  const auto result = train(options, notes);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_THAT(notes.lines,
              Contains(HasSubstr("3 training rows have a text that stands under another label too (first: a.csv:7)")));
  EXPECT_EQ(result->figures.at("train.conflicting_rows"), 3.0);
}

TEST(RowChecks, TextsThatAreAllAlikeTeachNothing) {
  const yupu::testing::TempDir dir;
  Notes notes;
  TrainOptions options = quick_options(dir.file("model"));
  for (handoff::Row& row : options.train) row.text = "hello";
  EXPECT_THAT(train(options, notes).status().message(), HasSubstr("all 60 training rows have the same text"));
  MultilabelOptions topics;
  topics.loop.out = options.out;
  topics.loop.metric = "average_precision";
  topics.train = {.path = "t.jsonl",
                  .label_column = "labels",
                  .rows = {{.text = "a", .labels = {"x"}, .line = 1}, {.text = "a", .labels = {}, .line = 2}}};
  topics.valid = topics.train;
  EXPECT_THAT(train_multilabel(topics, notes).status().message(),
              HasSubstr("t.jsonl: every training row has the same text"));
  PairOptions pairs;
  pairs.loop.out = options.out;
  pairs.train = {.path = "p.csv",
                 .label_column = "same",
                 .rows = {{.a = "a", .b = "b", .label = "0", .score = 0.0, .group = {}, .line = 2},
                          {.a = "a", .b = "b", .label = "1", .score = 0.0, .group = {}, .line = 3}}};
  pairs.valid = pairs.train;
  EXPECT_THAT(train_pairs(pairs, notes).status().message(),
              HasSubstr("p.csv: every training pair is the same two texts"));
}

}  // namespace
}  // namespace yupu::training
