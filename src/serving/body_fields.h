// What the bodies of the POST routes are read with: members of a JSON object, typed and bounded. Every error names the
// field as the caller wrote it, "messages[2].content"; `where` is what stands before the member's name in it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "serving/request_body.h"

namespace yupu::serving {

inline constexpr std::size_t kNameBytesMax = 256;

// The body, an object with no members but the known ones. kInvalidArgument: field "body", or the unknown member.
Result<Json> parse_object(std::string_view body, std::initializer_list<std::string_view> known);
// As above, of any members.
Result<Json> parse_object(std::string_view body);
Status check_members(const Json& object, std::initializer_list<std::string_view> known, const std::string& where = {});

// "" when the member is absent.
Result<std::string> optional_string(const Json& object, const char* key, std::size_t bytes_max,
                                    const std::string& where = {});
Result<std::string> required_string(const Json& object, const char* key, std::size_t bytes_max);
// false when the member is absent.
Result<bool> optional_flag(const Json& object, const char* key, const std::string& where = {});

// A text there is something to read in. `field` names it.
Result<std::string> text_of(const Json& value, const std::string& field, const BodyLimits& limits);

}  // namespace yupu::serving
