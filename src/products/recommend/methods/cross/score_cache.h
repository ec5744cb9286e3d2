// Scores that were computed before, by a hash of what they are of.  Two halves: the younger is filled, and when it is
// full the older is dropped and the younger takes its place; what is asked for again moves into the younger.
// Threads  one owner at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/hash.h"

namespace yupu::recommend {

class ScoreCache {
 public:
  // 128 bits of SHA-256: what is met by chance is not.
  struct Key {
    std::uint64_t high = 0, low = 0;
    bool operator==(const Key&) const = default;
  };
  static Key key_of(std::string_view query, std::string_view text) {
    const Digest digest = Sha256().field(query).field(text).finish();
    Key key;
    for (std::size_t i = 0; i < 8; ++i) {
      key.high = key.high << 8 | digest[i];
      key.low = key.low << 8 | digest[8 + i];
    }
    return key;
  }

  // Holds between one and two times so many.
  explicit ScoreCache(std::size_t half) : half_(half) {}
  std::optional<float> find(const Key& key) {
    if (const auto found = younger_.find(key); found != younger_.end()) return found->second;
    const auto found = older_.find(key);
    if (found == older_.end()) return std::nullopt;
    const float score = found->second;
    keep(key, score);
    return score;
  }
  void keep(const Key& key, float score) {
    if (younger_.size() >= half_) {
      older_ = std::move(younger_);
      younger_.clear();
    }
    younger_[key] = score;
  }
  std::size_t size() const { return younger_.size() + older_.size(); }

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const { return static_cast<std::size_t>(key.low); }
  };
  using Half = std::unordered_map<Key, float, Hash>;

  std::size_t half_;
  Half younger_, older_;
};

}  // namespace yupu::recommend
