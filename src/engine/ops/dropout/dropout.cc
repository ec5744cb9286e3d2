#include "engine/ops/dropout/dropout.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/ops/dropout/dropout_mask.h"
#include "engine/ops/op.h"
#include "engine/profile.h"

namespace yupu::engine {
namespace {

constexpr std::int64_t kGrainRows = 8;

// The finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// y = or += x * factors, row by row.
void apply(Tape& tape, const DropoutStream& stream, const RowKeys& rows, const Tensor& x, const Tensor& y,
           bool accumulate) {
  const ProfileScope scope(tape.context(), "dropout alone");
  const std::int64_t columns = x.size(1);
  const std::int64_t groups = dropout_groups(columns);
  const Tensor scratch = tape.empty({tape.team().size(), groups * kDropoutGroup});
  const float* const from = x.f32();
  float* const to = y.f32();
  tape.team().parallel_for(x.size(0), kGrainRows, [&](std::int64_t begin, std::int64_t end, int member) {
    float* factors = scratch.f32() + member * groups * kDropoutGroup;
    for (std::int64_t r = begin; r < end; ++r) {
      const auto i = static_cast<std::size_t>(r);
      dropout_factors(stream, rows.sample_ids[i], rows.positions[i], 0, groups, factors);
      const float* in = from + r * columns;
      float* out = to + r * columns;
      for (std::int64_t c = 0; c < columns; ++c) out[c] = (accumulate ? out[c] : 0.0f) + in[c] * factors[c];
    }
  });
}

}  // namespace

DropoutStream dropout_stream(const Dropout& dropout) {
  CHECK(dropout.probability >= 0.0f && dropout.probability < 1.0f,
        fmt::format("dropout probability {} is not in [0, 1)", dropout.probability));
  const std::uint64_t key = mix(dropout.key.seed ^ mix(dropout.key.step ^ mix(dropout.key.site)));
  DropoutStream stream;
  stream.key0 = static_cast<std::uint32_t>(key);
  stream.key1 = static_cast<std::uint32_t>(key >> 32);
  stream.threshold = std::min(65535u, static_cast<std::uint32_t>(std::lround(dropout.probability * 65536.0f)));
  stream.keep_factor = 65536.0f / static_cast<float>(65536u - stream.threshold);
  return stream;
}

Var dropout(const Var& x, const Dropout& dropout) {
  Tape& tape = tape_of(x);
  check_matrix(x.value(), "x of dropout");
  const DropoutStream stream = dropout_stream(dropout);
  if (!tape.training() || !is_active(stream)) return x;
  CHECK(dropout.rows != nullptr, "dropout needs the keys of its rows");
  const RowKeys* rows = dropout.rows;
  CHECK(rows->sample_ids.size() == static_cast<std::size_t>(x.size(0)) &&
            rows->positions.size() == rows->sample_ids.size(),
        fmt::format("{} row keys for x {}", rows->sample_ids.size(), x.shape().to_text()));
  Tensor y = tape.empty(x.shape());
  apply(tape, stream, *rows, x.value(), y, false);
  Var result = tape.result(std::move(y), x.requires_grad());
  if (result.requires_grad()) {
    tape.record(result, [&tape, stream, rows, node = x.node()](const Tensor& d_y) {
      const GradSlot slot = tape.grad_slot(node);
      apply(tape, stream, *rows, d_y, slot.tensor, !slot.fresh);
    });
  }
  return result;
}

}  // namespace yupu::engine
