#include "promotion/content/charts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace yupu::promotion {
namespace {

constexpr double kWidth = 520;
constexpr double kHeight = 320;
constexpr double kLeft = 34;
constexpr double kBottom = 34;
constexpr double kTop = 12;
constexpr double kRight = 12;

double x_of(double share) { return kLeft + std::clamp(share, 0.0, 1.0) * (kWidth - kLeft - kRight); }
double y_of(double share) { return kHeight - kBottom - std::clamp(share, 0.0, 1.0) * (kHeight - kBottom - kTop); }

std::string opening(const AxisWords& words) {
  std::string out = fmt::format(R"(<svg class="chart" viewBox="0 0 {:.0f} {:.0f}" role="img"><title>{}</title>)",
                                kWidth, kHeight, escape_html(words.title));
  for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    out += fmt::format(R"(<line class="grid" x1="{0:.1f}" x2="{1:.1f}" y1="{2:.1f}" y2="{2:.1f}"/>)", x_of(0), x_of(1),
                       y_of(share));
  }
  out += fmt::format(R"(<text class="axis" x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)", x_of(1), kHeight - 8,
                     escape_html(words.x));
  out += fmt::format(
      R"svg(<text class="axis" transform="translate(14 {:.1f}) rotate(-90)" text-anchor="end">{}</text>)svg", y_of(1),
      escape_html(words.y));
  return out;
}

}  // namespace

std::string bar_svg(double share, std::string_view style_class) {
  return fmt::format(
      R"(<svg class="bar {}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">)"
      R"(<rect class="track" width="100" height="8"/><rect class="fill" width="{:.2f}" height="8"/></svg>)",
      style_class, 100.0 * std::clamp(share, 0.0, 1.0));
}

std::string reliability_svg(const std::vector<Point>& bins, const AxisWords& words) {
  if (bins.empty()) return {};
  double heaviest = 1;
  for (const Point& bin : bins) heaviest = std::max(heaviest, bin.weight);
  std::string out = opening(words);
  out += fmt::format(R"(<line class="honest" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", x_of(0), y_of(0),
                     x_of(1), y_of(1));
  for (const Point& bin : bins) {
    out += fmt::format(R"(<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>)", x_of(bin.x), y_of(bin.y),
                       3.0 + 9.0 * std::sqrt(std::max(0.0, bin.weight) / heaviest));
  }
  return out + "</svg>";
}

std::string lines_svg(const std::vector<Series>& series, const AxisWords& words) {
  if (std::all_of(series.begin(), series.end(), [](const Series& one) { return one.points.empty(); })) return {};
  std::string out = opening(words);
  for (const Series& one : series) {
    if (one.points.empty()) continue;
    std::string path;
    for (const Point& point : one.points) {
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', x_of(point.x), y_of(point.y));
    }
    out += fmt::format(R"(<path class="line {}" d="{}"/>)", one.style_class, path);
  }
  return out + "</svg>";
}

}  // namespace yupu::promotion
