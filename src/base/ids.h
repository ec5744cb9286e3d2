// Names for things. A content id says what a thing is (the same content, the same id); a random id says which one it
// is.
#pragma once

#include <string>
#include <string_view>

namespace yupu {

// "ds_" + the first 20 hex digits of SHA-256(content).
std::string content_id(std::string_view prefix, std::string_view content);

// "tr_" + 26 base32 digits of 128 bits from the operating system's generator. Never guessable, never repeated.
std::string random_id(std::string_view prefix);

// `byte_count` bytes from the operating system's generator (getrandom).
std::string random_bytes(std::size_t byte_count);

}  // namespace yupu
