#include "products/service/conversation/pattern.h"

#include <gtest/gtest.h>

namespace yupu::products {
namespace {

std::string found(const std::string& pattern, const std::string& text) {
  const auto parsed = Pattern::parse(pattern);
  EXPECT_TRUE(parsed.ok()) << pattern << ": " << parsed.status().message();
  if (!parsed.ok()) return "?";
  const auto span = parsed->find(text);
  return span ? text.substr(span->begin, span->end - span->begin) : "";
}

TEST(SlotPattern, Rows) {
  struct Row {
    const char *pattern, *text, *found;
  };
  const Row rows[] = {
      {R"(GH\d{8})", "my order is GH12345678, thanks", "GH12345678"},
      {R"(GH\d{8})", "订单GH12345678到哪了", "GH12345678"},
      {R"(GH\d{8})", "GH123456789", ""},
      {R"(GH\d{8})", "XGH12345678", ""},
      {R"(GH\d{8})", "gh12345678", ""},
      {R"([A-Z]{2}-?\d{4,6})", "AB-12345", "AB-12345"},
      {R"([A-Z]{2}-?\d{4,6})", "AB1234567 or CD4321", "CD4321"},
      {R"(a?b+c*)", "xx abbbcc yy", "abbbcc"},
      {R"(a?b+c*)", "b", "b"},
      {R"(\d{2,4})", "in 12345 of 678", "678"},
      {R"([^ ]+号)", "我住 十二号 楼", "十二号"},
      {R"(第.楼)", "在第三楼", "第三楼"},
      {R"(a\.b)", "a.b", "a.b"},
      {R"(a\.b)", "axb", ""},
      {R"([\d\-]+)", "12-34", "12-34"},
      {R"(x*)", "", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(found(row.pattern, row.text), row.found) << row.pattern << " in " << row.text;
}

TEST(SlotPattern, AnEmptyMatchIsNone) { EXPECT_EQ(found("x*", "abc"), ""); }

TEST(SlotPattern, WhatCannotBeSaidIsRefused) {
  for (const char* bad : {"", "(a)", "a|b", "^a", "a$", "*a", "a{", "a{2", "a{4,2}", "a{65}", "a{0}", "[", "[]",
                          "[z-a]", "\\", "]", "a**", "[a]{64}[b]{64}[c]{64}[d]{64}e"}) {
    EXPECT_EQ(Pattern::parse(bad).status().code(), Code::kInvalidArgument) << bad;
  }
}

// What makes a backtracking matcher take for ever.
TEST(SlotPattern, RepeatedRepeatsEnd) { EXPECT_EQ(found("a*a*a*a*a*a*a*a*a*b", std::string(500, 'a') + "c"), ""); }

}  // namespace
}  // namespace yupu::products
