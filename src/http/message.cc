#include "http/message.h"

#include <algorithm>

namespace yupu::http {
namespace {

char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = lower_ascii(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool parse_query(std::string_view text, std::map<std::string, std::string>& query) {
  while (!text.empty()) {
    const std::size_t amp = std::min(text.find('&'), text.size());
    const std::string_view item = text.substr(0, amp);
    text.remove_prefix(std::min(amp + 1, text.size()));
    if (item.empty()) continue;
    const std::size_t equals = std::min(item.find('='), item.size());
    std::string name;
    std::string value;
    if (!percent_decode(item.substr(0, equals), true, name)) return false;
    if (!percent_decode(item.substr(std::min(equals + 1, item.size())), true, value)) return false;
    query[name] = value;
  }
  return true;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower_ascii(x) == lower_ascii(y); });
}

const std::string* Headers::find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

Response json_response(int status, std::string body) {
  return text_response(status, "application/json", std::move(body));
}

Response text_response(int status, std::string_view content_type, std::string body) {
  Response response{.status = status, .headers = {}, .body = std::move(body)};
  response.headers.add("content-type", content_type);
  return response;
}

bool percent_decode(std::string_view text, bool plus_is_space, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0') return false;
    out.push_back(c);
  }
  return true;
}

bool parse_target(std::string_view target, std::string& path, std::map<std::string, std::string>& query) {
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (target.size() >= scheme.size() && equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(scheme.size());
      target.remove_prefix(std::min(target.find('/'), target.size()));
      if (target.empty()) target = "/";
    }
  }
  if (target.empty() || target.front() != '/') return false;
  const std::size_t mark = std::min(target.find('?'), target.size());
  if (!percent_decode(target.substr(0, mark), false, path)) return false;
  return parse_query(target.substr(std::min(mark + 1, target.size())), query);
}

}  // namespace yupu::http
