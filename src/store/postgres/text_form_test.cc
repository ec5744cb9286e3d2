#include "store/postgres/text_form.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace yupu::store {
namespace {

TEST(TextForm, OrdinaryTextIsItself) {
  for (const std::string text : {"", "refund", "退款 café", "quote ' and \\ and \"", "\n\t\x01"}) {
    EXPECT_TRUE(is_plain_text(text)) << text;
    EXPECT_EQ(to_text_form(text), text);
    EXPECT_EQ(from_text_form(text), text);
  }
}

TEST(TextForm, WhatPostgresqlWouldRefuseIsMarked) {
  const std::string mark = "\xf4\x8f\xbf\xbf";
  const std::string refused[] = {std::string("a\0b", 3),
                                 "\xff",
                                 "\x80",
                                 "\xc0\x80",
                                 "\xe0\x80\x80",
                                 "\xed\xa0\x80",
                                 "\xf5\x80\x80\x80",
                                 "\xf4\x90\x80\x80",
                                 "half \xe8\xaf",
                                 mark,
                                 mark + mark,
                                 mark + "\xff" + mark};
  for (const std::string& bytes : refused) {
    EXPECT_FALSE(is_plain_text(bytes));
    const std::string form = to_text_form(bytes);
    EXPECT_NE(form, bytes);
    EXPECT_EQ(form.find('\0'), std::string::npos);
    EXPECT_EQ(from_text_form(form), bytes);
  }
  EXPECT_EQ(to_text_form(std::string("\0", 1)), mark + "\xc4\x80");
  EXPECT_EQ(to_text_form(mark), mark + mark);
}

TEST(TextForm, AnyBytesComeBack) {
  Rng rng(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    const std::size_t size = static_cast<std::size_t>(rng.uniform() * 40.0);
    for (std::size_t i = 0; i < size; ++i) {
      // Many bytes of the mark, so that marks come about by chance.
      const char marks[] = {'\xf4', '\x8f', '\xbf', '\xbf', '\xc4', '\x80', '\0'};
      bytes += rng.uniform() < 0.5 ? marks[static_cast<std::size_t>(rng.uniform() * 7.0)]
                                   : static_cast<char>(static_cast<unsigned char>(rng.uniform() * 256.0));
    }
    const std::string form = to_text_form(bytes);
    EXPECT_EQ(from_text_form(form), bytes);
    EXPECT_EQ(form.find('\0'), std::string::npos);
    EXPECT_EQ(is_plain_text(bytes), form == bytes);
  }
}

}  // namespace
}  // namespace yupu::store
