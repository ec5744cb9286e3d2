// Inference of whole encoders, fp32 beside int8, on mixed lengths (lognormal, mean 14 tokens, 4 to 60): the pooled
// vector of each sequence, weights drawn at random (vocabulary 30522).  The two alternate inside one run and the median
// counts (wall time).  Before the clock is read the pooled vectors must agree: cosine at least 0.99 for every sequence,
// and int8 answers must be the same bits alone and in the batch.
//   model_encoder_inference_bench [threads] [size...]     one CSV row per size and batch; sizes: base 6x384 4x312
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/rng.h"
#include "model/encoder/encoder.h"

namespace yupu::model {
namespace {

struct Size {
  std::string_view name;
  std::int64_t layers, channels, heads;
};
constexpr std::array kSizes = {Size{"base", 12, 768, 12}, Size{"6x384", 6, 384, 12}, Size{"4x312", 4, 312, 12}};
constexpr std::int64_t kVocabulary = 30522;

// The same B sequences for the same seed.
engine::PackedBatch draw_batch(std::int64_t sequences, std::uint64_t seed) {
  constexpr double kMean = 14, kDeviation = 0.5;
  Rng rng(seed);
  engine::PackedBatch batch;
  for (std::int64_t b = 0; b < sequences; ++b) {
    const double drawn = std::exp(std::log(kMean) - kDeviation * kDeviation / 2 + kDeviation * rng.normal());
    const auto length = std::clamp(static_cast<std::size_t>(std::lround(drawn)), std::size_t{4}, std::size_t{60});
    std::vector<std::int32_t> ids(length);
    for (std::int32_t& id : ids) id = static_cast<std::int32_t>(rng.uniform() * kVocabulary);
    batch.append(ids, {}, static_cast<std::uint64_t>(b));
  }
  return batch;
}

engine::PackedBatch only(const engine::PackedBatch& batch, std::size_t sequence) {
  const auto begin = batch.tokens.begin() + batch.cu_seqlens[sequence];
  const auto end = batch.tokens.begin() + batch.cu_seqlens[sequence + 1];
  engine::PackedBatch one;
  one.append({begin, end}, {}, 0);
  return one;
}

engine::Tensor pooled(const Encoder& encoder, engine::ExecutionContext& context, const EncoderBatch& batch) {
  engine::Tape tape(context, engine::Tape::Mode::kInference);
  return encoder.pooled(tape, batch).value();
}

double smallest_cosine(const engine::Tensor& a, const engine::Tensor& b) {
  double smallest = 1;
  const auto columns = static_cast<std::size_t>(a.size(1));
  for (std::size_t at = 0; at < a.values().size(); at += columns) {
    double product = 0, square_a = 0, square_b = 0;
    for (std::size_t i = at; i < at + columns; ++i) {
      product += static_cast<double>(a.values()[i]) * b.values()[i];
      square_a += static_cast<double>(a.values()[i]) * a.values()[i];
      square_b += static_cast<double>(b.values()[i]) * b.values()[i];
    }
    smallest = std::min(smallest, product / std::sqrt(square_a * square_b));
  }
  return smallest;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(engine::ExecutionContext& context, const Size& size, const Encoder& f32, const Encoder& int8,
             std::int64_t sequences) {
  const EncoderBatch batch(draw_batch(sequences, 17));
  const engine::Tensor expected = pooled(f32, context, batch);
  const engine::Tensor together = pooled(int8, context, batch);
  const double cosine = smallest_cosine(expected, together);
  bool right = cosine >= 0.99;
  for (std::size_t b = 0; b < static_cast<std::size_t>(sequences); ++b) {
    const engine::Tensor alone = pooled(int8, context, EncoderBatch(only(batch.packed, b)));
    const auto row = static_cast<std::int64_t>(b);
    right = right && std::memcmp(alone.bytes(), together.rows(row, row + 1).bytes(), alone.byte_count()) == 0;
  }
  constexpr int kRounds = 15;
  std::vector<double> milliseconds[2];
  for (int round = 0; round < kRounds; ++round) {
    for (int which = 0; which < 2; ++which) {
      const auto begin = std::chrono::steady_clock::now();
      (void)pooled(which == 0 ? f32 : int8, context, batch);
      milliseconds[which].push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
  }
  const double slow = median(milliseconds[0]), fast = median(milliseconds[1]);
  fmt::print("{},{},{},{:.2f},{:.2f},{:.2f},{:.5f}{}\n", size.name, sequences, batch.packed.token_count(), slow, fast,
             slow / fast, cosine, right ? "" : ",WRONG");
}

void measure_size(engine::ExecutionContext& context, const Size& size) {
  EncoderConfig config;
  config.vocab_size = kVocabulary;
  config.layer_count = size.layers;
  config.hidden_size = size.channels;
  config.head_count = size.heads;
  config.intermediate_size = 4 * size.channels;
  const Encoder f32(config, 1);
  config.weights = WeightFormat::kInt8;
  Encoder int8(config, 1, FreshWeights::kLoaded);
  int8.quantise_from(f32);
  for (const std::int64_t sequences : {1, 8, 32}) measure(context, size, f32, int8, sequences);
}

}  // namespace
}  // namespace yupu::model

int main(int argc, char** argv) {
  using namespace yupu::model;
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 0;
  yupu::engine::ExecutionContext context(threads);
  fmt::print("size,sequences,tokens,fp32 ms,int8 ms,fp32/int8,smallest cosine ({} threads)\n", context.team().size());
  for (const Size& size : kSizes) {
    const auto asked = [&](int i) { return size.name == argv[i]; };
    bool wanted = argc <= 2;
    for (int i = 2; i < argc; ++i) wanted = wanted || asked(i);
    if (wanted) measure_size(context, size);
  }
  return 0;
}
