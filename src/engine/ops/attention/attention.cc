#include "engine/ops/attention/attention.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/device/cpu/elementwise.h"
#include "engine/device/cpu/gemm.h"
#include "engine/ops/attention/short_attention.h"
#include "engine/ops/dropout/dropout_mask.h"
#include "engine/ops/op.h"
#include "engine/ops/softmax/softmax_kernel.h"
#include "engine/profile.h"

namespace yupu::engine {
namespace {

// Scores are formed for this many queries at a time, so scratch grows with T and not with its square.
constexpr std::int64_t kQueryBlock = 128;
// Heads of so few and short sequences (in units of cost() below, some 5 us) are done before a second thread is up.
constexpr std::int64_t kSerialCost = 6000;

// The matrices of one attention: a row per token (of q: per query), `stride` apart; head h begins at column h*width.
struct Heads {
  const float *q, *k, *v;
  std::int64_t q_stride, stride;
};
struct HeadGradients {
  float *q, *k, *v;  // null: not wanted
  std::int64_t q_stride, k_stride, v_stride;
  bool q_accumulate, k_accumulate, v_accumulate;
};

struct Geometry {
  const PackedBatch* batch;
  std::int64_t heads, width;
  float scale;
  DropoutStream stream;
  bool causal = false;
  bool first_only = false;  // one query a sequence, its first token; row b of q and y is sequence b's

  std::int64_t begin(std::int64_t sequence) const { return batch->cu_seqlens[static_cast<std::size_t>(sequence)]; }
  std::int64_t length(std::int64_t sequence) const { return begin(sequence + 1) - begin(sequence); }
  std::int64_t query_begin(std::int64_t sequence) const { return first_only ? sequence : begin(sequence); }
  std::int64_t query_count(std::int64_t sequence) const {
    return first_only ? std::min<std::int64_t>(1, length(sequence)) : length(sequence);
  }
  std::int64_t query_rows() const { return first_only ? batch->sequence_count() : batch->cu_seqlens.back(); }
  // Keys that queries [0, end) of the sequence ask.
  std::int64_t keys(std::int64_t sequence, std::int64_t end) const { return causal ? end : length(sequence); }
  std::uint64_t sample(std::int64_t sequence) const { return batch->sample_ids[static_cast<std::size_t>(sequence)]; }
};

std::int64_t round_up(std::int64_t value, std::int64_t unit) { return (value + unit - 1) / unit * unit; }

// Scratch of one member, carved for the longest sequence.
struct Scratch {
  std::int64_t score_floats, factor_floats, product_floats, short_floats;
  int score_buffers;

  Scratch(const Geometry& geometry, int buffers) : score_buffers(buffers) {
    const std::int64_t longest = geometry.batch->max_seqlen;
    const std::int64_t rows = geometry.first_only ? 1 : std::min(kQueryBlock, longest);
    score_floats = round_up(rows * longest, 16);
    factor_floats = is_active(geometry.stream) ? round_up(rows * longest + 2 * kDropoutGroup, 16) : 0;
    // The products differ in which side is long; the maximum over them.
    const std::int64_t w = geometry.width;
    product_floats = std::max({gemm_scratch_floats({rows, longest, w}), gemm_scratch_floats({rows, w, longest}),
                               gemm_scratch_floats({longest, w, rows})});
    short_floats = 0;
    for (std::int64_t b = 0; b < geometry.batch->sequence_count(); ++b) {
      const std::int64_t keys = geometry.length(b);
      if (is_short(keys, w)) short_floats = std::max(short_floats, short_attention_floats(keys, w));
    }
  }
  std::int64_t floats() const {
    return factor_floats + std::max(score_buffers * score_floats + product_floats, round_up(short_floats, 16));
  }
};

// Calls fn(sequence, head, member) for all pairs, cut so that members get equal shares of T^2.
template <class Fn>
void for_each_head(ThreadTeam& team, const Geometry& geometry, const Fn& fn) {
  const std::int64_t sequences = geometry.batch->sequence_count();
  const auto cost = [&](std::int64_t sequence) {
    const std::int64_t length = geometry.length(sequence);
    return length * (geometry.query_count(sequence) + geometry.width);
  };
  std::int64_t total = 0;
  for (std::int64_t b = 0; b < sequences; ++b) total += cost(b) * geometry.heads;
  const std::int64_t members = total < kSerialCost ? 1 : team.size();
  team.parallel_for(members, 1, [&](std::int64_t first, std::int64_t last, int member) {
    const std::int64_t from = total / members * first;
    const std::int64_t to = last == members ? total : total / members * last;
    std::int64_t before = 0;
    for (std::int64_t b = 0; b < sequences && before < to; ++b) {
      for (std::int64_t h = 0; h < geometry.heads; ++h) {
        if (before >= from && before < to) fn(b, h, member);
        before += cost(b);
      }
    }
  });
}

// Dropout factors of queries [query, query+rows) of one head: a pointer to the first, in `buffer`.
const float* query_factors(const Geometry& geometry, std::int64_t sequence, std::int64_t head, std::int64_t query,
                           std::int64_t rows, float* buffer) {
  if (!is_active(geometry.stream)) return nullptr;
  const std::int64_t length = geometry.length(sequence);
  const std::int64_t first_group = query * length / kDropoutGroup;
  const std::int64_t last_group = dropout_groups((query + rows) * length);
  dropout_factors(geometry.stream, geometry.sample(sequence), static_cast<std::uint32_t>(head), first_group,
                  last_group - first_group, buffer);
  return buffer + query * length - first_group * kDropoutGroup;
}

ShortHead short_head(const Geometry& g, const Heads& x, std::int64_t sequence, std::int64_t head,
                     float* factor_buffer) {
  const std::int64_t row = g.begin(sequence);
  const std::int64_t column = head * g.width;
  const std::int64_t queries = g.query_count(sequence);
  return {.q = x.q + g.query_begin(sequence) * x.q_stride + column,
          .k = x.k + row * x.stride + column,
          .v = x.v + row * x.stride + column,
          .q_stride = x.q_stride,
          .stride = x.stride,
          .queries = queries,
          .keys = g.length(sequence),
          .width = g.width,
          .scale = g.scale,
          .causal = g.causal,
          .factors = query_factors(g, sequence, head, 0, queries, factor_buffer)};
}

void forward_head(const Geometry& g, const Heads& x, std::int64_t sequence, std::int64_t head, const Scratch& layout,
                  float* scratch, float* y, float* log_sums) {
  const std::int64_t length = g.length(sequence);
  const std::int64_t row0 = g.begin(sequence);
  const std::int64_t column = head * g.width;
  const std::int64_t y_stride = g.heads * g.width;
  float* factor_buffer = scratch;
  if (is_short(length, g.width)) {
    const ShortHead one = short_head(g, x, sequence, head, factor_buffer);
    const std::int64_t row = g.query_begin(sequence);
    short_attention(one, scratch + layout.factor_floats, y + row * y_stride + column, y_stride,
                    log_sums != nullptr ? log_sums + row * g.heads + head : nullptr, g.heads);
    return;
  }
  float* scores = factor_buffer + layout.factor_floats;
  float* product_scratch = scores + layout.score_floats;
  const MatrixView keys{x.k + row0 * x.stride + column, x.stride, true};
  const MatrixView values{x.v + row0 * x.stride + column, x.stride, false};
  const std::int64_t queries = g.query_count(sequence);
  for (std::int64_t query = 0; query < queries; query += kQueryBlock) {
    const std::int64_t rows = std::min(kQueryBlock, queries - query);
    const std::int64_t row = g.query_begin(sequence) + query;
    const std::int64_t key_count = g.keys(sequence, query + rows);
    gemm_serial({rows, key_count, g.width}, {x.q + row * x.q_stride + column, x.q_stride, false}, keys,
                {scores, length, false}, product_scratch);
    const float* factors = query_factors(g, sequence, head, query, rows, factor_buffer);
    for (std::int64_t i = 0; i < rows; ++i) {
      float* const p = scores + i * length;
      const std::int64_t seen = g.keys(sequence, query + i + 1);
      const float log_sum = softmax_row(p, g.scale, seen, p);
      std::fill(p + seen, p + key_count, 0.0f);
      if (log_sums != nullptr) log_sums[(row + i) * g.heads + head] = log_sum;
      if (factors != nullptr) multiply_row(p, factors + i * length, seen, p);
    }
    gemm_serial({rows, g.width, key_count}, {scores, length, false}, values,
                {y + row * y_stride + column, y_stride, false}, product_scratch);
  }
}

void backward_head(const Geometry& g, const Heads& x, const HeadGradients& d, const float* d_y, const float* log_sums,
                   std::int64_t sequence, std::int64_t head, const Scratch& layout, float* scratch) {
  const std::int64_t length = g.length(sequence);
  const std::int64_t row0 = g.begin(sequence);
  const std::int64_t column = head * g.width;
  const std::int64_t y_stride = g.heads * g.width;
  float* factor_buffer = scratch;
  if (is_short(length, g.width)) {
    const ShortHead one = short_head(g, x, sequence, head, factor_buffer);
    const std::int64_t row = g.query_begin(sequence);
    const auto at = [&](float* d_x, std::int64_t begin, std::int64_t stride) {
      return d_x != nullptr ? d_x + begin * stride + column : nullptr;
    };
    short_attention_backward(one, scratch + layout.factor_floats, d_y + row * y_stride + column, y_stride,
                             log_sums + row * g.heads + head, g.heads,
                             {at(d.q, row, d.q_stride), at(d.k, row0, d.k_stride), at(d.v, row0, d.v_stride),
                              d.q_stride, d.k_stride, d.v_stride, d.q_accumulate, d.k_accumulate, d.v_accumulate});
    return;
  }
  float* p = factor_buffer + layout.factor_floats;  // probabilities
  float* s = p + layout.score_floats;  // dropped probabilities, then their gradients, then those of the scores
  float* product_scratch = s + layout.score_floats;
  const MatrixView keys{x.k + row0 * x.stride + column, x.stride, false};
  const MatrixView keys_transposed{keys.data, x.stride, true};
  const MatrixView values_transposed{x.v + row0 * x.stride + column, x.stride, true};
  const std::int64_t query_count = g.query_count(sequence);
  // Causal: from the last block, which alone asks every key, so that the others find something to add to.
  const std::int64_t blocks = (query_count + kQueryBlock - 1) / kQueryBlock;
  for (std::int64_t block = 0; block < blocks; ++block) {
    const std::int64_t query = (g.causal ? blocks - 1 - block : block) * kQueryBlock;
    const std::int64_t rows = std::min(kQueryBlock, query_count - query);
    const std::int64_t row = g.query_begin(sequence) + query;
    const std::int64_t key_count = g.keys(sequence, query + rows);
    const bool later = block > 0;
    const MatrixView queries{x.q + row * x.q_stride + column, x.q_stride, false};
    const MatrixView d_out{d_y + row * y_stride + column, y_stride, false};
    gemm_serial({rows, key_count, g.width}, queries, keys_transposed, {p, length, false}, product_scratch);
    const float* factors = query_factors(g, sequence, head, query, rows, factor_buffer);
    for (std::int64_t i = 0; i < rows; ++i) {
      float* const p_row = p + i * length;
      const std::int64_t seen = g.keys(sequence, query + i + 1);
      softmax_row_again(p_row, g.scale, log_sums[(row + i) * g.heads + head], seen, p_row);
      std::fill(p_row + seen, p_row + key_count, 0.0f);
      if (d.v == nullptr || factors == nullptr) continue;
      multiply_row(p_row, factors + i * length, key_count, s + i * length);
    }
    if (d.v != nullptr) {
      gemm_serial({key_count, g.width, rows}, {factors != nullptr ? s : p, length, true}, d_out,
                  {d.v + row0 * d.v_stride + column, d.v_stride, d.v_accumulate || later}, product_scratch);
    }
    if (d.q == nullptr && d.k == nullptr) continue;
    gemm_serial({rows, key_count, g.width}, d_out, values_transposed, {s, length, false}, product_scratch);
    for (std::int64_t i = 0; i < rows; ++i) {
      const float* row_factors = factors != nullptr ? factors + i * length : nullptr;
      float* const s_row = s + i * length;
      const std::int64_t seen = g.keys(sequence, query + i + 1);
      softmax_row_backward(p + i * length, s_row, row_factors, g.scale, seen, s_row);
      std::fill(s_row + seen, s_row + key_count, 0.0f);
    }
    if (d.q != nullptr) {
      gemm_serial({rows, g.width, key_count}, {s, length, false}, keys,
                  {d.q + row * d.q_stride + column, d.q_stride, d.q_accumulate}, product_scratch);
    }
    if (d.k != nullptr) {
      gemm_serial({key_count, g.width, rows}, {s, length, true}, queries,
                  {d.k + row0 * d.k_stride + column, d.k_stride, d.k_accumulate || later}, product_scratch);
    }
  }
}

Geometry make_geometry(const Tape& tape, const PackedBatch& batch, std::int64_t rows, std::int64_t channels,
                       const AttentionOptions& options) {
  CHECK(options.heads > 0 && channels % options.heads == 0,
        fmt::format("{} channels in {} heads", channels, options.heads));
  CHECK(!batch.cu_seqlens.empty() && batch.cu_seqlens.back() == rows,
        fmt::format("a batch that does not cover {} rows", rows));
  Geometry geometry;
  geometry.batch = &batch;
  geometry.heads = options.heads;
  geometry.width = channels / options.heads;
  geometry.scale = 1.0f / std::sqrt(static_cast<float>(geometry.width));
  geometry.causal = options.causal;
  if (tape.training()) geometry.stream = dropout_stream(options.dropout);
  CHECK(!is_active(geometry.stream) || batch.sample_ids.size() + 1 == batch.cu_seqlens.size(),
        "dropout needs the sample id of every sequence");
  return geometry;
}

// Forward over all heads; log_sums is undefined when backward is not wanted.
Tensor forward(Tape& tape, const Geometry& geometry, const Heads& heads, const Tensor& log_sums) {
  const ProfileScope scope(tape.context(), "attention forward");
  Tensor y = tape.empty({geometry.query_rows(), geometry.heads * geometry.width});
  const Scratch layout(geometry, 1);
  const Tensor scratch = tape.empty({tape.team().size(), layout.floats()});
  float* const kept = log_sums.defined() ? log_sums.f32() : nullptr;
  for_each_head(tape.team(), geometry, [&](std::int64_t sequence, std::int64_t head, int member) {
    forward_head(geometry, heads, sequence, head, layout, scratch.f32() + member * layout.floats(), y.f32(), kept);
  });
  return y;
}

void backward(Tape& tape, const Geometry& geometry, const Heads& heads, const HeadGradients& gradients,
              const Tensor& d_y, const Tensor& log_sums) {
  const ProfileScope scope(tape.context(), "attention backward");
  const Scratch layout(geometry, 2);
  const Tensor scratch = tape.empty({tape.team().size(), layout.floats()});
  for_each_head(tape.team(), geometry, [&](std::int64_t sequence, std::int64_t head, int member) {
    backward_head(geometry, heads, gradients, d_y.f32(), log_sums.f32(), sequence, head, layout,
                  scratch.f32() + member * layout.floats());
  });
}

}  // namespace

Var attention(const Var& q, const Var& k, const Var& v, const PackedBatch& batch, const AttentionOptions& options) {
  Tape& tape = tape_of(q, k, v);
  check_matrix(q.value(), "q of attention");
  CHECK(k.shape() == q.shape() && v.shape() == q.shape(),
        fmt::format("attention of q {}, k {}, v {}", q.shape().to_text(), k.shape().to_text(), v.shape().to_text()));
  const std::int64_t channels = q.size(1);
  const Geometry geometry = make_geometry(tape, batch, q.size(0), channels, options);
  const bool needs_grad = q.requires_grad() || k.requires_grad() || v.requires_grad();
  const Tensor log_sums = needs_grad ? tape.empty({q.size(0), geometry.heads}) : Tensor();
  const Heads heads{q.value().f32(), k.value().f32(), v.value().f32(), channels, channels};
  Var result = tape.result(forward(tape, geometry, heads, log_sums), needs_grad);
  if (result.requires_grad()) {
    tape.record(result, [&tape, geometry, heads, log_sums, channels, qt = q.value(), kt = k.value(), vt = v.value(),
                         q_node = q.node(), k_node = k.node(), v_node = v.node()](const Tensor& d_y) {
      // One node in two roles: both add into a zeroed gradient, because a head does not finish one role before the
      // next.
      const bool shared =
          (q_node != nullptr && (q_node == k_node || q_node == v_node)) || (k_node != nullptr && k_node == v_node);
      bool accumulates[3] = {};
      float* targets[3] = {};
      Node* const nodes[3] = {q_node, k_node, v_node};
      for (int i = 0; i < 3; ++i) {
        if (nodes[i] == nullptr) continue;
        const GradSlot slot = tape.grad_slot(nodes[i]);
        if (shared && slot.fresh) zero_fill(tape.team(), slot.tensor.f32(), slot.tensor.element_count());
        targets[i] = slot.tensor.f32();
        accumulates[i] = shared || !slot.fresh;
      }
      const HeadGradients gradients{targets[0], targets[1],     targets[2],     channels,      channels,
                                    channels,   accumulates[0], accumulates[1], accumulates[2]};
      backward(tape, geometry, heads, gradients, d_y, log_sums);
    });
  }
  return result;
}

Var attention(const Var& qkv, const PackedBatch& batch, const AttentionOptions& options) {
  Tape& tape = tape_of(qkv);
  check_matrix(qkv.value(), "qkv of attention");
  CHECK(qkv.size(1) % 3 == 0, "qkv of attention has shape " + qkv.shape().to_text());
  const std::int64_t channels = qkv.size(1) / 3;
  const Geometry geometry = make_geometry(tape, batch, qkv.size(0), channels, options);
  const Tensor log_sums = qkv.requires_grad() ? tape.empty({qkv.size(0), geometry.heads}) : Tensor();
  const float* const x = qkv.value().f32();
  const Heads heads{x, x + channels, x + 2 * channels, 3 * channels, 3 * channels};
  Var result = tape.result(forward(tape, geometry, heads, log_sums), qkv.requires_grad());
  if (result.requires_grad()) {
    tape.record(result,
                [&tape, geometry, heads, log_sums, channels, kept = qkv.value(), node = qkv.node()](const Tensor& d_y) {
                  const GradSlot slot = tape.grad_slot(node);
                  float* const d = slot.tensor.f32();
                  const std::int64_t stride = 3 * channels;
                  const HeadGradients gradients{d,      d + channels, d + 2 * channels, stride,     stride,
                                                stride, !slot.fresh,  !slot.fresh,      !slot.fresh};
                  backward(tape, geometry, heads, gradients, d_y, log_sums);
                });
  }
  return result;
}

Var attention_of_first(const Var& q, const Var& kv, const PackedBatch& batch, const AttentionOptions& options) {
  Tape& tape = tape_of(q, kv);
  check_matrix(q.value(), "q of attention");
  check_matrix(kv.value(), "kv of attention");
  const std::int64_t channels = q.size(1);
  CHECK(kv.size(1) == 2 * channels && q.size(0) == batch.sequence_count(),
        fmt::format("attention of first tokens: q {}, kv {}, {} sequences", q.shape().to_text(), kv.shape().to_text(),
                    batch.sequence_count()));
  CHECK(!options.causal, "a first token alone asks the whole of its sequence");
  Geometry geometry = make_geometry(tape, batch, kv.size(0), channels, options);
  geometry.first_only = true;
  const bool needs_grad = q.requires_grad() || kv.requires_grad();
  const Tensor log_sums = needs_grad ? tape.empty({q.size(0), geometry.heads}) : Tensor();
  const float* const keys = kv.value().f32();
  const Heads heads{q.value().f32(), keys, keys + channels, channels, 2 * channels};
  Var result = tape.result(forward(tape, geometry, heads, log_sums), needs_grad);
  if (result.requires_grad()) {
    tape.record(result, [&tape, geometry, heads, log_sums, channels, kept_q = q.value(), kept_kv = kv.value(),
                         q_node = q.node(), kv_node = kv.node()](const Tensor& d_y) {
      const GradSlot q_slot = q_node != nullptr ? tape.grad_slot(q_node) : GradSlot{};
      const GradSlot kv_slot = kv_node != nullptr ? tape.grad_slot(kv_node) : GradSlot{};
      float* const d_q = q_node != nullptr ? q_slot.tensor.f32() : nullptr;
      float* const d_k = kv_node != nullptr ? kv_slot.tensor.f32() : nullptr;
      float* const d_v = kv_node != nullptr ? d_k + channels : nullptr;
      backward(tape, geometry, heads,
               {d_q, d_k, d_v, channels, 2 * channels, 2 * channels, !q_slot.fresh, !kv_slot.fresh, !kv_slot.fresh},
               d_y, log_sums);
    });
  }
  return result;
}

}  // namespace yupu::engine
