// Every op that has a backward, against 64 bits (engine/testing/exact_gradients.h).
#include "engine/testing/exact_gradients.h"

#include "engine/ops/activation/activation.h"
#include "engine/ops/add/add.h"
#include "engine/ops/attention/attention.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
#include "engine/ops/embedding/embedding.h"
#include "engine/ops/gather_rows/gather_rows.h"
#include "engine/ops/known_gradient/known_gradient.h"
#include "engine/ops/layer_norm/layer_norm.h"
#include "engine/ops/linear/linear.h"
#include "engine/ops/linear_cross_entropy/linear_cross_entropy.h"
#include "engine/ops/low_rank/low_rank.h"
#include "engine/ops/mean_pool/mean_pool.h"
#include "engine/ops/sparse_linear/sparse_linear.h"

namespace yupu::engine {
namespace {

using reference::Matrix;
using Inputs = std::vector<Matrix>;
using Vars = std::vector<Var>;

constexpr Activation kActivations[] = {Activation::kNone, Activation::kGelu, Activation::kGeluTanh, Activation::kTanh,
                                       Activation::kRelu};

PackedBatch some_batch() {
  PackedBatch batch;
  batch.append({1, 3, 1}, {0, 0, 1}, 10);
  batch.append({4}, {}, 11);
  batch.append({2, 1, 0, 3, 4}, {}, 12);
  return batch;
}

TEST(ExactGradients, Activations) {
  for (const Activation activation : kActivations) {
    check_exact_gradients(
        "activation", [=](Tape&, const Vars& in) { return activate(in[0], activation); },
        [=](const Inputs& in) { return reference::activate(activation, in[0]); }, {random_tensor({4, 21}, 1)});
  }
}

TEST(ExactGradients, Linear) {
  for (const Activation activation : kActivations) {
    if (activation == Activation::kRelu) continue;  // its kink: `Activations` above, where no input is near it
    check_exact_gradients(
        "linear", [=](Tape&, const Vars& in) { return linear(in[0], in[1], in[2], {.activation = activation}); },
        [=](const Inputs& in) { return reference::linear(in[0], in[1], in[2], activation); },
        {random_tensor({7, 19}, 1), random_tensor({17, 19}, 2, 0.4), random_tensor({17}, 3)});
  }
}

TEST(ExactGradients, LayerNorm) {
  check_exact_gradients(
      "layer norm", [](Tape&, const Vars& in) { return layer_norm(in[0], in[1], in[2], {1e-5f}); },
      [](const Inputs& in) { return reference::layer_norm(in[0], in[1], in[2], 1e-5f); },
      {random_tensor({6, 33}, 1, 2.0), random_tensor({33}, 2), random_tensor({33}, 3)});
  const RowKeys rows{{1, 1, 2, 3}, {0, 1, 0, 0}};
  const Dropout drop{.probability = 0.3f, .key = {1, 2, 3}, .rows = &rows};
  check_exact_gradients(
      "residual, dropout, layer norm",
      [&](Tape&, const Vars& in) { return residual_dropout_layer_norm(in[0], in[1], in[2], in[3], drop, {1e-5f}); },
      [&](const Inputs& in) {
        return reference::layer_norm(reference::add(reference::dropout(in[0], drop), in[1]), in[2], in[3], 1e-5f);
      },
      {random_tensor({4, 150}, 1), random_tensor({4, 150}, 4), random_tensor({150}, 2), random_tensor({150}, 3)});
}

TEST(ExactGradients, Attention) {
  const PackedBatch batch = some_batch();
  for (const float probability : {0.0f, 0.3f}) {
    const Dropout drop{.probability = probability, .key = {5, 6, 7}};
    check_exact_gradients(
        "attention",
        [&](Tape&, const Vars& in) { return attention(in[0], in[1], in[2], batch, {.heads = 2, .dropout = drop}); },
        [&](const Inputs& in) { return reference::attention(in[0], in[1], in[2], batch, 2, drop); },
        {random_tensor({9, 16}, 1), random_tensor({9, 16}, 2), random_tensor({9, 16}, 3)});
    check_exact_gradients(
        "attention of a fused projection",
        [&](Tape&, const Vars& in) { return attention(in[0], batch, {.heads = 2, .dropout = drop}); },
        [&](const Inputs& in) {
          return reference::attention(reference::column_part(in[0], 0, 3), reference::column_part(in[0], 1, 3),
                                      reference::column_part(in[0], 2, 3), batch, 2, drop);
        },
        {random_tensor({9, 48}, 4)});
    check_exact_gradients(
        "causal attention",
        [&](Tape&, const Vars& in) {
          return attention(in[0], in[1], in[2], batch, {.heads = 2, .dropout = drop, .causal = true});
        },
        [&](const Inputs& in) { return reference::attention(in[0], in[1], in[2], batch, 2, drop, true); },
        {random_tensor({9, 16}, 1), random_tensor({9, 16}, 2), random_tensor({9, 16}, 3)});
  }
}

TEST(ExactGradients, EmbeddingAndRows) {
  const PackedBatch batch = some_batch();
  check_exact_gradients(
      "embedding", [&](Tape&, const Vars& in) { return embedding(in[0], in[1], in[2], batch); },
      [&](const Inputs& in) { return reference::embedding(in[0], in[1], in[2], batch); },
      {random_tensor({5, 7}, 1), random_tensor({6, 7}, 2), random_tensor({2, 7}, 3)});
  const std::vector<std::int32_t> picked = {4, 0, 0, 8};
  check_exact_gradients(
      "gather rows", [&](Tape&, const Vars& in) { return gather_rows(in[0], picked); },
      [&](const Inputs& in) { return reference::gather_rows(in[0], picked); }, {random_tensor({9, 7}, 4)});
  check_exact_gradients(
      "mean pool", [&](Tape&, const Vars& in) { return mean_pool(in[0], batch.cu_seqlens); },
      [&](const Inputs& in) { return reference::mean_pool(in[0], batch.cu_seqlens); }, {random_tensor({9, 7}, 5)});
}

TEST(ExactGradients, SumsAndDropout) {
  check_exact_gradients(
      "add and scale", [](Tape&, const Vars& in) { return add(in[0], scale(in[1], -0.3f)); },
      [](const Inputs& in) { return reference::add(in[0], in[1], -0.3f); },
      {random_tensor({3, 9}, 1), random_tensor({3, 9}, 2)});
  const RowKeys rows{{1, 2, 2}, {0, 0, 1}};
  const Dropout drop{.probability = 0.4f, .key = {1, 2, 3}, .rows = &rows};
  check_exact_gradients(
      "dropout", [&](Tape&, const Vars& in) { return dropout(in[0], drop); },
      [&](const Inputs& in) { return reference::dropout(in[0], drop); }, {random_tensor({3, 200}, 3)});
}

TEST(ExactGradients, CrossEntropy) {
  const std::vector<std::int32_t> labels = {2, kIgnoredLabel, 0, 4, 4};
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSum}) {
    for (const float smoothing : {0.0f, 0.2f}) {
      check_exact_gradients(
          "cross entropy",
          [&](Tape&, const Vars& in) {
            return cross_entropy(in[0], labels, {.label_smoothing = smoothing, .reduction = reduction});
          },
          [&](const Inputs& in) {
            return reference::cross_entropy(in[0], labels, smoothing, reduction == Reduction::kMean);
          },
          {random_tensor({5, 7}, 1)});
    }
  }
  const std::vector<std::int32_t> tokens = {2, 0, 4, 4, 10};
  check_exact_gradients(
      "linear cross entropy",
      [&](Tape&, const Vars& in) { return linear_cross_entropy(in[0], in[1], in[2], tokens, {.chunk_rows = 2}); },
      [&](const Inputs& in) {
        return reference::cross_entropy(reference::linear(in[0], in[1], in[2]), tokens, 0, false);
      },
      {random_tensor({5, 6}, 1), random_tensor({11, 6}, 2), random_tensor({11}, 3)});
}

// A quadratic whose gradient is computed outside: the op must pass it on, scaled, as if it had computed it.
TEST(ExactGradients, KnownGradient) {
  const auto half_square = [](std::span<const float> x) {
    double sum = 0;
    for (const float value : x) sum += 0.5 * static_cast<double>(value) * static_cast<double>(value);
    return static_cast<float>(sum);
  };
  const OpUnderTest op = [&](Tape&, const Vars& in) {
    return known_gradient(in[0], in[0].value().clone(), half_square(in[0].value().values()));
  };
  const std::vector<Tensor> inputs = {random_tensor({4, 9}, 8)};
  check_exact_gradients(
      "known gradient", op,
      [](const Inputs& in) {
        Matrix y(1, 1);
        for (const double value : in[0].values) y.values[0] += 0.5 * value * value;
        return y;
      },
      inputs);
  check_invariants(op, inputs);
}

TEST(ExactGradients, LowRank) {
  check_exact_gradients(
      "low rank",
      [](Tape&, const Vars& in) {
        const LowRankTerm terms[] = {{in[0], in[2], in[3], Var(), 0.7f, 0, 0, 6},
                                     {in[0], in[4], in[5], in[6], 0.7f, 0, 0, 6}};
        return add_low_rank(linear(in[0], in[1], Var()), terms);
      },
      [](const Inputs& in) {
        const Matrix plain =
            reference::add(reference::product(in[0], in[1]), reference::low_rank(in[0], in[2], in[3], nullptr, 0.7f));
        return reference::add(plain, reference::low_rank(in[0], in[4], in[5], &in[6], 0.7f));
      },
      {random_tensor({6, 7}, 1), random_tensor({9, 7}, 2, 0.4), random_tensor({3, 7}, 3, 0.4),
       random_tensor({9, 3}, 4, 0.5), random_tensor({2, 7}, 5, 0.4), random_tensor({9, 2}, 6, 0.5),
       random_tensor({2}, 7)});
}

TEST(ExactGradients, SparseLinear) {
  const SparseRows rows{
      .offsets = {0, 2, 2, 5}, .indices = {0, 3, 4, 3, 3}, .values = {0.5f, -2.0f, 1.0f, 0.25f, 1.5f}};
  Matrix dense(3, 5);
  for (std::size_t b = 0; b < 3; ++b) {
    for (auto j = static_cast<std::size_t>(rows.offsets[b]); j < static_cast<std::size_t>(rows.offsets[b + 1]); ++j) {
      dense.at(b, static_cast<std::size_t>(rows.indices[j])) += rows.values[j];
    }
  }
  check_exact_gradients(
      "sparse linear", [&](Tape&, const Vars& in) { return sparse_linear(rows, in[0]); },
      [&](const Inputs& in) {
        Matrix turned(in[0].columns, in[0].rows);
        for (std::size_t f = 0; f < in[0].rows; ++f) {
          for (std::size_t k = 0; k < in[0].columns; ++k) turned.at(k, f) = in[0].at(f, k);
        }
        return reference::product(dense, turned);
      },
      {random_tensor({5, 3}, 11)});
}

}  // namespace
}  // namespace yupu::engine
