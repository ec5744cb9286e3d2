#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "page/html.h"
#include "training/tune/report.h"

namespace yupu::training::tune {
namespace {

using page::escape_html;

constexpr double kWidth = 1080.0;
constexpr double kHeight = 380.0;
constexpr double kSide = 70.0;
constexpr double kTop = 40.0;
constexpr double kBottom = 40.0;

struct Range {
  double low = 0.0;
  double high = 1.0;
  // 0 at the low end, 1 at the high one; the middle when there is but one value.
  double share(double value) const { return high > low ? (value - low) / (high - low) : 0.5; }
};

Range figure_range(const Study& study) {
  Range range{INFINITY, -INFINITY};
  for (const Trial& trial : study.trials()) {
    if (!trial.figure()) continue;
    range.low = std::min(range.low, *trial.figure());
    range.high = std::max(range.high, *trial.figure());
  }
  return range.low <= range.high ? range : Range{};
}

// From a pale to a deep blue: readable in grey as well.
std::string colour(double share) {
  const auto mix = [share](int from, int to) { return static_cast<int>(from + share * (to - from)); };
  return fmt::format("rgb({},{},{})", mix(200, 8), mix(215, 48), mix(230, 120));
}

double axis_x(std::size_t axis, std::size_t count) {
  return kSide +
         (kWidth - 2 * kSide) * static_cast<double>(axis) / static_cast<double>(std::max<std::size_t>(1, count - 1));
}

double axis_y(double share) { return kHeight - kBottom - share * (kHeight - kTop - kBottom); }

double share_of(const Parameter& parameter, double coordinate) {
  if (parameter.kind == Kind::kCategorical) return coordinate / static_cast<double>(parameter.choices.size() - 1);
  const Range range{to_interval(parameter, parameter.low), to_interval(parameter, parameter.high)};
  return range.share(to_interval(parameter, coordinate));
}

void add_tick(std::string& svg, double x, double share, const std::string& label) {
  svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"tick\">{}</text>", x + 5, axis_y(share) + 4,
                     escape_html(label));
}

void add_axis(std::string& svg, const std::string& name, double x) {
  svg += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" class=\"axis\"/>", x, axis_y(1),
                     axis_y(0));
  svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"name\">{}</text>", x, kTop - 16, escape_html(name));
}

// One axis per parameter, then epochs and figure.
std::string parallel_coordinates(const Study& study, const std::string& metric) {
  const Space& space = study.space();
  const std::size_t axes = space.size() + 2;
  const Range figures = figure_range(study);
  const Range epochs{0.0, static_cast<double>(study.settings().ladder.most)};
  std::string svg =
      fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"parallel coordinates\">", kWidth, kHeight);
  auto trials = ranked(study);
  std::reverse(trials.begin(), trials.end());  // the best are drawn last, in front
  const Trial* best = study.best();
  for (const Trial* trial : trials) {
    if (!trial->figure()) continue;
    std::string points;
    for (std::size_t j = 0; j < space.size(); ++j)
      points += fmt::format("{:.1f},{:.1f} ", axis_x(j, axes), axis_y(share_of(space[j], trial->point[j])));
    points += fmt::format("{:.1f},{:.1f} ", axis_x(axes - 2, axes),
                          axis_y(epochs.share(static_cast<double>(trial->resource()))));
    points += fmt::format("{:.1f},{:.1f}", axis_x(axes - 1, axes), axis_y(figures.share(*trial->figure())));
    svg += fmt::format(
        "<polyline points=\"{}\" stroke=\"{}\"{}><title>trial {}: {:.4f} after {} epochs {}</title></polyline>", points,
        trial == best ? "#c2410c" : colour(figures.share(*trial->figure())), trial == best ? " class=\"best\"" : "",
        trial->number, *trial->figure(), trial->resource(), escape_html(to_text(to_json(space, trial->point))));
  }
  for (std::size_t j = 0; j < space.size(); ++j) {
    add_axis(svg, space[j].name + (space[j].log ? " (log)" : ""), axis_x(j, axes));
    if (space[j].kind != Kind::kCategorical) {
      add_tick(svg, axis_x(j, axes), 0.0, short_text(value_of(space[j], space[j].low)));
      add_tick(svg, axis_x(j, axes), 1.0, short_text(value_of(space[j], space[j].high)));
      continue;
    }
    for (std::size_t c = 0; c < space[j].choices.size(); ++c)
      add_tick(svg, axis_x(j, axes), share_of(space[j], static_cast<double>(c)), short_text(space[j].choices[c]));
  }
  add_axis(svg, "epochs", axis_x(axes - 2, axes));
  add_tick(svg, axis_x(axes - 2, axes), 0.0, "0");
  add_tick(svg, axis_x(axes - 2, axes), 1.0, fmt::format("{}", study.settings().ladder.most));
  add_axis(svg, metric, axis_x(axes - 1, axes));
  add_tick(svg, axis_x(axes - 1, axes), 0.0, fmt::format("{:.4f}", figures.low));
  add_tick(svg, axis_x(axes - 1, axes), 1.0, fmt::format("{:.4f}", figures.high));
  return svg + "</svg>";
}

std::string progress_chart(const Json& progress) {
  Range figures{INFINITY, -INFINITY};
  double epochs = 1.0;
  for (const Json& step : progress) {
    epochs = std::max(epochs, step["epochs"].get<double>());
    if (step["best"].is_null()) continue;
    figures.low = std::min(figures.low, step["best"].get<double>());
    figures.high = std::max(figures.high, step["best"].get<double>());
  }
  if (figures.low > figures.high) return "<p>No trial has a figure.</p>";
  std::string points;
  double before = axis_y(0);
  for (const Json& step : progress) {
    if (step["best"].is_null()) continue;
    const double x = kSide + (kWidth - 2 * kSide) * step["epochs"].get<double>() / epochs;
    const double y = axis_y(figures.share(step["best"].get<double>()));
    if (!points.empty()) points += fmt::format("{:.1f},{:.1f} ", x, before);
    points += fmt::format("{:.1f},{:.1f} ", x, y);
    before = y;
  }
  std::string svg =
      fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"best figure over epochs\">", kWidth, kHeight);
  svg += fmt::format("<line x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" class=\"axis\"/>", kSide,
                     kWidth - kSide, axis_y(0));
  svg += fmt::format("<polyline points=\"{}\" stroke=\"#0b3078\" class=\"best\"/>", points);
  add_tick(svg, 5, 1.0, fmt::format("{:.4f}", figures.high));
  add_tick(svg, 5, 0.0, fmt::format("{:.4f}", figures.low));
  svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"name\">{:.0f} epochs</text>", kWidth - kSide,
                     kHeight - 12, epochs);
  return svg + "</svg>";
}

std::string trial_rows(const Study& study) {
  std::string html;
  for (const Trial* trial : ranked(study)) {
    html += fmt::format("<tr{}><td>{}</td><td>{}</td><td>{}</td>", trial == study.best() ? " class=\"best\"" : "",
                        trial->number, trial->resource(),
                        trial->figure() ? fmt::format("{:.4f}", *trial->figure()) : escape_html(trial->reason));
    for (std::size_t j = 0; j < study.space().size(); ++j)
      html += fmt::format("<td>{}</td>", escape_html(short_text(value_of(study.space()[j], trial->point[j]))));
    html += "</tr>\n";
  }
  return html;
}

}  // namespace

std::string report_html(const Study& study, const std::string& metric) {
  std::string heads;
  for (const Parameter& parameter : study.space()) heads += fmt::format("<th>{}</th>", escape_html(parameter.name));
  const Trial* best = study.best();
  const std::string summary =
      best == nullptr ? "No trial has a figure."
                      : fmt::format("Best: trial {} with {} {:.4f} after {} epochs. {} trials, {} epochs in all.",
                                    best->number, escape_html(metric), *best->figure(), best->resource(),
                                    study.trials().size(), study.resource_spent());
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>yupu tune</title>\n<style>\n"
      "body{{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem;color:#1b1f27}}\n"
      "svg{{width:100%;height:auto}} polyline{{fill:none;stroke-width:1.4}} polyline.best{{stroke-width:3}}\n"
      ".axis{{stroke:#5b6472}} .tick{{font-size:12px;fill:#1b1f27;paint-order:stroke;stroke:#fff;stroke-width:3px}}\n"
      ".name{{font-size:13px;text-anchor:middle;font-weight:600}}\n"
      "table{{border-collapse:collapse}} td,th{{padding:.2rem .7rem;text-align:right;border-bottom:1px solid "
      "#dde1e7}}\n"
      "tr.best{{background:#fff1e6;font-weight:600}}\n</style></head><body>\n<h1>Search</h1>\n<p>{}</p>\n"
      "<h2>Trials</h2>\n{}\n<h2>Best figure over the epochs spent</h2>\n{}\n<h2>Table</h2>\n"
      "<table><thead><tr><th>trial</th><th>epochs</th><th>{}</th>{}</tr></thead><tbody>\n{}</tbody></table>\n"
      "</body></html>\n",
      summary, parallel_coordinates(study, metric), progress_chart(results_json(study, metric)["progress"]),
      escape_html(metric), heads, trial_rows(study));
}

}  // namespace yupu::training::tune
