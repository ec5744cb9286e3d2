// Where sentences begin and end, in Chinese and in English.
//   an end is   。！？!?；… wherever it stands, with the closing quotes and brackets that follow it;
//               . before white space, a closing mark or the end, unless what is before it is an abbreviation ("Mr.",
//               "No." before a number) or a single capital ("J. Smith"), or what follows begins with a small letter;
//               a line break.
// A sentence is a range of bytes without white space at either end; ranges are in order, do not overlap, and everything
// between them is white space.  Invalid UTF-8 is part of the sentence it stands in.   Threads: pure function.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace yupu::text {

struct Span {
  std::size_t begin = 0, end = 0;  // bytes, half-open
  bool operator==(const Span&) const = default;
};

std::vector<Span> sentences(std::string_view text);

}  // namespace yupu::text
