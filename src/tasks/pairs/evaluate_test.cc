#include "tasks/pairs/evaluate.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tasks/pairs/evaluation_page.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<PairModel> small_model(PairTarget target, std::vector<std::string> labels) {
  auto tokenizer = text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "tea", "coffee", "milk"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  model::EncoderConfig config;
  config.vocab_size = 7;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 12;
  auto model = PairModel::create(config, std::move(*tokenizer),
                                 {.target = target,
                                  .labels = std::move(labels),
                                  .positive = {},
                                  .scale = {.low = 0.0, .high = 4.0},
                                  .seed = 1,
                                  .max_length = 8});
  CHECK(model.ok(), model.status().message());
  return std::move(*model);
}

PairRow row(const std::string& label, const std::string& group = {}, const std::string& b = "tea") {
  return {.a = "coffee", .b = b, .label = label, .score = 0.0, .group = group, .line = 1};
}

PairEvaluation judged(const PairModel& model, const PairSet& set, const std::vector<std::vector<float>>& logits) {
  const LogitsSource source = [&](std::span<const text::Encoding>) {
    return Result<std::vector<std::vector<float>>>(logits);
  };
  auto evaluation = evaluate(model, source, set, encode_all(model, set));
  CHECK(evaluation.ok(), evaluation.status().message());
  return *evaluation;
}

TEST(PairEvaluation, ClassesByHand) {
  const auto model = small_model(PairTarget::kClasses, {"0", "1"});
  // Probability of "1" falls from row to row; the threshold is between the second and the third.
  const PairSet set{.path = "s", .label_column = "l", .rows = {row("1"), row("0"), row("1"), row("0")}};
  const PairEvaluation evaluation = judged(*model, set, {{0, 3}, {0, 1}, {1, 0}, {3, 0}});
  EXPECT_DOUBLE_EQ(evaluation.report.accuracy, 0.5);
  EXPECT_DOUBLE_EQ(evaluation.of_positive.precision, 0.5);
  EXPECT_DOUBLE_EQ(evaluation.of_positive.recall, 0.5);
  EXPECT_EQ(evaluation.of_positive.support, 2);
  EXPECT_DOUBLE_EQ(*evaluation.figure("auroc"), 0.75);
  EXPECT_DOUBLE_EQ(*evaluation.figure("average_precision"), 0.5 + 0.5 * 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(*evaluation.figure("f1"), 0.5);
  EXPECT_FALSE(evaluation.figure("spearman"));
  EXPECT_FALSE(evaluation.figure("mrr"));
  const OrderedJson json = evaluation.to_json();
  EXPECT_EQ(json["positive"], "1");
  EXPECT_EQ(json["labels"]["1"]["support"], 2);
  EXPECT_FALSE(json.contains("ranking"));
  EXPECT_THAT(evaluation.to_text(), HasSubstr("AUROC 0.7500, average precision 0.8333"));
}

TEST(PairEvaluation, ALabelTheModelDoesNotHaveIsWrongAndNamed) {
  const auto model = small_model(PairTarget::kClasses, {"0", "1"});
  const PairSet set{.path = "s", .label_column = "l", .rows = {row("1"), row("7")}};
  const PairEvaluation evaluation = judged(*model, set, {{0, 3}, {0, 3}});
  EXPECT_THAT(evaluation.unknown_labels, ElementsAre("7"));
  EXPECT_DOUBLE_EQ(evaluation.report.accuracy, 0.5);
}

TEST(PairEvaluation, ScoresByHand) {
  const auto model = small_model(PairTarget::kScore, {});
  PairSet set{.path = "s", .label_column = "l", .rows = {row("0"), row("2"), row("4")}};
  ASSERT_TRUE(take_scores(set).ok());
  const auto z = static_cast<float>(std::log(3.0));  // sigmoid 3/4: 3 of 4
  const PairEvaluation evaluation = judged(*model, set, {{-z}, {z}, {0.0f}});
  EXPECT_NEAR(*evaluation.pearson, 0.5, 1e-7);  // 0 2 4 and 1 3 2
  EXPECT_NEAR(*evaluation.spearman, 0.5, 1e-12);
  EXPECT_NEAR(evaluation.rmse, std::sqrt((1.0 + 1.0 + 4.0) / 3.0), 1e-6);
  const PairEvaluation flat = judged(*model, set, {{0.0f}, {0.0f}, {0.0f}});
  EXPECT_FALSE(flat.figure("spearman"));
  EXPECT_TRUE(flat.to_json()["spearman"].is_null());
}

TEST(PairEvaluation, GroupsAreRankedBesideBm25) {
  const auto model = small_model(PairTarget::kClasses, {"0", "1"});
  // "coffee" asks; BM25 finds it, the model's scores do not.  The second query has no right candidate.
  const PairSet set{
      .path = "s",
      .label_column = "l",
      .rows = {row("1", "q1", "milk coffee"), row("0", "q2", "milk"), row("0", "q1", "tea"), row("0", "q1", "milk")}};
  PairEvaluation evaluation = judged(*model, set, {{1, 0}, {0, 9}, {0, 1}, {3, 0}});
  evaluation.bm25 = bm25_ranking(*model, set);
  EXPECT_DOUBLE_EQ(evaluation.ranking->mrr, 0.5);
  EXPECT_DOUBLE_EQ(evaluation.bm25->mrr, 1.0);
  EXPECT_EQ(evaluation.ranking->query_count, 1);
  EXPECT_EQ(evaluation.bm25->unanswerable_count, 1);
  EXPECT_DOUBLE_EQ(evaluation.bm25->candidates_mean, 3.0);
  EXPECT_DOUBLE_EQ(*evaluation.figure("mrr"), 0.5);
  EXPECT_THAT(evaluation.to_text(), HasSubstr("BM25"));
  EXPECT_EQ(evaluation.to_json()["bm25"]["mrr@10"], 1.0);
}

TEST(PairEvaluation, ThePageShowsWhatWasJudged) {
  const auto model = small_model(PairTarget::kClasses, {"0", "1"});
  const PairSet set{.path = "s",
                    .label_column = "l",
                    .rows = {row("1", "q1", "milk coffee"), row("<7>", "q2", "milk"), row("0", "q1", "tea")}};
  PairEvaluation evaluation = judged(*model, set, {{1, 0}, {0, 9}, {0, 1}});
  evaluation.bm25 = bm25_ranking(*model, set);
  const Json lineage = {{"learning_curve", {{{"loss", 0.5}, {"valid", 0.2}}, {{"loss", 0.25}, {"valid", 0.6}}}}};
  const std::string page = pair_evaluation_page(evaluation, {.model = "m", .data = "d<", .lineage = lineage});
  for (const char* part : {"句对评估报告", "Pair evaluation", "BM25", "MRR@10", "50.0%", "100.0%", "d&lt;", "&lt;7&gt;",
                           "学习曲线", "queries without a right candidate"})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_THAT(page, ::testing::Not(HasSubstr("<7>")));
  EXPECT_THAT(page, ::testing::Not(HasSubstr("<script")));
  PairEvaluation scored;
  scored.target = PairTarget::kScore;
  scored.spearman = 0.25;
  const std::string of_scores = pair_evaluation_page(scored, {.model = "m", .data = "d", .lineage = {}});
  EXPECT_THAT(of_scores, HasSubstr("0.2500"));
  EXPECT_THAT(of_scores, HasSubstr("not defined"));
  EXPECT_THAT(of_scores, ::testing::Not(HasSubstr("BM25")));
}

TEST(PairEvaluation, TheUpperHalfOfAScaleIsRelevant) {
  const auto model = small_model(PairTarget::kScore, {});
  PairSet set{.path = "s", .label_column = "l", .rows = {row("4", "q"), row("2", "q"), row("1.9", "q")}};
  ASSERT_TRUE(take_scores(set).ok());
  const PairEvaluation evaluation = judged(*model, set, {{1.0f}, {2.0f}, {3.0f}});
  EXPECT_DOUBLE_EQ(evaluation.ranking->mrr, 0.5);
  EXPECT_DOUBLE_EQ(evaluation.ranking->recall.at(3), 1.0);
  const double best = 1.0 + 0.5 / std::log2(3.0) + 0.475 / 2.0, worst = 0.475 + 0.5 / std::log2(3.0) + 1.0 / 2.0;
  EXPECT_DOUBLE_EQ(evaluation.ranking->ndcg, worst / best);
}

TEST(PairEvaluation, NothingToJudgeIsAnError) {
  const auto model = small_model(PairTarget::kClasses, {"0", "1"});
  engine::ExecutionContext context(1);
  const Status status = evaluate(*model, logits_on(model->classifier(), context),
                                 {.path = "empty.csv", .label_column = {}, .rows = {}}, {})
                            .status();
  EXPECT_THAT(status.message(), HasSubstr("empty.csv: no pairs"));
}

TEST(PairEvaluation, ALineSaysEverything) {
  const auto classes = small_model(PairTarget::kClasses, {"0", "1"});
  const std::vector<float> logits = {0.0f, static_cast<float>(std::log(3.0))};
  const OrderedJson line = pair_line(*classes, "a", "b", logits);
  EXPECT_EQ(line["text_b"], "b");
  EXPECT_EQ(line["label"], "1");
  EXPECT_NEAR(line["score"].get<double>(), 0.75, 1e-7);
  EXPECT_NEAR(line["relevance"].get<double>(), 0.75, 1e-7);
  EXPECT_EQ(line["labels"].size(), 2u);
  const auto score = small_model(PairTarget::kScore, {});
  EXPECT_NEAR(pair_line(*score, "a", "b", std::vector<float>{0.0f})["score"].get<double>(), 2.0, 1e-12);
}

}  // namespace
}  // namespace yupu::tasks
