#include "engine/ops/low_rank/low_rank.h"

#include <algorithm>
#include <memory>

#include "engine/ops/add/add.h"
#include "engine/ops/linear/linear.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

constexpr float kScale = 0.7f;

// Two terms over a projection of 9 columns: columns 0-3 and 5-8, as query and value of a fused projection.
Var two_terms(const std::vector<Var>& in, std::int64_t row_begin, std::int64_t row_end) {
  const Var y = linear(in[0], in[1], Var());
  const LowRankTerm terms[] = {{in[0], in[2], in[3], Var(), kScale, 0, row_begin, row_end},
                               {in[0], in[4], in[5], in[6], kScale, 5, row_begin, row_end}};
  return add_low_rank(y, terms);
}

std::vector<Tensor> two_term_inputs() {
  return {random_tensor({6, 7}, 1),      random_tensor({9, 7}, 2, 0.4), random_tensor({3, 7}, 3, 0.4),
          random_tensor({4, 3}, 4, 0.5), random_tensor({2, 7}, 5, 0.4), random_tensor({4, 2}, 6, 0.5),
          random_tensor({2}, 7)};
}

TEST(LowRank, GradientsOfEveryInput) {
  check_op([](Tape&, const std::vector<Var>& in) { return two_terms(in, 0, 6); }, two_term_inputs());
}

TEST(LowRank, GradientsWhereTheTermsCoverSomeRows) {
  check_op([](Tape&, const std::vector<Var>& in) { return two_terms(in, 1, 4); }, two_term_inputs());
}

TEST(LowRank, IsTheChangeOfTheWeight) {
  const std::vector<Tensor> in = two_term_inputs();
  const OpRun run = run_op([](Tape&, const std::vector<Var>& vars) { return two_terms(vars, 0, 6); }, in, 2);
  std::vector<double> weight(in[1].values().begin(), in[1].values().end());
  for (std::size_t i = 0; i < 7; ++i) {
    for (std::size_t o = 0; o < 4; ++o) {
      for (std::size_t r = 0; r < 3; ++r) {
        weight[o * 7 + i] += static_cast<double>(kScale) * in[3].values()[o * 3 + r] * in[2].values()[r * 7 + i];
      }
      for (std::size_t r = 0; r < 2; ++r) {
        weight[(5 + o) * 7 + i] +=
            static_cast<double>(kScale) * in[5].values()[o * 2 + r] * in[6].values()[r] * in[4].values()[r * 7 + i];
      }
    }
  }
  std::vector<double> expected(6 * 9);
  for (std::size_t r = 0; r < 6; ++r) {
    for (std::size_t o = 0; o < 9; ++o) {
      for (std::size_t i = 0; i < 7; ++i) expected[r * 9 + o] += in[0].values()[r * 7 + i] * weight[o * 7 + i];
    }
  }
  expect_near(run.output, expected, "y");
}

// Every row gets what it would get alone under its own term, whatever the others carry.
TEST(LowRank, SegmentsAreTheRowsAloneBitForBit) {
  ExecutionContext context(2);
  const Tensor x = random_tensor({11, 40}, 1);
  const Tensor weight = random_tensor({24, 40}, 2, 0.2);
  const std::int64_t bounds[] = {0, 1, 5, 5, 9, 11};
  const std::int64_t ranks[] = {4, 1, 8, 0, 33};
  std::vector<Tensor> down, up;
  for (std::uint64_t g = 0; g < 5; ++g) {
    down.push_back(random_tensor({ranks[g], 40}, 10 + g, 0.2));
    up.push_back(random_tensor({24, ranks[g]}, 20 + g, 0.2));
  }
  Tape tape(context, Tape::Mode::kInference);
  std::vector<LowRankTerm> terms;
  const Var all = tape.constant(x);
  for (std::size_t g = 0; g < 5; ++g) {
    terms.push_back({all, tape.constant(down[g]), tape.constant(up[g]), Var(), 2.0f, 0, bounds[g], bounds[g + 1]});
  }
  const Tensor mixed = add_low_rank(linear(all, tape.constant(weight), Var()), terms).value();
  for (std::size_t g = 0; g < 5; ++g) {
    if (bounds[g] == bounds[g + 1]) continue;
    const Var own = tape.constant(x.rows(bounds[g], bounds[g + 1]).clone());
    const LowRankTerm term{own, tape.constant(down[g]), tape.constant(up[g]), Var(), 2.0f, 0, 0, own.size(0)};
    const Tensor alone = add_low_rank(linear(own, tape.constant(weight), Var()), {&term, 1}).value();
    EXPECT_TRUE(same_bits(mixed.rows(bounds[g], bounds[g + 1]), alone)) << "segment " << g;
  }
}

TEST(LowRank, FrozenInputsGetNoGradient) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kTraining);
  const std::vector<Tensor> in = two_term_inputs();
  const Var x = tape.constant(in[0]);
  const Var up = tape.input(in[3]);
  const LowRankTerm term{x, tape.constant(in[2]), up, Var(), 1.0f, 0, 0, 6};
  const Var base = linear(x, tape.constant(in[1]), Var());
  EXPECT_FALSE(base.requires_grad());
  const Var y = add_low_rank(base, {&term, 1});
  ASSERT_TRUE(y.requires_grad());
  tape.backward_from(y, random_tensor({6, 9}, 77));
  EXPECT_TRUE(up.grad().defined());
  EXPECT_FALSE(x.grad().defined());
}

// Inference over parameters: many terms of ranks 0 to 64, one of them of a single row, with an activation behind.
struct Segment {
  std::unique_ptr<Parameter> down, up, diagonal;
  std::int64_t row_begin, row_end;
};

std::vector<Segment> some_segments(std::int64_t in, std::int64_t out) {
  std::vector<Segment> segments;
  std::int64_t row = 0;
  std::uint64_t seed = 10;
  for (const auto& [rank, rows] : {std::pair<std::int64_t, std::int64_t>{8, 1}, {1, 3}, {0, 2}, {64, 31}, {7, 60}}) {
    Segment segment{.down = nullptr, .up = nullptr, .diagonal = nullptr, .row_begin = row, .row_end = row + rows};
    segment.down = std::make_unique<Parameter>("down", random_tensor({rank, in}, ++seed, 0.4), true);
    segment.up = std::make_unique<Parameter>("up", random_tensor({out, rank}, ++seed, 0.4), true);
    if (rank == 7) segment.diagonal = std::make_unique<Parameter>("diagonal", random_tensor({rank}, ++seed), true);
    segments.push_back(std::move(segment));
    row += rows;
  }
  return segments;
}

Tensor infer(const std::vector<Segment>& segments, const Tensor& x, const Tensor& y, int threads) {
  ExecutionContext context(threads);
  Tape tape(context, Tape::Mode::kInference);
  const Var input = tape.constant(x);
  const auto leaf = [&](const std::unique_ptr<Parameter>& parameter) {
    return parameter == nullptr ? Var() : tape.leaf(static_cast<const Parameter&>(*parameter));
  };
  std::vector<LowRankTerm> terms;
  for (const Segment& s : segments) {
    terms.push_back({input, leaf(s.down), leaf(s.up), leaf(s.diagonal), kScale, 5, s.row_begin, s.row_end});
  }
  return add_low_rank(tape.constant(y.clone()), terms, Activation::kRelu).value().clone();
}

TEST(LowRank, ManyTermsOfParametersGiveWhatTheProductsSay) {
  constexpr std::int64_t kIn = 37, kOut = 45, kRowCount = 103;  // the last rows are in no segment
  const auto segments = some_segments(kIn, kOut);
  const Tensor x = random_tensor({kRowCount, kIn}, 1, 0.5);
  const Tensor y = random_tensor({kRowCount, kOut + 9}, 2);
  std::vector<double> expected(y.values().begin(), y.values().end());
  for (const Segment& s : segments) {
    const std::int64_t rank = s.down->value.size(0);
    for (std::int64_t row = s.row_begin; row < s.row_end; ++row) {
      for (std::int64_t r = 0; r < rank; ++r) {
        double u = 0;
        for (std::int64_t i = 0; i < kIn; ++i) {
          u += static_cast<double>(x.f32()[row * kIn + i]) * s.down->value.f32()[r * kIn + i];
        }
        u *= static_cast<double>(kScale) * (s.diagonal != nullptr ? s.diagonal->value.f32()[r] : 1.0f);
        for (std::int64_t o = 0; o < kOut; ++o) {
          expected[static_cast<std::size_t>(row * (kOut + 9) + 5 + o)] += u * s.up->value.f32()[o * rank + r];
        }
      }
    }
  }
  for (double& value : expected) value = std::max(value, 0.0);
  expect_near(infer(segments, x, y, 2), expected, "y");
}

TEST(LowRank, ARowOfManyTermsIsTheRowAloneBitForBit) {
  constexpr std::int64_t kIn = 37, kOut = 45, kRowCount = 103;
  const auto segments = some_segments(kIn, kOut);
  const Tensor x = random_tensor({kRowCount, kIn}, 1, 0.5);
  const Tensor y = random_tensor({kRowCount, kOut + 9}, 2);
  const Tensor together = infer(segments, x, y, 3);
  for (const Segment& s : segments) {
    for (std::int64_t row = s.row_begin; row < s.row_end; ++row) {
      std::vector<Segment> alone(1);
      alone[0].down = std::make_unique<Parameter>("down", s.down->value, true);
      alone[0].up = std::make_unique<Parameter>("up", s.up->value, true);
      if (s.diagonal != nullptr) alone[0].diagonal = std::make_unique<Parameter>("d", s.diagonal->value, true);
      alone[0].row_begin = 0;
      alone[0].row_end = 1;
      const Tensor one = infer(alone, x.rows(row, row + 1), y.rows(row, row + 1), 1);
      const auto part = together.rows(row, row + 1).values();
      ASSERT_TRUE(std::equal(part.begin(), part.end(), one.values().begin())) << "row " << row;
    }
  }
}

TEST(LowRank, AChangedParameterIsPackedAnew) {
  auto segments = some_segments(8, 8);
  const Tensor x = random_tensor({97, 8}, 1), y = random_tensor({97, 17}, 2);
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kInference);
  Segment& s = segments[0];
  const auto run = [&] {
    const LowRankTerm term{tape.constant(x),
                           tape.leaf(static_cast<const Parameter&>(*s.down)),
                           tape.leaf(static_cast<const Parameter&>(*s.up)),
                           Var(),
                           1.0f,
                           0,
                           0,
                           97};
    return add_low_rank(tape.constant(y.clone()), {&term, 1}).value().clone();
  };
  const Tensor before = run();
  s.up->value.zero();
  s.up->value_changed();
  const Tensor after = run();
  EXPECT_FALSE(std::equal(before.values().begin(), before.values().end(), after.values().begin()));
  EXPECT_TRUE(std::equal(y.values().begin(), y.values().end(), after.values().begin()));
}

TEST(LowRankDeath, ShapesAreChecked) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kInference);
  const Var x = tape.constant(Tensor::zeros({2, 3}));
  const Var y = tape.constant(Tensor::zeros({2, 4}));
  const LowRankTerm wide{x, tape.constant(Tensor::zeros({1, 3})), tape.constant(Tensor::zeros({5, 1})), Var(), 1, 0, 0,
                         2};
  EXPECT_DEATH((void)add_low_rank(y, {&wide, 1}), "columns from 0");
  const LowRankTerm ranks{x, tape.constant(Tensor::zeros({1, 3})), tape.constant(Tensor::zeros({4, 2})), Var(), 1, 0, 0,
                          2};
  EXPECT_DEATH((void)add_low_rank(y, {&ranks, 1}), "low-rank term of input");
}

}  // namespace
}  // namespace yupu::engine
