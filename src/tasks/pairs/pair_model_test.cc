#include "tasks/pairs/pair_model.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "tasks/pairs/evaluate.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<text::Tokenizer> small_tokenizer() {
  auto tokenizer = text::make_wordpiece(
      {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "where", "is", "my", "parcel", "refund", "tea"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  return std::move(*tokenizer);
}

model::EncoderConfig small_config() {
  model::EncoderConfig config;
  config.vocab_size = 11;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 12;
  config.initializer_range = 0.3f;
  return config;
}

PairModel::Fresh classes() {
  return {
      .target = PairTarget::kClasses, .labels = {"0", "1"}, .positive = {}, .scale = {}, .seed = 1, .max_length = 10};
}
PairModel::Fresh score() {
  return {.target = PairTarget::kScore,
          .labels = {},
          .positive = {},
          .scale = {.low = 0.0, .high = 5.0},
          .seed = 1,
          .max_length = 10};
}

std::unique_ptr<PairModel> small_model(const PairModel::Fresh& fresh) {
  auto model = PairModel::create(small_config(), small_tokenizer(), fresh);
  CHECK(model.ok(), model.status().message());
  return std::move(*model);
}

std::vector<float> logits_of(const PairModel& model, std::string_view a, std::string_view b) {
  engine::ExecutionContext context(1);
  const std::vector<text::Encoding> encodings = {model.encode(a, b)};
  auto logits = model.classifier().logits(context, encodings);
  CHECK(logits.ok(), logits.status().message());
  return (*logits)[0];
}

TEST(PairModel, TwoTextsAreOneSequenceWithTheirTypes) {
  const auto model = small_model(classes());
  const text::Encoding encoding = model->encode("my parcel", "refund");
  EXPECT_THAT(encoding.ids, ElementsAre(2, 7, 8, 3, 9, 3));
  EXPECT_THAT(encoding.type_ids, ElementsAre(0, 0, 0, 0, 1, 1));
  EXPECT_FALSE(encoding.truncated);
  // Ten tokens: of seven and two words the seven lose two.
  const text::Encoding cut = model->encode("where is my parcel where is my", "refund tea");
  EXPECT_THAT(cut.ids, ElementsAre(2, 5, 6, 7, 8, 5, 3, 9, 10, 3));
  EXPECT_TRUE(cut.truncated);
  EXPECT_THAT(model->encode("[SEP] tea", "tea").ids, ::testing::Not(ElementsAre(2, 3, 10, 3, 10, 3)));
}

TEST(PairModel, WhichTextIsWhichMatters) {
  const auto model = small_model(classes());
  EXPECT_NE(logits_of(*model, "my parcel", "tea"), logits_of(*model, "tea", "my parcel"));
}

TEST(PairModel, SavedAndOpenedItSaysTheSame) {
  const yupu::testing::TempDir dir;
  for (const PairModel::Fresh& fresh : {classes(), score()}) {
    auto model = small_model(fresh);
    model->classifier().set_lineage({{"from", "a test"}});
    ASSERT_TRUE(model->save(dir.file("m")).ok());
    const auto opened = PairModel::load(dir.file("m"));
    ASSERT_TRUE(opened.ok()) << opened.status().to_string();
    EXPECT_EQ((*opened)->target(), fresh.target);
    EXPECT_EQ((*opened)->scale().high, fresh.scale.high);
    EXPECT_EQ((*opened)->positive(), model->positive());
    EXPECT_EQ((*opened)->classifier().lineage()["from"], "a test");
    EXPECT_EQ(logits_of(**opened, "my tea", "where"), logits_of(*model, "my tea", "where"));
    const bool one_output = fresh.target == PairTarget::kScore;
    EXPECT_THAT(*read_file(dir.file("m/config.json")),
                HasSubstr(one_output ? R"("problem_type": "regression")" : R"("single_label_classification")"));
    // Saved again it is the same directory.
    const std::string before = *read_file(dir.file("m/yupu.json"));
    ASSERT_TRUE((*opened)->save(dir.file("again")).ok());
    EXPECT_EQ(*read_file(dir.file("again/yupu.json")), before);
  }
}

TEST(PairModel, ADirectoryWithoutYupuJsonOpens) {
  const yupu::testing::TempDir dir;
  for (const PairModel::Fresh& fresh : {classes(), score()}) {
    ASSERT_TRUE(small_model(fresh)->save(dir.file("m")).ok());
    ASSERT_TRUE(remove_tree(dir.file("m/yupu.json")).ok());
    const auto opened = PairModel::load(dir.file("m"));
    ASSERT_TRUE(opened.ok()) << opened.status().to_string();
    EXPECT_EQ((*opened)->target(), fresh.target);
    EXPECT_EQ((*opened)->scale().high, 1.0);
  }
}

TEST(PairModel, WhatDoesNotFitIsNamed) {
  const yupu::testing::TempDir dir;
  PairModel::Fresh fresh = classes();
  fresh.positive = "2";
  EXPECT_THAT(PairModel::create(small_config(), small_tokenizer(), fresh).status().message(),
              HasSubstr("positive label \"2\" is none of the labels (0, 1)"));
  fresh = classes();
  fresh.max_length = 4;
  EXPECT_EQ(PairModel::create(small_config(), small_tokenizer(), fresh).status().field(), "max_length");
  model::EncoderConfig one_type = small_config();
  one_type.type_count = 1;
  EXPECT_EQ(PairModel::create(one_type, small_tokenizer(), classes()).status().field(), "type_vocab_size");

  ASSERT_TRUE(small_model(score())->save(dir.file("m")).ok());
  EXPECT_THAT(Classifier::load(dir.file("m")).status().message(), HasSubstr("task \"pairs\", not \"classify\""));
  const auto broken = [&](const std::string& json) {
    EXPECT_TRUE(write_file_atomic(dir.file("m/yupu.json"), json).ok());
    return PairModel::load(dir.file("m")).status();
  };
  EXPECT_EQ(broken(R"({"format":1,"task":"pairs","max_length":8})").field(), "target");
  EXPECT_EQ(broken(R"({"format":1,"task":"pairs","max_length":8,"target":"x"})").field(), "target");
  EXPECT_EQ(broken(R"({"format":1,"task":"pairs","max_length":8,"target":"score"})").field(), "scale");
  EXPECT_EQ(broken(R"({"format":1,"task":"pairs","max_length":8,"target":"score","scale":[5,0]})").field(), "scale");
  EXPECT_EQ(broken(R"({"format":1,"task":"classify","max_length":8})").field(), "task");
}

TEST(PairModel, ScoresAndRelevanceByHand) {
  const auto score_model = small_model(score());
  const std::vector<float> zero = {0.0f}, z = {2.0f};
  EXPECT_DOUBLE_EQ(score_model->score(zero), 2.5);
  EXPECT_NEAR(score_model->score(z), 5.0 / (1.0 + std::exp(-2.0)), 1e-12);
  EXPECT_NEAR(*score_model->relevance(z), 1.0 / (1.0 + std::exp(-2.0)), 1e-12);
  const auto class_model = small_model(classes());
  const std::vector<float> two = {0.0f, 1.0f};
  EXPECT_NEAR(*class_model->relevance(two), 1.0 / (1.0 + std::exp(-1.0)), 1e-12);
  PairModel::Fresh three = classes();
  three.labels = {"contradicts", "entails", "neutral"};
  EXPECT_FALSE(small_model(three)->relevance(std::vector<float>{1.0f, 2.0f, 3.0f}));
  three.positive = "entails";
  EXPECT_TRUE(small_model(three)->label_is_positive("entails"));
}

// Against PyTorch's definition, written out: -(t ln sigmoid(z) + (1-t) ln(1 - sigmoid(z))), and its slope.
TEST(PairModel, TheLossOfAScoreIsBinaryCrossEntropy) {
  const auto model = small_model(score());
  engine::ExecutionContext context(1);
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  engine::Parameter z("z", engine::Tensor::zeros({3, 1}), false);
  const std::vector<double> logits = {-1.5, 0.25, 40.0}, scores = {1.0, 5.0, 2.5};
  for (std::size_t i = 0; i < 3; ++i) z.value.values()[i] = static_cast<float>(logits[i]);
  const engine::Var loss = model->score_loss(tape.leaf(z), scores);
  const auto one = [](double x, double t) {
    const double p = 1.0 / (1.0 + std::exp(-x));
    return -(t * std::log(p) + (1.0 - t) * std::log1p(-p));
  };
  EXPECT_NEAR(loss.value().item(), one(-1.5, 0.2) + one(0.25, 1.0) + 20.0, 1e-5);
  tape.backward(loss);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(z.grad.values()[i], 1.0 / (1.0 + std::exp(-logits[i])) - scores[i] / 5.0, 1e-6);
}

}  // namespace
}  // namespace yupu::tasks
