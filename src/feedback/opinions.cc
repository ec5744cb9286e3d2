#include "feedback/opinions.h"

#include "base/json.h"

namespace yupu::feedback {

std::string noted(const std::string& trace_body, std::string_view key) {
  const auto body = parse_json(trace_body);
  if (!body.ok() || !body.value().is_object()) return {};
  const auto found = body.value().find(key);
  return found != body.value().end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace yupu::feedback
