#include "serving/visitors/origin.h"

#include <algorithm>

#include <fmt/format.h>

#include "http/message.h"

namespace yupu::serving {
namespace {

constexpr std::string_view kAfterScheme = "://";
constexpr std::size_t kPortDigitsMax = 5;
constexpr int kPortMax = 65535;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_host_char(char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '.' || c == '-'; }
bool is_ip6_char(char c) { return (c >= 'a' && c <= 'f') || is_digit(c) || c == ':' || c == '.'; }

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > kPortDigitsMax || !std::all_of(text.begin(), text.end(), is_digit)) return false;
  int port = 0;
  for (const char c : text) port = port * 10 + (c - '0');
  return port >= 1 && port <= kPortMax && text.front() != '0';
}

// Where the host ends: at the colon of a port, or with the text; npos: it is no host.
std::size_t host_end(std::string_view authority) {
  if (!authority.starts_with('[')) {
    const std::size_t end = std::min(authority.find(':'), authority.size());
    const std::string_view host = authority.substr(0, end);
    const bool good = !host.empty() && host.front() != '.' && host.front() != '-' &&
                      std::all_of(host.begin(), host.end(), is_host_char);
    return good ? end : std::string_view::npos;
  }
  const std::size_t close = authority.find(']');
  if (close == std::string_view::npos || close == 1) return std::string_view::npos;
  const std::string_view address = authority.substr(1, close - 1);
  return std::all_of(address.begin(), address.end(), is_ip6_char) ? close + 1 : std::string_view::npos;
}

}  // namespace

Result<std::string> parse_origin(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return invalid_argument(fmt::format("'{}' is no origin like https://www.example.com: {}", text.substr(0, 200), why),
                            "origins");
  };
  std::string origin(text);
  std::transform(origin.begin(), origin.end(), origin.begin(), lower);
  const bool tls = origin.starts_with("https://");
  if (!tls && !origin.starts_with("http://")) return wrong("it begins with neither https:// nor http://");
  const std::size_t begin = origin.find(kAfterScheme) + kAfterScheme.size();
  const std::string_view authority = std::string_view(origin).substr(begin);
  if (authority.find('/') != std::string_view::npos) return wrong("an origin has no path, and no slash at its end");
  if (authority.find('*') != std::string_view::npos) return wrong("every origin is listed, there are no wildcards");
  const std::size_t end = host_end(authority);
  if (end == std::string_view::npos) return wrong("the host is not a name or an address in ASCII");
  if (end == authority.size()) return origin;
  const std::string_view port = authority.substr(end + 1);
  if (authority[end] != ':' || !is_port(port)) return wrong("the port is not a number from 1 to 65535");
  if (port == (tls ? "443" : "80")) origin.resize(begin + end);
  return origin;
}

bool is_own_origin(std::string_view origin, std::string_view host) {
  const std::size_t at = origin.find(kAfterScheme);
  return at != std::string_view::npos && !host.empty() &&
         http::equal_ignoring_case(origin.substr(at + kAfterScheme.size()), host);
}

}  // namespace yupu::serving
