#include "promotion/content/page_check.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace yupu::promotion {
namespace {

// Position of the first digit, ASCII or full-width (U+FF10..U+FF19: EF BC 90..99).
std::size_t find_digit(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') return i;
    if (text.substr(i).starts_with("\xEF\xBC") && i + 2 < text.size()) {
      const auto last = static_cast<unsigned char>(text[i + 2]);
      if (last >= 0x90 && last <= 0x99) return i;
    }
  }
  return std::string_view::npos;
}

std::string excerpt(std::string_view text, std::size_t at) {
  constexpr std::size_t kAround = 40;
  const std::size_t begin = at > kAround ? at - kAround : 0;
  return std::string(text.substr(begin, 2 * kAround));
}

std::string unescape(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kReferences = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    bool found = false;
    for (const auto& [reference, plain] : kReferences) {
      if (text.substr(i).starts_with(reference)) {
        out += plain;
        i += reference.size();
        found = true;
        break;
      }
    }
    if (!found) out += text[i++];
  }
  return out;
}

struct Tag {
  std::string name;  // "/data" for a closing one
  std::map<std::string, std::string, std::less<>> attributes;
};

// What stands between '<' and '>'; a '>' inside quotes belongs to the value. Returns the position after the tag.
std::size_t read_tag(std::string_view html, std::size_t at, Tag& tag) {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
  const auto ends_name = [&](char c) { return is_space(c) || c == '>' || c == '='; };
  std::size_t i = at + 1;
  while (i < html.size() && !ends_name(html[i])) tag.name += html[i++];
  while (i < html.size() && html[i] != '>') {
    if (is_space(html[i]) || html[i] == '=') {
      ++i;
      continue;
    }
    std::string name;
    std::string value;
    while (i < html.size() && !ends_name(html[i])) name += html[i++];
    if (i + 1 < html.size() && html[i] == '=' && html[i + 1] == '"') {
      for (i += 2; i < html.size() && html[i] != '"'; ++i) value += html[i];
      ++i;
    }
    tag.attributes[name] = unescape(value);
  }
  return i + 1;
}

Status check_attributes(const Tag& tag) {
  for (const std::string_view read_aloud : {"title", "alt", "aria-label", "content", "placeholder"}) {
    const auto it = tag.attributes.find(read_aloud);
    if (it == tag.attributes.end() || find_digit(it->second) == std::string_view::npos) continue;
    const auto name = tag.attributes.find("name");
    if (read_aloud == "content" && name != tag.attributes.end() && name->second == "viewport") continue;
    return invalid_argument(fmt::format("a number in {}=\"{}\" is bound to no record", read_aloud, it->second));
  }
  return ok_status();
}

Status check_bound(const Tag& tag, std::string_view said, const Facts& facts) {
  const std::string& fact = tag.attributes.find("data-fact")->second;
  const auto format = tag.attributes.find("data-format");
  const Result<std::string> true_text =
      facts.say(fact, format == tag.attributes.end() ? std::string_view("text") : std::string_view(format->second));
  YUPU_RETURN_IF_ERROR(true_text.status());
  if (true_text.value() == said) return ok_status();
  return invalid_argument(fmt::format("the page says '{}' where {} says '{}'", said, fact, true_text.value()));
}

}  // namespace

Status check_page(std::string_view html, const Facts& facts) {
  std::size_t at = 0;
  while (at < html.size()) {
    if (html[at] != '<') {
      const std::size_t end = std::min(html.find('<', at), html.size());
      const std::string_view text = html.substr(at, end - at);
      const std::size_t digit = find_digit(text);
      if (digit != std::string_view::npos) {
        return invalid_argument(fmt::format("a number is bound to no record: '{}'", excerpt(text, digit)));
      }
      at = end;
      continue;
    }
    Tag tag;
    at = read_tag(html, at, tag);
    YUPU_RETURN_IF_ERROR(check_attributes(tag));
    if (tag.name == "style") {
      at = std::min(html.find("</style", at), html.size());
    } else if (tag.name == "script") {
      return invalid_argument("the page has a script: it must stand by itself");
    } else if (tag.attributes.contains("data-fact")) {
      const std::size_t end = std::min(html.find('<', at), html.size());
      if (!html.substr(end).starts_with("</" + tag.name)) {
        return invalid_argument(fmt::format("markup inside the bound fact {}", tag.attributes["data-fact"]));
      }
      YUPU_RETURN_IF_ERROR(check_bound(tag, unescape(html.substr(at, end - at)), facts));
      at = end;
    }
  }
  return ok_status();
}

}  // namespace yupu::promotion
