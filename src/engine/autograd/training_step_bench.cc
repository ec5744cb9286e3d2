// Where a training step goes: a 4-layer, 256-wide encoder over 512 packed tokens in 16 sequences, dropout 0.1, AdamW;
// in f32 and with products in bf16, a step of one after a step of the other.
//   engine_training_step_bench [threads]     one CSV row per precision: median ms of each phase, and the matrix
//   products of the step run by themselves
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <vector>

#include <fmt/format.h>
#include <time.h>

#include "engine/ops/product.h"
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
    product(context, {tokens, out, in}, {x.f32(), in, false}, {w.f32(), in, true}, {y.f32(), out, false});
    product(context, {tokens, in, out}, {x.f32(), out, false}, {w.f32(), in, false}, {y.f32(), in, false});
    product(context, {out, in, tokens}, {x.f32(), out, true}, {w.f32(), in, false}, {y.f32(), in, false});
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

struct Work {
  PackedBatch batch;
  std::vector<std::int32_t> labels;
  RowKeys rows;

  Work() {
    Rng rng(1);
    for (std::uint64_t b = 0; b < 16; ++b) {
      std::vector<std::int32_t> ids(b % 2 == 0 ? 48 : 16);
      for (std::int32_t& id : ids) id = static_cast<std::int32_t>(rng.below(8000));
      batch.append(ids, {}, b);
      labels.push_back(static_cast<std::int32_t>(rng.below(77)));
    }
    rows = token_rows(batch);
  }
};

constexpr SmallEncoderSizes kSizes{.vocabulary = 8000,
                                   .positions = 512,
                                   .channels = 256,
                                   .feed_forward = 1024,
                                   .classes = 77,
                                   .heads = 4,
                                   .layers = 4};

// A model that trains, and the times of its steps.
class Contender {
 public:
  Contender(int threads, Precision precision)
      : context_(threads, precision),
        encoder_(kSizes),
        adamw_(encoder_.parameters(), {}),
        tape_(context_, Tape::Mode::kTraining) {}

  void step(const Work& work, std::uint64_t number) {
    const double t0 = now_ms();
    const Var loss = cross_entropy(encoder_.logits(tape_, work.batch, work.rows, number), work.labels);
    const double t1 = now_ms();
    tape_.backward(loss);
    tape_.clear();
    const double t2 = now_ms();
    adamw_.step(context_, 1e-3f, clip_scale(gradient_norm(context_, encoder_.parameters()), 1.0));
    forward_.push_back(t1 - t0);
    backward_.push_back(t2 - t1);
    update_.push_back(now_ms() - t2);
  }

  void print(const Work& work) {
    const double total = median(forward_) + median(backward_) + median(update_);
    const double products = products_ms(context_, kSizes, work.batch.token_count());
    fmt::print("{},{},{:.2f},{:.2f},{:.2f},{:.2f},{:.2f},{:.2f},{:.1f}\n", precision_name(context_.precision()),
               context_.team().size(), total, median(forward_), median(backward_), median(update_), products,
               products / total, static_cast<double>(context_.pool().statistics().bytes_held) / 1048576.0);
  }

 private:
  ExecutionContext context_;
  SmallEncoder encoder_;
  AdamW adamw_;
  Tape tape_;
  std::vector<double> forward_, backward_, update_;
};

void run(int threads) {
  const Work work;
  Contender f32(threads, Precision::kF32);
  Contender bf16(threads, Precision::kBf16);
  for (std::uint64_t step = 0; step < 15; ++step) {
    f32.step(work, step);
    bf16.step(work, step);
  }
  fmt::print(
      "precision,threads,step_ms,forward_ms,backward_ms,norm_and_adamw_ms,linear_products_alone_ms,products_share,"
      "pool_mb\n");
  f32.print(work);
  bf16.print(work);
}

}  // namespace
}  // namespace yupu::engine

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  yupu::engine::g_processor_time = threads == 1;
  yupu::engine::run(threads);
  return 0;
}
