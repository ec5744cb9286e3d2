// Sequences end to end, with no padding anywhere: the only batch layout of the engine.
#pragma once

#include <cstdint>
#include <vector>

namespace yupu::engine {

// N tokens of B sequences.  Sequence b is tokens [cu_seqlens[b], cu_seqlens[b+1]).
struct PackedBatch {
  std::vector<std::int32_t> tokens;       // (N) ids in the vocabulary
  std::vector<std::int32_t> positions;    // (N) index into the position table, from 0 in each sequence
  std::vector<std::int32_t> token_types;  // (N) segment ids
  std::vector<std::int32_t> cu_seqlens;   // (B+1), first 0, last N, ascending
  std::vector<std::uint64_t> sample_ids;  // (B) who the sequence is, whatever batch it travels in: keys dropout
  std::int32_t max_seqlen = 0;

  std::int64_t token_count() const { return static_cast<std::int64_t>(tokens.size()); }
  std::int64_t sequence_count() const {
    return cu_seqlens.empty() ? 0 : static_cast<std::int64_t>(cu_seqlens.size()) - 1;
  }

  // Appends one sequence with positions 0..T-1.  `types` is empty (all 0) or as long as `ids`.  REQUIRES: ids not
  // empty.
  void append(const std::vector<std::int32_t>& ids, const std::vector<std::int32_t>& types, std::uint64_t sample_id);
  // CHECKs every invariant above.
  void validate() const;
  void clear();
};

// Who each row of a matrix is, for dropout: the sample and the position in it.
struct RowKeys {
  std::vector<std::uint64_t> sample_ids;
  std::vector<std::uint32_t> positions;
};
RowKeys token_rows(const PackedBatch& batch);     // (N): one row per token
RowKeys sequence_rows(const PackedBatch& batch);  // (B): one row per sequence, position 0
// First token of every sequence, for gather_rows: cu_seqlens without its last entry.
std::vector<std::int32_t> first_tokens(const PackedBatch& batch);

}  // namespace yupu::engine
