#include "engine/ops/dropout/dropout.h"

#include <algorithm>

#include "engine/ops/dropout/dropout_mask.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

TEST(Dropout, TheVectorKernelIsPhilox) {
  const DropoutStream stream = dropout_stream({.probability = 0.25f, .key = {42, 7, 3}});
  constexpr std::uint64_t kSample = 0x123456789abcdefu;
  std::vector<float> factors(3 * kDropoutGroup);
  dropout_factors(stream, kSample, 9, 5, 3, factors.data());
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const auto group = static_cast<std::uint32_t>(5 + i / kDropoutGroup);
    const auto e = static_cast<std::uint32_t>(i % kDropoutGroup);
    const auto words = philox4x32(
        {static_cast<std::uint32_t>(kSample), static_cast<std::uint32_t>(kSample >> 32), 9u, group * 16 + e % 16},
        {stream.key0, stream.key1});
    const std::uint32_t half = (words[e / 32] >> (e / 16 % 2 * 16)) & 0xffff;
    ASSERT_EQ(factors[i], half < stream.threshold ? 0.0f : stream.keep_factor) << i;
  }
}

TEST(Dropout, DropsTheShareItShouldAndKeepsTheMean) {
  const DropoutStream stream = dropout_stream({.probability = 0.1f, .key = {1, 1, 1}});
  std::vector<float> factors(kDropoutGroup * 2000);
  dropout_factors(stream, 1, 1, 0, 2000, factors.data());
  const auto dropped = static_cast<double>(std::count(factors.begin(), factors.end(), 0.0f));
  EXPECT_NEAR(dropped / static_cast<double>(factors.size()), 0.1, 0.003);
  double mean = 0;
  for (const float f : factors) mean += f / static_cast<double>(factors.size());
  EXPECT_NEAR(mean, 1.0, 0.004);
}

TEST(Dropout, EveryPartOfTheKeyMatters) {
  const auto mask = [](DropoutKey key, std::uint64_t sample, std::uint32_t position) {
    std::vector<float> factors(kDropoutGroup);
    dropout_factors(dropout_stream({.probability = 0.5f, .key = key}), sample, position, 0, 1, factors.data());
    return factors;
  };
  const auto base = mask({1, 2, 3}, 4, 5);
  EXPECT_EQ(base, mask({1, 2, 3}, 4, 5));
  EXPECT_NE(base, mask({2, 2, 3}, 4, 5));
  EXPECT_NE(base, mask({1, 3, 3}, 4, 5));
  EXPECT_NE(base, mask({1, 2, 4}, 4, 5));
  EXPECT_NE(base, mask({1, 2, 3}, 5, 5));
  EXPECT_NE(base, mask({1, 2, 3}, 4ull << 32, 5));
  EXPECT_NE(base, mask({1, 2, 3}, 4, 6));
}

TEST(Dropout, GradientsAndInference) {
  const RowKeys rows{{1, 2, 2}, {0, 0, 1}};
  const Dropout options{.probability = 0.4f, .key = {1, 2, 3}, .rows = &rows};
  check_op([&](Tape&, const std::vector<Var>& in) { return dropout(in[0], options); }, {random_tensor({3, 150}, 1)});
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kInference);
  const Var x = tape.constant(random_tensor({3, 150}, 1));
  EXPECT_EQ(dropout(x, options).value().f32(), x.value().f32());
}

}  // namespace
}  // namespace yupu::engine
