// What the report pages of all tasks are made of: the frame in two languages, tables of figures, the learning curve.
// Self-contained (no script, nothing fetched), light and dark.  Text from outside is escaped here.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "page/charts.h"
#include "tasks/classify/metrics.h"
#include "tasks/metrics/ranking.h"

namespace yupu::tasks {

std::string percent(double share);                                    // "91.6%"
std::string number_cell(const std::string& text);                     // <td>
std::string head_row(std::initializer_list<std::string_view> names);  // the first to the left, the others as numbers
std::string table(const std::string& head, const std::string& rows);
std::string figures_row(std::string_view name, const Figures& figures);  // precision, recall, f1, support
// The figures everybody asks for first, large: {value, what it is}.
std::string key_figures(const std::vector<std::pair<std::string, std::string_view>>& figures);
std::string heading(std::string_view title, std::string_view note);
// MRR, nDCG and recall of several ways to order the same candidates.  `drawn`: the head of the column of bars (MRR).
std::string ranking_table(const std::vector<std::pair<std::string_view, const RankingReport*>>& ways,
                          std::string_view way, std::string_view drawn);
// Which labels are taken for which, most frequent first; empty when there is no mistake.
struct MistakeWords {
  std::string_view title, truth, predicted, count;
};
std::string mistakes_part(const Report& report, const MistakeWords& words);
std::vector<page::Tick> share_ticks();  // 0 to 100 %

// Of a model's lineage: "learning_curve" [{"epoch", "loss", "valid"}]; empty when there are fewer than two epochs.
struct CurveWords {
  std::string_view title, note, epoch, validation;
};
std::string curve_part(const Json& lineage, const CurveWords& words);

// What is worth knowing of the data, with a heading; empty when there is nothing.  The texts are escaped.
struct Note {
  std::string_view what;
  std::string text;
};
std::string notes_part(std::string_view title, const std::vector<Note>& notes);
void add_count(std::vector<Note>& notes, std::string_view what, std::int64_t count);  // none when it is 0
void add_names(std::vector<Note>& notes, std::string_view what, const std::vector<std::string>& names);  // likewise

// <article> and its heading: what the page is about, and the things it names.
struct ArticleHead {
  std::string_view style_class, lang, title;
};
std::string article_head(const ArticleHead& head,
                         std::initializer_list<std::pair<std::string_view, std::string_view>> named);

struct BothLanguages {
  std::string_view chinese, english;
};
// The page: one article of each language, chosen by the reader.
std::string bilingual_page(const BothLanguages& titles, const BothLanguages& articles);

// What an evaluation's page is about.
struct PageSubject {
  std::string model;  // a directory
  std::string data;   // the file of rows
  Json lineage;       // the model's: options, "learning_curve"; parts that lack are left out
};
// The page of an evaluation: head, `body(words)` and learning curve in both languages.  `Words`: texts of one language,
// html_lang, title, model, data, curve, curve_note, epoch and validation among them.
template <class Words, class Body>
std::string report_page(const PageSubject& subject, const Words& chinese, const Words& english, const Body& body) {
  const auto article = [&](const Words& words, std::string_view style_class) {
    return article_head({.style_class = style_class, .lang = words.html_lang, .title = words.title},
                        {{words.model, subject.model}, {words.data, subject.data}}) +
           body(words) +
           curve_part(
               subject.lineage,
               {.title = words.curve, .note = words.curve_note, .epoch = words.epoch, .validation = words.validation}) +
           "</article>\n";
  };
  return bilingual_page({.chinese = chinese.title, .english = english.title},
                        {.chinese = article(chinese, "zh"), .english = article(english, "en")});
}

}  // namespace yupu::tasks
