#include "tasks/report_page.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "page/html.h"
#include "page/style.h"

namespace yupu::tasks {
namespace {

using page::escape_html;

// A language is chosen by a radio button in front of the articles: no script.
constexpr std::string_view kLanguageStyle =
    ".lang{position:absolute;opacity:0}.tabs{display:flex;gap:.8rem;justify-content:flex-end}"
    ".tabs label{cursor:pointer;color:var(--soft);border-bottom:2px solid transparent;padding:.1rem .2rem}"
    "article{display:none}#zh:checked~.sheet article.zh,#en:checked~.sheet article.en{display:block}"
    "#zh:checked~.sheet label[for=zh],#en:checked~.sheet label[for=en]{color:var(--ink);border-color:var(--seal)}"
    "#zh:focus-visible~.sheet label[for=zh],#en:focus-visible~.sheet label[for=en]{outline:2px solid var(--seal)}"
    ".scroll{overflow-x:auto}.scroll .heat{min-width:24rem}";

}  // namespace

std::string percent(double share) { return fmt::format("{:.1f}%", 100.0 * share); }

std::string number_cell(const std::string& text) { return fmt::format(R"(<td class="n">{}</td>)", text); }

std::string head_row(std::initializer_list<std::string_view> names) {
  std::string out;
  bool first = true;
  for (const std::string_view name : names) {
    out += fmt::format(R"(<th scope="col"{}>{}</th>)", first ? "" : R"( class="n")", name);
    first = false;
  }
  return out;
}

std::string table(const std::string& head, const std::string& rows) {
  return fmt::format("<div class=\"wide\"><table><thead><tr>{}</tr></thead><tbody>\n{}</tbody></table></div>\n", head,
                     rows);
}

std::string figures_row(std::string_view name, const Figures& figures) {
  return fmt::format("<tr><th scope=\"row\">{}</th>{}{}{}{}</tr>\n", escape_html(name),
                     number_cell(percent(figures.precision)), number_cell(percent(figures.recall)),
                     number_cell(percent(figures.f1)), number_cell(std::to_string(figures.support)));
}

std::string key_figures(const std::vector<std::pair<std::string, std::string_view>>& figures) {
  std::string text = "<div class=\"key\">";
  for (const auto& [value, name] : figures)
    text += fmt::format("<div><strong>{}</strong><span>{}</span></div>", value, name);
  return text + "</div>\n";
}

std::string heading(std::string_view title, std::string_view note) {
  return fmt::format("<h2>{}</h2>\n<p class=\"soft\">{}</p>\n", title, note);
}

std::string ranking_table(const std::vector<std::pair<std::string_view, const RankingReport*>>& ways,
                          std::string_view way, std::string_view drawn) {
  constexpr double kHigh = 0.8, kMid = 0.5;
  const auto column = [](const std::string& name) { return fmt::format(R"(<th scope="col" class="n">{}</th>)", name); };
  std::string head = fmt::format(R"(<th scope="col">{}</th>)", way) + column(fmt::format("MRR@{}", kRankingDepth)) +
                     column(fmt::format("nDCG@{}", kRankingDepth));
  for (const std::int64_t depth : kRecallDepths) head += column(fmt::format("recall@{}", depth));
  head += fmt::format(R"(<th scope="col">{}</th>)", drawn);
  std::string rows;
  for (const auto& [name, report] : ways) {
    rows += fmt::format(R"(<tr><th scope="row">{}</th>{}{})", name, number_cell(percent(report->mrr)),
                        number_cell(percent(report->ndcg)));
    for (const auto& [depth, recall] : report->recall) rows += number_cell(percent(recall));
    const std::string_view level = report->mrr >= kHigh ? "high" : report->mrr >= kMid ? "mid" : "low";
    rows += fmt::format("<td class=\"b\">{}</td></tr>\n", page::bar_svg(report->mrr, level));
  }
  return table(head, rows);
}

std::string mistakes_part(const Report& report, const MistakeWords& words) {
  if (report.confusions.empty()) return {};
  std::string rows;
  for (const Confusion& confusion : report.confusions) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th>{}{}</tr>\n", escape_html(confusion.truth),
                        number_cell(escape_html(confusion.predicted)), number_cell(std::to_string(confusion.count)));
  }
  return fmt::format("<h2>{}</h2>\n{}", words.title,
                     table(head_row({words.truth, words.predicted, words.count}), rows));
}

std::vector<page::Tick> share_ticks() {
  return {{0.0, "0"}, {0.25, "25%"}, {0.5, "50%"}, {0.75, "75%"}, {1.0, "100%"}};
}

std::string curve_part(const Json& lineage, const CurveWords& words) {
  const Json curve = lineage.is_object() ? lineage.value("learning_curve", Json::array()) : Json::array();
  if (!curve.is_array() || curve.size() < 2) return {};
  std::vector<double> losses, valid;
  for (const Json& epoch : curve) {
    if (!epoch.is_object()) return {};
    if (epoch.contains("loss") && epoch["loss"].is_number()) losses.push_back(epoch["loss"].get<double>());
    if (epoch.contains("valid") && epoch["valid"].is_number()) valid.push_back(epoch["valid"].get<double>());
  }
  const double most = losses.empty() ? 1.0 : std::max(1e-12, *std::max_element(losses.begin(), losses.end()));
  const auto series = [&](const std::vector<double>& values, double scale, std::string_view style_class) {
    page::Series out{.points = {}, .style_class = style_class};
    for (std::size_t i = 0; i < values.size(); ++i) {
      out.points.push_back(
          {.x = static_cast<double>(i) / static_cast<double>(std::max<std::size_t>(1, values.size() - 1)),
           .y = std::clamp(values[i] / scale, 0.0, 1.0)});
    }
    return out;
  };
  return fmt::format("<h2>{}</h2>\n<p class=\"soft\">{}</p>\n{}\n", words.title, words.note,
                     page::lines_svg({series(losses, most, "loss"), series(valid, 1.0, "valid")},
                                     {.x = words.epoch,
                                      .y = words.validation,
                                      .title = words.title,
                                      .x_ticks = {{0.0, "1"}, {1.0, std::to_string(curve.size())}},
                                      .y_ticks = share_ticks()}));
}

std::string notes_part(std::string_view title, const std::vector<Note>& notes) {
  if (notes.empty()) return {};
  std::string rows;
  for (const Note& note : notes) rows += fmt::format("<dt>{}</dt><dd>{}</dd>", note.what, escape_html(note.text));
  return fmt::format("<h2>{}</h2>\n<dl>{}</dl>\n", title, rows);
}

void add_count(std::vector<Note>& notes, std::string_view what, std::int64_t count) {
  if (count > 0) notes.push_back({what, std::to_string(count)});
}

void add_names(std::vector<Note>& notes, std::string_view what, const std::vector<std::string>& names) {
  if (!names.empty()) notes.push_back({what, fmt::format("{}", fmt::join(names, ", "))});
}

std::string article_head(const ArticleHead& head,
                         std::initializer_list<std::pair<std::string_view, std::string_view>> named) {
  std::string names;
  for (const auto& [what, name] : named) {
    names += fmt::format("{}{} <span class=\"id\">{}</span>", names.empty() ? "" : " · ", what, escape_html(name));
  }
  return fmt::format(
      "<article class=\"{}\" lang=\"{}\">\n<header><span class=\"seal\" lang=\"zh-CN\" aria-hidden=\"true\">"
      "<span>语</span><span>铺</span></span><div><h1>{}</h1><p>{}</p></div></header>\n",
      head.style_class, head.lang, head.title, names);
}

std::string bilingual_page(const BothLanguages& titles, const BothLanguages& articles) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} · {}</title>\n"
      "<style>{}{}</style>\n</head>\n<body>\n"
      "<input class=\"lang\" type=\"radio\" name=\"lang\" id=\"zh\" checked aria-label=\"中文\">"
      "<input class=\"lang\" type=\"radio\" name=\"lang\" id=\"en\" aria-label=\"English\">\n"
      "<div class=\"sheet\">\n<nav class=\"tabs\"><label for=\"zh\" lang=\"zh-CN\">中文</label>"
      "<label for=\"en\" lang=\"en\">English</label></nav>\n{}{}</div>\n</body>\n</html>\n",
      titles.chinese, titles.english, page::kPageStyle, kLanguageStyle, articles.chinese, articles.english);
}

}  // namespace yupu::tasks
