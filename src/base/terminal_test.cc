#include "base/terminal.h"

#include <gtest/gtest.h>

namespace yupu {
namespace {

TEST(Terminal, WideCharactersCountTwo) {
  EXPECT_EQ(columns("abc"), 3u);
  EXPECT_EQ(columns("语铺"), 4u);
  EXPECT_EQ(columns("é"), 1u);
  EXPECT_EQ(right_aligned("语铺", 6), "  语铺");
  EXPECT_EQ(left_aligned("语铺", 6), "语铺  ");
  EXPECT_EQ(right_aligned("longer", 3), "longer");
}

TEST(Sparkline, GoesFromTheLeastToTheGreatest) {
  const double rising[] = {0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(sparkline(rising, 8), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline(rising, 4), "▁▃▆█");  // means of two: 0.5 2.5 4.5 6.5
  const double same[] = {3, 3};
  EXPECT_EQ(sparkline(same, 8), "▅▅");
  EXPECT_EQ(sparkline({}, 8), "");
}

}  // namespace
}  // namespace yupu
