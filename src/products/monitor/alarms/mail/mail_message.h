// A mail as it goes over the line: RFC 5322 headers, a text and an HTML part (RFC 2046, multipart/alternative), names
// and subjects beyond ASCII as encoded words (RFC 2047). Seven bits and lines of at most 76 characters throughout, so
// that no server on the way has anything to change.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace yupu::monitor {

struct Mail {
  std::string id;         // the same in every attempt: Message-ID
  std::string from;       // REQUIRES: is_mail_address
  std::string from_name;  // UTF-8; may be empty
  std::string to;         // REQUIRES: is_mail_address
  std::string subject;    // UTF-8, one line
  std::string text, html;
  std::int64_t date_ns = 0;
};
std::string mail_message(const Mail& mail);  // lines end in CRLF

// Plain, where it is short ASCII; else "=?UTF-8?B?...?=" words of at most 75 characters, folded, cut between code
// points. `column`: how much of the line the header's name has used.
std::string encoded_words(std::string_view text, std::size_t column);

// local@domain of printable ASCII without quotes, brackets, commas and blanks, at most 254 bytes: what goes into a
// command of SMTP without a second thought.
bool is_mail_address(std::string_view text);
std::string_view domain_of(std::string_view address);  // REQUIRES: is_mail_address

}  // namespace yupu::monitor
