#include "engine/ops/attention/cached_attention.h"

#include <algorithm>
#include <cmath>

#include "engine/device/cpu/gemm.h"
#include "engine/ops/op.h"
#include "engine/ops/softmax/softmax_kernel.h"
#include "engine/profile.h"

namespace yupu::engine {
namespace {

// Scores are formed for this many queries at a time, so that scratch grows with T and not with its square.
constexpr std::int64_t kQueryBlock = 128;

void append(const float* qkv, std::int64_t count, std::int64_t channels, KeyValueCache& cache) {
  CHECK(cache.rows.rank() == 2 && cache.rows.size(1) == 2 * channels && cache.count + count <= cache.rows.size(0),
        fmt::format("{} keys and values of {} channels more in a cache {} that holds {}", count, channels,
                    cache.rows.shape().to_text(), cache.count));
  for (std::int64_t row = 0; row < count; ++row) {
    std::copy_n(qkv + row * 3 * channels + channels, 2 * channels,
                cache.rows.f32() + (cache.count + row) * 2 * channels);
  }
  cache.count += count;
}

struct Scratch {
  std::int64_t score_floats, product_floats;
  Scratch(std::int64_t queries, std::int64_t keys, std::int64_t width) {
    constexpr std::int64_t kAlignment = 16;
    const std::int64_t rows = std::min(kQueryBlock, queries);
    score_floats = (rows * keys + kAlignment - 1) / kAlignment * kAlignment;
    product_floats = std::max(gemm_scratch_floats({rows, keys, width}), gemm_scratch_floats({rows, width, keys}));
  }
};

// One head of one sequence: `count` queries, the last of the cache's tokens.
struct HeadOfSequence {
  const float* queries;
  const KeyValueCache* cache;
  std::int64_t count, channels, width, column;
  float* y;

  void run(float* scores, float* product_scratch) const {
    const std::int64_t stride = 2 * channels;
    const float* const kept = cache->rows.f32();
    const MatrixView keys{kept + column, stride, true};
    const MatrixView values{kept + channels + column, stride, false};
    const float scale = 1.0f / std::sqrt(static_cast<float>(width));
    for (std::int64_t query = 0; query < count; query += kQueryBlock) {
      const std::int64_t rows = std::min(kQueryBlock, count - query);
      const std::int64_t before = cache->count - count + query;  // tokens before the first of these
      const std::int64_t key_count = before + rows;
      gemm_serial({rows, key_count, width}, {queries + query * 3 * channels + column, 3 * channels, false}, keys,
                  {scores, key_count, false}, product_scratch);
      for (std::int64_t i = 0; i < rows; ++i) {
        float* const p = scores + i * key_count;
        softmax_row(p, scale, before + i + 1, p);
        std::fill(p + before + i + 1, p + key_count, 0.0f);
      }
      gemm_serial({rows, width, key_count}, {scores, key_count, false}, values,
                  {y + query * channels + column, channels, false}, product_scratch);
    }
  }
};

}  // namespace

Var cached_attention(const Var& qkv, const PackedBatch& batch, int heads, std::span<KeyValueCache* const> caches) {
  Tape& tape = tape_of(qkv);
  const ProfileScope scope(tape.context(), "cached attention");
  check_matrix(qkv.value(), "qkv of cached attention");
  const std::int64_t sequences = batch.sequence_count();
  const std::int64_t channels = qkv.size(1) / 3;
  CHECK(!tape.training(), "cached attention has no backward");
  CHECK(qkv.size(1) % 3 == 0 && heads > 0 && channels % heads == 0 && batch.token_count() == qkv.size(0) &&
            static_cast<std::int64_t>(caches.size()) == sequences,
        fmt::format("cached attention of qkv {} in {} heads, {} sequences of {} tokens, {} caches",
                    qkv.shape().to_text(), heads, sequences, batch.token_count(), caches.size()));
  const float* const x = qkv.value().f32();
  std::int64_t longest = 0, most = 0;
  for (std::int64_t b = 0; b < sequences; ++b) {
    const auto at = static_cast<std::size_t>(b);
    const std::int64_t count = batch.cu_seqlens[at + 1] - batch.cu_seqlens[at];
    append(x + batch.cu_seqlens[at] * 3 * channels, count, channels, *caches[at]);
    longest = std::max(longest, caches[at]->count);
    most = std::max(most, count);
  }
  const std::int64_t width = channels / heads;
  const Scratch layout(most, longest, width);
  const Tensor scratch = tape.empty({tape.team().size(), layout.score_floats + layout.product_floats});
  Tensor y = tape.empty({qkv.size(0), channels});
  tape.team().parallel_for(sequences * heads, 1, [&](std::int64_t first, std::int64_t last, int member) {
    float* const scores = scratch.f32() + member * (layout.score_floats + layout.product_floats);
    for (std::int64_t task = first; task < last; ++task) {
      const auto b = static_cast<std::size_t>(task / heads);
      const std::int64_t begin = batch.cu_seqlens[b];
      const HeadOfSequence head{.queries = x + begin * 3 * channels,
                                .cache = caches[b],
                                .count = batch.cu_seqlens[b + 1] - begin,
                                .channels = channels,
                                .width = width,
                                .column = task % heads * width,
                                .y = y.f32() + begin * channels};
      head.run(scores, scores + layout.score_floats);
    }
  });
  return tape.result(std::move(y), false);
}

}  // namespace yupu::engine
