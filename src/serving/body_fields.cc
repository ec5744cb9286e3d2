#include "serving/body_fields.h"

#include <algorithm>

namespace yupu::serving {
namespace {

constexpr int kDepthMax = 8;

}  // namespace

Status check_members(const Json& object, std::initializer_list<std::string_view> known, const std::string& where) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string field = where + key.substr(0, kNameBytesMax);
    return invalid_argument("unknown field '" + field + "'", field);
  }
  return {};
}

Result<Json> parse_object(std::string_view body) {
  if (body.empty()) return invalid_argument("the body is empty; send a JSON object", "body");
  Result<Json> json = parse_json(body, {.bytes_max = 16 << 20, .depth_max = kDepthMax});
  if (!json.ok()) return Status(json.status().code(), "body: " + json.status().message(), "body");
  if (!json->is_object()) return invalid_argument("the body is not a JSON object", "body");
  return json;
}

Result<Json> parse_object(std::string_view body, std::initializer_list<std::string_view> known) {
  YUPU_ASSIGN_OR_RETURN(Json json, parse_object(body));
  YUPU_RETURN_IF_ERROR(check_members(json, known));
  return json;
}

Result<std::string> optional_string(const Json& object, const char* key, std::size_t bytes_max,
                                    const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return std::string();
  const std::string field = where + key;
  if (!found->is_string()) return invalid_argument(field + " is not a string", field);
  auto value = found->get<std::string>();
  if (value.size() > bytes_max) {
    return Status(Code::kTooLarge, field + " is longer than " + std::to_string(bytes_max) + " bytes", field);
  }
  return value;
}

Result<std::string> required_string(const Json& object, const char* key, std::size_t bytes_max) {
  if (!object.contains(key)) return invalid_argument(std::string(key) + " is missing", key);
  YUPU_ASSIGN_OR_RETURN(std::string value, optional_string(object, key, bytes_max));
  if (value.empty()) return invalid_argument(std::string(key) + " is empty", key);
  return value;
}

Result<bool> optional_flag(const Json& object, const char* key, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return false;
  const std::string field = where + key;
  if (!found->is_boolean()) return invalid_argument(field + " is not true or false", field);
  return found->get<bool>();
}

Result<std::string> text_of(const Json& value, const std::string& field, const BodyLimits& limits) {
  if (!value.is_string()) return invalid_argument(field + " is not a string", field);
  auto text = value.get<std::string>();
  if (text.size() > limits.text_bytes_max) {
    return Status(Code::kTooLarge, field + " is longer than " + std::to_string(limits.text_bytes_max) + " bytes",
                  field);
  }
  if (is_blank(text)) return invalid_argument(field + " has no text in it", field);
  return text;
}

}  // namespace yupu::serving
