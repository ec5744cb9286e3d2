#include "engine/ops/low_rank/low_rank_inference.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/device/cpu/gemm_kernel.h"

namespace yupu::engine {
namespace {

constexpr std::int64_t kPieceRows = 28;  // twice the rows of a gemm tile: y and input of a piece stay in L2

struct Piece {
  std::int64_t begin, end;
};

// [0, rows) cut wherever a term begins or ends, and into kPieceRows.
std::vector<Piece> pieces_of(std::int64_t rows, std::span<const LowRankTerm> terms) {
  std::vector<std::int64_t> cuts = {0, rows};
  for (const LowRankTerm& term : terms) {
    cuts.push_back(term.row_begin);
    cuts.push_back(term.row_end);
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    for (std::int64_t at = cuts[i]; at < cuts[i + 1]; at += kPieceRows) {
      pieces.push_back({at, std::min(cuts[i + 1], at + kPieceRows)});
    }
  }
  return pieces;
}

std::int64_t floats_for(std::int64_t rank) { return (kPieceRows * rank + 15) / 16 * 16; }

void add_term(const LowRankTerm& term, const PackedWeight& up, const Tensor& y, Piece piece, float* scratch) {
  const std::int64_t rank = term.down.size(0);
  const std::int64_t in = term.down.size(1);
  const std::int64_t rows = piece.end - piece.begin;
  shrink({.x = term.input.value().f32() + piece.begin * in,
          .down = term.down.value().f32(),
          .rows = rows,
          .rank = rank,
          .depth = in,
          .factor = term.scale,
          .factors = term.diagonal.defined() ? term.diagonal.value().f32() : nullptr,
          .u = scratch});
  GemmTask task;
  task.shape = {rows, up.columns(), rank};
  task.a = {scratch, rank, false};
  task.packed_b = up.f32();
  task.c = {y.f32() + piece.begin * y.size(1) + term.column, y.size(1), true};
  task.row_end = rows;
  task.column_end = up.columns();
  task.scratch_a = scratch + floats_for(rank);
  gemm_run_task(task);
}

}  // namespace

void add_low_rank_inference(Tape& tape, const Tensor& y, std::span<const LowRankTerm> terms, Activation activation) {
  std::vector<const PackedWeight*> ups;
  std::int64_t rank_max = 0;
  for (const LowRankTerm& term : terms) {
    const bool empty = term.down.size(0) == 0 || term.row_begin == term.row_end;
    ups.push_back(empty ? nullptr : &term.up.parameter()->packed(tape.context()));
    rank_max = std::max(rank_max, term.down.size(0));
  }
  const std::vector<Piece> pieces = pieces_of(y.size(0), terms);
  const std::int64_t scratch_floats = 2 * floats_for(rank_max);
  const Tensor scratch = tape.empty({tape.team().size(), std::max<std::int64_t>(1, scratch_floats)});
  tape.team().parallel_for(
      static_cast<std::int64_t>(pieces.size()), 1, [&](std::int64_t begin, std::int64_t end, int member) {
        float* const own = scratch.f32() + member * scratch_floats;
        for (std::int64_t p = begin; p < end; ++p) {
          const Piece piece = pieces[static_cast<std::size_t>(p)];
          for (std::size_t t = 0; t < terms.size(); ++t) {
            if (ups[t] == nullptr || terms[t].row_begin >= piece.end || terms[t].row_end <= piece.begin) continue;
            add_term(terms[t], *ups[t], y, piece, own);
          }
          if (activation == Activation::kNone) continue;
          activate_serial(activation, y.f32() + piece.begin * y.size(1), (piece.end - piece.begin) * y.size(1));
        }
      });
}

}  // namespace yupu::engine
