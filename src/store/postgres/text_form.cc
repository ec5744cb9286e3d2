#include "store/postgres/text_form.h"

#include <cstddef>
#include <cstdint>

#include "base/utf8.h"

namespace yupu::store {
namespace {

constexpr std::string_view kMark = "\xf4\x8f\xbf\xbf";  // U+10FFFF
constexpr unsigned kByteBase = 0x100;

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

// How many bytes from `at` on are one UTF-8 sequence; 0: none begins here.
std::size_t sequence_size(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return 1;
  const Utf8Lead lead = utf8_lead(first);
  const auto size = static_cast<std::size_t>(lead.length);
  if (size == 0 || at + size > text.size()) return 0;
  const unsigned second = byte_at(text, at + 1);
  if (second < lead.second_min || second > lead.second_max) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!is_utf8_continuation(static_cast<unsigned char>(text[at + i]))) return 0;
  }
  return size;
}

bool is_mark(std::string_view text, std::size_t at) { return text.substr(at, kMark.size()) == kMark; }

}  // namespace

bool is_plain_text(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = sequence_size(bytes, at);
    if (size == 0 || bytes[at] == '\0' || (size == 4 && is_mark(bytes, at))) return false;
    at += size;
  }
  return true;
}

std::string to_text_form(std::string_view bytes) {
  std::string form;
  form.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = sequence_size(bytes, at);
    if (size == 0 || bytes[at] == '\0') {
      const unsigned point = kByteBase + byte_at(bytes, at);  // two bytes of UTF-8
      form += kMark;
      form += static_cast<char>(0xC0U | (point >> 6U));
      form += static_cast<char>(0x80U | (point & 0x3FU));
      ++at;
      continue;
    }
    if (size == 4 && is_mark(bytes, at)) form += kMark;
    form += bytes.substr(at, size);
    at += size;
  }
  return form;
}

std::string from_text_form(std::string_view form) {
  std::string bytes;
  bytes.reserve(form.size());
  for (std::size_t at = 0; at < form.size();) {
    if (!is_mark(form, at)) {
      bytes += form[at++];
      continue;
    }
    at += kMark.size();
    if (is_mark(form, at)) {
      bytes += kMark;
      at += kMark.size();
    } else if (at + 2 <= form.size()) {
      const unsigned point = ((byte_at(form, at) & 0x1FU) << 6U) | (byte_at(form, at + 1) & 0x3FU);
      bytes += static_cast<char>(static_cast<unsigned char>(point - kByteBase));
      at += 2;
    }
  }
  return bytes;
}

}  // namespace yupu::store
