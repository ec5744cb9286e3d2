// The encoder against the reference library's numbers: tests/golden/bert, written by make_golden.py.
#include "model/encoder/encoder.h"

#include <cmath>
#include <cstring>
#include <map>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/testing.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
#include "engine/ops/mean_pool/mean_pool.h"
#include "engine/optim/adamw.h"
#include "model/checkpoint/huggingface.h"
#include "model/checkpoint/safetensors.h"
#include "model/heads/classification/classification.h"

namespace yupu::model {
namespace {

using engine::Tape;
using engine::Tensor;
using engine::Var;

const std::string kGolden = YUPU_TESTDATA("tests/golden/bert");
constexpr float kForwardTolerance = 1e-5f;
constexpr float kGradientTolerance = 1e-4f;

// Largest |a - b|, and NaN when there is one.
float largest_difference(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) return INFINITY;
  float largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const float difference = std::fabs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

class GoldenBert : public ::testing::Test {
 protected:
  void SetUp() override {
    auto config = read_model_config(kGolden + "/model");
    ASSERT_TRUE(config.ok()) << config.status().to_string();
    encoder_ = std::make_unique<Encoder>(config->encoder, 1);
    head_ = std::make_unique<ClassificationHead>(5, config->encoder, 1);
    auto absent = load_weights(kGolden + "/model", bindings(), {}, {});
    ASSERT_TRUE(absent.ok()) << absent.status().to_string();
    auto expected = Safetensors::open(kGolden + "/expected.safetensors");
    ASSERT_TRUE(expected.ok());
    expected_ = std::make_unique<Safetensors>(std::move(*expected));
    auto text = read_file(kGolden + "/cases.json");
    ASSERT_TRUE(text.ok());
    auto json = parse_json(*text);
    ASSERT_TRUE(json.ok());
    cases_ = *json;
    engine::PackedBatch packed;
    std::uint64_t sample = 0;
    for (const Json& sequence : cases_["sequences"]) {
      packed.append(sequence["ids"].get<std::vector<std::int32_t>>(),
                    sequence["types"].get<std::vector<std::int32_t>>(), sample++);
      labels_.push_back(sequence["label"].get<std::int32_t>());
    }
    batch_ = std::make_unique<EncoderBatch>(std::move(packed));
  }

  std::vector<TensorBinding> bindings() const {
    std::vector<TensorBinding> all = encoder_->tensors();
    for (TensorBinding& binding : head_->tensors()) all.push_back(binding);
    return all;
  }
  std::vector<engine::Parameter*> parameters() const {
    std::vector<engine::Parameter*> all = encoder_->parameters();
    for (engine::Parameter* parameter : head_->parameters()) all.push_back(parameter);
    return all;
  }
  std::vector<float> expected(const std::string& name) const {
    const TensorEntry* entry = expected_->find(name);
    CHECK(entry != nullptr, name);
    std::vector<float> values(static_cast<std::size_t>(entry->element_count()));
    CHECK(copy_to_f32(*entry, values, "golden").ok(), name);
    return values;
  }
  static std::string file_name(const std::string& name) {
    return name.starts_with("classifier.") ? name : "bert." + name;
  }

  Var logits(Tape& tape) const {
    return head_->logits(tape, encoder_->pooled(tape, *batch_), batch_->sequences, encoder_->dropout_sites());
  }

  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<ClassificationHead> head_;
  std::unique_ptr<Safetensors> expected_;
  std::unique_ptr<EncoderBatch> batch_;
  std::vector<std::int32_t> labels_;
  Json cases_;
  engine::ExecutionContext context_{2};
};

TEST_F(GoldenBert, EveryLayerPooledAndLogitsMatch) {
  for (const Tape::Mode mode : {Tape::Mode::kInference, Tape::Mode::kTraining}) {
    Tape tape(context_, mode);
    std::vector<Var> layers;
    encoder_->hidden(tape, *batch_, {}, &layers);
    ASSERT_EQ(layers.size(), 3u);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      EXPECT_LE(largest_difference(layers[i].value().values(), expected("hidden." + std::to_string(i))),
                kForwardTolerance)
          << i;
    }
    EXPECT_LE(largest_difference(encoder_->pooled(tape, *batch_).value().values(), expected("pooled")),
              kForwardTolerance);
    const Var z = logits(tape);
    EXPECT_LE(largest_difference(z.value().values(), expected("logits")), kForwardTolerance);
    EXPECT_NEAR(engine::cross_entropy(z, labels_).value().item(), cases_["loss"].get<float>(), kForwardTolerance);
    EXPECT_NEAR(
        engine::cross_entropy(z, labels_, {.label_smoothing = cases_["label_smoothing"].get<float>()}).value().item(),
        cases_["smoothed_loss"].get<float>(), kForwardTolerance);
  }
}

TEST_F(GoldenBert, EveryGradientMatches) {
  Tape tape(context_, Tape::Mode::kTraining);
  tape.backward(engine::cross_entropy(logits(tape), labels_));
  // The fused qkv gradient is compared in its three parts, as the bindings cut the weight.
  for (const TensorBinding& binding : bindings()) {
    binding.parameter->make_grad_dense();
    ASSERT_TRUE(binding.parameter->has_grad) << binding.name;
    const std::ptrdiff_t offset = binding.tensor.f32() - binding.parameter->value.f32();
    const std::span<const float> part = binding.parameter->grad.values().subspan(
        static_cast<std::size_t>(offset), static_cast<std::size_t>(binding.tensor.element_count()));
    EXPECT_LE(largest_difference(part, expected("grad." + file_name(binding.name))), kGradientTolerance)
        << binding.name;
  }
}

TEST_F(GoldenBert, LossesOfTenAdamWStepsAndTheWeightsOnTheWayMatch) {
  const Json& settings = cases_["adamw"];
  engine::AdamW optimizer(parameters(), {.beta1 = settings["beta1"].get<float>(),
                                         .beta2 = settings["beta2"].get<float>(),
                                         .epsilon = settings["eps"].get<float>(),
                                         .weight_decay = settings["weight_decay"].get<float>()});
  Tape tape(context_, Tape::Mode::kTraining);
  ASSERT_EQ(cases_["losses"].size(), 10u);
  for (std::size_t step = 1; step <= 10; ++step) {
    const Var loss = engine::cross_entropy(logits(tape), labels_);
    EXPECT_NEAR(loss.value().item(), cases_["losses"][step - 1].get<float>(), kForwardTolerance) << step;
    tape.backward(loss);
    tape.clear();
    optimizer.step(context_, settings["lr"].get<float>());
    if (step != 1 && step != 2 && step != 10) continue;
    optimizer.settle(context_.team());
    for (const TensorBinding& binding : bindings()) {
      const std::string name = "step" + std::to_string(step) + "." + file_name(binding.name);
      EXPECT_LE(largest_difference(binding.tensor.values(), expected(name)), kForwardTolerance) << name;
    }
  }
}

// The expected numbers are of 64 bits, and cases.json says how far the reference library is from them in 32.
TEST_F(GoldenBert, NoFurtherFromExactThanTwiceTheReferenceInThirtyTwoBits) {
  Tape tape(context_, Tape::Mode::kTraining);
  std::vector<Var> layers;
  encoder_->hidden(tape, *batch_, {}, &layers);
  float hidden = 0, gradient = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    hidden = std::max(hidden, largest_difference(layers[i].value().values(), expected("hidden." + std::to_string(i))));
  }
  tape.clear();
  tape.backward(engine::cross_entropy(logits(tape), labels_));
  for (const TensorBinding& binding : bindings()) {
    const std::ptrdiff_t offset = binding.tensor.f32() - binding.parameter->value.f32();
    binding.parameter->make_grad_dense();
    const std::span<const float> part = binding.parameter->grad.values().subspan(
        static_cast<std::size_t>(offset), static_cast<std::size_t>(binding.tensor.element_count()));
    gradient = std::max(gradient, largest_difference(part, expected("grad." + file_name(binding.name))));
  }
  const Json& own = cases_["own_error"];
  EXPECT_GT(hidden, 0.0f);
  EXPECT_LE(hidden, 2 * own["hidden"].get<float>());
  EXPECT_LE(gradient, 2 * own["grad"].get<float>());
}

double relative_l2(std::span<const float> actual, std::span<const float> expected) {
  double error = 0, square = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    error += std::pow(static_cast<double>(actual[i]) - expected[i], 2);
    square += std::pow(static_cast<double>(expected[i]), 2);
  }
  return std::sqrt(error / square);
}

// With products in bf16: every layer and the loss close to the reference library's f32.
TEST_F(GoldenBert, InBf16EveryLayerIsWithinOneInAHundred) {
  engine::ExecutionContext context(2, engine::Precision::kBf16);
  Tape tape(context, Tape::Mode::kInference);
  std::vector<Var> layers;
  encoder_->hidden(tape, *batch_, {}, &layers);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    EXPECT_LE(relative_l2(layers[i].value().values(), expected("hidden." + std::to_string(i))), 1e-2) << i;
  }
  EXPECT_GT(relative_l2(layers.back().value().values(), expected("hidden.2")), 1e-5);  // rounded it was
  EXPECT_LE(relative_l2(encoder_->pooled(tape, *batch_).value().values(), expected("pooled")), 1e-2);
  const Var z = logits(tape);
  EXPECT_LE(relative_l2(z.value().values(), expected("logits")), 1e-2);
  EXPECT_NEAR(engine::cross_entropy(z, labels_).value().item(), cases_["loss"].get<float>(),
              5e-3 * cases_["loss"].get<double>());
}

TEST_F(GoldenBert, ASequenceAloneGivesTheSameBitsAsPacked) {
  Tape tape(context_, Tape::Mode::kInference);
  const Var together = logits(tape);
  std::int64_t row = 0;
  for (const Json& sequence : cases_["sequences"]) {
    engine::PackedBatch packed;
    packed.append(sequence["ids"].get<std::vector<std::int32_t>>(), sequence["types"].get<std::vector<std::int32_t>>(),
                  99);
    const EncoderBatch alone(std::move(packed));
    const Var z = head_->logits(tape, encoder_->pooled(tape, alone), alone.sequences, 0);
    EXPECT_EQ(std::memcmp(z.value().f32(), together.value().rows(row, row + 1).f32(), z.value().byte_count()), 0)
        << row;
    ++row;
  }
}

TEST_F(GoldenBert, FirstRowsAloneAreTheFirstRowsOfAll) {
  Tape tape(context_, Tape::Mode::kInference);
  const Var all = encoder_->hidden(tape, *batch_);
  const Var first = encoder_->first_hidden(tape, *batch_);
  for (std::size_t b = 0; b < batch_->first_tokens.size(); ++b) {
    const auto row = static_cast<std::int64_t>(b);
    const Tensor want = all.value().rows(batch_->first_tokens[b], batch_->first_tokens[b] + 1);
    EXPECT_EQ(std::memcmp(first.value().rows(row, row + 1).f32(), want.f32(), want.byte_count()), 0) << b;
  }
}

EncoderConfig dropout_config() {
  EncoderConfig config;
  config.vocab_size = 30;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 12;
  config.hidden_dropout = 0.3f;
  config.attention_dropout = 0.3f;
  config.classifier_dropout = 0.3f;
  return config;
}

TEST(Encoder, DropoutFollowsTheSampleNotTheBatchAndChangesWithTheStep) {
  const EncoderConfig config = dropout_config();
  const Encoder encoder(config, 5);
  engine::ExecutionContext context(1);
  engine::PackedBatch two;
  two.append({1, 2, 3, 4}, {}, 70);
  two.append({5, 6, 7}, {}, 71);
  engine::PackedBatch one;
  one.append({5, 6, 7}, {}, 71);
  const EncoderBatch both(std::move(two));
  const EncoderBatch alone(std::move(one));
  Tape tape(context, Tape::Mode::kTraining);
  const Var packed = encoder.pooled(tape, both, {.seed = 9, .step = 4});
  const Var single = encoder.pooled(tape, alone, {.seed = 9, .step = 4});
  EXPECT_EQ(std::memcmp(packed.value().rows(1, 2).f32(), single.value().f32(), single.value().byte_count()), 0);
  const Var later = encoder.pooled(tape, alone, {.seed = 9, .step = 5});
  EXPECT_NE(std::memcmp(later.value().f32(), single.value().f32(), single.value().byte_count()), 0);
}

TEST(Encoder, FreshWeightsFollowTheSeedAndStayWithinTwoDeviations) {
  const EncoderConfig config = dropout_config();
  const Encoder a(config, 5), b(config, 5), c(config, 6);
  const Tensor wa = a.tensors()[0].tensor;
  EXPECT_EQ(largest_difference(wa.values(), b.tensors()[0].tensor.values()), 0.0f);
  EXPECT_GT(largest_difference(wa.values(), c.tensors()[0].tensor.values()), 0.0f);
  double squares = 0;
  for (const float value : wa.values()) {
    EXPECT_LE(std::fabs(value), 0.04f);
    squares += double{value} * value;
  }
  // A normal cut at two deviations keeps 0.88 of its deviation.
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(wa.element_count())), 0.88 * 0.02, 0.002);
}

TEST(Encoder, ParameterCountIsWhatTheModelHas) {
  const EncoderConfig config = dropout_config();
  const Encoder encoder(config, 1);
  std::int64_t count = 0;
  for (const engine::Parameter* parameter : encoder.parameters()) count += parameter->value.element_count();
  EXPECT_EQ(count, parameter_count(config));
}

}  // namespace
}  // namespace yupu::model
