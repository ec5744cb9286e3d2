// The adapters of one forward pass, as the encoder meets them: every call does what the base does and adds what the
// adapters of the batch's segments ask for.  Without adapters it is the base's own op, nothing else.
//   linear      linear plus the low-rank terms of each segment (engine/ops/low_rank)
//   close_sublayer, embedding_norm   with the bottleneck, gain and bias each segment brings
// Invariant   a sequence's numbers do not depend on the segments of the others, bit for bit.
// Rows        kTokens: row i is token i;  kSequences: row b is sequence b (first tokens alone).
// Lifetime    the batch and the adapters outlive backward.   Threads  one pass, one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/ops/layer_norm/layer_norm.h"
#include "engine/ops/linear/linear.h"
#include "engine/ops/low_rank/low_rank.h"
#include "model/adapters/adapter.h"
#include "model/adapters/segment.h"
#include "model/encoder/encoder.h"

namespace yupu::model {

class AdapterPass {
 public:
  enum class Rows : std::uint8_t { kTokens, kSequences };

  AdapterPass(engine::Tape& tape, const EncoderBatch& batch, DropoutStep dropout, AdapterSegments segments);

  // `modules`: the modules whose outputs lie side by side in the result (in the rows of the weight that `options`
  // names), each as wide as the others.
  engine::Var linear(const engine::Var& x, const engine::Var& weight, const engine::Var& bias, std::int64_t layer,
                     std::span<const Module> modules, Rows rows, engine::LinearOptions options = {}) const;
  // Where a sub-layer of a layer ends; place 0: attention, 1: feed-forward.
  struct SublayerEnd {
    std::int64_t layer;
    std::size_t place;
    Rows rows;
  };
  // norm(residual + bottleneck(dropout(x))), with the bottleneck and the norm of the adapters where they have them.
  engine::Var close_sublayer(const engine::Var& x, const engine::Var& residual, const engine::Var& gain,
                             const engine::Var& bias, engine::LayerNormOptions options, const engine::Dropout& dropout,
                             SublayerEnd at) const;
  engine::Var embedding_norm(const engine::Var& x, const engine::Var& gain, const engine::Var& bias,
                             engine::LayerNormOptions options) const;
  engine::Var pool(const engine::Var& first, const engine::Var& weight, const engine::Var& bias) const;

 private:
  struct Span {
    std::int64_t begin, end;
  };
  using PieceOp = std::function<engine::Var(const AdapterSegment* segment, Span rows)>;

  Span rows_of(const AdapterSegment& segment, Rows rows) const;
  engine::Var leaf(engine::Parameter& parameter) const;
  engine::Var bottleneck(const engine::Var& h, SublayerEnd at) const;
  // The rows of `x` a piece reads; x itself when it reads them all.
  engine::Var piece(const engine::Var& x, Span rows) const;
  // One result from `op` on every segment and on the gaps between them (null segment), stacked in order.
  engine::Var stack(std::int64_t row_count, std::int64_t width, Rows rows, const PieceOp& op) const;
  // Whether any segment's adapter makes `has` true.
  template <class Has>
  bool any(Has has) const;
  std::vector<engine::LowRankTerm> terms_of(const engine::Var& x, std::int64_t layer, Module module,
                                            std::int64_t column, Rows rows) const;

  engine::Tape& tape_;
  const EncoderBatch& batch_;
  DropoutStep dropout_;
  std::vector<AdapterSegment> segments_;
};

}  // namespace yupu::model
