// The decoder against the reference library in 64 bits (tests/golden/gpt2/make_golden.py).
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "model/checkpoint/safetensors.h"
#include "model/decoder/decoder_files.h"

namespace yupu::model {
namespace {

std::string folder() { return YUPU_TESTDATA("tests/golden/gpt2"); }

std::unique_ptr<Decoder> golden_decoder() {
  auto config = read_decoder_config(folder() + "/model");
  CHECK(config.ok(), config.status().to_string());
  config->embedding_dropout = config->residual_dropout = config->attention_dropout = 0.0f;
  auto decoder = std::make_unique<Decoder>(*config, 1, FreshWeights::kLoaded);
  const Status status = load_decoder(folder() + "/model", *decoder);
  CHECK(status.ok(), status.to_string());
  return decoder;
}

std::vector<float> expected(const Safetensors& file, const std::string& name) {
  const TensorEntry* entry = file.find(name);
  EXPECT_NE(entry, nullptr) << name;
  std::vector<float> values(static_cast<std::size_t>(entry == nullptr ? 0 : entry->element_count()));
  if (entry != nullptr) {
    EXPECT_TRUE(copy_to_f32(*entry, values, name).ok());
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

std::vector<float> as_in_file(const engine::Tensor& tensor, bool transposed) {
  std::vector<float> values(tensor.values().begin(), tensor.values().end());
  if (!transposed) return values;
  const std::int64_t rows = tensor.size(0), columns = tensor.size(1);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c)
      values[static_cast<std::size_t>(c * rows + r)] = tensor.f32()[r * columns + c];
  }
  return values;
}

TEST(DecoderGolden, LogitsLossAndEveryGradientOfTheReferenceLibrary) {
  const auto decoder = golden_decoder();
  const auto file = Safetensors::open(folder() + "/expected.safetensors");
  ASSERT_TRUE(file.ok());
  const auto text = read_file(folder() + "/cases.json");
  ASSERT_TRUE(text.ok());
  const auto cases = parse_json(*text);
  ASSERT_TRUE(cases.ok());
  engine::PackedBatch packed;
  std::vector<std::int32_t> rows, labels;
  for (const Json& sequence : (*cases)["sequences"]) {
    const auto ids = sequence.get<std::vector<std::int32_t>>();
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      rows.push_back(static_cast<std::int32_t>(packed.token_count()) + static_cast<std::int32_t>(i));
      labels.push_back(ids[i + 1]);
    }
    packed.append(ids, {}, 0);
  }
  const EncoderBatch batch(std::move(packed));
  engine::ExecutionContext context(2);
  {
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    const engine::Var logits = decoder->logits(tape, decoder->hidden(tape, batch));
    EXPECT_LT(distance(logits.value().values(), expected(*file, "logits")), 1e-5);
  }
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  const engine::Var loss = decoder->loss(tape, decoder->hidden(tape, batch), rows, labels);
  EXPECT_LT(distance(loss.value().values(), expected(*file, "loss")), 1e-5);
  tape.backward(loss);
  for (const DecoderTensor& tensor : decoder->tensors()) {
    const std::string& name = tensor.parameter->name;
    tensor.parameter->make_grad_dense();
    EXPECT_LT(distance(as_in_file(tensor.parameter->grad, tensor.transposed),
                       expected(*file, "gradient.transformer." + name)),
              1e-4)
        << name;
  }
}

// What is written is what was read, under the reference's names and shapes.
TEST(DecoderGolden, SavedAsTheReferenceSaves) {
  const auto decoder = golden_decoder();
  const testing::TempDir saved;
  const auto config = read_decoder_config(folder() + "/model");
  ASSERT_TRUE(config.ok());
  ASSERT_TRUE(save_decoder(saved.path(), *decoder, *config).ok());
  const auto original = Safetensors::open(folder() + "/model/model.safetensors");
  const auto again = Safetensors::open(saved.file("model.safetensors"));
  ASSERT_TRUE(original.ok() && again.ok());
  ASSERT_EQ(again->tensors().size(), original->tensors().size());
  for (const TensorEntry& entry : original->tensors()) {
    const TensorEntry* found = again->find(entry.name);
    ASSERT_NE(found, nullptr) << entry.name;
    EXPECT_EQ(found->shape, entry.shape) << entry.name;
    EXPECT_EQ(found->bytes, entry.bytes) << entry.name;
  }
  const auto back = read_decoder_config(saved.path());
  ASSERT_TRUE(back.ok()) << back.status().to_string();
  OrderedJson one, two;
  config->write_to(one);
  back->write_to(two);
  EXPECT_EQ(one, two);
}

}  // namespace
}  // namespace yupu::model
