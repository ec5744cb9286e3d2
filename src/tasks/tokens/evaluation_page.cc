#include "tasks/tokens/evaluation_page.h"

#include <utility>

#include <fmt/format.h>

#include "tasks/report_page.h"

namespace yupu::tasks {
namespace {

struct Words {
  std::string_view html_lang, title, model, data;
  std::string_view span_f1, span_precision, span_recall, accuracy, sentences, words;
  std::string_view spans, spans_note, tags, type, tag, precision, recall, f1, support, share, micro, macro, weighted;
  std::string_view mistakes, truth, predicted, count;
  std::string_view notes, repaired, widened, windowed, cut, unknown;
  std::string_view branches, branches_note, branch, encoder_alone, wide_alone, both_branches;
  std::string_view curve, curve_note, epoch, validation;
};

constexpr Words kChinese = {.html_lang = "zh-CN",
                            .title = "实体识别评估报告",
                            .model = "模型",
                            .data = "数据",
                            .span_f1 = "实体 F1",
                            .span_precision = "实体精确率",
                            .span_recall = "实体召回率",
                            .accuracy = "逐词准确率",
                            .sentences = "句",
                            .words = "词",
                            .spans = "逐类实体",
                            .spans_note = "类型、起点、终点全对才算对。",
                            .tags = "逐个标签（按词）",
                            .type = "类型",
                            .tag = "标签",
                            .precision = "精确率",
                            .recall = "召回率",
                            .f1 = "F1",
                            .support = "个数",
                            .share = "F1 图示",
                            .micro = "微平均",
                            .macro = "宏平均",
                            .weighted = "加权平均",
                            .mistakes = "最常见的错误（按词）",
                            .truth = "真实",
                            .predicted = "判断",
                            .count = "次数",
                            .notes = "数据说明",
                            .repaired = "不合规的标签，已修正",
                            .widened = "边界落在词中间的片段，已扩展到整词",
                            .windowed = "分几段读完的长句",
                            .cut = "太长、只读了开头的词",
                            .unknown = "模型没有的类型，一律算错",
                            .branches = "两个分支各自的表现",
                            .branches_note = "两个分支一起训练；这里看的是去掉另一个分支之后，各自还能找对多少实体。",
                            .branch = "分支",
                            .encoder_alone = "只用编码器",
                            .wide_alone = "只用字词线性分支",
                            .both_branches = "两者相加",
                            .curve = "学习曲线",
                            .curve_note = "粗线是验证集上的实体 F1，细线是训练损失（按最大值缩放）。",
                            .epoch = "轮次",
                            .validation = "验证"};

constexpr Words kEnglish = {
    .html_lang = "en",
    .title = "Entity evaluation",
    .model = "Model",
    .data = "Data",
    .span_f1 = "span F1",
    .span_precision = "span precision",
    .span_recall = "span recall",
    .accuracy = "word accuracy",
    .sentences = "sentences",
    .words = "words",
    .spans = "Spans by type",
    .spans_note = "A span counts when type, beginning and end are all right.",
    .tags = "Words by tag",
    .type = "type",
    .tag = "tag",
    .precision = "precision",
    .recall = "recall",
    .f1 = "F1",
    .support = "count",
    .share = "F1 drawn",
    .micro = "micro average",
    .macro = "macro average",
    .weighted = "weighted average",
    .mistakes = "Most frequent mistakes (words)",
    .truth = "truth",
    .predicted = "predicted",
    .count = "times",
    .notes = "About the data",
    .repaired = "tags that were not right in their scheme, repaired",
    .widened = "spans that began or ended within a word, widened to it",
    .windowed = "long sentences read in several windows",
    .cut = "words too long to be read to their end",
    .unknown = "types the model does not have, counted as wrong",
    .branches = "Each branch alone",
    .branches_note = "Both were trained together; these are the spans that each still finds without the other.",
    .branch = "branch",
    .encoder_alone = "encoder alone",
    .wide_alone = "wide branch alone",
    .both_branches = "both",
    .curve = "Learning curve",
    .curve_note =
        "The thick line is span F1 on the validation sentences, the thin one the training loss (scaled by its "
        "greatest).",
    .epoch = "epoch",
    .validation = "validation"};

std::string summary_part(const TagEvaluation& evaluation, const Words& words) {
  const Figures& micro = evaluation.spans.micro;
  return key_figures({{percent(micro.f1), words.span_f1},
                      {percent(micro.precision), words.span_precision},
                      {percent(micro.recall), words.span_recall},
                      {percent(evaluation.tokens.accuracy), words.accuracy},
                      {std::to_string(evaluation.sentence_count), words.sentences},
                      {std::to_string(evaluation.tokens.row_count), words.words}});
}

std::string f1_row(std::string_view name, const Figures& figures) {
  constexpr double kHigh = 0.8, kMid = 0.5;
  std::string row = figures_row(name, figures);
  const std::string_view level = figures.f1 >= kHigh ? "high" : figures.f1 >= kMid ? "mid" : "low";
  row.insert(row.rfind("</tr>"), fmt::format("<td class=\"b\">{}</td>", page::bar_svg(figures.f1, level)));
  return row;
}

template <class Rows>
std::string figures_part(const Rows& rows, std::string_view first, std::initializer_list<const Figures*> averages,
                         const Words& words) {
  std::string body;
  for (const auto& [name, figures] : rows) body += f1_row(name, figures);
  const std::string_view names[] = {words.micro, words.macro, words.weighted};
  std::size_t i = 0;
  for (const Figures* figures : averages) body += f1_row(names[i++], *figures);
  return table(head_row({first, words.precision, words.recall, words.f1, words.support}) +
                   fmt::format("<th scope=\"col\">{}</th>", words.share),
               body);
}

std::string branch_part(const std::optional<TagBranches>& judged, const Words& words) {
  if (!judged) return {};
  std::string rows;
  for (const auto& [name, figures] :
       {std::pair(words.encoder_alone, judged->encoder), std::pair(words.wide_alone, judged->wide),
        std::pair(words.both_branches, judged->both)})
    rows += f1_row(name, figures);
  return heading(words.branches, words.branches_note) +
         table(head_row({words.branch, words.precision, words.recall, words.f1, words.support}) +
                   fmt::format("<th scope=\"col\">{}</th>", words.share),
               rows);
}

std::string notes_of(const TagEvaluation& evaluation, const Words& words) {
  std::vector<Note> notes;
  add_count(notes, words.repaired, evaluation.repaired_tags);
  add_count(notes, words.widened, evaluation.widened_spans);
  add_count(notes, words.windowed, evaluation.windowed_count);
  add_count(notes, words.cut, evaluation.cut_words);
  add_names(notes, words.unknown, evaluation.unknown_types);
  return notes_part(words.notes, notes);
}

}  // namespace

std::string tag_evaluation_page(const TagEvaluation& evaluation, const PageSubject& subject) {
  return report_page(subject, kChinese, kEnglish, [&](const Words& words) {
    const SpanReport& spans = evaluation.spans;
    const Report& tokens = evaluation.tokens;
    return summary_part(evaluation, words) + heading(words.spans, words.spans_note) +
           figures_part(spans.types, words.type, {&spans.micro, &spans.macro, &spans.weighted}, words) +
           fmt::format("<h2>{}</h2>\n", words.tags) +
           figures_part(tokens.labels, words.tag, {&tokens.micro, &tokens.macro, &tokens.weighted}, words) +
           mistakes_part(
               tokens,
               {.title = words.mistakes, .truth = words.truth, .predicted = words.predicted, .count = words.count}) +
           branch_part(evaluation.branches, words) + notes_of(evaluation, words);
  });
}

}  // namespace yupu::tasks
