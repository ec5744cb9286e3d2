#include "text/tokenizers/encodings.h"

#include <algorithm>

namespace yupu::text {

void append_encoding(Encoding& out, const Encoding& part) {
  out.ids.insert(out.ids.end(), part.ids.begin(), part.ids.end());
  out.offsets.insert(out.offsets.end(), part.offsets.begin(), part.offsets.end());
}

void cut_encoding(Encoding& encoding, std::size_t tokens) {
  encoding.ids.resize(tokens);
  encoding.offsets.resize(tokens);
}

void truncate_longest_first(Encoding& a, Encoding& b, std::size_t budget) {
  if (a.ids.size() + b.ids.size() <= budget) return;
  Encoding& shorter = a.ids.size() <= b.ids.size() ? a : b;
  Encoding& longer = a.ids.size() <= b.ids.size() ? b : a;
  const std::size_t shorter_tokens = std::min(shorter.ids.size(), budget / 2);
  const std::size_t longer_tokens = budget - shorter_tokens;
  shorter.truncated = shorter_tokens < shorter.ids.size();
  longer.truncated = longer_tokens < longer.ids.size();
  cut_encoding(shorter, shorter_tokens);
  cut_encoding(longer, longer_tokens);
}

}  // namespace yupu::text
