// Whether a method looks into the future: each question is answered once over the whole record and once over the
// record without anything at or after the question's time.  A method that is blind to the future gives the same bits;
// one that reads a total, a later price, its own answer, does not.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "products/recommend/collection.h"
#include "products/recommend/evaluate/questions.h"
#include "products/recommend/methods/method.h"

namespace yupu::recommend {

struct Leak {
  Question question;
  std::uint32_t item = 0;  // the first whose score changed
  float with_future = 0.0f, without = 0.0f;
};
// The first leak among `count` questions drawn with the seed; nothing: none found.
std::optional<Leak> find_leak(const Collection& collection, const Method& method, std::span<const Question> questions,
                              std::size_t count, std::uint64_t seed);

}  // namespace yupu::recommend
