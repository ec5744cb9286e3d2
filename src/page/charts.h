// Charts as inline SVG, coloured by style.h.  The drawing is in attributes; what is written is the caller's words and,
// where it asks for them, the ticks of the axes.  A chart without figures is an empty string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::page {

// A bar of `share` (clamped to 0..1) of the cell's width.
std::string bar_svg(double share, std::string_view style_class);

struct Point {
  double x = 0;  // 0..1
  double y = 0;  // 0..1
  double weight = 1;
};

struct Tick {
  double place = 0;  // 0..1
  std::string text;
};

struct AxisWords {
  std::string_view x, y;   // plain words, no numbers
  std::string_view title;  // for those who hear the page
  std::vector<Tick> x_ticks = {}, y_ticks = {};
};

// Confidence against accuracy in bins; the diagonal is what an honest score would do. Dot area grows with the weight.
std::string reliability_svg(const std::vector<Point>& bins, const AxisWords& words);

// One line per series over the same x.
struct Series {
  std::vector<Point> points;
  std::string_view style_class;
};
std::string lines_svg(const std::vector<Series>& series, const AxisWords& words);

// Counts of pairs: a row for each truth, a column for each prediction, the same names for both.  A cell is as dark as
// its share of its row; the diagonal has the colour of what is right.
// REQUIRES: counts is names.size() rows of names.size().
struct Heat {
  std::vector<std::string> names;
  std::vector<std::vector<std::int64_t>> counts;
};
std::string heat_svg(const Heat& heat, const AxisWords& words);

}  // namespace yupu::page
