// Inference of whole encoders, fp32 beside bf16 and int8, on mixed lengths (lognormal, mean 14 tokens, 4 to 60): the
// pooled vector of each sequence, weights drawn at random (vocabulary 30522).  The three alternate inside one run and
// the median counts (wall time).  Before the clock is read the pooled vectors must agree with those of fp32: cosine at
// least 0.99 for every sequence, and bf16 and int8 answers must be the same bits alone and in the batch.  Where the
// machine does not multiply bf16 in hardware the bf16 column is its f32 path.
// "read ms": how long the same threads take to read every fp32 weight of the layers once and do nothing with it.  No
// answer can come sooner; a batch of one token comes close to it.
//   model_encoder_inference_bench [threads] [size...]     one CSV row per size and batch; sizes: base 6x384 4x312
// PROFILE=1: also where the time of the fp32 answers goes, by kind of work.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/rng.h"
#include "engine/device/cpu/elementwise.h"
#include "engine/testing/profile_table.h"
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

// Milliseconds to read all weights but the word table, of which a text needs a few rows.
double read_weights(const Encoder& encoder, engine::ExecutionContext& context) {
  constexpr std::int64_t kPart = 1 << 15;  // 128 KiB
  std::vector<std::span<const float>> parts;
  for (const engine::Parameter* parameter : encoder.parameters()) {
    if (parameter == &encoder.word_embeddings()) continue;
    const std::span<const float> values = parameter->value.values();
    for (std::size_t at = 0; at < values.size(); at += kPart)
      parts.push_back(values.subspan(at, std::min<std::size_t>(kPart, values.size() - at)));
  }
  std::atomic<int> bad = 0;
  const auto begin = std::chrono::steady_clock::now();
  context.team().parallel_for(static_cast<std::int64_t>(parts.size()), 1,
                              [&](std::int64_t first, std::int64_t last, int) {
                                for (std::int64_t part = first; part < last; ++part) {
                                  const auto values = parts[static_cast<std::size_t>(part)];
                                  // The widest loads there are, and a comparison of each.
                                  const auto count = static_cast<std::int64_t>(values.size());
                                  if (engine::first_not_finite(values.data(), count) >= 0) ++bad;
                                }
                              });
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begin;
  return bad == 0 ? spent.count() : 0.0;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// An encoder under the clock, and the context that sets its precision.
struct Contender {
  const Encoder& encoder;
  engine::ExecutionContext& context;
  std::vector<double> milliseconds = {};
};

// The smallest cosine to `expected`; 0 when a sequence's bits depend on the batch.
double check_contender(const Contender& contender, const EncoderBatch& batch, const engine::Tensor& expected) {
  const engine::Tensor together = pooled(contender.encoder, contender.context, batch);
  for (std::int64_t row = 0; row < together.size(0); ++row) {
    const EncoderBatch one(only(batch.packed, static_cast<std::size_t>(row)));
    const engine::Tensor alone = pooled(contender.encoder, contender.context, one);
    if (std::memcmp(alone.bytes(), together.rows(row, row + 1).bytes(), alone.byte_count()) != 0) return 0;
  }
  return smallest_cosine(expected, together);
}

// Where the time of `contender`'s answers goes.
void print_kinds(std::string_view name, const Contender& contender, const EncoderBatch& batch) {
  constexpr int kAnswers = 30;
  engine::Profile profile(contender.context.team().size() == 1);
  contender.context.set_profile(&profile);
  const double begin = profile.now_s();
  for (int i = 0; i < kAnswers; ++i) (void)pooled(contender.encoder, contender.context, batch);
  contender.context.set_profile(nullptr);
  engine::print_profile(name, profile, kAnswers, profile.now_s() - begin);
}

void measure(const Size& size, std::vector<Contender> contenders, std::int64_t sequences) {
  const EncoderBatch batch(draw_batch(sequences, 17));
  const engine::Tensor expected = pooled(contenders[0].encoder, contenders[0].context, batch);
  std::string cosines;
  bool right = true;
  for (std::size_t i = 1; i < contenders.size(); ++i) {
    const double cosine = check_contender(contenders[i], batch, expected);
    right = right && cosine >= 0.99;
    cosines += fmt::format(",{:.5f}", cosine);
  }
  constexpr int kRounds = 15;
  std::vector<double> reading;
  for (int round = 0; round < kRounds; ++round) {
    reading.push_back(read_weights(contenders[0].encoder, contenders[0].context));
    for (Contender& contender : contenders) {
      const auto begin = std::chrono::steady_clock::now();
      (void)pooled(contender.encoder, contender.context, batch);
      contender.milliseconds.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
  }
  std::string times, ratios;
  for (const Contender& contender : contenders) {
    const double time = median(contender.milliseconds);
    times += fmt::format(",{:.2f}", time);
    if (&contender != contenders.data()) ratios += fmt::format(",{:.2f}", median(contenders[0].milliseconds) / time);
  }
  fmt::print("{},{},{}{}{}{},{:.2f}{}\n", size.name, sequences, batch.packed.token_count(), times, ratios, cosines,
             median(reading), right ? "" : ",WRONG");
  if (std::getenv("PROFILE") != nullptr) print_kinds(size.name, contenders[0], batch);
}

void measure_size(engine::ExecutionContext& context, engine::ExecutionContext& bf16_context, const Size& size) {
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
  for (const std::int64_t sequences : {1, 8, 32}) {
    measure(size, {{f32, context}, {f32, bf16_context}, {int8, context}}, sequences);
  }
}

}  // namespace
}  // namespace yupu::model

int main(int argc, char** argv) {
  using namespace yupu::model;
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 0;
  yupu::engine::ExecutionContext context(threads);
  yupu::engine::ExecutionContext bf16_context(threads, yupu::engine::Precision::kBf16);
  fmt::print(
      "size,sequences,tokens,fp32 ms,bf16 ms,int8 ms,fp32/bf16,fp32/int8,cosine bf16,cosine int8,read ms ({} "
      "threads)\n",
      context.team().size());
  for (const Size& size : kSizes) {
    const auto asked = [&](int i) { return size.name == argv[i]; };
    bool wanted = argc <= 2;
    for (int i = 2; i < argc; ++i) wanted = wanted || asked(i);
    if (wanted) measure_size(context, bf16_context, size);
  }
  return 0;
}
