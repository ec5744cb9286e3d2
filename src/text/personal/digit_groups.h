// The runs of digits of a text, and what joins them.  Internal to src/text/personal.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/personal/folded_text.h"

namespace yupu::text {

struct DigitGroup {
  std::size_t begin = 0, end = 0;  // characters of the folded text
  std::size_t size() const { return end - begin; }
};

class DigitGroups {
 public:
  explicit DigitGroups(const FoldedText& text) : text_(text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (!is_digit(text.at(i))) continue;
      const std::size_t begin = i;
      while (is_digit(text.at(i))) ++i;
      groups_.push_back({begin, i});
    }
  }

  std::size_t size() const { return groups_.size(); }
  const DigitGroup& operator[](std::size_t g) const { return groups_[g]; }
  // The one character between this group and the next; U+0000 where there are more, or none follows.
  char32_t joint(std::size_t g) const {
    return g + 1 < groups_.size() && groups_[g + 1].begin == groups_[g].end + 1 ? text_.at(groups_[g].end) : U'\0';
  }
  // Whether groups of these sizes (a 0 ends them) stand there, each joined to the next by the same one of `joints`.
  bool shaped(std::size_t g, std::span<const std::size_t> sizes, std::u32string_view joints) const {
    const std::size_t count = shape_length(sizes);
    if (g + count > groups_.size()) return false;
    for (std::size_t k = 0; k < count; ++k) {
      if (groups_[g + k].size() != sizes[k]) return false;
      if (k + 1 == count) break;
      const char32_t with = joint(g + k);
      if (with == U'\0' || joints.find(with) == std::u32string_view::npos || with != joint(g)) return false;
    }
    return true;
  }
  static std::size_t shape_length(std::span<const std::size_t> sizes) {
    std::size_t count = 0;
    while (count < sizes.size() && sizes[count] != 0) ++count;
    return count;
  }
  std::string digits(std::size_t first, std::size_t count) const {
    std::string digits;
    for (std::size_t k = first; k < first + count; ++k) {
      for (std::size_t i = groups_[k].begin; i < groups_[k].end; ++i) digits.push_back(static_cast<char>(text_.at(i)));
    }
    return digits;
  }

 private:
  const FoldedText& text_;
  std::vector<DigitGroup> groups_;
};

}  // namespace yupu::text
