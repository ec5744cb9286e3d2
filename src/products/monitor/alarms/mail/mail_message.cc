#include "products/monitor/alarms/mail/mail_message.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/utf8.h"

namespace yupu::monitor {
namespace {

constexpr std::size_t kLineMax = 76;
constexpr std::size_t kWordBytesMax = 45;  // 60 characters of base64 and 12 around them
constexpr std::size_t kAddressBytesMax = 254;

// Fri, 27 Nov 2026 08:30:00 +0000, whatever the process's language is.
std::string mail_date(std::int64_t date_ns) {
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = date_ns / 1'000'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0000", kDays[static_cast<std::size_t>(parts.tm_wday)],
                     parts.tm_mday, kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string part(std::string_view type, std::string_view body) {
  std::string out = fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", type);
  const std::string coded = base64_of(body);
  for (std::size_t i = 0; i < coded.size(); i += kLineMax) out += coded.substr(i, kLineMax) + "\r\n";
  return out;
}

bool is_plain(std::string_view text) {
  return text.find("=?") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace

std::string encoded_words(std::string_view text, std::size_t column) {
  if (is_plain(text) && column + text.size() <= kLineMax) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    // The first word shares its line with the header's name.
    const std::size_t used = at == 0 ? std::min(column, kWordBytesMax - 9) : 0;
    std::size_t end = std::min(text.size(), at + (kWordBytesMax - used) / 3 * 3);
    while (end < text.size() && end > at + 1 && is_utf8_continuation(static_cast<unsigned char>(text[end]))) --end;
    if (at > 0) out += "\r\n ";
    out += "=?UTF-8?B?" + base64_of(text.substr(at, end - at)) + "?=";
    at = end;
  }
  return out;
}

std::string mail_message(const Mail& mail) {
  std::string from = "<" + mail.from + ">";
  // A display name of ASCII would have to be quoted; an encoded word needs no quotes whatever stands in it.
  if (!mail.from_name.empty()) {
    std::string name = encoded_words(mail.from_name, 6);
    if (name == mail.from_name) name = "=?UTF-8?B?" + base64_of(mail.from_name) + "?=";
    from = name + "\r\n " + from;
  }
  const std::string boundary = "=_" + mail.id;  // '_' behind '=' stands in no base64 and in no quoted text
  std::string out = fmt::format(
      "Date: {}\r\nFrom: {}\r\nTo: <{}>\r\nSubject: {}\r\nMessage-ID: <{}@{}>\r\nX-Yupu-Notice: {}\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n "
      "boundary=\"{}\"\r\n\r\n",
      mail_date(mail.date_ns), from, mail.to, encoded_words(mail.subject, 9), mail.id, domain_of(mail.from), mail.id,
      boundary);
  out += "--" + boundary + "\r\n" + part("text/plain", mail.text);
  out += "--" + boundary + "\r\n" + part("text/html", mail.html);
  return out + "--" + boundary + "--\r\n";
}

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || at + 1 == text.size() || text.size() > kAddressBytesMax) return false;
  constexpr std::string_view kRefused = "<>()[],;:\\\"";
  if (text.find('@', at + 1) != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return c > 0x20 && c < 0x7F && kRefused.find(c) == std::string_view::npos; });
}

std::string_view domain_of(std::string_view address) { return address.substr(address.find('@') + 1); }

}  // namespace yupu::monitor
