// The texts a vocabulary is learned from, one at a time.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "base/status.h"

namespace yupu::text {

// Fills `line` with the next text; false at the end of the corpus.
using TextSource = std::function<Result<bool>(std::string& line)>;

// `texts` outlive the source.
inline TextSource source_of(std::span<const std::string> texts) {
  return [texts, next = std::size_t{0}](std::string& line) mutable -> Result<bool> {
    if (next == texts.size()) return false;
    line = texts[next++];
    return true;
  };
}

}  // namespace yupu::text
