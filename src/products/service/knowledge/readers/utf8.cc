#include "products/service/knowledge/readers/utf8.h"

#include <algorithm>

#include <fmt/format.h>

#include "text/unicode.h"

namespace yupu::products {

Result<std::string_view> utf8_text(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff"))
    return invalid_argument("the text is UTF-16; save it as UTF-8", "file");
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (bytes.find('\0') != std::string_view::npos)
    return invalid_argument(fmt::format("byte {} is zero: this is no text", bytes.find('\0')), "file");
  const auto invalid = text::validate_utf8(bytes);
  if (!invalid) return bytes;
  const auto line = 1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*invalid), '\n');
  return invalid_argument(
      fmt::format("line {}, byte {}: no UTF-8; a Chinese file may be GB 18030: `iconv -f GB18030 -t UTF-8`", line,
                  *invalid),
      "file");
}

}  // namespace yupu::products
