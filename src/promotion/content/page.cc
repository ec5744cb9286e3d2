#include "promotion/content/page.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "page/charts.h"
#include "page/style.h"

namespace yupu::promotion {
namespace {

using page::AxisWords;
using page::bar_svg;
using page::lines_svg;
using page::Point;
using page::reliability_svg;
using page::Series;

constexpr std::size_t kRowsMax = 500;  // of any table: a report with more labels than this is cut, best first
constexpr std::string_view kReport = "/body/report";

// Everything a part of the page needs, and the short ways to say it.
struct Page {
  const Facts& facts;
  const ReportSubject& subject;
  const ReportWords& words;

  std::string run(std::string_view place, Format format) const { return facts.html(subject.run_id, place, format); }
  std::string data(std::string_view place, Format format) const {
    return facts.html(subject.dataset_id, place, format);
  }
};

std::string cell(const std::string& inner, std::string_view style_class = "n") {
  return fmt::format(R"(<td class="{}">{}</td>)", style_class, inner);
}

std::string head(std::string_view text, std::string_view style_class = "") {
  if (style_class.empty()) return fmt::format(R"(<th scope="col">{}</th>)", text);
  return fmt::format(R"(<th scope="col" class="{}">{}</th>)", style_class, text);
}

std::string table(const std::string& header, const std::string& rows) {
  return fmt::format("<div class=\"wide\"><table><thead><tr>{}</tr></thead><tbody>\n{}</tbody></table></div>\n", header,
                     rows);
}

std::string_view bar_class(double share) { return share >= 0.8 ? "high" : share >= 0.5 ? "mid" : "low"; }

std::string term(std::string_view name, const std::string& value) {
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, value);
}

std::string id_of(const Page& page, std::string_view record_id) {
  return fmt::format(R"(<span class="id">{}</span>)", page.facts.html(record_id, "/id", Format::kText));
}

std::string opening(const Page& page) {
  const ReportWords& words = page.words;
  // The model's name may hold digits, so the <title> leaves it out: a title cannot carry a bound element.
  return fmt::format(
      "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} · "
      "语铺</title>\n<style>{}</style>\n"
      "</head>\n<body><div class=\"sheet\">\n<header><span class=\"seal\" lang=\"zh-CN\" "
      "aria-hidden=\"true\"><span>语</span>"
      "<span>铺</span></span><div><h1>{} · {}</h1><p>{}</p></div>"
      "<nav><a href=\"/report/{}\" lang=\"{}\">{}</a></nav></header>\n<main>\n",
      words.html_lang, words.title, page::kPageStyle, words.title, page.run("/name", Format::kText), words.subtitle,
      words.other_lang, words.other_lang, words.other_name);
}

std::string stale_note(const Page& page) {
  if (!page.subject.newer_run_id) return {};
  const std::string& newer = *page.subject.newer_run_id;
  std::string out = fmt::format(R"(<p class="stale" role="note">{} {} · {})", page.words.stale, id_of(page, newer),
                                page.facts.html(newer, "/created_ns", Format::kDate));
  if (page.facts.number(newer, "/body/report/accuracy")) {
    out += fmt::format("<br>{} {}", page.words.stale_accuracy,
                       page.facts.html(newer, "/body/report/accuracy", Format::kPercent));
  }
  return out + "</p>\n";
}

std::string summary(const Page& page) {
  const ReportWords& words = page.words;
  std::string out = fmt::format("<h2>{}</h2>\n<div class=\"key\">", words.summary);
  const auto figure = [&](std::string_view place, Format format, std::string_view name) {
    if (!page.facts.number(page.subject.run_id, place)) return;
    out += fmt::format("<div><strong>{}</strong><span>{}</span></div>", page.run(place, format), name);
  };
  const bool has_report = page.facts.number(page.subject.run_id, "/body/report/accuracy").has_value();
  figure(has_report ? "/body/report/accuracy" : "/body/figures/test.accuracy", Format::kPercent, words.accuracy);
  figure(has_report ? "/body/report/macro avg/f1-score" : "/body/figures/test.macro_f1", Format::kPercent,
         words.macro_f1);
  figure("/body/report/expected_calibration_error", Format::kPercent, words.calibration_error);
  figure("/body/report/row_count", Format::kInteger, words.test_rows);
  out += "</div>\n<dl>";
  const std::string& release = page.subject.release_id;
  if (release.empty()) {
    out += term(words.release, std::string(words.no_release));
  } else {
    out += term(words.release, id_of(page, release));
    out += term(words.since, page.facts.html(release, "/created_ns", Format::kDate));
  }
  out += term(words.reported_run, id_of(page, page.subject.run_id));
  out += term(words.trained, page.run("/created_ns", Format::kDate));
  return out + "</dl>\n";
}

std::string data_part(const Page& page) {
  if (page.subject.dataset_id.empty()) return {};
  const ReportWords& words = page.words;
  std::string out = fmt::format("<h2>{}</h2>\n<dl>", words.data);
  out += term(words.dataset, id_of(page, page.subject.dataset_id));
  out += term(words.content_hash,
              fmt::format(R"(<span class="id">{}</span>)", page.data("/body/content_sha256", Format::kText)));
  out += term(words.train_rows, page.data("/body/row_counts/train", Format::kInteger));
  out += term(words.valid_rows, page.data("/body/row_counts/valid", Format::kInteger));
  out += term(words.test_split, page.data("/body/row_counts/test", Format::kInteger));
  out += term(words.labels, page.data("/body/labels", Format::kCount));
  out += term(words.duplicates, page.data("/body/duplicate_count", Format::kInteger));
  out += term(words.conflicts, page.data("/body/conflict_count", Format::kInteger));
  out += term(words.rejected, page.data("/body/rejected_count", Format::kInteger));
  out += "</dl>\n";
  const Json* sources = page.facts.find(page.subject.dataset_id, "/body/source_sha256");
  if (sources == nullptr || !sources->is_object() || sources->empty()) return out;
  std::string rows;
  for (const auto& [file, hash] : sources->items()) {
    const std::string place = pointer({"body", "source_sha256", file});
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td class=\"id\">{}</td></tr>\n", page.data(place, Format::kKey),
                        page.data(place, Format::kShort));
  }
  return out + fmt::format("<details><summary>{}</summary>{}</details>\n", words.sources,
                           table(head(words.source_file) + head(words.content_hash), rows));
}

// Every leaf of an object, as place -> shown by name and value; arrays are leaves.
void collect_leaves(const Json& value, const std::string& place, std::vector<std::string>& places) {
  if (places.size() >= kRowsMax) return;
  if (!value.is_object()) {
    if (!value.is_null()) places.push_back(place);
    return;
  }
  for (const auto& [key, member] : value.items()) collect_leaves(member, place + pointer({key}), places);
}

std::string leaves_part(const Page& page, std::string_view record_id, std::string_view root, std::string_view title,
                        std::string_view first_column) {
  const Json* value = page.facts.find(record_id, root);
  if (value == nullptr || !value->is_object() || value->empty()) return {};
  std::vector<std::string> places;
  collect_leaves(*value, std::string(root), places);
  std::string rows;
  for (const std::string& place : places) {
    const Json* leaf = page.facts.find(record_id, place);
    const Format format = leaf != nullptr && leaf->is_array() ? Format::kCount : Format::kText;
    rows += fmt::format("<tr><th scope=\"row\">{}</th>{}</tr>\n", page.facts.html(record_id, place, Format::kKey),
                        cell(page.facts.html(record_id, place, format)));
  }
  return fmt::format("<details><summary>{}</summary>{}</details>\n", title,
                     table(head(first_column) + head(page.words.value, "n"), rows));
}

std::string training_part(const Page& page) {
  const ReportWords& words = page.words;
  std::string out = fmt::format("<h2>{}</h2>\n<dl>", words.training);
  out += term(words.task, page.run("/body/task", Format::kText));
  out += term(words.version, page.run("/body/version", Format::kText));
  out += term(words.weights,
              fmt::format(R"(<span class="id">{}</span>)", page.run("/body/weights_sha256", Format::kText)));
  out += "</dl>\n";
  out += leaves_part(page, page.subject.run_id, "/body/figures", words.all_figures, words.figure);
  out += leaves_part(page, page.subject.run_id, "/body/config", words.settings, words.setting);
  return out;
}

std::string figures_row(const Page& page, const std::string& name, const std::string& place) {
  const double f1 = page.facts.number(page.subject.run_id, place + "/f1-score").value_or(0.0);
  return fmt::format("<tr><th scope=\"row\">{}</th>{}{}{}{}{}</tr>\n", name, cell(bar_svg(f1, bar_class(f1)), "b"),
                     cell(page.run(place + "/f1-score", Format::kPercent)),
                     cell(page.run(place + "/precision", Format::kPercent), "n p"),
                     cell(page.run(place + "/recall", Format::kPercent), "n p"),
                     cell(page.run(place + "/support", Format::kInteger)));
}

std::string label_part(const Page& page) {
  const Json* labels = page.facts.find(page.subject.run_id, "/body/report/labels");
  if (labels == nullptr || !labels->is_object() || labels->empty()) return {};
  std::vector<std::pair<double, std::string>> order;  // negative f1, name: best first, ties by name
  for (const auto& [label, figures] : labels->items()) {
    const auto f1 = page.facts.number(page.subject.run_id, pointer({"body", "report", "labels", label, "f1-score"}));
    if (f1) order.emplace_back(-*f1, label);
  }
  std::sort(order.begin(), order.end());
  if (order.size() > kRowsMax) order.resize(kRowsMax);
  const ReportWords& words = page.words;
  std::string rows;
  for (const auto& [negative_f1, label] : order) {
    const std::string place = pointer({"body", "report", "labels", label});
    rows += figures_row(page, page.run(place, Format::kKey), place);
  }
  for (const auto& [member, name] : {std::pair<std::string_view, std::string_view>{"micro avg", words.micro},
                                     {"macro avg", words.macro},
                                     {"weighted avg", words.weighted}}) {
    const std::string place = pointer({"body", "report", member});
    if (page.facts.has(page.subject.run_id, place)) rows += figures_row(page, std::string(name), place);
  }
  return fmt::format("<h2>{}</h2>\n<p class=\"soft\">{}</p>\n{}", words.per_label, words.per_label_note,
                     table(head(words.label) + head("", "b") + head(words.f1, "n") + head(words.precision, "n p") +
                               head(words.recall, "n p") + head(words.support, "n"),
                           rows));
}

std::string language_part(const Page& page) {
  const Json* slices = page.facts.find(page.subject.run_id, "/body/report/slices");
  if (slices == nullptr || !slices->is_object() || slices->empty()) return {};
  const ReportWords& words = page.words;
  std::string rows;
  for (const auto& [name, figures] : slices->items()) {
    const std::string place = pointer({"body", "report", "slices", name});
    const auto accuracy = page.facts.number(page.subject.run_id, place + "/accuracy");
    if (!accuracy) continue;
    const std::string shown = name == "zh"   ? std::string(words.zh)
                              : name == "en" ? std::string(words.en)
                                             : page.run(place, Format::kKey);
    rows += fmt::format("<tr><th scope=\"row\">{}</th>{}{}{}{}</tr>\n", shown,
                        cell(bar_svg(*accuracy, bar_class(*accuracy)), "b"),
                        cell(page.run(place + "/accuracy", Format::kPercent)),
                        cell(page.run(place + "/macro_f1", Format::kPercent), "n p"),
                        cell(page.run(place + "/support", Format::kInteger)));
  }
  if (rows.empty()) return {};
  return fmt::format("<h2>{}</h2>\n{}", words.per_language,
                     table(head(words.language) + head("", "b") + head(words.accuracy, "n") +
                               head(words.macro_f1, "n p") + head(words.support, "n"),
                           rows));
}

std::string reliability_part(const Page& page) {
  const Json* bins = page.facts.find(page.subject.run_id, "/body/report/reliability");
  if (bins == nullptr || !bins->is_array()) return {};
  const ReportWords& words = page.words;
  std::vector<Point> points;
  std::string rows;
  for (std::size_t i = 0; i < std::min(bins->size(), kRowsMax); ++i) {
    const std::string place = fmt::format("{}/reliability/{}", kReport, i);
    const auto confidence = page.facts.number(page.subject.run_id, place + "/confidence");
    const auto accuracy = page.facts.number(page.subject.run_id, place + "/accuracy");
    const auto count = page.facts.number(page.subject.run_id, place + "/count");
    if (!confidence || !accuracy || !count || *count <= 0) continue;
    points.push_back({.x = *confidence, .y = *accuracy, .weight = *count});
    rows += fmt::format("<tr>{}{}{}</tr>\n", cell(page.run(place + "/confidence", Format::kPercent)),
                        cell(page.run(place + "/accuracy", Format::kPercent)),
                        cell(page.run(place + "/count", Format::kInteger)));
  }
  if (points.empty()) return {};
  const AxisWords axes = {.x = words.confidence, .y = words.share_right, .title = words.reliability};
  return fmt::format("<h2>{}</h2>\n<p class=\"soft\">{}</p>\n{}\n{}", words.reliability, words.reliability_note,
                     reliability_svg(points, axes),
                     table(head(words.confidence, "n") + head(words.share_right, "n") + head(words.count, "n"), rows));
}

std::string curve_part(const Page& page) {
  const Json* curve = page.facts.find(page.subject.run_id, "/body/report/learning_curve");
  if (curve == nullptr || !curve->is_array() || curve->size() < 2) return {};
  const ReportWords& words = page.words;
  const std::size_t count = std::min(curve->size(), kRowsMax);
  const auto member = [&](std::size_t i, std::string_view name) {
    return page.facts.number(page.subject.run_id, fmt::format("{}/learning_curve/{}/{}", kReport, i, name));
  };
  double loss_max = 0;
  for (std::size_t i = 0; i < count; ++i) loss_max = std::max(loss_max, member(i, "loss").value_or(0.0));
  Series loss = {.points = {}, .style_class = "loss"};
  Series accuracy = {.points = {}, .style_class = "accuracy"};
  std::string rows;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = static_cast<double>(i) / static_cast<double>(count - 1);
    if (const auto value = member(i, "loss"); value && loss_max > 0)
      loss.points.push_back({.x = x, .y = *value / loss_max});
    if (const auto value = member(i, "valid_accuracy")) accuracy.points.push_back({.x = x, .y = *value});
    const std::string place = fmt::format("{}/learning_curve/{}", kReport, i);
    rows += fmt::format("<tr>{}{}{}</tr>\n", cell(page.run(place + "/epoch", Format::kInteger)),
                        cell(page.run(place + "/loss", Format::kFixed)),
                        cell(page.run(place + "/valid_accuracy", Format::kPercent)));
  }
  const std::string chart = lines_svg({loss, accuracy}, {.x = words.epoch, .y = {}, .title = words.curve});
  if (chart.empty()) return {};
  return fmt::format("<h2>{}</h2>\n<p class=\"soft\">{}</p>\n{}\n<details><summary>{}</summary>{}</details>\n",
                     words.curve, words.curve_note, chart, words.all_figures,
                     table(head(words.epoch, "n") + head(words.loss, "n") + head(words.valid_accuracy, "n"), rows));
}

std::string confusion_part(const Page& page) {
  const Json* confusions = page.facts.find(page.subject.run_id, "/body/report/confusions");
  if (confusions == nullptr || !confusions->is_array() || confusions->empty()) return {};
  const ReportWords& words = page.words;
  const auto place_of = [](std::size_t i) { return fmt::format("{}/confusions/{}", kReport, i); };
  const double most = page.facts.number(page.subject.run_id, place_of(0) + "/count").value_or(1.0);
  std::string rows;
  for (std::size_t i = 0; i < std::min(confusions->size(), kRowsMax); ++i) {
    const std::string place = place_of(i);
    const auto count = page.facts.number(page.subject.run_id, place + "/count");
    if (!count) continue;
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td>{}{}</tr>\n",
                        page.run(place + "/truth", Format::kText), page.run(place + "/predicted", Format::kText),
                        cell(bar_svg(most > 0 ? *count / most : 0.0, "low"), "b"),
                        cell(page.run(place + "/count", Format::kInteger)));
  }
  return fmt::format("<h2>{}</h2>\n<p class=\"soft\">{}</p>\n{}", words.confusions, words.confusions_note,
                     table(head(words.truth) + head(words.predicted) + head("", "b") + head(words.times, "n"), rows));
}

std::string gate_part(const Page& page) {
  if (page.subject.release_id.empty()) return {};
  const ReportWords& words = page.words;
  const std::string leaves = leaves_part(page, page.subject.release_id, "/body/gate", words.all_figures, words.figure);
  if (leaves.empty()) return {};
  std::string out = fmt::format("<h2>{}</h2>\n<p class=\"soft\">{}</p>\n", words.gate, words.gate_note);
  if (page.facts.has(page.subject.release_id, "/body/gate/reason")) {
    out += fmt::format("<p>{}</p>\n", page.facts.html(page.subject.release_id, "/body/gate/reason", Format::kText));
  }
  return out + leaves;
}

}  // namespace

std::string report_page(const Facts& facts, const ReportSubject& subject, const ReportWords& words) {
  const Page page = {.facts = facts, .subject = subject, .words = words};
  std::string out = opening(page);
  for (const auto part : {stale_note, summary, label_part, language_part, confusion_part, reliability_part, curve_part,
                          data_part, training_part, gate_part}) {
    out += part(page);
  }
  out += fmt::format("</main>\n<footer><p>{}</p><p><a href=\"/\">{}</a></p></footer>\n</div></body>\n</html>\n",
                     words.honesty, words.home);
  return out;
}

}  // namespace yupu::promotion
