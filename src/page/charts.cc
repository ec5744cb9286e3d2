#include "page/charts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "page/html.h"

namespace yupu::page {
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
      R"svg(<text class="axis" transform="translate({:.0f} {:.1f}) rotate(-90)" text-anchor="end">{}</text>)svg",
      words.y_ticks.empty() ? 14 : kLeft + 16, y_of(1), escape_html(words.y));  // ticks take the margin
  for (const Tick& tick : words.x_ticks) {
    out += fmt::format(R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)", x_of(tick.place),
                       kHeight - kBottom + 14, escape_html(tick.text));
  }
  for (const Tick& tick : words.y_ticks) {
    out += fmt::format(R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)", x_of(0) - 5,
                       y_of(tick.place) + 4, escape_html(tick.text));
  }
  return out;
}

// At most `most` characters (code points), with an ellipsis for what is cut.
std::string shortened(std::string_view text, std::size_t most) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins && ++count > most) return std::string(text.substr(0, i)) + "…";
  }
  return std::string(text);
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

std::string heat_svg(const Heat& heat, const AxisWords& words) {
  constexpr double kSide = 30, kNames = 130, kGap = 1;
  constexpr std::size_t kNameLetters = 16, kNumbersMax = 30;
  const std::size_t n = heat.names.size();
  CHECK(heat.counts.size() == n, "a row of counts for every name");
  if (n == 0) return {};
  const double span = kSide * static_cast<double>(n);
  std::string out = fmt::format(R"(<svg class="heat" style="max-width:{0:.0f}px" viewBox="0 0 {0:.0f} {1:.0f}" )"
                                R"(role="img"><title>{2}</title>)",
                                kNames + span + 4, kNames + span + 24, escape_html(words.title));
  const auto place = [&](std::size_t index) { return kNames + kSide * static_cast<double>(index); };
  for (std::size_t row = 0; row < n; ++row) {
    CHECK(heat.counts[row].size() == n, "a count for every pair of names");
    const std::string name = escape_html(shortened(heat.names[row], kNameLetters));
    const double middle = place(row) + kSide / 2 + 4;
    out += fmt::format(R"(<text class="tick" x="{:.0f}" y="{:.0f}" text-anchor="end">{}</text>)", kNames - 6, middle,
                       name);
    out += fmt::format(R"svg(<text class="tick" transform="translate({:.0f} {:.0f}) rotate(-60)">{}</text>)svg", middle,
                       kNames - 6, name);
    std::int64_t total = 0;
    for (const std::int64_t count : heat.counts[row]) total += count;
    for (std::size_t column = 0; column < n; ++column) {
      const std::int64_t count = heat.counts[row][column];
      const double share = total > 0 ? static_cast<double>(count) / static_cast<double>(total) : 0.0;
      out +=
          fmt::format(R"(<rect class="{}" x="{:.0f}" y="{:.0f}" width="{:.0f}" height="{:.0f}" fill-opacity="{:.3f}">)"
                      R"(<title>{} → {}: {}</title></rect>)",
                      row == column ? "cell right" : "cell", place(column), place(row), kSide - kGap, kSide - kGap,
                      count == 0 ? 0.04 : 0.12 + 0.88 * share, escape_html(heat.names[row]),
                      escape_html(heat.names[column]), count);
      if (count > 0 && n <= kNumbersMax) {
        out += fmt::format(R"(<text class="count{}" x="{:.1f}" y="{:.0f}" text-anchor="middle">{}</text>)",
                           share > 0.5 ? " on" : "", place(column) + kSide / 2, middle, count);
      }
    }
  }
  out += fmt::format(R"(<text class="axis" x="{:.0f}" y="{:.0f}">{} ↓ · {} →</text>)", kNames, kNames + span + 18,
                     escape_html(words.y), escape_html(words.x));
  return out + "</svg>";
}

}  // namespace yupu::page
