#include "text/sentences/sentences.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> cut(std::string_view text) {
  std::vector<std::string> out;
  for (const Span& span : sentences(text)) out.emplace_back(text.substr(span.begin, span.end - span.begin));
  return out;
}

TEST(Sentences, EndAtTheirMarks) {
  EXPECT_THAT(cut("We ship daily. Orders before 3 p.m. leave today! Really?  Yes."),
              ElementsAre("We ship daily.", "Orders before 3 p.m. leave today!", "Really?", "Yes."));
  EXPECT_THAT(cut("七天内可以退货。运费由谁承担？由本店承担！"),
              ElementsAre("七天内可以退货。", "运费由谁承担？", "由本店承担！"));
  EXPECT_THAT(cut("他说：“可以退。”然后走了……真的？！好"),
              ElementsAre("他说：“可以退。”", "然后走了……", "真的？！", "好"));
}

TEST(Sentences, AFullStopInsideDoesNotEnd) {
  EXPECT_THAT(cut("It costs 3.50 yuan at shop.example.com, e.g. for Mr. Li or J. Smith. See No. 5."),
              ElementsAre("It costs 3.50 yuan at shop.example.com, e.g. for Mr. Li or J. Smith.", "See No. 5."));
  EXPECT_THAT(cut("Free? No. You pay. Mr."), ElementsAre("Free?", "No.", "You pay.", "Mr."));
  EXPECT_THAT(cut("(Only today.) \"Come in.\" Thanks"), ElementsAre("(Only today.)", "\"Come in.\"", "Thanks"));
}

TEST(Sentences, LinesEndThem) {
  EXPECT_THAT(cut("  first line \n\n second line\r\nthird"), ElementsAre("first line", "second line", "third"));
  EXPECT_THAT(cut(" \n　 "), IsEmpty());
  EXPECT_THAT(cut(""), IsEmpty());
}

TEST(Sentences, AnyBytesAreCoveredInOrder) {
  const std::string text = "a\xff. B\xe4\xb8 。\xf0\x9f ?. .\n.c\x80";
  std::size_t end = 0;
  for (const Span& span : sentences(text)) {
    ASSERT_LE(end, span.begin);
    ASSERT_LT(span.begin, span.end);
    for (std::size_t i = end; i < span.begin; ++i) EXPECT_TRUE(text[i] == ' ' || text[i] == '\n') << i;
    end = span.end;
  }
  EXPECT_EQ(end, text.size());
}

}  // namespace
}  // namespace yupu::text
