#include "engine/ops/cross_entropy/cross_entropy.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/ops/op.h"
#include "engine/ops/softmax/softmax_kernel.h"

namespace yupu::engine {
namespace {

constexpr std::int64_t kGrainRows = 4;

struct CrossEntropyBackward {
  Tape* tape;
  Tensor probabilities, labels;
  Node* logits_node;
  float smoothing;
  float divisor;
  std::vector<float> weights;  // of the rows; empty: 1 each

  // d_logits = w * (p - (1-s) onehot - s/K) * d_loss / divisor; ignored rows get zero.
  void operator()(const Tensor& d_loss) const {
    const GradSlot slot = tape->grad_slot(logits_node);
    const std::int64_t classes = probabilities.size(1);
    const float factor = d_loss.item() / divisor;
    const float floor = smoothing / static_cast<float>(classes);
    tape->team().parallel_for(probabilities.size(0), kGrainRows, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t r = begin; r < end; ++r) {
        const std::int32_t label = labels.i32()[r];
        const float* p = probabilities.f32() + r * classes;
        float* d = slot.tensor.f32() + r * classes;
        if (slot.fresh) std::fill_n(d, classes, 0.0f);
        if (label == kIgnoredLabel) continue;
        const float of_row = weights.empty() ? factor : factor * weights[static_cast<std::size_t>(r)];
        for (std::int64_t k = 0; k < classes; ++k) d[k] += of_row * (p[k] - floor);
        d[label] -= of_row * (1.0f - smoothing);
      }
    });
  }
};

}  // namespace

std::int64_t counted_labels(std::span<const std::int32_t> labels) {
  return static_cast<std::int64_t>(labels.size()) - std::count(labels.begin(), labels.end(), kIgnoredLabel);
}

Var cross_entropy(const Var& logits, std::span<const std::int32_t> labels, CrossEntropyOptions options) {
  Tape& tape = tape_of(logits);
  check_matrix(logits.value(), "logits of cross_entropy");
  const std::int64_t rows = logits.size(0);
  const std::int64_t classes = logits.size(1);
  CHECK(static_cast<std::int64_t>(labels.size()) == rows,
        fmt::format("{} labels for logits {}", labels.size(), logits.shape().to_text()));
  CHECK(classes > 0, "cross_entropy over no classes");
  const std::span<const float> weights = options.row_weights;
  CHECK(weights.empty() || static_cast<std::int64_t>(weights.size()) == rows, "a weight a row");
  for (const std::int32_t label : labels) {
    CHECK(label == kIgnoredLabel || (label >= 0 && label < classes),
          fmt::format("label {} of {} classes", label, classes));
  }

  const float smoothing = options.label_smoothing;
  const float* const z = logits.value().f32();
  const Tensor probabilities = tape.empty(logits.shape());
  const Tensor losses = tape.empty({std::max<std::int64_t>(rows, 1)});
  tape.team().parallel_for(rows, kGrainRows, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int32_t label = labels[static_cast<std::size_t>(r)];
      losses.f32()[r] = 0.0f;
      if (label == kIgnoredLabel) continue;
      const float* row = z + r * classes;
      const float log_sum = softmax_row(row, 1.0f, classes, probabilities.f32() + r * classes);
      double mean = 0;
      for (std::int64_t k = 0; k < classes; ++k) mean += row[k];
      mean /= static_cast<double>(classes);
      const double hit = static_cast<double>(log_sum) - row[label];
      const double spread = static_cast<double>(log_sum) - mean;
      losses.f32()[r] = static_cast<float>((1.0 - smoothing) * hit + smoothing * spread);
    }
  });
  double total = 0;
  double counted = 0;
  for (std::int64_t r = 0; r < rows; ++r) {
    if (labels[static_cast<std::size_t>(r)] == kIgnoredLabel) continue;
    const double weight = weights.empty() ? 1.0 : double{weights[static_cast<std::size_t>(r)]};
    total += weight * losses.f32()[r];
    counted += weight;
  }
  const double divisor = options.reduction == Reduction::kMean && counted > 0 ? counted : 1.0;

  Tensor loss = tape.empty({1});
  *loss.f32() = static_cast<float>(total / divisor);
  Var result = tape.result(std::move(loss), logits.requires_grad());
  if (result.requires_grad()) {
    tape.record(result, CrossEntropyBackward{&tape, probabilities, Tensor::from({rows}, labels, &tape.context().pool()),
                                             logits.node(), smoothing, static_cast<float>(divisor),
                                             std::vector<float>(weights.begin(), weights.end())});
  }
  return result;
}

}  // namespace yupu::engine
