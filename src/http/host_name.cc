#include "http/host_name.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/utf8.h"

namespace yupu::http {
namespace {

constexpr std::size_t kLabelBytesMax = 63;
constexpr std::size_t kHostBytesMax = 253;

// The code points of UTF-8; nothing where it is none.
std::optional<std::vector<std::uint32_t>> code_points(std::string_view text) {
  std::vector<std::uint32_t> points;
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) {
      points.push_back(first);
      ++at;
      continue;
    }
    const Utf8Lead lead = utf8_lead(first);
    const auto length = static_cast<std::size_t>(lead.length);
    if (length == 0 || at + length > text.size()) return std::nullopt;
    std::uint32_t point = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      const bool fits = i == 1 ? byte >= lead.second_min && byte <= lead.second_max : is_utf8_continuation(byte);
      if (!fits) return std::nullopt;
      point = point << 6 | (byte & 0x3FU);
    }
    points.push_back(point);
    at += length;
  }
  return points;
}

std::uint32_t mapped(std::uint32_t point) {
  if (point >= 0xFF01 && point <= 0xFF5E) point -= 0xFEE0;  // full width
  if (point == 0x3002 || point == 0xFF61) return '.';       // ideographic full stops
  if (point >= 'A' && point <= 'Z') return point + 0x20;
  if (point >= 0xC0 && point <= 0xDE && point != 0xD7) return point + 0x20;  // Latin-1
  if (point >= 0x391 && point <= 0x3A9) return point + 0x20;                 // Greek
  if (point >= 0x410 && point <= 0x42F) return point + 0x20;                 // Cyrillic
  if (point >= 0x400 && point <= 0x40F) return point + 0x50;
  return point;
}

// What no name holds, and what looks like nothing or changes what stands beside it.
bool is_refused(std::uint32_t point) {
  if (point < 0x80) return false;  // url.cc has looked at those
  if (point < 0xA1 || point == 0xAD || point == 0xD7 || point == 0xF7) return true;
  if (point >= 0x300 && point <= 0x36F) return true;    // combining marks
  if (point >= 0x2000 && point <= 0x2BFF) return true;  // blanks, punctuation, direction marks, symbols
  if (point >= 0x3000 && point <= 0x3004) return true;
  if (point >= 0xE000 && point <= 0xF8FF) return true;  // private use
  return point >= 0xFE00 && point <= 0xFEFF;            // variation selectors, byte order mark
}

std::string ascii_of(const std::vector<std::uint32_t>& label) {
  std::string out;
  for (const std::uint32_t point : label) out += static_cast<char>(point);
  return out;
}

// RFC 3492, section 6.3, with the numbers of section 5. A label has 63 bytes at most, so nothing overflows.
std::string punycode(const std::vector<std::uint32_t>& label) {
  constexpr std::uint32_t kBase = 36, kThresholdMin = 1, kThresholdMax = 26, kSkew = 38, kDamp = 700;
  std::uint32_t next = 128, bias = 72, delta = 0;
  std::string out;
  for (const std::uint32_t point : label) {
    if (point < 0x80) out += static_cast<char>(point);
  }
  const auto basic = static_cast<std::uint32_t>(out.size());
  std::uint32_t handled = basic;
  if (basic > 0) out += '-';
  const auto digit = [](std::uint32_t value) {
    return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
  };
  while (handled < label.size()) {
    std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
    for (const std::uint32_t point : label) {
      if (point >= next) least = std::min(least, point);
    }
    delta += (least - next) * (handled + 1);
    next = least;
    for (const std::uint32_t point : label) {
      if (point < next) ++delta;
      if (point != next) continue;
      std::uint32_t rest = delta;
      for (std::uint32_t k = kBase;; k += kBase) {
        const std::uint32_t threshold = k <= bias ? kThresholdMin : std::min(kThresholdMax, k - bias);
        if (rest < threshold) break;
        out += digit(threshold + (rest - threshold) % (kBase - threshold));
        rest = (rest - threshold) / (kBase - threshold);
      }
      out += digit(rest);
      delta = handled == basic ? delta / kDamp : delta / 2;
      delta += delta / (handled + 1);
      std::uint32_t k = 0;
      for (; delta > (kBase - kThresholdMin) * kThresholdMax / 2; k += kBase) delta /= kBase - kThresholdMin;
      bias = k + (kBase - kThresholdMin + 1) * delta / (delta + kSkew);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++next;
  }
  return out;
}

}  // namespace

Result<std::string> ascii_host(std::string_view host) {
  const auto wrong = [](std::string_view why) { return invalid_argument(fmt::format("a host's name {}", why), "url"); };
  const auto points = code_points(host);
  if (!points) return wrong("is not UTF-8");
  std::string out;
  std::vector<std::uint32_t> label;
  bool is_ascii = true;
  const auto end_label = [&]() -> Status {
    const std::string written = is_ascii ? ascii_of(label) : "xn--" + punycode(label);
    if (written.empty()) return wrong("has an empty part");
    if (written.size() > kLabelBytesMax) return wrong(fmt::format("has a part of more than {} bytes", kLabelBytesMax));
    out += (out.empty() ? "" : ".") + written;
    label.clear();
    is_ascii = true;
    return ok_status();
  };
  for (const std::uint32_t raw : *points) {
    const std::uint32_t point = mapped(raw);
    if (is_refused(point)) return wrong("holds a character that stands in no name; write it in Punycode");
    if (point == '.') {
      YUPU_RETURN_IF_ERROR(end_label());
      continue;
    }
    if (raw >= 0x80 && point < 0x80 &&
        !((point >= 'a' && point <= 'z') || (point >= '0' && point <= '9') || point == '-'))
      return wrong("holds a full-width form that stands in no name");
    label.push_back(point);
    if (point >= 0x80) is_ascii = false;
    if (label.size() > kLabelBytesMax) return wrong(fmt::format("has a part of more than {} bytes", kLabelBytesMax));
  }
  if (!label.empty()) YUPU_RETURN_IF_ERROR(end_label());
  if (out.empty()) return wrong("is empty");
  if (out.size() > kHostBytesMax) return wrong(fmt::format("has more than {} bytes", kHostBytesMax));
  return out;
}

}  // namespace yupu::http
