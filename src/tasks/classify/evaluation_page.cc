#include "tasks/classify/evaluation_page.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "page/charts.h"
#include "page/html.h"
#include "tasks/report_page.h"

namespace yupu::tasks {
namespace {

using page::escape_html;

struct Words {
  std::string_view html_lang, title, model, data, rows, accuracy, macro_f1, ece, answered, answered_precision;
  std::string_view labels, label, precision, recall, f1, support, micro, macro, weighted;
  std::string_view confusion, confusion_note, confusion_cut, truth, predicted;
  std::string_view slices, slice;
  std::string_view branches, branches_note, branch, encoder_alone, wide_alone, both_branches;
  std::string_view reliability, reliability_note, confidence, share_right;
  std::string_view decisions, answer, clarify, refuse, out_of_scope, out_of_scope_answered;
  std::string_view wrong, promised, bound, broken_promise, ece_before;
  std::string_view scope, scope_note, scope_score, auroc, fpr95, scope_gate;
  std::string_view curve, curve_note, epoch, loss, validation;
};

constexpr Words kChinese = {
    .html_lang = "zh-CN",
    .title = "评估报告",
    .model = "模型",
    .data = "数据",
    .rows = "条文本",
    .accuracy = "准确率",
    .macro_f1 = "宏平均 F1",
    .ece = "期望校准误差",
    .answered = "直接作答的比例",
    .answered_precision = "作答的准确率",
    .labels = "逐类表现",
    .label = "类别",
    .precision = "精确率",
    .recall = "召回率",
    .f1 = "F1",
    .support = "条数",
    .micro = "微平均",
    .macro = "宏平均",
    .weighted = "加权平均",
    .confusion = "混淆矩阵",
    .confusion_note = "行是真实类别，列是模型的判断；对角线上是判对的。颜色越深，占该行的比例越大。",
    .confusion_cut = "类别太多：只画错得最多的那些。",
    .truth = "真实",
    .predicted = "判断",
    .slices = "分组表现",
    .slice = "分组",
    .branches = "两个分支各自的表现",
    .branches_note = "两个分支一起训练；这里看的是去掉另一个分支之后，各自还能判对多少。",
    .branch = "分支",
    .encoder_alone = "只用编码器",
    .wide_alone = "只用字词线性分支",
    .both_branches = "两者相加",
    .reliability = "可靠性图",
    .reliability_note = "每个点是一组把握相近的回答；落在虚线上，说明说几成把握就真有几成对。",
    .confidence = "把握",
    .share_right = "判对的比例",
    .decisions = "阈值的作用",
    .answer = "直接作答",
    .clarify = "反问",
    .refuse = "拒答",
    .out_of_scope = "超出范围的文本",
    .out_of_scope_answered = "其中仍被作答",
    .wrong = "作答中的错误",
    .promised = "承诺：作答中的错误至多",
    .bound = "验证集给出的上界",
    .broken_promise = "承诺无法兑现，因此一律不作答",
    .ece_before = "期望校准误差（校准前）",
    .scope = "范围内还是范围外",
    .scope_note =
        "AUROC：随机一条范围内文本的分数高于随机一条范围外文本的概率；FPR@95：放行 95% "
        "的范围内文本时，被一同放行的范围外文本的比例。",
    .scope_score = "分数",
    .auroc = "AUROC",
    .fpr95 = "FPR@95",
    .scope_gate = "低于此阈值的文本一律拒答",
    .curve = "学习曲线",
    .curve_note = "粗线是验证集上的指标，细线是训练损失（按最大值缩放）。",
    .epoch = "轮次",
    .loss = "损失",
    .validation = "验证",
};

constexpr Words kEnglish = {
    .html_lang = "en",
    .title = "Evaluation",
    .model = "Model",
    .data = "Data",
    .rows = "rows",
    .accuracy = "accuracy",
    .macro_f1 = "macro F1",
    .ece = "expected calibration error",
    .answered = "answered directly",
    .answered_precision = "right when answered",
    .labels = "Per label",
    .label = "label",
    .precision = "precision",
    .recall = "recall",
    .f1 = "F1",
    .support = "rows",
    .micro = "micro average",
    .macro = "macro average",
    .weighted = "weighted average",
    .confusion = "Confusion matrix",
    .confusion_note =
        "A row is what was right, a column what the model said; the diagonal is right. The darker a cell, the "
        "greater its share of the row.",
    .confusion_cut = "Many labels: only those with the most mistakes are drawn.",
    .truth = "truth",
    .predicted = "predicted",
    .slices = "Slices",
    .slice = "slice",
    .branches = "Each branch alone",
    .branches_note = "Both were trained together; this is what each still gets right without the other.",
    .branch = "branch",
    .encoder_alone = "encoder alone",
    .wide_alone = "wide branch alone",
    .both_branches = "both",
    .reliability = "Reliability",
    .reliability_note =
        "Each dot is a group of answers of like confidence; on the dashed line, a score means what it says.",
    .confidence = "confidence",
    .share_right = "share right",
    .decisions = "What the thresholds do",
    .answer = "answered",
    .clarify = "asked back",
    .refuse = "refused",
    .out_of_scope = "out of scope",
    .out_of_scope_answered = "of these answered all the same",
    .wrong = "wrong among the answers",
    .promised = "promised: wrong among the answers at most",
    .bound = "bound from the validation rows",
    .broken_promise = "the promise cannot be kept, so nothing is answered",
    .ece_before = "expected calibration error, uncalibrated",
    .scope = "In scope or out of it",
    .scope_note =
        "AUROC: how often a text in scope scores above one out of scope. FPR@95: the share of texts out of "
        "scope that are let in when 95 % of those in scope are.",
    .scope_score = "score",
    .auroc = "AUROC",
    .fpr95 = "FPR@95",
    .scope_gate = "texts below this threshold are refused",
    .curve = "Learning curve",
    .curve_note =
        "The thick line is the figure on the validation rows, the thin one the training loss (scaled by its greatest).",
    .epoch = "epoch",
    .loss = "loss",
    .validation = "validation",
};

std::string summary_part(const Evaluation& evaluation, const Words& words) {
  const auto figure = [](const std::string& value, std::string_view name) {
    return fmt::format("<div><strong>{}</strong><span>{}</span></div>", value, name);
  };
  const Report& report = evaluation.report;
  return "<div class=\"key\">" + figure(percent(report.accuracy), words.accuracy) +
         figure(percent(report.macro.f1), words.macro_f1) + figure(percent(report.calibration_error), words.ece) +
         figure(percent(evaluation.decisions.share_answered()), words.answered) +
         figure(percent(evaluation.decisions.precision()), words.answered_precision) +
         figure(std::to_string(report.row_count), words.rows) + "</div>\n";
}

std::string label_part(const Evaluation& evaluation, const Words& words) {
  std::string rows;
  for (const auto& [label, figures] : evaluation.report.labels) rows += figures_row(label, figures);
  rows += figures_row(words.micro, evaluation.report.micro) + figures_row(words.macro, evaluation.report.macro) +
          figures_row(words.weighted, evaluation.report.weighted);
  return fmt::format("<h2>{}</h2>\n{}", words.labels,
                     table(head_row({words.label, words.precision, words.recall, words.f1, words.support}), rows));
}

std::string confusion_part(const Evaluation& evaluation, const Words& words) {
  constexpr std::size_t kLabelsMax = 40;
  std::map<std::string, std::int64_t> mistakes;
  for (const Judged& row : evaluation.judged) {
    const std::int64_t wrong = row.truth == row.predicted ? 0 : 1;
    mistakes[row.truth] += wrong;
    mistakes[row.predicted] += wrong;
  }
  std::vector<std::string> names;
  for (const auto& [name, count] : mistakes) names.push_back(name);
  const bool cut = names.size() > kLabelsMax;
  if (cut) {
    std::stable_sort(names.begin(), names.end(),
                     [&](const std::string& a, const std::string& b) { return mistakes[a] > mistakes[b]; });
    names.resize(kLabelsMax);
    std::sort(names.begin(), names.end());
  }
  page::Heat heat{.names = names, .counts = std::vector(names.size(), std::vector<std::int64_t>(names.size()))};
  const auto index_of = [&](const std::string& name) -> std::optional<std::size_t> {
    const auto found = std::lower_bound(names.begin(), names.end(), name);
    if (found == names.end() || *found != name) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
  };
  for (const Judged& row : evaluation.judged) {
    const auto truth = index_of(row.truth);
    const auto predicted = index_of(row.predicted);
    if (truth && predicted) ++heat.counts[*truth][*predicted];
  }
  return fmt::format("<h2>{}</h2>\n<p class=\"soft\">{}{}{}</p>\n<div class=\"scroll\">{}</div>\n", words.confusion,
                     words.confusion_note, cut ? " " : "", cut ? words.confusion_cut : "",
                     page::heat_svg(heat, {.x = words.predicted, .y = words.truth, .title = words.confusion}));
}

std::string slice_part(const Evaluation& evaluation, const Words& words) {
  if (evaluation.report.slices.empty()) return {};
  std::string rows;
  for (const auto& [name, slice] : evaluation.report.slices) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th>{}{}{}<td class=\"b\">{}</td></tr>\n", escape_html(name),
                        number_cell(percent(slice.accuracy)), number_cell(percent(slice.macro_f1)),
                        number_cell(std::to_string(slice.support)),
                        page::bar_svg(slice.accuracy, slice.accuracy >= 0.8   ? "high"
                                                      : slice.accuracy >= 0.5 ? "mid"
                                                                              : "low"));
  }
  return fmt::format("<h2>{}</h2>\n{}", words.slices,
                     table(head_row({words.slice, words.accuracy, words.macro_f1, words.support}) + "<th></th>", rows));
}

std::string branch_part(const std::optional<Branches>& judged, const Words& words) {
  if (!judged) return {};
  const Branches& branches = *judged;
  std::string rows;
  for (const auto& [name, figures] :
       {std::pair(words.encoder_alone, branches.encoder), std::pair(words.wide_alone, branches.wide),
        std::pair(words.both_branches, branches.both)}) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th>{}{}</tr>\n", name, number_cell(percent(figures.accuracy)),
                        number_cell(percent(figures.macro_f1)));
  }
  return heading(words.branches, words.branches_note) +
         table(head_row({words.branch, words.accuracy, words.macro_f1}), rows);
}

std::string reliability_part(const Evaluation& evaluation, const Words& words) {
  std::vector<page::Point> points;
  for (const auto& bin : reliability(evaluation.judged)) {
    points.push_back({.x = bin.at("confidence").get<double>(),
                      .y = bin.at("accuracy").get<double>(),
                      .weight = bin.at("count").get<double>()});
  }
  return fmt::format("<h2>{}</h2>\n<p class=\"soft\">{}</p>\n{}\n", words.reliability, words.reliability_note,
                     page::reliability_svg(points, {.x = words.confidence,
                                                    .y = words.share_right,
                                                    .title = words.reliability,
                                                    .x_ticks = share_ticks(),
                                                    .y_ticks = share_ticks()}));
}

std::string decision_part(const Evaluation& evaluation, const Words& words) {
  const Decisions& decisions = evaluation.decisions;
  std::string out = fmt::format("<h2>{}</h2>\n<dl>", words.decisions);
  const auto add = [&](std::string_view name, std::int64_t count) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>", name, count);
  };
  add(words.answer, decisions.answered);
  add(words.clarify, decisions.clarified);
  add(words.refuse, decisions.refused);
  if (decisions.out_of_scope > 0) {
    add(words.out_of_scope, decisions.out_of_scope);
    add(words.out_of_scope_answered, decisions.out_of_scope_answered);
  }
  const auto add_text = [&](std::string_view name, const std::string& value) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>", name, escape_html(value));
  };
  add_text(words.wrong, percent(decisions.wrong_share()));
  add_text(words.ece_before, percent(evaluation.error_uncalibrated));
  if (evaluation.promise) {
    add_text(words.promised, percent(evaluation.promise->max_wrong));
    add_text(words.bound, percent(evaluation.promise->bound));
    if (!evaluation.promise->kept) add_text(words.broken_promise, evaluation.promise->reason);
  }
  return out + "</dl>\n";
}

std::string scope_part(const Evaluation& evaluation, const Words& words) {
  if (evaluation.scope.empty() && !evaluation.gate) return {};
  std::string rows;
  for (const auto& [score, figures] : evaluation.scope) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th>{}{}</tr>\n", scope_score_name(score),
                        number_cell(percent(figures.auroc)), number_cell(percent(figures.fpr95())));
  }
  std::string out = heading(words.scope, words.scope_note);
  if (!rows.empty()) out += table(head_row({words.scope_score, words.auroc, words.fpr95}), rows);
  if (evaluation.gate) {
    out += fmt::format("<p>{}: {} {:.4f}</p>\n", words.scope_gate, scope_score_name(evaluation.gate->score),
                       evaluation.gate->threshold);
  }
  return out;
}

}  // namespace

std::string evaluation_page(const Evaluation& evaluation, const PageSubject& subject,
                            const std::optional<Branches>& branches) {
  return report_page(subject, kChinese, kEnglish, [&](const Words& words) {
    return summary_part(evaluation, words) + label_part(evaluation, words) + confusion_part(evaluation, words) +
           slice_part(evaluation, words) + branch_part(branches, words) + reliability_part(evaluation, words) +
           decision_part(evaluation, words) + scope_part(evaluation, words);
  });
}

}  // namespace yupu::tasks
