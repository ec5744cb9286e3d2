#include "engine/ops/attention/attention.h"

#include <algorithm>
#include <cmath>

#include "engine/ops/dropout/dropout_mask.h"
#include "engine/ops/gather_rows/gather_rows.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

PackedBatch batch_of(const std::vector<int>& lengths) {
  PackedBatch batch;
  std::uint64_t sample = 100;
  for (const int length : lengths)
    batch.append(std::vector<std::int32_t>(static_cast<std::size_t>(length), 1), {}, sample++);
  batch.validate();
  return batch;
}

// Straight from the formula, in f64, with the dropout factors of each (sequence, head).
std::vector<double> reference(const Tensor& qkv, const PackedBatch& batch, std::size_t heads,
                              const DropoutStream& stream, bool causal = false) {
  const auto channels = static_cast<std::size_t>(qkv.size(1)) / 3;
  const std::size_t width = channels / heads;
  std::vector<double> y(static_cast<std::size_t>(qkv.size(0)) * channels);
  const auto at = [&](std::size_t row, std::size_t part, std::size_t head, std::size_t d) -> double {
    return qkv.values()[row * 3 * channels + part * channels + head * width + d];
  };
  for (std::size_t b = 0; b + 1 < batch.cu_seqlens.size(); ++b) {
    const auto begin = static_cast<std::size_t>(batch.cu_seqlens[b]);
    const auto length = static_cast<std::size_t>(batch.cu_seqlens[b + 1]) - begin;
    std::vector<float> factors(
        static_cast<std::size_t>(dropout_groups(static_cast<std::int64_t>(length * length))) * 128, 1.0f);
    for (std::size_t h = 0; h < heads; ++h) {
      if (is_active(stream)) {
        dropout_factors(stream, batch.sample_ids[b], static_cast<std::uint32_t>(h), 0,
                        static_cast<std::int64_t>(factors.size()) / 128, factors.data());
      }
      for (std::size_t i = 0; i < length; ++i) {
        std::vector<double> p(length);
        double sum = 0;
        for (std::size_t j = 0; j < (causal ? i + 1 : length); ++j) {
          double score = 0;
          for (std::size_t d = 0; d < width; ++d) score += at(begin + i, 0, h, d) * at(begin + j, 1, h, d);
          sum += p[j] = std::exp(score / std::sqrt(static_cast<double>(width)));
        }
        for (std::size_t d = 0; d < width; ++d) {
          double total = 0;
          for (std::size_t j = 0; j < length; ++j)
            total += p[j] / sum * factors[i * length + j] * at(begin + j, 2, h, d);
          y[(begin + i) * channels + h * width + d] = total;
        }
      }
    }
  }
  return y;
}

TEST(Attention, AgainstTheReferenceWithAndWithoutDropout) {
  const PackedBatch batch = batch_of({1, 5, 40, 300, 2});  // 300: several blocks of queries
  const Tensor qkv = random_tensor({348, 3 * 24}, 1);
  for (const float probability : {0.0f, 0.2f}) {
    const AttentionOptions options{.heads = 3, .dropout = {.probability = probability, .key = {5, 6, 7}}};
    const OpRun run =
        run_op([&](Tape&, const std::vector<Var>& in) { return attention(in[0], batch, options); }, {qkv}, 2);
    expect_near(run.output, reference(qkv, batch, 3, dropout_stream(options.dropout)), "y");
  }
}

TEST(Attention, CausalAgainstTheReferenceWithAndWithoutDropout) {
  const PackedBatch batch = batch_of({1, 5, 128, 300, 2});
  const Tensor qkv = random_tensor({436, 3 * 24}, 1);
  for (const float probability : {0.0f, 0.2f}) {
    const AttentionOptions options{
        .heads = 3, .dropout = {.probability = probability, .key = {5, 6, 7}}, .causal = true};
    const OpRun run =
        run_op([&](Tape&, const std::vector<Var>& in) { return attention(in[0], batch, options); }, {qkv}, 2);
    expect_near(run.output, reference(qkv, batch, 3, dropout_stream(options.dropout), true), "y");
  }
}

// Sequences on either side of where the way of short ones ends (64 keys, width 128), and widths that fill vectors or do
// not.
TEST(Attention, ShortAndLongSequencesAgainstTheReference) {
  const std::vector<int> lengths = {1, 15, 16, 17, 31, 33, 63, 64, 65};
  const PackedBatch batch = batch_of(lengths);
  for (const std::int64_t width : {26, 64, 130}) {
    const Tensor qkv = random_tensor({batch.token_count(), 3 * 2 * width}, 1);
    for (const bool causal : {false, true}) {
      for (const float probability : {0.0f, 0.2f}) {
        const AttentionOptions options{
            .heads = 2, .dropout = {.probability = probability, .key = {5, 6, 7}}, .causal = causal};
        const OpRun run =
            run_op([&](Tape&, const std::vector<Var>& in) { return attention(in[0], batch, options); }, {qkv}, 2);
        expect_near(run.output, reference(qkv, batch, 2, dropout_stream(options.dropout), causal), "y");
      }
    }
  }
}

// What comes later in a sequence changes nothing before it, and gets no gradient from it.
TEST(Attention, CausalTokensKnowNothingOfLaterOnes) {
  const PackedBatch batch = batch_of({200});
  const Tensor qkv = random_tensor({200, 3 * 16}, 1);
  const Tensor changed = qkv.clone();
  for (std::int64_t row = 150; row < 200; ++row) std::fill_n(changed.f32() + row * 48, 48, 3.0f);
  const OpUnderTest op = [&](Tape&, const std::vector<Var>& in) {
    std::vector<std::int32_t> early(150);
    for (std::size_t i = 0; i < early.size(); ++i) early[i] = static_cast<std::int32_t>(i);
    return gather_rows(attention(in[0], batch, {.heads = 2, .causal = true}), early);
  };
  const OpRun a = run_op(op, {qkv}, 2);
  const OpRun b = run_op(op, {changed}, 2);
  EXPECT_TRUE(same_bits(a.output, b.output));
  for (const OpRun* run : {&a, &b}) {
    for (const float value : run->gradients[0].rows(150, 200).values()) EXPECT_EQ(value, 0.0f);
  }
}

TEST(Attention, Gradients) {
  const PackedBatch batch = batch_of({3, 1, 5});
  for (const bool causal : {false, true}) {
    const float probability = causal ? 0.2f : 0.3f;
    check_op(
        [&](Tape&, const std::vector<Var>& in) {
          return attention(in[0], batch,
                           {.heads = 2, .dropout = {.probability = probability, .key = {5, 6, 7}}, .causal = causal});
        },
        {random_tensor({9, 24}, 1)});
  }
  for (const float probability : {0.0f, 0.3f}) {
    const AttentionOptions options{.heads = 2, .dropout = {.probability = probability, .key = {5, 6, 7}}};
    check_op([&](Tape&, const std::vector<Var>& in) { return attention(in[0], batch, options); },
             {random_tensor({9, 24}, 1)});
    check_op([&](Tape&, const std::vector<Var>& in) { return attention(in[0], in[1], in[2], batch, options); },
             {random_tensor({9, 8}, 1), random_tensor({9, 8}, 2), random_tensor({9, 8}, 3)});
  }
}

TEST(Attention, GradientsOfOneValueInAllRoles) {
  const PackedBatch batch = batch_of({3, 2});
  check_op([&](Tape&, const std::vector<Var>& in) { return attention(in[0], in[0], in[0], batch, {.heads = 2}); },
           {random_tensor({5, 6}, 1)});
}

// Along a random direction: one difference of the objective against the gradients.
void expect_slope(const PackedBatch& batch, std::int64_t channels, const AttentionOptions& options) {
  const OpUnderTest op = [&](Tape&, const std::vector<Var>& in) { return attention(in[0], batch, options); };
  const Tensor x = random_tensor({batch.token_count(), 3 * channels}, 1);
  const Tensor direction = random_tensor({batch.token_count(), 3 * channels}, 2);
  const Tensor cotangent = random_tensor({batch.token_count(), channels}, 77);
  const auto objective = [&](float step) {
    const Tensor moved = x.clone();
    for (std::size_t i = 0; i < moved.values().size(); ++i) moved.values()[i] += step * direction.values()[i];
    const OpRun run = run_op(op, {moved}, 2);
    double total = 0;
    for (std::size_t i = 0; i < cotangent.values().size(); ++i) {
      total += static_cast<double>(cotangent.values()[i]) * run.output.values()[i];
    }
    return total;
  };
  const OpRun run = run_op(op, {x}, 2);
  double slope = 0;
  for (std::size_t i = 0; i < x.values().size(); ++i) {
    slope += static_cast<double>(run.gradients[0].values()[i]) * direction.values()[i];
  }
  EXPECT_NEAR((objective(2e-3f) - objective(-2e-3f)) / 4e-3, slope, 3e-3 * std::fabs(slope) + 1e-2);
}

TEST(Attention, GradientsOverSeveralQueryBlocks) {
  for (const bool causal : {false, true}) {
    expect_slope(batch_of({150}), 4,
                 {.heads = 1, .dropout = {.probability = 0.1f, .key = {1, 2, 3}}, .causal = causal});
  }
}

TEST(Attention, GradientsOfShortSequencesOfEveryShape) {
  for (const std::int64_t width : {26, 32}) {
    for (const int length : {2, 13, 16, 31, 50, 64}) {
      for (const bool causal : {false, true}) {
        expect_slope(batch_of({length}), 2 * width,
                     {.heads = 2, .dropout = {.probability = 0.1f, .key = {1, 2, 3}}, .causal = causal});
      }
    }
  }
}

TEST(Attention, PackedEqualsAloneBitForBit) {
  const std::vector<int> lengths = {7, 130, 1, 20};
  const PackedBatch batch = batch_of(lengths);
  const Tensor qkv = random_tensor({158, 3 * 32}, 1);
  for (const bool causal : {false, true}) {
    const AttentionOptions options{.heads = 4, .dropout = {.probability = 0.1f, .key = {5, 6, 7}}, .causal = causal};
    const OpRun together =
        run_op([&](Tape&, const std::vector<Var>& in) { return attention(in[0], batch, options); }, {qkv}, 2);
    for (std::size_t b = 0; b < lengths.size(); ++b) {
      PackedBatch one = batch_of({lengths[b]});
      one.sample_ids = {batch.sample_ids[b]};
      const OpRun alone = run_op([&](Tape&, const std::vector<Var>& in) { return attention(in[0], one, options); },
                                 {qkv.rows(batch.cu_seqlens[b], batch.cu_seqlens[b + 1])}, 1);
      EXPECT_TRUE(same_bits(alone.output, together.output.rows(batch.cu_seqlens[b], batch.cu_seqlens[b + 1]))) << b;
    }
  }
}

TEST(Attention, FirstTokensAloneHaveTheSameBitsAndGradients) {
  const PackedBatch batch = batch_of({7, 130, 1, 20});
  const std::vector<std::int32_t> firsts = first_tokens(batch);
  const Tensor x = random_tensor({158, 3 * 32}, 1);
  const Tensor q = Tensor::zeros({4, 32});
  const Tensor kv = Tensor::zeros({158, 64});
  for (std::int64_t row = 0; row < 158; ++row) {
    std::copy_n(x.f32() + row * 96 + 32, 64, kv.f32() + row * 64);
  }
  for (std::int64_t b = 0; b < 4; ++b) {
    std::copy_n(x.f32() + firsts[static_cast<std::size_t>(b)] * 96, 32, q.f32() + b * 32);
  }
  for (const float probability : {0.0f, 0.3f}) {
    const AttentionOptions options{.heads = 4, .dropout = {.probability = probability, .key = {5, 6, 7}}};
    const OpRun all =
        run_op([&](Tape&, const std::vector<Var>& in) { return gather_rows(attention(in[0], batch, options), firsts); },
               {x}, 2);
    const OpRun first =
        run_op([&](Tape&, const std::vector<Var>& in) { return attention_of_first(in[0], in[1], batch, options); },
               {q, kv}, 2);
    EXPECT_TRUE(same_bits(first.output, all.output));
    std::vector<double> d_kv;
    for (std::int64_t row = 0; row < 158; ++row) {
      for (std::int64_t c = 32; c < 96; ++c) d_kv.push_back(all.gradients[0].f32()[row * 96 + c]);
    }
    expect_near(first.gradients[1], d_kv, "d_kv");
    std::vector<double> d_q;
    for (const std::int32_t row : firsts) {
      for (std::int64_t c = 0; c < 32; ++c) d_q.push_back(all.gradients[0].f32()[row * 96 + c]);
    }
    expect_near(first.gradients[0], d_q, "d_q");
  }
  const PackedBatch small = batch_of({3, 1, 5});
  check_op([&](Tape&, const std::vector<Var>& in) { return attention_of_first(in[0], in[1], small, {.heads = 2}); },
           {random_tensor({3, 8}, 1), random_tensor({9, 16}, 2)});
}

TEST(Attention, LargeScoresStayFinite) {
  const PackedBatch batch = batch_of({6});
  const Tensor qkv = random_tensor({6, 12}, 1, 300.0);
  const OpRun run =
      run_op([&](Tape&, const std::vector<Var>& in) { return attention(in[0], batch, {.heads = 1}); }, {qkv}, 1);
  for (const float value : run.output.values()) EXPECT_TRUE(std::isfinite(value));
  for (const float value : run.gradients[0].values()) EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace yupu::engine
