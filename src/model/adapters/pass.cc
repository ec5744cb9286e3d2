#include "model/adapters/pass.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "engine/ops/add/add.h"
#include "engine/ops/dropout/dropout.h"

namespace yupu::model {
namespace {

using engine::Activation;
using engine::LowRankTerm;
using engine::Parameter;
using engine::Var;

// Dropout sites of adapters, far above the encoder's and the heads': 16 for each layer, one for each module.
constexpr std::uint32_t kAdapterSites = 1u << 20;
constexpr std::uint32_t kSitesPerLayer = 16;

Bottleneck bottleneck_of(const Adapter& adapter, std::int64_t layer, std::size_t place) {
  return adapter.layer(static_cast<std::size_t>(layer)).bottleneck[place];
}
NormPair norm_of(const Adapter& adapter, std::int64_t layer, std::size_t place) {
  return adapter.layer(static_cast<std::size_t>(layer)).norm[place];
}

}  // namespace

AdapterPass::AdapterPass(engine::Tape& tape, const EncoderBatch& batch, DropoutStep dropout, AdapterSegments segments)
    : tape_(tape), batch_(batch), dropout_(dropout) {
  std::int64_t at = 0;
  const std::int64_t count = batch.packed.sequence_count();
  for (const AdapterSegment& segment : segments) {
    CHECK(
        segment.sequence_begin >= at && segment.sequence_end >= segment.sequence_begin && segment.sequence_end <= count,
        fmt::format("adapter segment [{}, {}) of {} sequences", segment.sequence_begin, segment.sequence_end, count));
    at = segment.sequence_end;
    if (segment.adapter != nullptr && segment.sequence_begin < segment.sequence_end) segments_.push_back(segment);
  }
  const bool whole = segments_.empty() || (segments_.size() == 1 && segments_[0].sequence_begin == 0 && at == count);
  CHECK(!tape.training() || whole, "in training one adapter reads the whole batch");
}

AdapterPass::Span AdapterPass::rows_of(const AdapterSegment& segment, Rows rows) const {
  if (rows == Rows::kSequences) return {segment.sequence_begin, segment.sequence_end};
  const auto& starts = batch_.packed.cu_seqlens;
  return {starts[static_cast<std::size_t>(segment.sequence_begin)],
          starts[static_cast<std::size_t>(segment.sequence_end)]};
}

Var AdapterPass::leaf(Parameter& parameter) const {
  return tape_.training() ? tape_.leaf(parameter) : tape_.leaf(static_cast<const Parameter&>(parameter));
}

template <class Has>
bool AdapterPass::any(Has has) const {
  return std::any_of(segments_.begin(), segments_.end(),
                     [&](const AdapterSegment& segment) { return has(*segment.adapter); });
}

Var AdapterPass::piece(const Var& x, Span rows) const {
  if (rows.begin == 0 && rows.end == x.size(0)) return x;
  return tape_.constant(x.value().rows(rows.begin, rows.end));  // inference alone: see the constructor
}

Var AdapterPass::stack(std::int64_t row_count, std::int64_t width, Rows rows, const PieceOp& op) const {
  if (segments_.size() == 1) {
    const Span all = rows_of(segments_[0], rows);
    if (all.begin == 0 && all.end == row_count) return op(&segments_[0], all);
  }
  const engine::Tensor result = tape_.empty({row_count, width});
  std::int64_t at = 0;
  const auto put = [&](const AdapterSegment* segment, Span span) {
    if (span.begin < span.end) result.rows(span.begin, span.end).copy_from(op(segment, span).value());
    at = span.end;
  };
  for (const AdapterSegment& segment : segments_) {
    const Span span = rows_of(segment, rows);
    put(nullptr, {at, span.begin});
    put(&segment, span);
  }
  put(nullptr, {at, row_count});
  return tape_.constant(result);
}

std::vector<LowRankTerm> AdapterPass::terms_of(const Var& x, std::int64_t layer, Module module, std::int64_t column,
                                               Rows rows) const {
  std::vector<LowRankTerm> terms;
  for (const AdapterSegment& segment : segments_) {
    const LowRank& change = segment.adapter->low_rank({layer, module});
    if (change.down == nullptr || change.down->value.size(0) == 0) continue;
    const Span span = rows_of(segment, rows);
    const engine::Dropout dropout{.probability = static_cast<float>(segment.adapter->config().dropout),
                                  .key = {.seed = dropout_.seed,
                                          .step = dropout_.step,
                                          .site = kAdapterSites + kSitesPerLayer * static_cast<std::uint32_t>(layer) +
                                                  static_cast<std::uint32_t>(module)},
                                  .rows = rows == Rows::kSequences ? &batch_.sequences : &batch_.tokens};
    terms.push_back({.input = engine::dropout(x, dropout),
                     .down = leaf(*change.down),
                     .up = leaf(*change.up),
                     .diagonal = change.diagonal != nullptr ? leaf(*change.diagonal) : Var(),
                     .scale = change.scale,
                     .column = column,
                     .row_begin = span.begin,
                     .row_end = span.end});
  }
  return terms;
}

Var AdapterPass::linear(const Var& x, const Var& weight, const Var& bias, std::int64_t layer,
                        std::span<const Module> modules, Rows rows, engine::LinearOptions options) const {
  std::vector<LowRankTerm> terms;
  const std::int64_t rows_used = options.rows ? options.rows->end - options.rows->begin : weight.size(0);
  const std::int64_t width = rows_used / static_cast<std::int64_t>(modules.size());
  for (std::size_t i = 0; i < modules.size(); ++i) {
    for (LowRankTerm& term : terms_of(x, layer, modules[i], static_cast<std::int64_t>(i) * width, rows)) {
      terms.push_back(std::move(term));
    }
  }
  if (terms.empty()) return engine::linear(x, weight, bias, options);
  return engine::add_low_rank(engine::linear(x, weight, bias, {.rows = options.rows}), terms, options.activation);
}

Var AdapterPass::bottleneck(const Var& h, SublayerEnd at) const {
  return stack(h.size(0), h.size(1), at.rows, [&](const AdapterSegment* segment, Span span) {
    Var own = piece(h, span);
    const Bottleneck b = segment != nullptr ? bottleneck_of(*segment->adapter, at.layer, at.place) : Bottleneck{};
    if (b.up_weight == nullptr) return own;
    const Var down = engine::linear(own, leaf(*b.down_weight), leaf(*b.down_bias), {.activation = Activation::kGelu});
    return engine::add(own, engine::linear(down, leaf(*b.up_weight), leaf(*b.up_bias)));
  });
}

Var AdapterPass::close_sublayer(const Var& x, const Var& residual, const Var& gain, const Var& bias,
                                engine::LayerNormOptions options, const engine::Dropout& dropout,
                                SublayerEnd at) const {
  Var h = x;
  engine::Dropout fused = dropout;
  if (any([&](const Adapter& adapter) { return bottleneck_of(adapter, at.layer, at.place).up_weight != nullptr; })) {
    h = bottleneck(engine::dropout(x, dropout), at);
    fused = {};
  }
  if (!any([&](const Adapter& adapter) { return norm_of(adapter, at.layer, at.place).gain != nullptr; })) {
    return engine::residual_dropout_layer_norm(h, residual, gain, bias, fused, options);
  }
  return stack(x.size(0), x.size(1), at.rows, [&](const AdapterSegment* segment, Span span) {
    const NormPair norm = segment != nullptr ? norm_of(*segment->adapter, at.layer, at.place) : NormPair{};
    const bool own = norm.gain != nullptr;
    return engine::residual_dropout_layer_norm(piece(h, span), piece(residual, span), own ? leaf(*norm.gain) : gain,
                                               own ? leaf(*norm.bias) : bias, fused, options);
  });
}

Var AdapterPass::embedding_norm(const Var& x, const Var& gain, const Var& bias,
                                engine::LayerNormOptions options) const {
  if (!any([](const Adapter& adapter) { return adapter.embedding_norm().gain != nullptr; })) {
    return engine::layer_norm(x, gain, bias, options);
  }
  return stack(x.size(0), x.size(1), Rows::kTokens, [&](const AdapterSegment* segment, Span span) {
    const NormPair norm = segment != nullptr ? segment->adapter->embedding_norm() : NormPair{};
    const bool own = norm.gain != nullptr;
    return engine::layer_norm(piece(x, span), own ? leaf(*norm.gain) : gain, own ? leaf(*norm.bias) : bias, options);
  });
}

Var AdapterPass::pool(const Var& first, const Var& weight, const Var& bias) const {
  constexpr Module kModules[] = {Module::kPooler};
  if (!any([](const Adapter& adapter) { return adapter.pooler().gain != nullptr; })) {
    return linear(first, weight, bias, 0, kModules, Rows::kSequences, {.activation = Activation::kTanh});
  }
  return stack(first.size(0), first.size(1), Rows::kSequences, [&](const AdapterSegment* segment, Span span) {
    const NormPair own = segment != nullptr ? segment->adapter->pooler() : NormPair{};
    const Var rows = piece(first, span);
    if (own.gain != nullptr) {
      return engine::linear(rows, leaf(*own.gain), leaf(*own.bias), {.activation = Activation::kTanh});
    }
    std::vector<LowRankTerm> terms;
    if (segment != nullptr && segment->adapter->pooler_low_rank().down != nullptr) {
      const LowRank& change = segment->adapter->pooler_low_rank();
      terms.push_back({.input = rows,
                       .down = leaf(*change.down),
                       .up = leaf(*change.up),
                       .diagonal = change.diagonal != nullptr ? leaf(*change.diagonal) : Var(),
                       .scale = change.scale,
                       .column = 0,
                       .row_begin = 0,
                       .row_end = rows.size(0)});
    }
    return engine::add_low_rank(engine::linear(rows, weight, bias), terms, Activation::kTanh);
  });
}

}  // namespace yupu::model
