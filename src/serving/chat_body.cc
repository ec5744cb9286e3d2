#include "serving/chat_body.h"

#include <algorithm>

#include "base/json.h"
#include "serving/body_fields.h"

namespace yupu::serving {
namespace {

constexpr std::string_view kUnread[] = {"system", "developer", "assistant"};

bool is_number(const Json& value) { return value.is_number(); }
bool is_whole(const Json& value) { return value.is_number_integer(); }
bool is_name(const Json& value) { return value.is_string() && value.get<std::string>().size() <= kNameBytesMax; }
bool is_one(const Json& value) { return value.is_number_integer() && value == 1; }
bool is_false(const Json& value) { return value.is_boolean() && value == false; }
bool is_plain_text(const Json& value) {
  return value.is_object() && value.size() == 1 && value.value("type", Json()) == "text";
}

// Members with which nothing changes.
struct Harmless {
  std::string_view key;
  bool (*holds)(const Json& value);
  std::string_view rule;
};
constexpr Harmless kHarmless[] = {
    {"temperature", is_number, "is a number"},
    {"top_p", is_number, "is a number"},
    {"presence_penalty", is_number, "is a number"},
    {"frequency_penalty", is_number, "is a number"},
    {"seed", is_whole, "is a whole number"},
    {"user", is_name, "is a string of at most 256 bytes"},
    {"n", is_one, "can only be 1: a bot says one thing"},
    {"logprobs", is_false, "can only be false: what is said was approved, not sampled"},
    {"store", is_false, "can only be false: conversations are kept as those of /v1/answer are"},
    {"response_format", is_plain_text, "can only be {\"type\":\"text\"}"},
};
constexpr std::string_view kRead[] = {"model", "messages", "stream", "stream_options", "metadata"};

void drop_nulls(Json& object) {
  for (auto member = object.begin(); member != object.end();) {
    member = member->is_null() ? object.erase(member) : std::next(member);
  }
}

Status check_wishes(const Json& json) {
  for (const auto& [key, value] : json.items()) {
    if (std::find(std::begin(kRead), std::end(kRead), key) != std::end(kRead)) continue;
    const auto* const harmless = std::find_if(std::begin(kHarmless), std::end(kHarmless),
                                              [&name = key](const Harmless& row) { return row.key == name; });
    const std::string field = key.substr(0, kNameBytesMax);
    if (harmless == std::end(kHarmless)) return invalid_argument("'" + field + "' is not supported here", field);
    if (!harmless->holds(value)) return invalid_argument(field + " " + std::string(harmless->rule), field);
  }
  return {};
}

// A string, or parts of type "text", one a line.
Result<std::string> content_of(const Json& value, const std::string& field) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return invalid_argument(field + " is not a string and not an array of parts", field);
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string where = field + "[" + std::to_string(i) + "]";
    const Json& part = value[i];
    if (!part.is_object()) return invalid_argument(where + " is not an object", where);
    if (part.value("type", Json()) != "text") {
      return invalid_argument(where + ".type is not \"text\": a bot reads nothing else", where + ".type");
    }
    YUPU_RETURN_IF_ERROR(check_members(part, {"type", "text"}, where + "."));
    const auto words = part.find("text");
    if (words == part.end() || !words->is_string())
      return invalid_argument(where + ".text is not a string", where + ".text");
    if (i > 0) text += "\n";
    text += words->get<std::string>();
  }
  return text;
}

// What the visitor says in it; nothing when it is another's.
Result<std::string> visitor_text(Json message, const std::string& where, const BodyLimits& limits) {
  if (!message.is_object()) return invalid_argument(where + " is not an object", where);
  drop_nulls(message);
  YUPU_RETURN_IF_ERROR(check_members(message, {"role", "content", "name", "refusal"}, where + "."));
  YUPU_ASSIGN_OR_RETURN(const std::string role, optional_string(message, "role", kNameBytesMax, where + "."));
  const bool unread = std::find(std::begin(kUnread), std::end(kUnread), role) != std::end(kUnread);
  if (role != "user" && !unread) {
    return invalid_argument(where + ".role is not user, assistant, system or developer", where + ".role");
  }
  const std::string field = where + ".content";
  const auto content = message.find("content");
  if (content == message.end()) {
    if (unread) return std::string();
    return invalid_argument(field + " is missing", field);
  }
  YUPU_ASSIGN_OR_RETURN(std::string text, content_of(*content, field));
  if (unread) return std::string();
  return text_of(Json(std::move(text)), field, limits);
}

Status read_metadata(const Json& json, ChatBody& parsed) {
  const auto metadata = json.find("metadata");
  if (metadata == json.end()) return {};
  if (!metadata->is_object()) return invalid_argument("metadata is not an object", "metadata");
  const std::string where = "metadata.";
  YUPU_RETURN_IF_ERROR(check_members(*metadata, {"conversation", "option", "channel"}, where));
  YUPU_ASSIGN_OR_RETURN(parsed.conversation, optional_string(*metadata, "conversation", kNameBytesMax, where));
  YUPU_ASSIGN_OR_RETURN(parsed.channel, optional_string(*metadata, "channel", kNameBytesMax, where));
  YUPU_ASSIGN_OR_RETURN(parsed.option, optional_string(*metadata, "option", kNameBytesMax, where));
  if (metadata->contains("option") && is_blank(parsed.option))
    return invalid_argument("metadata.option has no text in it", "metadata.option");
  return {};
}

Status read_stream(const Json& json, ChatBody& parsed) {
  YUPU_ASSIGN_OR_RETURN(parsed.stream, optional_flag(json, "stream"));
  const auto options = json.find("stream_options");
  if (options == json.end()) return {};
  if (!options->is_object()) return invalid_argument("stream_options is not an object", "stream_options");
  if (!parsed.stream) return invalid_argument("stream_options is for stream: true", "stream_options");
  const std::string where = "stream_options.";
  YUPU_RETURN_IF_ERROR(check_members(*options, {"include_usage"}, where));
  YUPU_ASSIGN_OR_RETURN(parsed.stream_usage, optional_flag(*options, "include_usage", where));
  return {};
}

}  // namespace

Result<ChatBody> parse_chat(std::string_view body, const BodyLimits& limits) {
  YUPU_ASSIGN_OR_RETURN(Json json, parse_object(body));
  drop_nulls(json);
  YUPU_RETURN_IF_ERROR(check_wishes(json));
  ChatBody parsed;
  YUPU_ASSIGN_OR_RETURN(parsed.model, required_string(json, "model", kNameBytesMax));
  YUPU_RETURN_IF_ERROR(read_metadata(json, parsed));
  YUPU_RETURN_IF_ERROR(read_stream(json, parsed));
  const auto messages = json.find("messages");
  if (messages == json.end() || !messages->is_array())
    return invalid_argument("messages is not an array of messages", "messages");
  for (std::size_t i = 0; i < messages->size(); ++i) {
    const std::string where = "messages[" + std::to_string(i) + "]";
    YUPU_ASSIGN_OR_RETURN(std::string text, visitor_text((*messages)[i], where, limits));
    if (text.empty()) continue;
    // What was said before stands in the conversation that the server keeps.
    if (!parsed.conversation.empty()) parsed.said.clear();
    parsed.said.push_back(std::move(text));
  }
  if (parsed.said.empty()) return invalid_argument("messages has none of the user", "messages");
  if (parsed.said.size() > limits.inputs_max) {
    return Status(Code::kTooLarge,
                  "messages has more than " + std::to_string(limits.inputs_max) +
                      " of the user; go on by metadata.conversation instead",
                  "messages");
  }
  return parsed;
}

}  // namespace yupu::serving
