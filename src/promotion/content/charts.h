// Charts as inline SVG, drawn from facts: the drawing is in attributes, what is written is bound (facts.h).
// A chart without figures is an empty string.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "promotion/content/facts.h"

namespace yupu::promotion {

// A bar of `share` (clamped to 0..1) of the cell's width.
std::string bar_svg(double share, std::string_view style_class);

struct Point {
  double x = 0;  // 0..1
  double y = 0;  // 0..1
  double weight = 1;
};

struct AxisWords {
  std::string_view x, y;   // plain words, no numbers
  std::string_view title;  // for those who hear the page
};

// Confidence against accuracy in bins; the diagonal is what an honest score would do. Dot area grows with the weight.
std::string reliability_svg(const std::vector<Point>& bins, const AxisWords& words);

// One line per series over the same x.
struct Series {
  std::vector<Point> points;
  std::string_view style_class;
};
std::string lines_svg(const std::vector<Series>& series, const AxisWords& words);

}  // namespace yupu::promotion
