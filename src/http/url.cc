#include "http/url.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "http/host_name.h"
#include "http/message.h"

namespace yupu::http {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~").find(c) != std::string_view::npos;
}

std::optional<char> escaped_at(std::string_view text, std::size_t at) {
  unsigned value = 0;
  if (at + 2 >= text.size()) return std::nullopt;
  const char* begin = text.data() + at + 1;
  const auto read = std::from_chars(begin, begin + 2, value, 16);
  if (read.ec != std::errc() || read.ptr != begin + 2) return std::nullopt;
  return static_cast<char>(value);
}

void escape(std::string& out, char c) { out += fmt::format("%{:02X}", static_cast<unsigned char>(c)); }

// RFC 3986, section 5.2.4, of a path that begins with '/'.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view step = path.substr(0, end);
    path.remove_prefix(end);
    const bool up = step == "/..";
    if (!up && step != "/.") {
      out += step;
      continue;
    }
    if (up) out.erase(std::min(out.rfind('/'), out.size()));
    if (path.empty()) out += '/';
  }
  return out.empty() ? "/" : out;
}

Status wrong(std::string_view text, std::string_view why) {
  return invalid_argument(fmt::format("'{}' is no web address: {}", text.substr(0, 200), why), "url");
}

Status read_port(std::string_view text, std::string_view digits, std::uint16_t& port) {
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || port == 0)
    return wrong(text, "its port is not a number from 1 to 65535");
  return ok_status();
}

Status read_authority(std::string_view text, std::string_view authority, Url& url) {
  if (authority.find('@') != std::string_view::npos) return wrong(text, "it carries a user name");
  const bool bracketed = authority.starts_with('[');
  const std::size_t host_end = bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (host_end == std::string_view::npos) return wrong(text, "a bracket is not closed");
  const std::string_view host = bracketed ? authority.substr(1, host_end - 1) : authority.substr(0, host_end);
  const std::string_view rest = authority.substr(host_end + (bracketed ? 1 : 0));
  if (host.empty()) return wrong(text, "it names no host");
  const std::string_view allowed = bracketed ? ".:" : "-._";
  for (const char c : host) {
    url.host += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool word = static_cast<unsigned char>(c) >= 0x80 || (is_unreserved(c) && c != '~');
    if (!word && allowed.find(c) == std::string_view::npos)
      return wrong(text, "a character of its host cannot stand there");
  }
  while (url.host.ends_with('.')) url.host.pop_back();
  if (url.host.empty()) return wrong(text, "it names no host");
  if (std::any_of(url.host.begin(), url.host.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    auto name = ascii_host(url.host);
    if (!name.ok()) return wrong(text, name.status().message());
    url.host = std::move(name).value();
  }
  url.port = url.scheme == "https" ? 443 : 80;
  if (rest.empty() || rest == ":") return ok_status();
  if (rest.front() != ':') return wrong(text, "something stands between host and path");
  return read_port(text, rest.substr(1), url.port);
}

}  // namespace

std::string normal_url_piece(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (const auto byte = escaped_at(text, i)) {
        if (is_unreserved(*byte)) {
          out += *byte;
        } else {
          escape(out, *byte);
        }
        i += 2;
        continue;
      }
      escape(out, c);
    } else if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F ||
               std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos) {
      escape(out, c);
    } else {
      out += c;
    }
  }
  return out;
}

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return default_port() ? name : fmt::format("{}:{}", name, port);
}

Result<Url> parse_url(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return wrong("", "it is empty");
  text = text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
  if (text.size() > kUrlBytesMax) return wrong(text, fmt::format("it is longer than {} bytes", kUrlBytesMax));
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    return wrong("", "it holds a control character");
  const std::string_view whole = text;
  Url url;
  for (const std::string_view scheme : {"https", "http"}) {
    if (text.size() > scheme.size() + 3 && equal_ignoring_case(text.substr(0, scheme.size()), scheme) &&
        text.substr(scheme.size(), 3) == "://")
      url.scheme = scheme;
  }
  if (url.scheme.empty()) return wrong(text, "it begins neither with http:// nor with https://");
  text.remove_prefix(url.scheme.size() + 3);
  text = text.substr(0, text.find('#'));
  const std::size_t authority_end = std::min(text.find_first_of("/?"), text.size());
  YUPU_RETURN_IF_ERROR(read_authority(whole, text.substr(0, authority_end), url));
  text.remove_prefix(authority_end);
  const std::size_t path_end = std::min(text.find('?'), text.size());
  const std::string path = normal_url_piece(text.substr(0, path_end));
  url.path = path.empty() ? "/" : without_dots(path);
  if (path_end < text.size()) url.query = normal_url_piece(text.substr(path_end + 1));
  return url;
}

Result<Url> resolve_url(const Url& base, std::string_view reference) {
  const std::size_t first = reference.find_first_not_of(kSpace);
  reference = first == std::string_view::npos ? std::string_view()
                                              : reference.substr(first, reference.find_last_not_of(kSpace) + 1 - first);
  reference = reference.substr(0, reference.find('#'));
  if (reference.empty()) return base;
  // A colon before the first of "/?#" ends a scheme.
  const std::size_t colon = reference.find_first_of(":/?");
  if (colon != std::string_view::npos && reference[colon] == ':') return parse_url(reference);
  if (reference.starts_with("//")) return parse_url(base.scheme + ":" + std::string(reference));
  const std::string site = base.scheme + "://" + base.authority();
  if (reference.front() == '/') return parse_url(site + std::string(reference));
  if (reference.front() == '?') return parse_url(site + base.path + std::string(reference));
  return parse_url(site + base.path.substr(0, base.path.rfind('/') + 1) + std::string(reference));
}

}  // namespace yupu::http
