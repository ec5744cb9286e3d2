// What the kinds of tokenizers read alike: JSON objects of a bounded size, a vocabulary as {"token": id}.
// Internal to text/tokenizers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"

namespace yupu::text {

inline constexpr std::size_t kTokenizerFileBytesMax = std::size_t{64} << 20;

// Outcomes  kInvalidArgument, kTooLarge: "PATH: ...".
Result<Json> parse_tokenizer_object(std::string_view bytes, const std::string& where);
Result<Json> read_tokenizer_object(const std::string& path);

// Outcomes  kInvalidArgument naming `field` and the token: ids must be 0 to size - 1, each once.
Result<std::vector<std::string>> vocabulary_of_object(const Json& vocab, const std::string& where,
                                                      const std::string& field);

}  // namespace yupu::text
