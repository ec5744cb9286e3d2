#include "text/unicode.h"

#include <gtest/gtest.h>

namespace yupu::text {
namespace {

TEST(Utf8, EveryScalarValueGoesThereAndBack) {
  for (char32_t c = 0; c <= kCodePointMax; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, c);
    const CodePoint decoded = decode_code_point(text, 0);
    ASSERT_TRUE(decoded.valid) << std::hex << static_cast<std::uint32_t>(c);
    ASSERT_EQ(decoded.value, c);
    ASSERT_EQ(static_cast<std::size_t>(decoded.bytes), text.size());
  }
}

struct InvalidRow {
  std::string bytes;
  std::size_t position;       // of the first invalid sequence
  std::size_t invalid_count;  // maximal subparts, as Python's errors="replace"
};

TEST(Utf8, InvalidSequencesAreReplacedOneByOne) {
  const InvalidRow rows[] = {
      {"\xFF", 0, 1},
      {"abc\x80"
       "def",
       3, 1},
      {"\xC0\xAF", 0, 2},      // overlong
      {"\xE0\x80\x80", 0, 3},  // overlong
      {"\xE4\xBD", 0, 1},      // cut short: one maximal subpart
      {"ok \xE4\xBD\xA0\xE5\xA5", 6, 1},
      {"\xED\xA0\x80", 0, 3},  // a surrogate
      {"\xF0\x9F\x98", 0, 1},
      {"\xF4\x90\x80\x80", 0, 4},  // above U+10FFFF
      {"\xF8\x88\x80\x80\x80", 0, 5},
  };
  for (const InvalidRow& row : rows) {
    SCOPED_TRACE(encode_utf8(decode_utf8(row.bytes).code_points));
    EXPECT_EQ(validate_utf8(row.bytes), row.position);
    const RepairedText repaired = replace_invalid_utf8(row.bytes);
    EXPECT_EQ(repaired.invalid_count, row.invalid_count);
    EXPECT_EQ(validate_utf8(repaired.text), std::nullopt);
    EXPECT_EQ(count_code_points(row.bytes), count_code_points(repaired.text));
    EXPECT_EQ(decode_utf8(row.bytes).invalid_count, row.invalid_count);
  }
  EXPECT_EQ(validate_utf8("你好, world"), std::nullopt);
  EXPECT_EQ(replace_invalid_utf8("a\xFFz").text, "a\uFFFDz");
  EXPECT_EQ(encode_utf8(std::u32string{0xD800, 0x110000, 'a'}), "\uFFFD\uFFFDa");
}

TEST(Unicode, NormalisationForms) {
  EXPECT_EQ(nfc("cafe\u0301"), "caf\u00E9");
  EXPECT_EQ(nfd("caf\u00E9"), "cafe\u0301");
  EXPECT_EQ(nfkc("ＡＢＣ１２３\uFB01"), "ABC123fi");
  EXPECT_EQ(nfd("\uAC01"), "\u1100\u1161\u11A8");
  EXPECT_EQ(nfc("a\xFF"), "a\uFFFD");
  EXPECT_EQ(nfc(std::string_view("a\0b", 3)), std::string("a\0b", 3));
  EXPECT_EQ(nfc(""), "");
}

TEST(Unicode, LowerIsFullAndWithoutContext) {
  EXPECT_EQ(lower("ÀÉ ΟΔΟΣ ẞ"), "àé οδοσ ß");  // no final sigma
  EXPECT_EQ(lower("\u0130"), "i\u0307");
  EXPECT_EQ(lower("\u212A\U00010D50\uA7DC"), "k\U00010D70\u019B");
}

TEST(Unicode, WhitespaceCollapses) {
  EXPECT_EQ(collapse_whitespace("  a \t\r\n\u3000b\u00A0\u2028c "), "a b c");
  EXPECT_EQ(collapse_whitespace(" \n "), "");
  EXPECT_EQ(collapse_whitespace("你 好"), "你 好");
}

TEST(Unicode, Categories) {
  EXPECT_EQ(category('a'), Category::kLetter);
  EXPECT_EQ(category(U'你'), Category::kLetter);
  EXPECT_EQ(category(0x301), Category::kMarkNonspacing);
  EXPECT_EQ(category(0x903), Category::kMarkOther);
  EXPECT_EQ(category('7'), Category::kNumber);
  EXPECT_EQ(category(U'。'), Category::kPunctuation);
  EXPECT_EQ(category('$'), Category::kSymbol);
  EXPECT_EQ(category(0xA0), Category::kSeparatorSpace);
  EXPECT_EQ(category(0x2028), Category::kSeparatorLineOrOther);
  EXPECT_EQ(category(5), Category::kControl);
  EXPECT_EQ(category(0x200B), Category::kFormat);
  EXPECT_EQ(category(0xE000), Category::kPrivateOrSurrogate);
  EXPECT_EQ(category(0xD800), Category::kPrivateOrSurrogate);
  EXPECT_EQ(category(0x378), Category::kUnassigned);
  EXPECT_EQ(category(0x110000), Category::kUnassigned);
}

TEST(Unicode, IdeographsAreNotKanaOrHangul) {
  EXPECT_TRUE(is_cjk_ideograph(U'語'));
  EXPECT_TRUE(is_cjk_ideograph(0x2F800));
  EXPECT_FALSE(is_cjk_ideograph(U'か'));
  EXPECT_FALSE(is_cjk_ideograph(U'한'));
  EXPECT_FALSE(is_cjk_ideograph(U'。'));
}

}  // namespace
}  // namespace yupu::text
