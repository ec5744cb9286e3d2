// The two sides that a cross-encoder reads, in training as in serving.
//   query  the texts of the last kQueryItems different items that a user touched, within their last kQueryEvents
//          events, the last one first, each cut to kQueryItemBytes
//   item   the item's text, cut to kItemSideBytes: a model reads no further, and need not be shown it
// Cuts keep characters whole.  Threads  pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tasks/recommend/behaviour.h"

namespace yupu::recommend {

inline constexpr std::size_t kQueryItems = 5, kQueryEvents = 20;
inline constexpr std::size_t kQueryItemBytes = 120, kItemSideBytes = 400;

// `touched`: items, the last one first.  Empty: none of them has a text.
std::string query_of(std::span<const std::uint32_t> touched, std::span<const std::string> texts);
std::string query_of(std::span<const tasks::Behaviour> history, std::span<const std::string> texts);
std::string_view item_side(std::string_view text);

}  // namespace yupu::recommend
