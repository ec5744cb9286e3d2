// The masked-language model against the reference library in 64 bits (tests/golden/mlm/make_golden.py).
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "model/checkpoint/safetensors.h"
#include "tasks/mlm/masked_model.h"

namespace yupu::tasks {
namespace {

std::vector<float> expected(const model::Safetensors& file, const std::string& name) {
  const model::TensorEntry* entry = file.find(name);
  EXPECT_NE(entry, nullptr) << name;
  std::vector<float> values(static_cast<std::size_t>(entry == nullptr ? 0 : entry->element_count()));
  if (entry != nullptr) {
    EXPECT_TRUE(model::copy_to_f32(*entry, values, name).ok());
  }
  return values;
}

// Largest difference, as a part of the largest expected value.
double distance(std::span<const float> actual, const std::vector<float>& wanted) {
  EXPECT_EQ(actual.size(), wanted.size());
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < std::min(actual.size(), wanted.size()); ++i) {
    difference = std::max(difference, std::fabs(static_cast<double>(actual[i]) - wanted[i]));
    largest = std::max(largest, std::fabs(static_cast<double>(wanted[i])));
  }
  return difference / largest;
}

TEST(MaskedModelGolden, LossLogitsAndGradientsOfTheReferenceLibrary) {
  const std::string folder = YUPU_TESTDATA("tests/golden/mlm");
  const auto model = MaskedModel::load(folder + "/model", 1, 0.0f);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  const auto file = model::Safetensors::open(folder + "/expected.safetensors");
  ASSERT_TRUE(file.ok());
  const auto text = read_file(folder + "/cases.json");
  ASSERT_TRUE(text.ok());
  const auto cases = parse_json(*text);
  ASSERT_TRUE(cases.ok());

  engine::PackedBatch packed;
  std::vector<std::int32_t> rows, labels;
  for (std::size_t i = 0; i < (*cases)["sequences"].size(); ++i) {
    const auto begin = static_cast<std::int32_t>(packed.token_count());
    for (const Json& hidden : (*cases)["hidden"][i]) {
      rows.push_back(begin + hidden[0].get<std::int32_t>());
      labels.push_back(hidden[1].get<std::int32_t>());
    }
    packed.append((*cases)["sequences"][i].get<std::vector<std::int32_t>>(), {}, i);
  }
  const model::EncoderBatch batch(std::move(packed));
  engine::ExecutionContext context(2);
  {
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    EXPECT_LT(distance((*model)->logits(tape, batch, rows).value().values(), expected(*file, "logits")), 1e-5);
  }
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  const engine::Var loss = (*model)->loss(tape, batch, rows, labels);
  EXPECT_LT(distance(loss.value().values(), expected(*file, "loss")), 1e-5);
  tape.backward(loss);
  const auto gradient = [&](const std::string& name) {
    for (engine::Parameter* parameter : (*model)->parameters()) {
      parameter->make_grad_dense();
      if (parameter->name == name) return parameter->grad;
    }
    ADD_FAILURE() << name;
    return engine::Tensor::zeros({1});
  };
  // The word table's comes from both ends of the model.
  EXPECT_LT(distance(gradient("embeddings.word_embeddings.weight").values(),
                     expected(*file, "gradient.bert.embeddings.word_embeddings.weight")),
            1e-4);
  EXPECT_LT(distance(gradient("encoder.layer.0.attention.self.qkv.weight").rows(32, 48).values(),
                     expected(*file, "gradient.bert.encoder.layer.0.attention.self.value.weight")),
            1e-4);
  for (const char* name : {"cls.predictions.bias", "cls.predictions.transform.dense.weight",
                           "cls.predictions.transform.LayerNorm.weight"}) {
    EXPECT_LT(distance(gradient(name).values(), expected(*file, std::string("gradient.") + name)), 1e-4) << name;
  }
}

}  // namespace
}  // namespace yupu::tasks
