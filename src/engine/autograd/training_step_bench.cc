// Where a training step goes: a 4-layer, 256-wide encoder over 512 packed tokens in 16 sequences, dropout 0.1, AdamW.
//   engine_training_step_bench [threads]     median ms of each phase, and the matrix products of the step run by
//   themselves
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <vector>

#include <fmt/format.h>
#include <time.h>

#include "engine/device/cpu/gemm.h"
#include "engine/optim/adamw.h"
#include "engine/testing/small_encoder.h"

namespace yupu::engine {
namespace {

bool g_processor_time = true;

double now_ms() {
  timespec time{};
  ::clock_gettime(g_processor_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

double time_ms(int rounds, const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const double begin = now_ms();
    work();
    times.push_back(now_ms() - begin);
  }
  return median(times);
}

// The products of the linear layers alone: forward, dX, dW of every shape of a layer.
double products_ms(ExecutionContext& context, const SmallEncoderSizes& sizes, std::int64_t tokens) {
  const std::int64_t c = sizes.channels;
  const std::int64_t f = sizes.feed_forward;
  const Tensor x = Tensor::full({tokens, f}, 0.5f);
  const Tensor w = Tensor::full({f, f}, 0.5f);
  const Tensor y = Tensor::empty({f, f});
  const auto layer = [&](std::int64_t out, std::int64_t in) {
    gemm(context, {tokens, out, in}, {x.f32(), in, false}, {w.f32(), in, true}, {y.f32(), out, false});
    gemm(context, {tokens, in, out}, {x.f32(), out, false}, {w.f32(), in, false}, {y.f32(), in, false});
    gemm(context, {out, in, tokens}, {x.f32(), out, true}, {w.f32(), in, false}, {y.f32(), in, false});
  };
  return time_ms(15, [&] {
    for (int i = 0; i < sizes.layers; ++i) {
      layer(3 * c, c);
      layer(c, c);
      layer(f, c);
      layer(c, f);
    }
  });
}

void run(int threads) {
  ExecutionContext context(threads);
  const SmallEncoderSizes sizes{.vocabulary = 8000,
                                .positions = 512,
                                .channels = 256,
                                .feed_forward = 1024,
                                .classes = 77,
                                .heads = 4,
                                .layers = 4};
  SmallEncoder encoder(sizes);
  AdamW adamw(encoder.parameters(), {});
  PackedBatch batch;
  Rng rng(1);
  std::vector<std::int32_t> labels;
  for (std::uint64_t b = 0; b < 16; ++b) {
    std::vector<std::int32_t> ids(b % 2 == 0 ? 48 : 16);
    for (std::int32_t& id : ids) id = static_cast<std::int32_t>(rng.below(8000));
    batch.append(ids, {}, b);
    labels.push_back(static_cast<std::int32_t>(rng.below(77)));
  }
  const RowKeys rows = token_rows(batch);
  Tape tape(context, Tape::Mode::kTraining);
  std::vector<double> forward, backward, update;
  for (std::uint64_t step = 0; step < 15; ++step) {
    const double t0 = now_ms();
    const Var loss = cross_entropy(encoder.logits(tape, batch, rows, step), labels);
    const double t1 = now_ms();
    tape.backward(loss);
    tape.clear();
    const double t2 = now_ms();
    adamw.step(context, 1e-3f, clip_scale(gradient_norm(context, encoder.parameters()), 1.0));
    forward.push_back(t1 - t0);
    backward.push_back(t2 - t1);
    update.push_back(now_ms() - t2);
  }
  const double total = median(forward) + median(backward) + median(update);
  const double products = products_ms(context, sizes, batch.token_count());
  fmt::print(
      "threads,step_ms,forward_ms,backward_ms,norm_and_adamw_ms,linear_products_alone_ms,products_share,pool_mb\n");
  fmt::print("{},{:.2f},{:.2f},{:.2f},{:.2f},{:.2f},{:.2f},{:.1f}\n", threads, total, median(forward), median(backward),
             median(update), products, products / total,
             static_cast<double>(context.pool().statistics().bytes_held) / 1048576.0);
}

}  // namespace
}  // namespace yupu::engine

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  yupu::engine::g_processor_time = threads == 1;
  yupu::engine::run(threads);
  return 0;
}
