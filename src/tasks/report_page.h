// What the report pages of all tasks are made of: the frame in two languages, tables of figures, the learning curve.
// Self-contained (no script, nothing fetched), light and dark.  Text from outside is escaped here.
#pragma once

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

}  // namespace yupu::tasks
