#include "engine/ops/linear_cross_entropy/linear_cross_entropy.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/device/cpu/elementwise.h"
#include "engine/ops/op.h"
#include "engine/ops/product.h"
#include "engine/ops/softmax/softmax_kernel.h"

namespace yupu::engine {
namespace {

// Logits held at a time: 16 MB.  Every chunk reads and writes d_weight once, so smaller chunks cost memory traffic.
constexpr std::int64_t kChunkElements = std::int64_t{4} << 20;
constexpr std::int64_t kGrainRows = 4;

// The gradients for d_loss = 1; undefined where none is wanted.
struct Gradients {
  Tensor x, weight, bias;
};

struct LinearCrossEntropyBackward {
  Tape* tape;
  Gradients unit;
  Node *x_node, *weight_node, *bias_node;

  void operator()(const Tensor& d_loss) const {
    const float factor = d_loss.item();
    const auto give = [&](Node* node, const Tensor& gradient) {
      if (node == nullptr) return;
      const GradSlot slot = tape->grad_slot(node);
      const auto apply = slot.fresh ? scale : scale_into;
      apply(tape->team(), slot.tensor.f32(), gradient.f32(), factor, gradient.element_count());
    };
    give(x_node, unit.x);
    give(weight_node, unit.weight);
    give(bias_node, unit.bias);
  }
};

// One pass over the rows of a chunk: logits become softmax minus one-hot, in place.
struct ChunkLoss {
  std::span<const std::int32_t> labels;
  std::vector<float>& losses;
  std::vector<std::uint8_t>& hits;
  bool wants_gradient;
  bool wants_hits;

  void operator()(ExecutionContext& context, const Tensor& logits, std::int64_t first_row, std::int64_t rows) const {
    const std::int64_t classes = logits.size(1);
    context.team().parallel_for(rows, kGrainRows, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t r = begin; r < end; ++r) {
        const auto row = static_cast<std::size_t>(first_row + r);
        float* const z = logits.f32() + r * classes;
        const float at_label = z[labels[row]];
        if (wants_hits) {
          const bool beaten = std::any_of(z, z + classes, [at_label](float value) { return value > at_label; });
          hits[row] = beaten ? 0 : 1;
        }
        losses[row] = softmax_row(z, 1.0f, classes, z) - at_label;
        if (wants_gradient) z[labels[row]] -= 1.0f;
      }
    });
  }
};

Gradients make_gradients(Tape& tape, const Var& x, const Var& weight, const Var& bias) {
  Gradients unit;
  if (!tape.training()) return unit;
  if (x.requires_grad()) unit.x = tape.empty(x.shape());
  if (weight.requires_grad()) unit.weight = tape.empty(weight.shape());
  if (bias.requires_grad()) unit.bias = tape.empty(bias.shape());
  for (const Tensor* summed : {&unit.weight, &unit.bias}) {
    if (summed->defined()) zero_fill(tape.team(), summed->f32(), summed->element_count());
  }
  return unit;
}

// Adds what rows [first, first + rows) contribute; `d` is d loss / d logits of them.
void add_chunk(ExecutionContext& context, const Gradients& unit, const Tensor& x, const Tensor& weight, const Tensor& d,
               std::int64_t first, std::int64_t rows) {
  const std::int64_t classes = weight.size(0);
  const std::int64_t columns = weight.size(1);
  if (unit.bias.defined()) column_sums(context.team(), unit.bias.f32(), d.f32(), rows, classes, true);
  if (unit.weight.defined()) {
    product(context, {classes, columns, rows}, {d.f32(), classes, true}, {x.f32() + first * columns, columns, false},
            {unit.weight.f32(), columns, true});
  }
  if (unit.x.defined()) {
    product(context, {rows, columns, classes}, {d.f32(), classes, false}, {weight.f32(), columns, false},
            {unit.x.f32() + first * columns, columns, false});
  }
}

void check_inputs(const Var& x, const Var& weight, const Var& bias, std::span<const std::int32_t> labels) {
  check_matrix(x.value(), "x of linear_cross_entropy");
  check_matrix(weight.value(), "weight of linear_cross_entropy");
  const std::int64_t classes = weight.size(0);
  CHECK(weight.size(1) == x.size(1) && classes > 0,
        fmt::format("linear_cross_entropy of x {} with weight {}", x.shape().to_text(), weight.shape().to_text()));
  if (bias.defined()) check_vector(bias.value(), classes, "bias of linear_cross_entropy");
  CHECK(static_cast<std::int64_t>(labels.size()) == x.size(0),
        fmt::format("{} labels for x {}", labels.size(), x.shape().to_text()));
  for (const std::int32_t label : labels) {
    CHECK(label >= 0 && label < classes, fmt::format("label {} of {} classes", label, classes));
  }
}

}  // namespace

Var linear_cross_entropy(const Var& x, const Var& weight, const Var& bias, std::span<const std::int32_t> labels,
                         LinearCrossEntropyOptions options) {
  Tape& tape = tape_of(x, weight, bias);
  check_inputs(x, weight, bias, labels);
  ExecutionContext& context = tape.context();
  const std::int64_t rows = x.size(0);
  const std::int64_t columns = x.size(1);
  const std::int64_t classes = weight.size(0);
  const bool needs_grad = x.requires_grad() || weight.requires_grad() || bias.requires_grad();
  const std::int64_t fitting = std::max<std::int64_t>(1, kChunkElements / classes);
  const std::int64_t chunk = std::clamp<std::int64_t>(options.chunk_rows > 0 ? options.chunk_rows : fitting, 1,
                                                      std::max<std::int64_t>(1, rows));
  Gradients unit = make_gradients(tape, x, weight, bias);
  std::vector<float> losses(labels.size());
  std::vector<std::uint8_t> hits(options.hits != nullptr ? labels.size() : 0);
  const ChunkLoss chunk_loss{labels, losses, hits, needs_grad, options.hits != nullptr};
  const Tensor buffer = tape.empty({chunk, classes});
  const float* const offsets = bias.defined() ? bias.value().f32() : nullptr;
  for (std::int64_t first = 0; first < rows; first += chunk) {
    const std::int64_t count = std::min(chunk, rows - first);
    product(context, {count, classes, columns}, {x.value().f32() + first * columns, columns, false},
            {weight.value().f32(), columns, true}, {buffer.f32(), classes, false}, {.bias = offsets});
    chunk_loss(context, buffer, first, count);
    if (needs_grad) add_chunk(context, unit, x.value(), weight.value(), buffer, first, count);
  }
  double total = 0;
  for (const float loss : losses) total += loss;
  if (options.hits != nullptr) *options.hits += std::count(hits.begin(), hits.end(), 1);
  Tensor loss = tape.empty({1});
  loss.f32()[0] = static_cast<float>(total);
  Var result = tape.result(std::move(loss), needs_grad);
  if (result.requires_grad()) {
    tape.record(result, LinearCrossEntropyBackward{&tape, std::move(unit), x.node(), weight.node(), bias.node()});
  }
  return result;
}

}  // namespace yupu::engine
