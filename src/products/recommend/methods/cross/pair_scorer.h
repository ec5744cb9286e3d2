// How well an item's text goes with what a user touched last, by somebody who reads both: what the ranker asks for the
// first of its candidates (ranker/second_order.h).  cross_encoder.h answers; tests put a fake here.
// Threads  every member from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::recommend {

// What the names of such features begin with.  They alone may be missing from a row: NaN, null where it is kept.
inline constexpr std::string_view kCrossPrefix = "cross_";
inline constexpr std::size_t kCrossTop = 50;  // candidates that are read, where nobody has said otherwise

class PairScorer {
 public:
  virtual ~PairScorer() = default;
  // Of the feature: kCrossPrefix and what tells one model from another.
  virtual const std::string& name() const = 0;
  // Of each text, from 0 to 1; nothing: it had not been read by `deadline_ns` (Clock::monotonic_ns), or could not be.
  // The first are read first.
  virtual std::vector<std::optional<float>> scores(std::string_view query, std::span<const std::string_view> texts,
                                                   std::int64_t deadline_ns) const = 0;
};

}  // namespace yupu::recommend
