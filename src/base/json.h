// JSON values (nlohmann::json) and a strict parser for outside bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/status.h"

namespace yupu {

using Json = nlohmann::json;                 // object keys sorted: one value, one text, one content id
using OrderedJson = nlohmann::ordered_json;  // keys in the order written: for files and answers people read

struct JsonLimits {
  std::size_t bytes_max = 16 << 20;
  int depth_max = 64;
};

// Strict: one document, valid UTF-8, no duplicate keys, no NaN, bounded depth. Error: kInvalidArgument with the byte
// offset ("byte 17: ..."), kTooLarge above bytes_max. Never throws.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

// Compact text; invalid UTF-8 in a string is replaced by U+FFFD, never thrown about.
std::string to_text(const Json& value);

// Typed reading of an object's members, with the field's name in the error. `where` names the document.
Result<std::string> json_string(const Json& object, std::string_view key, std::string_view where);
Result<std::int64_t> json_int(const Json& object, std::string_view key, std::string_view where);
Result<double> json_number(const Json& object, std::string_view key, std::string_view where);

// kInvalidArgument naming the first member of `object` that is not in `known`.
Status json_known_keys(const Json& object, std::initializer_list<std::string_view> known, std::string_view where);

}  // namespace yupu
