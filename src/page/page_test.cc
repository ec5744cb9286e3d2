#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "page/charts.h"
#include "page/html.h"

namespace yupu::page {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count_of(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(Html, OutsideTextNeverBecomesMarkup) {
  EXPECT_EQ(escape_html("<b a='1' b=\"2\">&"), "&lt;b a=&apos;1&apos; b=&quot;2&quot;&gt;&amp;");
}

TEST(Charts, TicksAreWrittenOnlyWhenAsked) {
  const std::vector<Point> dots = {{.x = 0.5, .y = 0.4, .weight = 3}};
  const AxisWords plain{.x = "confidence", .y = "right", .title = "reliability"};
  EXPECT_THAT(reliability_svg(dots, plain), Not(HasSubstr("class=\"tick\"")));
  AxisWords ticked = plain;
  ticked.x_ticks = {{0.5, "50%"}};
  ticked.y_ticks = {{0.0, "<0>"}};
  const std::string svg = reliability_svg(dots, ticked);
  EXPECT_THAT(svg, HasSubstr(">50%<"));
  EXPECT_THAT(svg, HasSubstr(">&lt;0&gt;<"));
  EXPECT_EQ(reliability_svg({}, plain), "");
}

TEST(Charts, HeatShowsEveryPairAndMarksTheDiagonal) {
  const Heat heat{.names = {"refund", "一个非常非常非常非常非常长的类别名字"}, .counts = {{3, 1}, {0, 2}}};
  const std::string svg = heat_svg(heat, {.x = "predicted", .y = "truth", .title = "confusion"});
  EXPECT_EQ(count_of(svg, "<rect"), 4u);
  EXPECT_EQ(count_of(svg, "cell right"), 2u);
  EXPECT_EQ(count_of(svg, "class=\"count"), 3u);          // nothing is written into an empty cell
  EXPECT_THAT(svg, HasSubstr("fill-opacity=\"0.780\""));  // 3 of the row's 4
  EXPECT_THAT(svg, HasSubstr("一个非常非常非常非常非常长的类别…"));
  EXPECT_EQ(heat_svg({}, {.x = "", .y = "", .title = ""}), "");
}

TEST(ChartsDeathTest, HeatOfAnotherShapeIsABug) {
  EXPECT_DEATH(heat_svg({.names = {"a", "b"}, .counts = {{1, 2}}}, {.x = "", .y = "", .title = ""}), "a row of counts");
}

}  // namespace
}  // namespace yupu::page
