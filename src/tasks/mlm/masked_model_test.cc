#include "tasks/mlm/masked_model.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "model/checkpoint/safetensors.h"
#include "tasks/classify/classifier.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> vocabulary() {
  return {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "tea", "green", "black", "##s", "please", "茶", "绿", "，"};
}

std::unique_ptr<text::Tokenizer> tokenizer_of(std::vector<std::string> tokens) {
  auto tokenizer = text::make_wordpiece(std::move(tokens));
  EXPECT_TRUE(tokenizer.ok());
  return std::move(*tokenizer);
}

model::EncoderConfig config() {
  model::EncoderConfig config;
  config.vocab_size = 13;
  config.hidden_size = 12;
  config.layer_count = 2;
  config.head_count = 3;
  config.intermediate_size = 20;
  config.position_count = 16;
  return config;
}

std::unique_ptr<MaskedModel> make_model() {
  auto model = MaskedModel::create(config(), tokenizer_of(vocabulary()), 5, 0.0f);
  EXPECT_TRUE(model.ok()) << model.status().to_string();
  return std::move(*model);
}

model::EncoderBatch batch() {
  engine::PackedBatch packed;
  packed.append({2, 4, 5, 8, 3}, {}, 0);
  packed.append({2, 11, 4, 3}, {}, 1);
  return model::EncoderBatch(std::move(packed));
}
const std::vector<std::int32_t> kRows = {1, 7};
const std::vector<std::int32_t> kLabels = {6, 10};

TEST(MaskedModel, LossIsThatOfItsLogits) {
  const auto model = make_model();
  engine::ExecutionContext context(2);
  engine::Tape tape(context, engine::Tape::Mode::kInference);
  const model::EncoderBatch input = batch();
  const engine::Tensor logits = model->logits(tape, input, kRows).value();
  ASSERT_EQ(logits.shape(), (engine::Shape{2, 13}));
  double expected = 0;
  for (std::size_t r = 0; r < 2; ++r) {
    double sum = 0;
    for (std::size_t k = 0; k < 13; ++k) sum += std::exp(logits.values()[r * 13 + k]);
    expected += std::log(sum) - logits.values()[r * 13 + static_cast<std::size_t>(kLabels[r])];
  }
  EXPECT_NEAR(model->loss(tape, input, kRows, kLabels).value().item(), expected, 1e-4);
}

TEST(MaskedModel, TheEmbeddingLearnsFromBothSides) {
  const auto model = make_model();
  engine::ExecutionContext context(1);
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  const model::EncoderBatch input = batch();
  tape.backward(model->loss(tape, input, kRows, kLabels));
  engine::Parameter* word = model->parameters().front();
  ASSERT_TRUE(word->has_grad);
  const auto row_norm = [&](std::int64_t row) {
    double sum = 0;
    for (const float value : word->grad.rows(row, row + 1).values()) sum += std::fabs(value);
    return sum;
  };
  EXPECT_GT(row_norm(12), 0.0);  // "，" is nowhere in the batch: its gradient comes through the decoder
  for (engine::Parameter* parameter : model->parameters()) {
    parameter->make_grad_dense();
    EXPECT_TRUE(parameter->has_grad) << parameter->name;
  }
}

TEST(MaskedModel, SavedUnderTheReferenceLibrarysNames) {
  const yupu::testing::TempDir dir;
  const auto model = make_model();
  ASSERT_TRUE(model->save(dir.path(), Json::object()).ok());
  auto file = model::Safetensors::open(dir.file("model.safetensors"));
  ASSERT_TRUE(file.ok());
  const auto shape = [&](const char* name) {
    const model::TensorEntry* entry = file->find(name);
    return entry == nullptr ? std::string("absent") : model::shape_text(entry->shape);
  };
  EXPECT_EQ(shape("bert.embeddings.word_embeddings.weight"), "[13, 12]");
  EXPECT_EQ(shape("bert.encoder.layer.1.attention.self.value.weight"), "[12, 12]");
  EXPECT_EQ(shape("cls.predictions.bias"), "[13]");
  EXPECT_EQ(shape("cls.predictions.transform.dense.weight"), "[12, 12]");
  EXPECT_EQ(shape("cls.predictions.transform.dense.bias"), "[12]");
  EXPECT_EQ(shape("cls.predictions.transform.LayerNorm.weight"), "[12]");
  EXPECT_EQ(shape("cls.predictions.transform.LayerNorm.bias"), "[12]");
  EXPECT_EQ(shape("cls.predictions.decoder.weight"), "absent");  // tied: not written twice
  EXPECT_EQ(shape("bert.pooler.dense.weight"), "absent");
  EXPECT_EQ(file->tensors().size(), 5u + 2u * 16u + 5u);
  const auto text = read_file(dir.file("config.json"));
  EXPECT_THAT(*text, HasSubstr("BertForMaskedLM"));
  EXPECT_THAT(*text, ::testing::Not(HasSubstr("id2label")));
}

TEST(MaskedModel, ReadsBackBitForBitAndInHalves) {
  const yupu::testing::TempDir dir;
  const auto model = make_model();
  ASSERT_TRUE(model->save(dir.file("f32"), Json::object()).ok());
  const auto again = MaskedModel::load(dir.file("f32"), 1, 0.0f);
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ((*again)->weights_sha256(), model->weights_sha256());
  ASSERT_TRUE(model->save(dir.file("f16"), Json::object(), model::FloatFormat::kF16).ok());
  const auto half = MaskedModel::load(dir.file("f16"), 1, 0.0f);
  ASSERT_TRUE(half.ok()) << half.status().to_string();
  const auto exact = model->parameters();
  const auto rounded = (*half)->parameters();
  for (std::size_t i = 0; i < exact.size(); ++i) {
    for (std::size_t k = 0; k < exact[i]->value.values().size(); ++k) {
      const float value = exact[i]->value.values()[k];
      ASSERT_NEAR(rounded[i]->value.values()[k], value, std::fabs(value) * 0x1p-11f + 0x1p-25f) << exact[i]->name;
    }
  }
}

TEST(MaskedModel, IsABaseForAClassifier) {
  const yupu::testing::TempDir dir;
  const auto model = make_model();
  ASSERT_TRUE(model->save(dir.path(), Json::object(), model::FloatFormat::kF16).ok());
  const auto classifier = Classifier::from_base(dir.path(), {.labels = {"a", "b"}, .max_length = 12});
  ASSERT_TRUE(classifier.ok()) << classifier.status().to_string();
  EXPECT_EQ((*classifier)->encode("green teas").ids, (std::vector<std::int32_t>{2, 6, 5, 8, 3}));
  const auto loaded = Classifier::load(dir.path());
  EXPECT_EQ(loaded.status().code(), Code::kInvalidArgument);
  EXPECT_THAT(loaded.status().message(), HasSubstr("not a trained classifier"));
}

TEST(MaskedModel, RefusesWhatDoesNotFit) {
  auto no_mask = vocabulary();
  no_mask.erase(no_mask.begin() + 4);
  EXPECT_EQ(MaskedModel::create(config(), tokenizer_of(no_mask), 1, 0.0f).status().field(), "vocab");
  model::EncoderConfig small = config();
  small.vocab_size = 12;
  EXPECT_EQ(MaskedModel::create(small, tokenizer_of(vocabulary()), 1, 0.0f).status().field(), "vocab_size");
  const yupu::testing::TempDir dir;
  EXPECT_EQ(MaskedModel::load(dir.file("nowhere"), 1, 0.0f).status().code(), Code::kNotFound);
  const auto model = make_model();
  model->parameters()[3]->value.values()[1] = std::nanf("");
  ASSERT_TRUE(model->save(dir.path(), Json::object()).ok());
  EXPECT_THAT(MaskedModel::load(dir.path(), 1, 0.0f).status().message(), HasSubstr("embeddings.LayerNorm.weight"));
}

}  // namespace
}  // namespace yupu::tasks
