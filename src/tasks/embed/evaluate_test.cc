#include "tasks/embed/evaluate.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tasks/embed/evaluation_page.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::HasSubstr;

// One-hot words: the vector of a text is where its words point, whatever the encoder would do to them.
std::unique_ptr<Embedder> word_embedder() {
  auto tokenizer = text::make_wordpiece(
      {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "green", "blue", "one", "two", "three", "four"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  model::EncoderConfig config;
  config.vocab_size = 12;
  config.hidden_size = 16;
  config.layer_count = 1;
  config.intermediate_size = 16;
  config.position_count = 8;
  auto embedder = Embedder::create(config, std::move(*tokenizer), {.seed = 1, .max_length = 8});
  CHECK(embedder.ok(), embedder.status().message());
  for (engine::Parameter* parameter : (*embedder)->parameters()) {
    if (parameter->name.find("LayerNorm.weight") != std::string::npos) continue;
    parameter->value.zero();
    if (parameter->name == "embeddings.word_embeddings.weight") {
      for (std::int64_t i = 5; i < 12; ++i) parameter->value.f32()[i * 16 + i] = 1.0f;
    }
    parameter->value_changed();
  }
  return std::move(*embedder);
}

TextSet pairs(const std::vector<std::pair<std::string, std::string>>& rows) {
  TextSet set{.path = "pairs.csv", .kind = TextSetKind::kPairs, .rows = {}};
  for (const auto& [text, other] : rows) {
    TextRow row;
    row.text = text;
    row.other = other;
    row.line = static_cast<std::int64_t>(set.rows.size()) + 2;
    set.rows.push_back(row);
  }
  return set;
}

EmbedEvaluation evaluated(const TextSet& set) {
  engine::ExecutionContext context(1);
  auto evaluation = evaluate(*word_embedder(), context, set);
  CHECK(evaluation.ok(), evaluation.status().message());
  return *evaluation;
}

TEST(EmbedEvaluate, PairsRankTheirSecondTextAmongAllDifferentOnes) {
  // "red" finds "red one" first; "blue" has "blue two" (right) behind "blue" (wrong), of three documents.
  const EmbedEvaluation found =
      evaluated(pairs({{"red", "red one"}, {"blue", "blue two"}, {"two green", "blue"}, {"red", "red one"}}));
  EXPECT_EQ(found.row_count, 4);
  EXPECT_EQ(found.retrieval.query_count, 3);  // "red" asks once
  EXPECT_EQ(found.retrieval.candidates_mean, 3.0);
  EXPECT_NEAR(found.retrieval.recall.at(1), 1.0 / 3.0, 1e-9);
  EXPECT_NEAR(found.retrieval.recall.at(3), 1.0, 1e-9);
  EXPECT_EQ(found.figure(), found.retrieval.mrr);
  EXPECT_GT(found.retrieval.mrr, 0.5);
  EXPECT_LT(found.retrieval.mrr, 0.8);
  const OrderedJson json = found.to_json();
  EXPECT_EQ(json["kind"], "pairs");
  EXPECT_EQ(json["retrieval"]["mrr@10"], found.retrieval.mrr);
  EXPECT_THAT(found.to_text(), HasSubstr("MRR@10"));
}

TEST(EmbedEvaluate, AQueryWithSeveralDocumentsIsNotHeldAgainstItself) {
  const EmbedEvaluation found = evaluated(pairs({{"red", "red"}, {"red", "red one"}, {"blue", "two"}}));
  EXPECT_EQ(found.retrieval.query_count, 2);
  EXPECT_NEAR(found.retrieval.recall.at(3), 1.0, 1e-9);
}

// Words nobody knows: every vector is the same, and ties count against the model.
TEST(EmbedEvaluate, ThoseThatAreAllAlikeFindNothing) {
  const EmbedEvaluation found = evaluated(pairs({{"q1", "d1"}, {"q2", "d2"}, {"q3", "d3"}, {"q4", "d4"}}));
  EXPECT_EQ(found.retrieval.recall.at(1), 0.0);
  EXPECT_NEAR(found.retrieval.mrr, 0.25, 1e-9);
}

TEST(EmbedEvaluate, Bm25StandsBesideIt) {
  const RankingReport words = bm25_retrieval(pairs({{"red", "red one"}, {"blue", "blue two"}, {"green", "four"}}));
  EXPECT_EQ(words.query_count, 3);
  EXPECT_NEAR(words.recall.at(1), 2.0 / 3.0, 1e-9);
}

TEST(EmbedEvaluate, ScoresFollowCosines) {
  TextSet set = pairs({{"red", "red"}, {"red one", "red two"}, {"red", "blue"}});
  set.kind = TextSetKind::kScored;
  set.rows[0].score = 5;
  set.rows[1].score = 3;
  set.rows[2].score = 1;
  EXPECT_NEAR(evaluated(set).spearman, 1.0, 1e-9);
  std::swap(set.rows[0].score, set.rows[2].score);
  const EmbedEvaluation turned = evaluated(set);
  EXPECT_NEAR(turned.spearman, -1.0, 1e-9);
  EXPECT_LT(turned.pearson, -0.9);
  EXPECT_EQ(turned.figure(), turned.spearman);
}

TEST(EmbedEvaluate, LabelsAreJudgedByTheNearestOtherText) {
  TextSet set =
      pairs({{"red one", ""}, {"red two", ""}, {"blue three", ""}, {"blue four", ""}, {"red", ""}, {"two", ""}});
  set.kind = TextSetKind::kLabels;
  const std::vector<std::string> labels = {"r", "r", "b", "b", "b", "alone"};
  for (std::size_t i = 0; i < labels.size(); ++i) set.rows[i].label = labels[i];
  const EmbedEvaluation found = evaluated(set);
  EXPECT_EQ(found.judged_count, 5);               // "alone" has no other
  EXPECT_NEAR(found.nearest_1, 2.0 / 5.0, 1e-9);  // the blue ones; what has "red" is nearest to "red", which is a b
  EXPECT_EQ(found.to_json()["judged"], 5);
}

TEST(EmbedEvaluate, ThePageSaysWhatTheReportSaysInBothLanguages) {
  EmbedEvaluation found = evaluated(pairs({{"red", "red one"}, {"blue", "blue two"}, {"two green", "blue"}}));
  found.bm25 = bm25_retrieval(pairs({{"red", "red one"}, {"blue", "four"}}));
  found.cut_texts = 7;
  const Json lineage = {
      {"learning_curve",
       {{{"epoch", 1}, {"loss", 2.0}, {"valid", -0.5}}, {{"epoch", 2}, {"loss", 1.0}, {"valid", 0.8}}}}};
  const std::string page = embed_evaluation_page(found, {.model = "a<b", .data = "pairs.csv", .lineage = lineage});
  for (const std::string& part :
       {std::string("句向量评估报告"), std::string("Embedding evaluation"), std::string("a&lt;b"), std::string("BM25"),
        std::string("学习曲线"), std::string("<dd>7</dd>"), fmt::format("{:.1f}%", 100.0 * found.retrieval.mrr)})
    EXPECT_THAT(page, HasSubstr(part));
  found.kind = TextSetKind::kScored;
  found.spearman = -0.1234;
  EXPECT_THAT(embed_evaluation_page(found, {.model = "m", .data = "d", .lineage = {}}), HasSubstr("-0.1234"));
  found.kind = TextSetKind::kLabels;
  found.nearest_1 = 0.987;
  EXPECT_THAT(embed_evaluation_page(found, {.model = "m", .data = "d", .lineage = {}}), HasSubstr("98.7%"));
}

TEST(EmbedEvaluate, WhatCannotBeToldApartIsRefused) {
  const auto refused = [](const TextSet& set) {
    const Status status = check_distinct(set);
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    EXPECT_THAT(status.message(), HasSubstr("pairs.csv: "));
    return status.message();
  };
  EXPECT_TRUE(check_distinct(pairs({{"a", "b"}, {"c", "d"}})).ok());
  EXPECT_THAT(refused(pairs({})), HasSubstr("no rows"));
  EXPECT_THAT(refused(pairs({{"a", "b"}, {"a", "b"}})), HasSubstr("fewer than two different pairs"));
  EXPECT_THAT(refused(pairs({{"a", "b"}, {"c", "b"}})), HasSubstr("the same second text"));
  TextSet set = pairs({{"a", "b"}, {"c", "d"}});
  set.rows[0].negative = "x";
  set.rows[1].negative = "d";
  EXPECT_THAT(refused(set), HasSubstr("line 3: the negative is the second text itself"));
  set = pairs({{"a", "b"}, {"c", "d"}});
  set.kind = TextSetKind::kScored;
  EXPECT_THAT(refused(set), HasSubstr("every score is 0"));
  set.kind = TextSetKind::kLabels;
  set.rows[0].label = set.rows[1].label = "x";
  EXPECT_THAT(refused(set), HasSubstr("only one label (\"x\")"));
  set.rows[1].label = "y";
  EXPECT_THAT(refused(set), HasSubstr("no label has two different texts"));
}

}  // namespace
}  // namespace yupu::tasks
