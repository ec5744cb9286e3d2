// Text as its tokens come: whole code points, up to the first stop string.  Threads  one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizers/tokenizer.h"

namespace yupu::tasks {

class WrittenText {
 public:
  // Both outlive it.
  WrittenText(const text::Tokenizer& tokenizer, std::span<const std::string> stops)
      : tokenizer_(tokenizer), stops_(stops) {}

  // True once a stop string is complete: the text then ends before it.
  bool append(std::int32_t id);
  // Nothing more comes: what was waiting for its other bytes becomes text.  True as of append.
  bool end();

  // What can be told since it was last asked: not the beginning of what may become a stop string.
  std::string_view news();
  const std::string& text() const { return text_; }

 private:
  bool take();

  const text::Tokenizer& tokenizer_;
  std::span<const std::string> stops_;
  std::vector<std::int32_t> waiting_;  // ids whose bytes end inside a code point
  std::string text_;
  std::size_t told_ = 0;
  bool ended_ = false;
};

}  // namespace yupu::tasks
