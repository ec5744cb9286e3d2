#include "model/decoder/decoder.h"

#include <map>

#include <gmock/gmock.h>

#include "base/file.h"
#include "base/testing.h"
#include "engine/testing/exact_gradients.h"
#include "model/decoder/decoder_files.h"

namespace yupu::model {
namespace {

namespace reference = engine::reference;
using reference::Matrix;
using ::testing::HasSubstr;

constexpr std::uint64_t kSeed = 9, kStep = 4;

DecoderConfig small_config() {
  DecoderConfig config;
  config.vocab_size = 9;
  config.hidden_size = 8;
  config.inner_size = 12;
  config.position_count = 5;
  config.embedding_dropout = config.residual_dropout = config.attention_dropout = 0.2f;
  return config;
}

engine::PackedBatch small_batch() {
  engine::PackedBatch batch;
  batch.append({1, 3, 5, 1}, {}, 70);
  batch.append({8, 2}, {}, 71);
  batch.append({2, 6, 7, 4, 2}, {}, 72);
  return batch;
}
// The last token of a sequence has nothing to be followed by; the first two of the last sequence are given.
const std::vector<std::int32_t> kRows = {0, 1, 2, 4, 8, 9};
const std::vector<std::int32_t> kLabels = {3, 5, 1, 2, 4, 2};

// Weights that are not the fresh ones: biases that are not 0, scores that differ.
void scatter(const Decoder& decoder) {
  std::uint64_t seed = 100;
  for (engine::Parameter* parameter : decoder.parameters()) {
    const engine::Tensor noise = engine::random_tensor(parameter->value.shape(), seed++, 0.3);
    for (std::size_t i = 0; i < noise.values().size(); ++i) parameter->value.values()[i] += noise.values()[i];
    parameter->value_changed();
  }
}

// The decoder in 64 bits, written out over engine/testing/reference.h.
class ExactDecoder {
 public:
  ExactDecoder(const DecoderConfig& config, const EncoderBatch& batch) : config_(config), batch_(batch) {}
  std::map<std::string, Matrix> weights;

  double loss() const {
    // Token types that add nothing: the reference's embedding has three tables.
    const Matrix types(1, static_cast<std::size_t>(config_.hidden_size));
    Matrix x = reference::dropout(
        reference::embedding(weights.at("wte.weight"), weights.at("wpe.weight"), types, batch_.packed),
        drop(config_.embedding_dropout, 0));
    for (std::int64_t i = 0; i < config_.layer_count; ++i) x = layer(x, i);
    const Matrix h = reference::gather_rows(norm(x, "ln_f"), kRows);
    const Matrix none(1, static_cast<std::size_t>(config_.vocab_size));
    return reference::cross_entropy(reference::linear(h, weights.at("wte.weight"), none), kLabels, 0, false).values[0];
  }

 private:
  engine::Dropout drop(float probability, std::uint32_t site) const {
    return {.probability = probability, .key = {kSeed, kStep, site}, .rows = &batch_.tokens};
  }
  Matrix norm(const Matrix& x, const std::string& path) const {
    return reference::layer_norm(x, weights.at(path + ".weight"), weights.at(path + ".bias"),
                                 static_cast<double>(config_.layer_norm_epsilon));
  }
  Matrix dense(const Matrix& x, const std::string& path) const {
    return reference::linear(x, weights.at(path + ".weight"), weights.at(path + ".bias"));
  }
  Matrix layer(const Matrix& x, std::int64_t index) const {
    const std::string path = "h." + std::to_string(index) + ".";
    const auto site = static_cast<std::uint32_t>(1 + 3 * index);
    const Matrix qkv = dense(norm(x, path + "ln_1"), path + "attn.c_attn");
    const Matrix context = reference::attention(
        reference::column_part(qkv, 0, 3), reference::column_part(qkv, 1, 3), reference::column_part(qkv, 2, 3),
        batch_.packed, static_cast<std::size_t>(config_.head_count), drop(config_.attention_dropout, site), true);
    const Matrix a = reference::add(
        x, reference::dropout(dense(context, path + "attn.c_proj"), drop(config_.residual_dropout, site + 1)));
    const Matrix up =
        reference::activate(engine::Activation::kGeluTanh, dense(norm(a, path + "ln_2"), path + "mlp.c_fc"));
    return reference::add(a,
                          reference::dropout(dense(up, path + "mlp.c_proj"), drop(config_.residual_dropout, site + 2)));
  }

  const DecoderConfig& config_;
  const EncoderBatch& batch_;
};

TEST(Decoder, EveryGradientAgainst64Bits) {
  const DecoderConfig config = small_config();
  const Decoder decoder(config, 1);
  scatter(decoder);
  const EncoderBatch batch(small_batch());
  ExactDecoder exact(config, batch);
  for (const engine::Parameter* parameter : decoder.parameters())
    exact.weights[parameter->name] = engine::matrix_of(parameter->value);
  engine::ExecutionContext context(2);
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  const engine::Var hidden = decoder.hidden(tape, batch, {.seed = kSeed, .step = kStep});
  const engine::Var loss = decoder.loss(tape, hidden, kRows, kLabels);
  EXPECT_NEAR(loss.value().item(), exact.loss(), 1e-5 * exact.loss());
  tape.backward(loss);
  for (engine::Parameter* parameter : decoder.parameters()) {
    const std::vector<double> slopes =
        engine::central_differences(exact.weights.at(parameter->name).values, [&] { return exact.loss(); });
    parameter->make_grad_dense();
    engine::expect_near(parameter->grad, slopes, parameter->name.c_str(), 1e-4);
  }
}

TEST(Decoder, ASequenceIsTheSameAloneAndPacked) {
  const Decoder decoder(small_config(), 1);
  scatter(decoder);
  const EncoderBatch all(small_batch());
  engine::ExecutionContext context(2);
  engine::Tape tape(context, engine::Tape::Mode::kInference);
  const engine::Var together = decoder.hidden(tape, all);
  engine::PackedBatch packed;
  packed.append({2, 6, 7, 4, 2}, {}, 72);
  const EncoderBatch one(std::move(packed));
  EXPECT_TRUE(engine::same_bits(decoder.hidden(tape, one).value(), together.value().rows(6, 11)));
}

// Token by token over a cache, in two sequences of different lengths, gives what the whole gives at once.
TEST(Decoder, CachedStepsGiveWhatTheWholeGives) {
  const Decoder decoder(small_config(), 1);
  scatter(decoder);
  engine::ExecutionContext context(2);
  engine::Tape tape(context, engine::Tape::Mode::kInference);
  const std::vector<std::vector<std::int32_t>> sequences = {{1, 3, 5, 1, 2}, {8, 2, 0, 4, 4}};
  std::vector<DecoderCache> caches;
  for (std::size_t b = 0; b < 2; ++b) caches.push_back(decoder.make_cache(5));
  DecoderCache* const both[] = {&caches[0], &caches[1]};
  std::vector<engine::Tensor> steps;
  for (const auto& [from, to] : {std::pair{0, 2}, std::pair{2, 3}, std::pair{3, 5}}) {
    engine::PackedBatch batch;
    for (const auto& ids : sequences) batch.append({ids.begin() + from, ids.begin() + to}, {}, 0);
    for (std::int32_t& position : batch.positions) position += from;
    steps.push_back(decoder.hidden_after(tape, batch, both).value().clone());
  }
  EXPECT_EQ(caches[0].token_count(), 5);
  for (std::size_t b = 0; b < 2; ++b) {
    engine::PackedBatch packed;
    packed.append(sequences[b], {}, 0);
    const EncoderBatch whole(std::move(packed));
    const engine::Var expected = decoder.hidden(tape, whole);
    std::int64_t row = 0;
    for (const engine::Tensor& step : steps) {
      const std::int64_t half = step.size(0) / 2;
      const auto begin = static_cast<std::int64_t>(b) * half;
      const auto values = expected.value().rows(row, row + half).values();
      engine::expect_near(step.rows(begin, begin + half), {values.begin(), values.end()}, "hidden", 1e-5);
      row += half;
    }
  }
}

TEST(DecoderConfig, ReadsWhatTheReferenceWritesAndRefusesOtherModels) {
  const auto read = [](const std::string& more) {
    const auto json = parse_json(
        R"({"model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_layer": 12, "n_head": 12)" +
        more + "}");
    CHECK(json.ok(), "test json");
    return DecoderConfig::from_json(*json, "config.json");
  };
  const auto plain = read(R"(, "n_inner": null)");
  ASSERT_TRUE(plain.ok()) << plain.status().to_string();
  EXPECT_EQ(plain->inner_size, 3072);
  EXPECT_EQ(plain->end_token_id, 50256);
  EXPECT_EQ(plain->activation, engine::Activation::kGeluTanh);
  EXPECT_THAT(read(R"(, "tie_word_embeddings": false)").status().message(), HasSubstr("tie_word_embeddings"));
  EXPECT_THAT(read(R"(, "scale_attn_by_inverse_layer_idx": true)").status().message(), HasSubstr("inverse_layer_idx"));
  EXPECT_THAT(read(R"(, "activation_function": "swish")").status().message(), HasSubstr("gelu_new"));
  EXPECT_THAT(read(R"(, "eos_token_id": 50257)").status().message(), HasSubstr("eos_token_id"));
  EXPECT_THAT(read(R"(, "n_inner": 0)").status().message(), HasSubstr("n_inner"));
  const auto bert = parse_json(R"({"model_type": "bert"})");
  EXPECT_THAT(DecoderConfig::from_json(*bert, "config.json").status().message(), HasSubstr("gpt2"));
}

TEST(DecoderFiles, ADamagedDirectoryIsNamed) {
  const DecoderConfig config = small_config();
  const Decoder decoder(config, 1);
  const testing::TempDir folder;
  EXPECT_EQ(read_decoder_config(folder.path()).status().code(), Code::kNotFound);
  ASSERT_TRUE(save_decoder(folder.path(), decoder, config).ok());
  Decoder same(config, 2);
  ASSERT_TRUE(load_decoder(folder.path(), same).ok());
  for (std::size_t i = 0; i < decoder.parameters().size(); ++i)
    EXPECT_TRUE(engine::same_bits(same.parameters()[i]->value, decoder.parameters()[i]->value));
  DecoderConfig wider = config;
  wider.inner_size = 16;
  Decoder other(wider, 1);
  const Status status = load_decoder(folder.path(), other);
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("h.0.mlp.c_fc.weight"));
  DecoderConfig deeper = config;
  deeper.layer_count = 3;
  Decoder deep(deeper, 1);
  EXPECT_THAT(load_decoder(folder.path(), deep).message(), HasSubstr("h.2.ln_1.weight"));
}

}  // namespace
}  // namespace yupu::model
