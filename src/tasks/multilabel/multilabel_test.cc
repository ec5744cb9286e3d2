// Thresholds, report and model of any number of labels per text.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "base/file.h"
#include "base/testing.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/multilabel/evaluate.h"
#include "tasks/multilabel/evaluation_page.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

double logit(double p) { return std::log(p / (1.0 - p)); }

std::vector<MultilabelTruth> rows_of(const std::vector<std::pair<std::vector<double>, std::vector<int>>>& rows) {
  std::vector<MultilabelTruth> out;
  for (const auto& [scores, has] : rows) {
    MultilabelTruth& row = out.emplace_back();
    for (const double score : scores) row.logits.push_back(static_cast<float>(logit(score)));
    for (const int one : has) row.has.push_back(static_cast<std::uint8_t>(one));
  }
  return out;
}

TEST(MultilabelThresholds, TheSharedOneHasTheHighestMicroF1) {
  // By score: 0.9+ 0.8+ 0.6- 0.4+ 0.3- 0.2- ; F1 of the first 2: 4/5, of the first 4: 6/7.
  const auto rows = rows_of({{{0.9, 0.4}, {1, 1}}, {{0.8, 0.3}, {1, 0}}, {{0.6, 0.2}, {0, 0}}});
  const Thresholds shared = fit_thresholds(rows, ThresholdRule::kShared);
  ASSERT_EQ(shared.of_label.size(), 2u);
  EXPECT_EQ(shared.of_label[0], shared.of_label[1]);
  const auto scaled = [&](double p) { return 1.0 / (1.0 + std::exp(-logit(p) / shared.temperature)); };
  EXPECT_NEAR(shared.of_label[0], 0.5 * (scaled(0.4) + scaled(0.3)), 1e-6);
  const Thresholds fixed = fit_thresholds(rows, ThresholdRule::kFixed);
  EXPECT_THAT(fixed.of_label, ElementsAre(0.5, 0.5));
}

TEST(MultilabelThresholds, ALabelHasItsOwnOnlyWhenThereIsEnoughToJudgeBy) {
  std::vector<std::pair<std::vector<double>, std::vector<int>>> data;
  for (int i = 0; i < kLeastPositives; ++i) data.push_back({{0.3, 0.9}, {1, 1}});
  for (int i = 0; i < 200; ++i) data.push_back({{0.1, 0.6}, {0, 0}});
  data.back().second[1] = 0;
  auto rows = rows_of(data);
  const Thresholds own = fit_thresholds(rows, ThresholdRule::kPerLabel);
  EXPECT_LT(own.of_label[0], 0.5);  // between the scores of 0.1 and 0.3
  EXPECT_GT(own.of_label[1], 0.5);  // between those of 0.6 and 0.9
  rows[0].has[0] = 0;               // one too few
  const Thresholds shared = fit_thresholds(rows, ThresholdRule::kShared);
  const Thresholds few = fit_thresholds(rows, ThresholdRule::kPerLabel);
  EXPECT_EQ(few.of_label[0], shared.of_label[0]);
  EXPECT_NE(few.of_label[0], own.of_label[0]);
  EXPECT_GT(shared.of_label[0], 0.5);  // label 0 is said of nobody then: 19 rows do not outweigh 200
}

TEST(MultilabelThresholds, TheTemperatureTakesBackTooMuchConfidence) {
  // Said with 0.99 or 0.01, right four times of five: the honest scores are near 0.8 and 0.2.
  std::vector<std::pair<std::vector<double>, std::vector<int>>> data;
  for (int i = 0; i < 500; ++i) data.push_back({{0.99, 0.01}, {i % 5 == 0 ? 0 : 1, i % 5 == 0 ? 1 : 0}});
  const Thresholds fitted = fit_thresholds(rows_of(data), ThresholdRule::kFixed);
  EXPECT_NEAR(logit(0.99) / fitted.temperature, logit(0.8), 0.05);
}

// scikit-learn 1.3: classification_report, hamming_loss, accuracy_score, average_precision_score of these rows.
TEST(MultilabelReportTest, FiguresOfAWorkedExample) {
  const std::vector<JudgedLabels> rows = {{.scores = {0.9, 0.8, 0.1}, .said = {1, 1, 0}, .has = {1, 0, 0}},
                                          {.scores = {0.7, 0.2, 0.4}, .said = {1, 0, 0}, .has = {1, 0, 1}},
                                          {.scores = {0.3, 0.6, 0.2}, .said = {0, 1, 0}, .has = {0, 1, 0}},
                                          {.scores = {0.2, 0.1, 0.3}, .said = {0, 0, 0}, .has = {0, 0, 0}}};
  const MultilabelReport report = multilabel_report({"a", "b", "c"}, rows);
  EXPECT_EQ(report.labels[0].second.f1, 1.0);
  EXPECT_EQ(report.labels[1].second.precision, 0.5);
  EXPECT_EQ(report.labels[1].second.recall, 1.0);
  EXPECT_EQ(report.labels[2].second.f1, 0.0);
  EXPECT_EQ(report.micro.precision, 0.75);  // 3 of 4 said
  EXPECT_EQ(report.micro.recall, 0.75);     // 3 of 4 there
  EXPECT_NEAR(report.macro.f1, (1.0 + 2.0 / 3.0 + 0.0) / 3.0, 1e-12);
  EXPECT_NEAR(report.weighted.f1, (2.0 * 1.0 + 2.0 / 3.0) / 4.0, 1e-12);
  EXPECT_NEAR(report.samples.f1, (2.0 / 3.0 + 2.0 / 3.0 + 1.0 + 0.0) / 4.0, 1e-12);
  EXPECT_EQ(report.samples.support, 4);
  EXPECT_EQ(report.exact_match, 0.5);
  EXPECT_NEAR(report.hamming_loss, 2.0 / 12.0, 1e-12);
  EXPECT_THAT(*report.average_precision[1], DoubleNear(0.5, 1e-12));
  EXPECT_THAT(*report.average_precision[2], DoubleNear(1.0, 1e-12));
  // All cells by score: 0.9+ 0.8- 0.7+ 0.6+ 0.4+ ...
  EXPECT_NEAR(*report.micro_average_precision, (1.0 + 2.0 / 3.0 + 3.0 / 4.0 + 4.0 / 5.0) / 4.0, 1e-12);
  EXPECT_EQ(report.unlabelled_count, 1);
  EXPECT_THAT(report.to_text(), HasSubstr("samples avg"));
  EXPECT_EQ(report.to_json()["labels"]["b"]["average_precision"], 0.5);
}

TEST(MultilabelReportTest, ALabelNobodyHasHasNoAveragePrecision) {
  const std::vector<JudgedLabels> rows = {{.scores = {0.9, 0.1}, .said = {1, 0}, .has = {1, 0}},
                                          {.scores = {0.2, 0.1}, .said = {0, 0}, .has = {0, 0}}};
  const MultilabelReport report = multilabel_report({"a", "never"}, rows);
  EXPECT_FALSE(report.average_precision[1].has_value());
  EXPECT_EQ(report.mean_average_precision, 1.0);
  EXPECT_TRUE(report.to_json()["labels"]["never"]["average_precision"].is_null());
}

std::unique_ptr<text::Tokenizer> small_tokenizer() {
  auto tokenizer =
      text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "refund", "parcel", "late", "退", "款"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  return std::move(*tokenizer);
}

std::unique_ptr<MultilabelModel> small_model(std::vector<std::string> labels = {"delay", "refund", "钱"}) {
  model::EncoderConfig config;
  config.vocab_size = 10;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 12;
  auto model =
      MultilabelModel::create(config, small_tokenizer(), {.labels = std::move(labels), .seed = 3, .max_length = 10});
  CHECK(model.ok(), model.status().message());
  return std::move(*model);
}

TEST(MultilabelModelTest, TheLossIsTheReferencesAndItsGradientIsRight) {
  const auto model = small_model();
  engine::ExecutionContext context(1);
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  engine::Parameter z("z", engine::Tensor::zeros({2, 3}), false);
  const std::vector<float> values = {2.0F, -1.0F, 0.5F, -3.0F, 0.0F, 4.0F};
  std::copy(values.begin(), values.end(), z.value.values().begin());
  const std::vector<std::uint8_t> has = {1, 0, 1, 0, 1, 0};
  for (const double smoothing : {0.0, 0.2}) {
    z.drop_grad();
    const engine::Var loss = model->loss(tape.leaf(z), has, smoothing);
    double expected = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double t = (1.0 - smoothing) * has[i] + 0.5 * smoothing, x = values[i];
      expected -= (t * std::log(1.0 / (1.0 + std::exp(-x))) + (1.0 - t) * std::log(1.0 / (1.0 + std::exp(x)))) / 3.0;
    }
    EXPECT_NEAR(loss.value().item(), expected, 1e-6);
    tape.backward(loss);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double t = (1.0 - smoothing) * has[i] + 0.5 * smoothing;
      EXPECT_NEAR(z.grad.values()[i], (1.0 / (1.0 + std::exp(-values[i])) - t) / 3.0, 1e-6);
    }
    tape.clear();
  }
}

TEST(MultilabelModelTest, SaysWhatReachesItsThresholdAndKeepsThatInItsDirectory) {
  const yupu::testing::TempDir dir;
  const auto model = small_model();
  const std::vector<float> logits = {0.0F, 2.0F, -2.0F};
  EXPECT_THAT(model->said(model->scores(logits)), ElementsAre(1, 1, 0));
  model->set_thresholds({.temperature = 2.0, .of_label = {0.6, 0.7, 0.2}});
  EXPECT_THAT(model->scores(logits)[1], DoubleNear(1.0 / (1.0 + std::exp(-1.0)), 1e-9));
  EXPECT_THAT(model->said(model->scores(logits)), ElementsAre(0, 1, 1));
  ASSERT_TRUE(model->save(dir.file("m")).ok());
  const auto again = MultilabelModel::load(dir.file("m"));
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ((*again)->thresholds().temperature, 2.0);
  EXPECT_THAT((*again)->thresholds().of_label, ElementsAre(0.6, 0.7, 0.2));
  EXPECT_EQ(model::told_problem_type(dir.file("m")), "multi_label_classification");
  const OrderedJson line = multilabel_line(**again, "late parcel", logits, 2);
  EXPECT_EQ(line["labels"].size(), 2u);
  EXPECT_EQ(line["labels"][0]["label"], "refund");
  EXPECT_EQ(line["ranked"][1]["label"], "delay");
}

TEST(MultilabelModelTest, ADirectoryOfTheReferenceLibraryOpensButNotAsOneLabelPerText) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(small_model()->save(dir.file("m")).ok());
  ASSERT_TRUE(remove_tree(dir.file("m/yupu.json")).ok());
  const auto model = MultilabelModel::load(dir.file("m"));
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_THAT((*model)->thresholds().of_label, ElementsAre(0.5, 0.5, 0.5));
  const Status refused = Classifier::load(dir.file("m")).status();
  EXPECT_EQ(refused.code(), Code::kInvalidArgument);
  EXPECT_THAT(refused.message(), HasSubstr("multilabel"));
}

TEST(MultilabelModelTest, WhatIsWrongInItsRecordIsNamed) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(small_model()->save(dir.file("m")).ok());
  const std::string good = *read_file(dir.file("m/yupu.json"));
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    EXPECT_TRUE(write_file_atomic(dir.file("m/yupu.json"), text).ok());
    const Status status = MultilabelModel::load(dir.file("m")).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    return status.message();
  };
  EXPECT_THAT(refused("\"delay\": 0.5", "\"other\": 0.5"), HasSubstr("'delay' must be a number"));
  EXPECT_THAT(refused("\"delay\": 0.5", "\"delay\": 1.5"), HasSubstr("threshold of \"delay\" is 1.5"));
  EXPECT_THAT(refused("\"temperature\": 1.0", "\"temperature\": 0.0"), HasSubstr("'temperature' is 0"));
  EXPECT_THAT(refused("\"multilabel\"", "\"classify\""), HasSubstr("not \"multilabel\""));
}

TEST(MultilabelEvaluationTest, UnknownLabelsAreNamedAndCountAsMissed) {
  const auto model = small_model();
  MultilabelSet set{.path = "rows.csv", .label_column = "labels", .rows = {}};
  set.rows.push_back({.text = "late parcel", .labels = {"delay", "weather"}, .line = 2});
  set.rows.push_back({.text = "退款", .labels = {}, .line = 3});
  engine::ExecutionContext context(1);
  const auto evaluation = evaluate(*model, logits_on(model->classifier(), context), set, encode_all(*model, set));
  ASSERT_TRUE(evaluation.ok()) << evaluation.status().to_string();
  EXPECT_THAT(evaluation->unknown_labels, ElementsAre("weather"));
  EXPECT_EQ(evaluation->report.labels.back().first, "weather");
  EXPECT_EQ(evaluation->report.labels.back().second.support, 1);
  EXPECT_EQ(evaluation->report.labels.back().second.recall, 0.0);
  EXPECT_EQ(evaluation->report.micro.support, 2);
  EXPECT_THAT(evaluation->to_text(), HasSubstr("never said: weather"));
  const std::string page = multilabel_evaluation_page(*evaluation, {.model = "<m>", .data = "d", .lineage = {}});
  EXPECT_THAT(page, HasSubstr("多标签评估报告"));
  EXPECT_THAT(page, HasSubstr("&lt;m&gt;"));
  EXPECT_THAT(page, HasSubstr("weather"));
  set.rows.clear();
  EXPECT_FALSE(evaluate(*model, logits_on(model->classifier(), context), set, {}).ok());
}

}  // namespace
}  // namespace yupu::tasks
