#include "products/service/connectors/connector.h"

#include <algorithm>

#include <fmt/format.h>

namespace yupu::products {

Status check_incoming(const Incoming& incoming) {
  if (incoming.event_id.empty() || incoming.event_id.size() > kEventIdBytesMax)
    return invalid_argument(fmt::format("a message has an id of 1 to {} bytes", kEventIdBytesMax), "id");
  if (incoming.peer.empty() || incoming.peer.size() > kPeerBytesMax)
    return invalid_argument(fmt::format("a message has a sender of 1 to {} bytes", kPeerBytesMax), "visitor");
  return {};
}

std::string text_at(const Json& json, const char* pointer) {
  const Json::json_pointer where(pointer);
  if (!json.is_object() || !json.contains(where)) return {};
  const Json& found = json.at(where);
  return found.is_string() ? found.get<std::string>() : std::string();
}

http::Attempt judge_vendor(const Result<http::Response>& answer, const VendorCodes& codes, std::int64_t& code) {
  code = 0;
  http::Attempt attempt = http::judge(answer);
  if (!answer.ok()) return attempt;
  const auto body = parse_json(answer->body);
  const bool readable =
      body.ok() && body->is_object() && body->contains(codes.code) && body->at(codes.code).is_number_integer();
  if (!readable) {
    // Some say no more than 200, or nothing at all beside their 5xx.
    if (attempt.done) return {.again = true, .error = "an answer without " + std::string(codes.code)};
    return attempt;
  }
  code = body->at(codes.code).get<std::int64_t>();
  if (attempt.done && code == 0) return attempt;
  const bool worth_it = attempt.again || std::find(codes.again.begin(), codes.again.end(), code) != codes.again.end();
  return {.again = worth_it,
          .not_before_ns = attempt.not_before_ns,
          .error = fmt::format("{} {}: {}", codes.code, code,
                               text_at(*body, ("/" + std::string(codes.message)).c_str()).substr(0, 200))};
}

std::string query_value(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

}  // namespace yupu::products
