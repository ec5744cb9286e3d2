#include "tasks/pairs/evaluation_page.h"

#include <fmt/format.h>

#include "tasks/report_page.h"

namespace yupu::tasks {
namespace {

struct Words {
  std::string_view html_lang, title, model, data, pairs;
  std::string_view accuracy, average_precision, spearman, pearson, rmse, undefined, score_note;
  std::string_view labels, labels_note, label, precision, recall, f1, support, macro, weighted;
  std::string_view ranking, ranking_note, way, cross_encoder, queries, candidates, drawn, unanswerable;
  std::string_view mistakes, truth, predicted, count;
  std::string_view notes, cut, unknown;
  std::string_view curve, curve_note, epoch, validation;
};

constexpr Words kChinese = {.html_lang = "zh-CN",
                            .title = "句对评估报告",
                            .model = "模型",
                            .data = "数据",
                            .pairs = "句对",
                            .accuracy = "准确率",
                            .average_precision = "平均精确率",
                            .spearman = "斯皮尔曼相关",
                            .pearson = "皮尔逊相关",
                            .rmse = "均方根误差",
                            .undefined = "无",
                            .score_note = "打分与人工分数的相关：斯皮尔曼看次序，皮尔逊看数值；误差按分数的单位。",
                            .labels = "逐个标签",
                            .labels_note = "平均精确率和 AUROC 看正例的概率，与阈值无关。",
                            .label = "标签",
                            .precision = "精确率",
                            .recall = "召回率",
                            .f1 = "F1",
                            .support = "个数",
                            .macro = "宏平均",
                            .weighted = "加权平均",
                            .ranking = "候选排序",
                            .ranking_note = "同一批候选，模型与 BM25 各排一次；分数相同的，正确的那个排在后面。",
                            .way = "方法",
                            .cross_encoder = "模型",
                            .queries = "问句",
                            .candidates = "每个问句的候选",
                            .drawn = "图示（MRR）",
                            .unanswerable = "没有正确候选的问句，未计入",
                            .mistakes = "最常见的错误",
                            .truth = "真实",
                            .predicted = "判断",
                            .count = "次数",
                            .notes = "数据说明",
                            .cut = "太长、没有读完的句对",
                            .unknown = "模型没有的标签，一律算错",
                            .curve = "学习曲线",
                            .curve_note = "粗线是验证集上的指标，细线是训练损失（按最大值缩放）。",
                            .epoch = "轮次",
                            .validation = "验证"};

constexpr Words kEnglish = {
    .html_lang = "en",
    .title = "Pair evaluation",
    .model = "Model",
    .data = "Data",
    .pairs = "pairs",
    .accuracy = "accuracy",
    .average_precision = "average precision",
    .spearman = "Spearman",
    .pearson = "Pearson",
    .rmse = "root mean squared error",
    .undefined = "not defined",
    .score_note =
        "How the scores go with those of people: Spearman by order, Pearson by value; the error in their unit.",
    .labels = "Labels",
    .labels_note = "Average precision and AUROC judge the probability of the positive label, whatever the threshold.",
    .label = "label",
    .precision = "precision",
    .recall = "recall",
    .f1 = "F1",
    .support = "count",
    .macro = "macro average",
    .weighted = "weighted average",
    .ranking = "Candidates in order",
    .ranking_note =
        "The same candidates, ordered by the model and by BM25; among equal scores the right one counts as last.",
    .way = "ordered by",
    .cross_encoder = "model",
    .queries = "queries",
    .candidates = "candidates a query",
    .drawn = "MRR drawn",
    .unanswerable = "queries without a right candidate, left out",
    .mistakes = "Most frequent mistakes",
    .truth = "truth",
    .predicted = "predicted",
    .count = "times",
    .notes = "About the data",
    .cut = "pairs too long to be read to their end",
    .unknown = "labels the model does not have, counted as wrong",
    .curve = "Learning curve",
    .curve_note =
        "The thick line is the figure on the validation pairs, the thin one the training loss (scaled by its "
        "greatest).",
    .epoch = "epoch",
    .validation = "validation"};

std::string scores_part(const PairEvaluation& evaluation, const Words& words) {
  const auto shown = [&](const std::optional<double>& figure) {
    return figure ? fmt::format("{:.4f}", *figure) : std::string(words.undefined);
  };
  return key_figures({{shown(evaluation.spearman), words.spearman},
                      {shown(evaluation.pearson), words.pearson},
                      {fmt::format("{:.3f}", evaluation.rmse), words.rmse},
                      {std::to_string(evaluation.row_count), words.pairs}}) +
         fmt::format("<p class=\"soft\">{}</p>\n", words.score_note);
}

std::string labels_part(const PairEvaluation& evaluation, const Words& words) {
  const Report& report = evaluation.report;
  std::vector<std::pair<std::string, std::string_view>> key = {{percent(report.accuracy), words.accuracy}};
  if (evaluation.curve) {
    key.emplace_back(percent(evaluation.curve->average_precision), words.average_precision);
    key.emplace_back(percent(evaluation.curve->auroc), "AUROC");
  }
  key.emplace_back(std::to_string(evaluation.row_count), words.pairs);
  std::string rows;
  for (const auto& [label, figures] : report.labels) rows += figures_row(label, figures);
  rows += figures_row(words.macro, report.macro) + figures_row(words.weighted, report.weighted);
  return key_figures(key) + heading(words.labels, words.labels_note) +
         table(head_row({words.label, words.precision, words.recall, words.f1, words.support}), rows);
}

std::string ranking_part(const PairEvaluation& evaluation, const Words& words) {
  if (!evaluation.ranking) return {};
  std::vector<std::pair<std::string_view, const RankingReport*>> ways = {{words.cross_encoder, &*evaluation.ranking}};
  if (evaluation.bm25) ways.emplace_back("BM25", &*evaluation.bm25);
  return heading(words.ranking, words.ranking_note) +
         key_figures({{std::to_string(evaluation.ranking->query_count), words.queries},
                      {fmt::format("{:.1f}", evaluation.ranking->candidates_mean), words.candidates}}) +
         ranking_table(ways, words.way, words.drawn);
}

std::string notes_of(const PairEvaluation& evaluation, const Words& words) {
  std::vector<Note> notes;
  add_count(notes, words.cut, evaluation.truncated_count);
  if (evaluation.ranking) add_count(notes, words.unanswerable, evaluation.ranking->unanswerable_count);
  add_names(notes, words.unknown, evaluation.unknown_labels);
  return notes_part(words.notes, notes);
}

}  // namespace

std::string pair_evaluation_page(const PairEvaluation& evaluation, const PageSubject& subject) {
  return report_page(subject, kChinese, kEnglish, [&](const Words& words) {
    const bool score = evaluation.target == PairTarget::kScore;
    return (score ? scores_part(evaluation, words) : labels_part(evaluation, words)) + ranking_part(evaluation, words) +
           mistakes_part(
               evaluation.report,
               {.title = words.mistakes, .truth = words.truth, .predicted = words.predicted, .count = words.count}) +
           notes_of(evaluation, words);
  });
}

}  // namespace yupu::tasks
