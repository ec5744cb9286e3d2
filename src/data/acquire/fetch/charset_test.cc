#include "data/acquire/fetch/charset.h"

#include <string>

#include <gtest/gtest.h>

#include "text/unicode.h"

namespace yupu::data {
namespace {

const std::string kTea = "\xe8\x8c\xb6";  // tea, U+8336

TEST(Charset, WhatTheHeaderSaysIsTaken) {
  const auto decoded = decode_bytes("\xb2\xe8", "text/html; charset=\"GB2312\"").value();
  EXPECT_EQ(decoded.text, kTea);
  EXPECT_EQ(decoded.charset, "GB18030");
  EXPECT_EQ(decode_bytes("\xaf\xf9", "text/html;charset=big5").value().text, kTea);
  EXPECT_EQ(decode_bytes("\x92\x83", "text/html; Charset=Shift_JIS").value().text, kTea);
}

TEST(Charset, FourBytesOfGb18030) {
  // U+20000 is 0x95 0x32 0x82 0x36.
  const auto decoded = decode_bytes("\x95\x32\x82\x36", "text/plain; charset=gb18030").value();
  EXPECT_EQ(decoded.text, "\xf0\xa0\x80\x80");
  EXPECT_EQ(decoded.replaced, 0U);
}

TEST(Charset, WhatTheFileSaysIsTakenWhereTheHeaderIsSilent) {
  EXPECT_EQ(decode_bytes("<?xml version=\"1.0\" encoding='gbk'?><a>\xb2\xe8</a>", "text/xml").value().charset,
            "GB18030");
  EXPECT_EQ(decode_bytes("<html><meta charset=big5><p>\xaf\xf9", "text/html").value().charset, "BIG5-HKSCS");
  const auto old_style =
      decode_bytes("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\"><p>\xb2\xe8", "text/html");
  EXPECT_EQ(old_style.value().charset, "GB18030");
  EXPECT_EQ(decode_bytes("<meta charset=no-such-thing><p>" + kTea, "").value().charset, "UTF-8");
}

TEST(Charset, WhatNobodySaysIsGuessed) {
  EXPECT_EQ(decode_bytes(kTea, "").value().charset, "UTF-8");
  EXPECT_EQ(decode_bytes("\xb2\xe8", "text/html").value().text, kTea);
  EXPECT_EQ(decode_bytes("\xb2\xe8", "text/html; charset=utf-8").value().charset, "GB18030");
  const auto latin = decode_bytes("caf\xe9", "").value();
  EXPECT_EQ(latin.text, "caf\xc3\xa9");
  EXPECT_EQ(latin.charset, "CP1252");
}

TEST(Charset, AByteOrderMarkDecidesAndGoes) {
  EXPECT_EQ(decode_bytes("\xef\xbb\xbf" + kTea, "text/html; charset=gbk").value().text, kTea);
  EXPECT_EQ(decode_bytes(std::string("\xff\xfe\x36\x83", 4), "").value().text, kTea);
  EXPECT_EQ(decode_bytes(std::string("\xfe\xff\x83\x36", 4), "").value().text, kTea);
}

TEST(Charset, WrongBytesAreReplacedAndCounted) {
  const auto broken = decode_bytes(
                          "a\xff"
                          "b" +
                              kTea + "\xe8",
                          "text/html; charset=utf-8")
                          .value();
  EXPECT_EQ(broken.replaced, 2U);
  EXPECT_FALSE(text::validate_utf8(broken.text));
  const auto cut = decode_bytes("\xb2\xe8\xb2", "text/html; charset=gbk").value();
  EXPECT_EQ(cut.text, kTea + "\xef\xbf\xbd");
  EXPECT_EQ(cut.replaced, 1U);
  EXPECT_EQ(decode_bytes("", "").value().text, "");
}

}  // namespace
}  // namespace yupu::data
