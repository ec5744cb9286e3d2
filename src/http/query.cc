#include "http/query.h"

#include <charconv>

#include <fmt/format.h>

namespace yupu::http {

std::string asked(const Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

Result<std::int64_t> whole_number(const Request& request, const std::string& name, std::int64_t fallback,
                                  std::int64_t most) {
  const auto found = request.query.find(name);
  if (found == request.query.end() || found->second.empty()) return fallback;  // ?limit= of an empty field of a form
  std::int64_t number = 0;
  const char* const end = found->second.data() + found->second.size();
  const auto [stop, error] = std::from_chars(found->second.data(), end, number);
  if (error == std::errc() && stop == end && number >= 1 && number <= most) return number;
  return invalid_argument(fmt::format("{} is a whole number from 1 to {}", name, most), name);
}

}  // namespace yupu::http
