// Where a fine-tuning step goes: the real encoder with a pooler and a head of 77 classes, 16 customer-service texts a
// step (lognormal, mean 14 tokens, 4 to 60), dropout 0.1, gradients clipped to norm 1, AdamW over every parameter.
// Token ids are drawn evenly over a vocabulary of 30,522, which touches more rows of the word table than real text.
// With one thread the clock is processor time, so a busy machine does not decide; with more it is wall time.
//   model_training_step_bench [threads] [size...]     sizes: base 6x384 4x312 (all)
// One CSV row per size, then one per kind of work: ms a step, share of the step, GFLOP/s, of the measured peak.
// Medians over the steps for the whole step, means for the kinds.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "base/rng.h"
#include "engine/device/cpu/split_gemm.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
#include "engine/optim/adamw.h"
#include "engine/testing/fma_peak.h"
#include "engine/testing/profile_table.h"
#include "model/encoder/encoder.h"
#include "model/heads/classification/classification.h"

namespace yupu::model {
namespace {

struct Size {
  std::string_view name;
  std::int64_t layers, channels, heads;
  int steps;
};
constexpr std::array kSizes = {Size{"4x312", 4, 312, 12, 48}, Size{"6x384", 6, 384, 12, 32},
                               Size{"base", 12, 768, 12, 12}};
constexpr std::int64_t kVocabulary = 30522;
constexpr std::int64_t kClasses = 77;
constexpr int kWarmUp = 4;

struct Rows {
  std::unique_ptr<EncoderBatch> batch;
  std::vector<std::int32_t> labels;
};

Rows draw_rows(Rng& rng) {
  constexpr double kMean = 14, kDeviation = 0.5;
  engine::PackedBatch packed;
  Rows rows;
  for (std::uint64_t b = 0; b < 16; ++b) {
    const double drawn = std::exp(std::log(kMean) - kDeviation * kDeviation / 2 + kDeviation * rng.normal());
    std::vector<std::int32_t> ids(
        std::clamp(static_cast<std::size_t>(std::lround(drawn)), std::size_t{4}, std::size_t{60}));
    for (std::int32_t& id : ids) id = static_cast<std::int32_t>(rng.below(kVocabulary));
    packed.append(ids, {}, b);
    rows.labels.push_back(static_cast<std::int32_t>(rng.below(kClasses)));
  }
  rows.batch = std::make_unique<EncoderBatch>(std::move(packed));
  return rows;
}

void measure(engine::ExecutionContext& context, const Size& size, double peak) {
  EncoderConfig config;
  config.vocab_size = kVocabulary;
  config.layer_count = size.layers;
  config.hidden_size = size.channels;
  config.head_count = size.heads;
  config.intermediate_size = 4 * size.channels;
  const Encoder encoder(config, 1);
  const ClassificationHead head(kClasses, config, 1);
  std::vector<engine::Parameter*> parameters = encoder.parameters();
  for (engine::Parameter* parameter : head.parameters()) parameters.push_back(parameter);
  engine::AdamW adamw(parameters, {});

  Rng rng(7);
  std::vector<Rows> batches;
  for (int i = 0; i < 8; ++i) batches.push_back(draw_rows(rng));
  engine::Profile profile(context.team().size() == 1);
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  std::vector<double> steps;
  std::int64_t tokens = 0;
  std::uint64_t misses = 0;
  context.set_profile(&profile);
  for (int step = 0; step < kWarmUp + size.steps; ++step) {
    if (step == kWarmUp) {
      profile.clear();
      misses = context.pool().statistics().misses_total;
    }
    const Rows& rows = batches[static_cast<std::size_t>(step) % batches.size()];
    const DropoutStep dropout{.seed = 1, .step = static_cast<std::uint64_t>(step)};
    const double begin = profile.now_s();
    const engine::Var logits = head.logits(tape, encoder.pooled(tape, *rows.batch, dropout), rows.batch->sequences,
                                           encoder.dropout_sites(), dropout);
    tape.backward(engine::cross_entropy(logits, rows.labels));
    tape.clear();
    adamw.step(context, 5e-5f, engine::clip_scale(engine::gradient_norm(context, parameters), 1.0));
    if (step < kWarmUp) continue;
    steps.push_back(profile.now_s() - begin);
    tokens += rows.batch->packed.token_count();
  }
  context.set_profile(nullptr);

  double total = 0;
  for (const double seconds : steps) total += seconds;
  double product_seconds = 0, product_flops = 0;
  for (const engine::ProfileRow& row : profile.rows()) {
    if (row.flops > 0) product_seconds += row.seconds;
    product_flops += row.flops;
  }
  std::vector<double> sorted = steps;
  std::sort(sorted.begin(), sorted.end());
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  fmt::print(
      "step,{},{:.2f} ms,{:.0f} tokens/s,products {:.1f} % of the step at {:.1f} GFLOP/s ({:.1f} % of {:.1f}),"
      "pool {:.0f} MB,pool misses {},peak memory so far {:.0f} MB\n",
      size.name, 1e3 * sorted[sorted.size() / 2], static_cast<double>(tokens) / total, 100 * product_seconds / total,
      product_flops / product_seconds * 1e-9, 100 * product_flops / product_seconds * 1e-9 / peak, peak,
      static_cast<double>(context.pool().statistics().bytes_held) / 1048576.0,
      context.pool().statistics().misses_total - misses, static_cast<double>(usage.ru_maxrss) / 1024.0);
  engine::print_profile(size.name, profile, size.steps, total);
}

}  // namespace
}  // namespace yupu::model

int main(int argc, char** argv) {
  using namespace yupu::model;
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  yupu::engine::ExecutionContext context(threads);
  const double peak = yupu::engine::fma_peak(context, yupu::engine::Profile(threads == 1));
  // F32_KERNELS=1: without the product from bf16 parts (split_gemm.h), where the machine has it.
  std::optional<yupu::engine::WithoutSplitGemm> f32_kernels;
  if (std::getenv("F32_KERNELS") != nullptr) f32_kernels.emplace();
  fmt::print("peak,{:.1f} GFLOP/s,{} thread{}\n", peak, threads, threads == 1 ? " (processor time)" : "s (wall)");
  for (const Size& size : kSizes) {
    bool wanted = argc <= 2;
    for (int i = 2; i < argc; ++i) wanted = wanted || size.name == argv[i];
    if (wanted) measure(context, size, peak);
  }
  return 0;
}
