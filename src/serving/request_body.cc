#include "serving/request_body.h"

#include <string>

#include "base/json.h"
#include "text/unicode.h"

namespace yupu::serving {
namespace {

constexpr std::size_t kNameBytesMax = 256;
constexpr int kDepthMax = 8;

Result<Json> parse_object(std::string_view body, std::initializer_list<std::string_view> known) {
  if (body.empty()) return invalid_argument("the body is empty; send a JSON object", "body");
  Result<Json> json = parse_json(body, {.bytes_max = 16 << 20, .depth_max = kDepthMax});
  if (!json.ok()) return Status(json.status().code(), "body: " + json.status().message(), "body");
  if (!json->is_object()) return invalid_argument("the body is not a JSON object", "body");
  for (const auto& [key, value] : json->items()) {
    bool found = false;
    for (const std::string_view name : known) found = found || name == key;
    if (!found)
      return invalid_argument("unknown field '" + key.substr(0, kNameBytesMax) + "'", key.substr(0, kNameBytesMax));
  }
  return json;
}

Result<std::string> optional_string(const Json& object, const char* key, std::size_t bytes_max) {
  const auto found = object.find(key);
  if (found == object.end()) return std::string();
  if (!found->is_string()) return invalid_argument(std::string(key) + " is not a string", key);
  auto value = found->get<std::string>();
  if (value.size() > bytes_max) {
    return Status(Code::kTooLarge, std::string(key) + " is longer than " + std::to_string(bytes_max) + " bytes", key);
  }
  return value;
}

Result<std::string> required_string(const Json& object, const char* key, std::size_t bytes_max) {
  if (!object.contains(key)) return invalid_argument(std::string(key) + " is missing", key);
  YUPU_ASSIGN_OR_RETURN(std::string value, optional_string(object, key, bytes_max));
  if (value.empty()) return invalid_argument(std::string(key) + " is empty", key);
  return value;
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

// "input": a text, or several.
Result<std::vector<std::string>> inputs_of(const Json& json, const BodyLimits& limits) {
  std::vector<std::string> inputs;
  const auto input = json.find("input");
  if (input == json.end()) return invalid_argument("input is missing", "input");
  if (input->is_array()) {
    if (input->empty()) return invalid_argument("input is empty", "input");
    if (input->size() > limits.inputs_max) {
      return Status(Code::kTooLarge, "input has more than " + std::to_string(limits.inputs_max) + " texts", "input");
    }
    for (std::size_t i = 0; i < input->size(); ++i) {
      YUPU_ASSIGN_OR_RETURN(std::string text, text_of((*input)[i], "input[" + std::to_string(i) + "]", limits));
      inputs.push_back(std::move(text));
    }
  } else {
    YUPU_ASSIGN_OR_RETURN(std::string text, text_of(*input, "input", limits));
    inputs.push_back(std::move(text));
  }
  return inputs;
}

}  // namespace

bool is_blank(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode_code_point(text, at);
    at += static_cast<std::size_t>(point.bytes);
    if (text::is_whitespace(point.value)) continue;
    switch (text::category(point.value)) {
      case text::Category::kControl:
      case text::Category::kFormat:
      case text::Category::kUnassigned:
      case text::Category::kSeparatorSpace:
      case text::Category::kSeparatorLineOrOther:
        continue;
      default:
        return false;
    }
  }
  return true;
}

Result<ClassifyBody> parse_classify(std::string_view body, const BodyLimits& limits) {
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_object(body, {"model", "input", "top_k"}));
  ClassifyBody parsed;
  YUPU_ASSIGN_OR_RETURN(parsed.model, required_string(json, "model", kNameBytesMax));
  YUPU_ASSIGN_OR_RETURN(parsed.inputs, inputs_of(json, limits));
  if (const auto top_k = json.find("top_k"); top_k != json.end()) {
    if (!top_k->is_number_integer() || *top_k < 1 || *top_k > 100'000) {
      return invalid_argument("top_k is not a whole number from 1 to 100000", "top_k");
    }
    parsed.top_k = top_k->get<std::int64_t>();
  }
  return parsed;
}

Result<EmbeddingsBody> parse_embeddings(std::string_view body, const BodyLimits& limits) {
  YUPU_ASSIGN_OR_RETURN(const Json json,
                        parse_object(body, {"model", "input", "encoding_format", "dimensions", "user"}));
  EmbeddingsBody parsed;
  YUPU_ASSIGN_OR_RETURN(parsed.model, required_string(json, "model", kNameBytesMax));
  YUPU_ASSIGN_OR_RETURN(parsed.inputs, inputs_of(json, limits));
  YUPU_ASSIGN_OR_RETURN(const std::string format, optional_string(json, "encoding_format", kNameBytesMax));
  if (!format.empty() && format != "float" && format != "base64")
    return invalid_argument("encoding_format is not float or base64", "encoding_format");
  parsed.base64 = format == "base64";
  if (const auto dimensions = json.find("dimensions"); dimensions != json.end()) {
    if (!dimensions->is_number_integer()) return invalid_argument("dimensions is not a whole number", "dimensions");
    parsed.dimensions = dimensions->get<std::int64_t>();
  }
  YUPU_RETURN_IF_ERROR(optional_string(json, "user", kNameBytesMax).status());
  return parsed;
}

Result<AnswerBody> parse_answer(std::string_view body, const BodyLimits& limits) {
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_object(body, {"bot", "conversation", "text"}));
  AnswerBody parsed;
  YUPU_ASSIGN_OR_RETURN(parsed.bot, required_string(json, "bot", kNameBytesMax));
  YUPU_ASSIGN_OR_RETURN(parsed.conversation, optional_string(json, "conversation", kNameBytesMax));
  const auto text = json.find("text");
  if (text == json.end()) return invalid_argument("text is missing", "text");
  YUPU_ASSIGN_OR_RETURN(parsed.text, text_of(*text, "text", limits));
  return parsed;
}

Result<FeedbackBody> parse_feedback(std::string_view body, const BodyLimits& limits) {
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_object(body, {"trace_id", "rating", "correction", "reason"}));
  FeedbackBody parsed;
  YUPU_ASSIGN_OR_RETURN(parsed.trace_id, required_string(json, "trace_id", kNameBytesMax));
  if (const auto rating = json.find("rating"); rating != json.end()) {
    if (!rating->is_number_integer() || (*rating != 1 && *rating != -1)) {
      return invalid_argument("rating is not 1 or -1", "rating");
    }
    parsed.rating = rating->get<int>();
  }
  if (json.contains("correction")) {
    YUPU_ASSIGN_OR_RETURN(parsed.correction, required_string(json, "correction", kNameBytesMax));
  }
  YUPU_ASSIGN_OR_RETURN(parsed.reason, optional_string(json, "reason", limits.text_bytes_max));
  if (!parsed.rating && !parsed.correction && parsed.reason.empty()) {
    return invalid_argument("the feedback says nothing: send rating, correction or reason", "rating");
  }
  return parsed;
}

}  // namespace yupu::serving
