// Bytes of a page or feed -> UTF-8, whatever they were written in.
//
// Who says what they are, the first that does:
//   a byte order mark; the charset of the Content-Type; the encoding of an XML declaration; a <meta charset> within the
//   first kDeclarationBytes; valid UTF-8 is UTF-8; GB 18030 without one wrong byte; windows-1252
// Labels mean what browsers take them for (encoding.spec.whatwg.org, 4.2): gb2312 and gbk are GB 18030, latin1 is
// windows-1252. What says it is UTF-8 and is not, but is GB 18030 without one wrong byte, is that.
// By the C library's iconv.     Threads  pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu::data {

inline constexpr std::size_t kDeclarationBytes = 1024;

struct DecodedBytes {
  std::string text;          // valid UTF-8, without a byte order mark
  std::string charset;       // "UTF-8", "GB18030", ...
  std::size_t replaced = 0;  // wrong sequences, each U+FFFD now
};

// `content_type`: the header's value, or empty.
// Errors: kUnavailable, field "charset": the machine's iconv does not know the charset.
Result<DecodedBytes> decode_bytes(std::string_view bytes, std::string_view content_type);

// The charset a label stands for, as iconv calls it; empty when nobody knows it.
std::string_view charset_of_label(std::string_view label);

}  // namespace yupu::data
