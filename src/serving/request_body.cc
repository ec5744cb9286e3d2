#include "serving/request_body.h"

#include <string>

#include "base/json.h"
#include "serving/body_fields.h"
#include "text/unicode.h"

namespace yupu::serving {
namespace {

constexpr std::size_t kVisitorBytesMax = 128;

// "KEY": an array of texts.
Result<std::vector<std::string>> texts_of(const Json& array, const std::string& key, std::size_t count_max,
                                          const BodyLimits& limits) {
  if (array.empty()) return invalid_argument(key + " is empty", key);
  if (array.size() > count_max)
    return Status(Code::kTooLarge, key + " has more than " + std::to_string(count_max) + " texts", key);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < array.size(); ++i) {
    YUPU_ASSIGN_OR_RETURN(std::string text, text_of(array[i], key + "[" + std::to_string(i) + "]", limits));
    texts.push_back(std::move(text));
  }
  return texts;
}

// "input": a text, or several.
Result<std::vector<std::string>> inputs_of(const Json& json, const BodyLimits& limits) {
  const auto input = json.find("input");
  if (input == json.end()) return invalid_argument("input is missing", "input");
  if (input->is_array()) return texts_of(*input, "input", limits.inputs_max, limits);
  YUPU_ASSIGN_OR_RETURN(std::string text, text_of(*input, "input", limits));
  return std::vector<std::string>{std::move(text)};
}

Result<std::optional<std::int64_t>> optional_count(const Json& json, const char* key) {
  constexpr std::int64_t kMost = 100'000;
  const auto found = json.find(key);
  if (found == json.end()) return std::optional<std::int64_t>();
  if (!found->is_number_integer() || *found < 1 || *found > kMost)
    return invalid_argument(std::string(key) + " is not a whole number from 1 to " + std::to_string(kMost), key);
  return std::optional(found->get<std::int64_t>());
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
  YUPU_ASSIGN_OR_RETURN(parsed.top_k, optional_count(json, "top_k"));
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

Result<RerankBody> parse_rerank(std::string_view body, const BodyLimits& limits) {
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_object(body, {"model", "query", "documents", "top_n"}));
  RerankBody parsed;
  YUPU_ASSIGN_OR_RETURN(parsed.model, required_string(json, "model", kNameBytesMax));
  const auto query = json.find("query");
  if (query == json.end()) return invalid_argument("query is missing", "query");
  YUPU_ASSIGN_OR_RETURN(parsed.query, text_of(*query, "query", limits));
  const auto documents = json.find("documents");
  if (documents == json.end() || !documents->is_array())
    return invalid_argument("documents is not an array of texts", "documents");
  YUPU_ASSIGN_OR_RETURN(parsed.documents, texts_of(*documents, "documents", limits.documents_max, limits));
  YUPU_ASSIGN_OR_RETURN(parsed.top_n, optional_count(json, "top_n"));
  return parsed;
}

Result<AnswerBody> parse_answer(std::string_view body, const BodyLimits& limits) {
  YUPU_ASSIGN_OR_RETURN(const Json json,
                        parse_object(body, {"bot", "conversation", "text", "option", "channel", "visitor"}));
  AnswerBody parsed;
  YUPU_ASSIGN_OR_RETURN(parsed.bot, required_string(json, "bot", kNameBytesMax));
  YUPU_ASSIGN_OR_RETURN(parsed.conversation, optional_string(json, "conversation", kNameBytesMax));
  YUPU_ASSIGN_OR_RETURN(parsed.channel, optional_string(json, "channel", kNameBytesMax));
  if (json.contains("visitor")) {
    YUPU_ASSIGN_OR_RETURN(parsed.visitor, required_string(json, "visitor", kVisitorBytesMax));
    if (is_blank(parsed.visitor)) return invalid_argument("visitor has no text in it", "visitor");
  }
  if (json.contains("option")) {
    YUPU_ASSIGN_OR_RETURN(parsed.option, required_string(json, "option", kNameBytesMax));
    if (is_blank(parsed.option)) return invalid_argument("option has no text in it", "option");
  }
  const auto text = json.find("text");
  if (text == json.end() && !parsed.option.empty()) return parsed;
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

Result<VisitorBody> parse_visitor(std::string_view body) {
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_object(body, {"bot", "user_id", "expires_at", "signature"}));
  VisitorBody parsed;
  YUPU_ASSIGN_OR_RETURN(parsed.bot, required_string(json, "bot", kNameBytesMax));
  if (!json.contains("user_id")) {
    for (const char* key : {"expires_at", "signature"}) {
      if (json.contains(key)) return invalid_argument(std::string(key) + " without a user_id", "user_id");
    }
    return parsed;
  }
  IdentityClaim& identity = parsed.identity;
  YUPU_ASSIGN_OR_RETURN(identity.user_id, required_string(json, "user_id", kNameBytesMax));
  // A line end would let one signature be read as another user's.
  const bool has_control = identity.user_id.find_first_of("\n\r") != std::string::npos;
  if (has_control || is_blank(identity.user_id)) return invalid_argument("user_id is not one line of text", "user_id");
  const auto expires = json.find("expires_at");
  if (expires == json.end() || !expires->is_number_integer())
    return invalid_argument("expires_at is not a whole number of seconds since 1970", "expires_at");
  identity.expires_at_s = expires->get<std::int64_t>();
  YUPU_ASSIGN_OR_RETURN(identity.signature, required_string(json, "signature", kNameBytesMax));
  return parsed;
}

}  // namespace yupu::serving
