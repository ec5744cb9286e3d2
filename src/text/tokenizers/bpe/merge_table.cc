#include "text/tokenizers/bpe/merge_table.h"

#include <algorithm>

namespace yupu::text {
namespace {

std::uint64_t key_of(std::int32_t left, std::int32_t right) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) | static_cast<std::uint32_t>(right);
}

constexpr auto kLater = [](const auto& a, const auto& b) { return a.rank != b.rank ? a.rank > b.rank : a.at > b.at; };

}  // namespace

bool MergeTable::add(std::int32_t left, std::int32_t right, std::int32_t made) {
  return merges_.emplace(key_of(left, right), Merge{.rank = static_cast<std::int32_t>(merges_.size()), .made = made})
      .second;
}

const MergeTable::Merge* MergeTable::find(std::int32_t left, std::int32_t right) const {
  const auto found = merges_.find(key_of(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

// Puts the pair that begins at part `at` on the heap, when it can be merged.
void MergeTable::offer(Scratch& scratch, std::int32_t at) const {
  const Scratch::Part& part = scratch.parts_[static_cast<std::size_t>(at)];
  if (part.after < 0) return;
  const Scratch::Part& next = scratch.parts_[static_cast<std::size_t>(part.after)];
  const Merge* merge = find(part.id, next.id);
  if (merge == nullptr) return;
  scratch.heap_.push_back({.rank = merge->rank, .at = at, .left = part.id, .right = next.id});
  std::ranges::push_heap(scratch.heap_, kLater);
}

void MergeTable::split(std::string_view bytes, Scratch& scratch, std::vector<Piece>& pieces) const {
  std::vector<Scratch::Part>& parts = scratch.parts_;
  parts.clear();
  scratch.heap_.clear();
  std::int32_t passed_over = 0;  // bytes before the first part that has an id
  for (const char byte : bytes) {
    const std::int32_t id = bytes_[static_cast<unsigned char>(byte)];
    if (id == kNone) {
      ++(parts.empty() ? passed_over : parts.back().bytes);
      continue;
    }
    const auto index = static_cast<std::int32_t>(parts.size());
    parts.push_back({.id = id, .bytes = 1 + passed_over, .before = index - 1, .after = index + 1});
    passed_over = 0;
  }
  if (parts.empty()) return;
  parts.back().after = -1;
  for (std::int32_t at = 0; at + 1 < static_cast<std::int32_t>(parts.size()); ++at) offer(scratch, at);
  while (!scratch.heap_.empty()) {
    std::ranges::pop_heap(scratch.heap_, kLater);
    const Scratch::Candidate best = scratch.heap_.back();
    scratch.heap_.pop_back();
    Scratch::Part& part = parts[static_cast<std::size_t>(best.at)];
    if (part.bytes == 0 || part.id != best.left || part.after < 0) continue;
    Scratch::Part& next = parts[static_cast<std::size_t>(part.after)];
    if (next.id != best.right) continue;
    part.id = find(best.left, best.right)->made;
    part.bytes += next.bytes;
    next.bytes = 0;
    part.after = next.after;
    if (part.after >= 0) parts[static_cast<std::size_t>(part.after)].before = best.at;
    if (part.before >= 0) offer(scratch, part.before);
    offer(scratch, best.at);
  }
  for (std::int32_t at = 0; at >= 0; at = parts[static_cast<std::size_t>(at)].after) {
    pieces.push_back(
        {.id = parts[static_cast<std::size_t>(at)].id, .bytes = parts[static_cast<std::size_t>(at)].bytes});
  }
}

}  // namespace yupu::text
