#include "data/clean/clean.h"

#include <gtest/gtest.h>

namespace yupu::data {
namespace {

std::string cleaned(std::string text) {
  const auto problem = clean_text(text);
  return problem ? "<" + std::string(problem->reason) + ">" : text;
}

TEST(Clean, Texts) {
  EXPECT_EQ(cleaned("  where\tis\r\n my  order  "), "where is my order");
  EXPECT_EQ(cleaned("我的　快递\n到哪了"), "我的 快递 到哪了");  // U+3000
  EXPECT_EQ(cleaned("a\x01\x7F"
                    "b"),
            "ab");
  EXPECT_EQ(cleaned("e\xCC\x81t\xC3\xA9"), "\xC3\xA9t\xC3\xA9");  // NFC
  EXPECT_EQ(cleaned("a\xE2\x80\x8B"
                    "b\xEF\xBB\xBF\xC2\xAD"
                    "c\xE2\x80\xAE"),
            "abc");                                         // U+200B, U+FEFF, U+00AD, U+202E
  EXPECT_EQ(cleaned("e\xE2\x80\x8B\xCC\x81"), "\xC3\xA9");  // what a dropped character held apart composes
  const std::string family = "👩‍👧";                 // U+200D stays
  EXPECT_EQ(cleaned(family), family);
}

TEST(Clean, Problems) {
  EXPECT_EQ(cleaned(""), "<blank_text>");
  EXPECT_EQ(cleaned(" \t\n"), "<blank_text>");
  EXPECT_EQ(cleaned("　\xE2\x80\x8B"), "<blank_text>");
  EXPECT_EQ(cleaned("ab\xFFz"), "<invalid_utf8>");
  EXPECT_EQ(cleaned("\xED\xA0\x80"), "<invalid_utf8>");  // a surrogate
  EXPECT_EQ(cleaned(std::string("a\0b", 3)), "<nul_byte>");
  EXPECT_EQ(cleaned(std::string(100'000, 'x')), "<text_too_long>");
  EXPECT_EQ(cleaned(std::string(8192, 'x')), std::string(8192, 'x'));
  std::string bad = "ab\xFFz";
  EXPECT_EQ(clean_text(bad)->detail, "byte 2 of the text is not valid UTF-8");
}

TEST(Clean, IsIdempotent) {
  for (const std::string text : {" a\tb ", "e\xE2\x80\x8B\xCC\x81", "ﬁ１２３　全角", "İstanbul"}) {
    const std::string once = cleaned(text);
    EXPECT_EQ(cleaned(once), once);
    EXPECT_EQ(canonical_text(canonical_text(once)), canonical_text(once));
  }
}

TEST(Clean, CanonicalFormDecidesWhatIsTheSame) {
  EXPECT_EQ(canonical_text("Where is my Order？"), canonical_text("where is MY order?"));
  EXPECT_EQ(canonical_text("ＡＢＣ　１"), "abc 1");
  EXPECT_NE(canonical_text("where is my order?"), canonical_text("where is my order"));
  EXPECT_EQ(canonical_key("Abc"), canonical_key("aBC"));
  EXPECT_NE(canonical_key("abc"), canonical_key("abd"));
}

TEST(Clean, LabelsAndLanguages) {
  std::string label = " refund ";
  EXPECT_FALSE(clean_label(label));
  EXPECT_EQ(label, "refund");
  std::string blank = "  ";
  EXPECT_EQ(clean_label(blank)->reason, "blank_label");
  std::string longest(129, 'x');
  EXPECT_EQ(clean_label(longest)->reason, "bad_label");
  std::string lang = "ZH_cn ";
  EXPECT_FALSE(clean_lang(lang));
  EXPECT_EQ(lang, "zh-cn");
  std::string wrong = "chinese, simplified";
  EXPECT_EQ(clean_lang(wrong)->reason, "bad_lang");
}

TEST(Clean, ExcerptIsValidAndShort) {
  EXPECT_EQ(excerpt("a\xFF\nb"), "a\xEF\xBF\xBD b");
  std::string text;
  for (int i = 0; i < 100; ++i) text += "语";
  EXPECT_EQ(excerpt(text).size(), 80u * 3 + 3);  // 80 code points and an ellipsis
}

}  // namespace
}  // namespace yupu::data
