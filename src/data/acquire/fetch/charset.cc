#include "data/acquire/fetch/charset.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <iconv.h>

#include "text/unicode.h"

namespace yupu::data {
namespace {

struct Label {
  std::string_view label, charset;
};
constexpr std::array kLabels = {
    Label{"utf-8", "UTF-8"},
    Label{"utf8", "UTF-8"},
    Label{"us-ascii", "CP1252"},
    Label{"ascii", "CP1252"},
    Label{"gb18030", "GB18030"},
    Label{"gbk", "GB18030"},
    Label{"gb2312", "GB18030"},
    Label{"gb_2312-80", "GB18030"},
    Label{"x-gbk", "GB18030"},
    Label{"big5", "BIG5-HKSCS"},
    Label{"big5-hkscs", "BIG5-HKSCS"},
    Label{"x-x-big5", "BIG5-HKSCS"},
    Label{"shift_jis", "CP932"},
    Label{"shift-jis", "CP932"},
    Label{"sjis", "CP932"},
    Label{"windows-31j", "CP932"},
    Label{"euc-jp", "EUC-JP"},
    Label{"iso-2022-jp", "ISO-2022-JP"},
    Label{"euc-kr", "CP949"},
    Label{"ks_c_5601-1987", "CP949"},
    Label{"iso-8859-1", "CP1252"},
    Label{"latin1", "CP1252"},
    Label{"windows-1252", "CP1252"},
    Label{"cp1252", "CP1252"},
    Label{"iso-8859-2", "ISO-8859-2"},
    Label{"iso-8859-15", "ISO-8859-15"},
    Label{"windows-1250", "CP1250"},
    Label{"windows-1251", "CP1251"},
    Label{"windows-1254", "CP1254"},
    Label{"koi8-r", "KOI8-R"},
    Label{"utf-16", "UTF-16LE"},
    Label{"utf-16le", "UTF-16LE"},
    Label{"utf-16be", "UTF-16BE"},
};

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// The word behind `name` and '=' in `text`, quoted or not; empty when there is none.
std::string_view value_behind(std::string_view text, std::string_view name) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  const std::size_t found = text.find(name);
  if (found == std::string_view::npos) return {};
  text.remove_prefix(found + name.size());
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  if (!text.starts_with('=')) return {};
  text.remove_prefix(1);
  while (!text.empty() && (is_space(text.front()) || text.front() == '"' || text.front() == '\''))
    text.remove_prefix(1);
  return text.substr(0, text.find_first_of(" \t\r\n\"';>?/,"));
}

// What the first bytes of the file itself say; empty: nothing that is known.
std::string_view declared_inside(std::string_view bytes) {
  const std::string head = text::lower(bytes.substr(0, kDeclarationBytes));
  std::string_view charset;
  if (head.starts_with("<?xml"))
    charset = charset_of_label(value_behind(std::string_view(head).substr(0, head.find("?>")), "encoding"));
  if (charset.empty() && head.find("<meta") != std::string::npos)
    charset = charset_of_label(value_behind(std::string_view(head).substr(head.find("<meta")), "charset"));
  // A declaration that could be read as ASCII is not in UTF-16.
  return charset.starts_with("UTF-16") ? "UTF-8" : charset;
}

DecodedBytes as_utf8(std::string_view bytes) {
  text::RepairedText repaired = text::replace_invalid_utf8(bytes);
  return {std::move(repaired.text), "UTF-8", repaired.invalid_count};
}

class Converter {
 public:
  explicit Converter(const std::string& charset) : handle_(iconv_open("UTF-8", charset.c_str())) {}
  ~Converter() {
    if (known()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool known() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  DecodedBytes convert(std::string_view bytes, std::string charset) {
    DecodedBytes decoded{{}, std::move(charset), 0};
    decoded.text.reserve(bytes.size() + bytes.size() / 2);
    std::array<char, 8192> buffer{};
    char* in = const_cast<char*>(bytes.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): iconv reads only
    std::size_t left = bytes.size();
    while (left > 0) {
      char* out = buffer.data();
      std::size_t room = buffer.size();
      const std::size_t result = iconv(handle_, &in, &left, &out, &room);
      const int error = errno;
      decoded.text.append(buffer.data(), buffer.size() - room);
      if (result != static_cast<std::size_t>(-1) || error == E2BIG) continue;
      decoded.text += kReplacement;  // EILSEQ, or EINVAL: cut off in the middle of a character
      ++decoded.replaced;
      if (error == EINVAL) break;
      ++in;
      --left;
    }
    return decoded;
  }

 private:
  iconv_t handle_;
};

Result<DecodedBytes> decode_as(std::string_view bytes, const std::string& charset) {
  if (charset == "UTF-8") return as_utf8(bytes);
  Converter converter(charset);
  if (!converter.known())
    return Status(Code::kUnavailable, fmt::format("this machine's iconv does not know {}", charset), "charset");
  DecodedBytes decoded = converter.convert(bytes, charset);
  // iconv lets a few things through that are no scalar values.
  text::RepairedText repaired = text::replace_invalid_utf8(decoded.text);
  decoded.text = std::move(repaired.text);
  decoded.replaced += repaired.invalid_count;
  return decoded;
}

}  // namespace

std::string_view charset_of_label(std::string_view label) {
  const std::string name = text::lower(text::collapse_whitespace(label));
  const auto found =
      std::find_if(kLabels.begin(), kLabels.end(), [&](const Label& known) { return known.label == name; });
  return found == kLabels.end() ? std::string_view() : found->charset;
}

Result<DecodedBytes> decode_bytes(std::string_view bytes, std::string_view content_type) {
  if (bytes.starts_with("\xef\xbb\xbf")) return as_utf8(bytes.substr(3));
  if (bytes.starts_with("\xff\xfe")) return decode_as(bytes.substr(2), "UTF-16LE");
  if (bytes.starts_with("\xfe\xff")) return decode_as(bytes.substr(2), "UTF-16BE");
  const std::string header = text::lower(content_type);
  std::string charset(charset_of_label(value_behind(header, "charset")));
  if (charset.empty()) charset = declared_inside(bytes);
  const bool says_utf8 = charset.empty() || charset == "UTF-8";
  if (!says_utf8) return decode_as(bytes, charset);
  if (!text::validate_utf8(bytes)) return as_utf8(bytes);
  auto chinese = decode_as(bytes, "GB18030");
  if (chinese.ok() && chinese->replaced == 0) return chinese;
  return charset == "UTF-8" ? as_utf8(bytes) : decode_as(bytes, "CP1252");
}

}  // namespace yupu::data
