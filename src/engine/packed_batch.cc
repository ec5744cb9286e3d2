#include "engine/packed_batch.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"

namespace yupu::engine {

void PackedBatch::append(const std::vector<std::int32_t>& ids, const std::vector<std::int32_t>& types,
                         std::uint64_t sample_id) {
  CHECK(!ids.empty(), "a sequence of no tokens");
  CHECK(types.empty() || types.size() == ids.size(), fmt::format("{} types for {} tokens", types.size(), ids.size()));
  if (cu_seqlens.empty()) cu_seqlens.push_back(0);
  tokens.insert(tokens.end(), ids.begin(), ids.end());
  if (types.empty()) {
    token_types.resize(token_types.size() + ids.size(), 0);
  } else {
    token_types.insert(token_types.end(), types.begin(), types.end());
  }
  const auto length = static_cast<std::int32_t>(ids.size());
  for (std::int32_t position = 0; position < length; ++position) positions.push_back(position);
  cu_seqlens.push_back(cu_seqlens.back() + length);
  sample_ids.push_back(sample_id);
  max_seqlen = std::max(max_seqlen, length);
}

void PackedBatch::validate() const {
  CHECK(cu_seqlens.size() >= 2 && cu_seqlens.front() == 0, "cu_seqlens begins with 0 and names at least one sequence");
  CHECK(cu_seqlens.back() == token_count(),
        fmt::format("cu_seqlens ends at {}, tokens are {}", cu_seqlens.back(), token_count()));
  CHECK(positions.size() == tokens.size() && token_types.size() == tokens.size(),
        fmt::format("{} tokens, {} positions, {} token types", tokens.size(), positions.size(), token_types.size()));
  CHECK(sample_ids.size() + 1 == cu_seqlens.size(),
        fmt::format("{} sample ids for {} sequences", sample_ids.size(), sequence_count()));
  std::int32_t longest = 0;
  for (std::size_t b = 0; b + 1 < cu_seqlens.size(); ++b) {
    const std::int32_t length = cu_seqlens[b + 1] - cu_seqlens[b];
    CHECK(length > 0, fmt::format("sequence {} has {} tokens", b, length));
    longest = std::max(longest, length);
  }
  CHECK(longest == max_seqlen, fmt::format("max_seqlen is {}, the longest sequence has {}", max_seqlen, longest));
}

void PackedBatch::clear() {
  tokens.clear();
  positions.clear();
  token_types.clear();
  cu_seqlens.clear();
  sample_ids.clear();
  max_seqlen = 0;
}

RowKeys token_rows(const PackedBatch& batch) {
  RowKeys rows;
  rows.sample_ids.reserve(batch.tokens.size());
  rows.positions.reserve(batch.tokens.size());
  for (std::size_t b = 0; b + 1 < batch.cu_seqlens.size(); ++b) {
    const std::int32_t length = batch.cu_seqlens[b + 1] - batch.cu_seqlens[b];
    for (std::int32_t t = 0; t < length; ++t) {
      rows.sample_ids.push_back(batch.sample_ids[b]);
      rows.positions.push_back(static_cast<std::uint32_t>(t));
    }
  }
  return rows;
}

RowKeys sequence_rows(const PackedBatch& batch) {
  return {batch.sample_ids, std::vector<std::uint32_t>(batch.sample_ids.size(), 0)};
}

std::vector<std::int32_t> first_tokens(const PackedBatch& batch) {
  CHECK(!batch.cu_seqlens.empty(), "an empty batch has no first tokens");
  return {batch.cu_seqlens.begin(), batch.cu_seqlens.end() - 1};
}

}  // namespace yupu::engine
