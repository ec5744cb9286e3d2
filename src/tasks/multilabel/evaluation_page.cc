#include "tasks/multilabel/evaluation_page.h"

#include <fmt/format.h>

#include "tasks/report_page.h"

namespace yupu::tasks {
namespace {

struct Words {
  std::string_view html_lang, title, model, data, rows;
  std::string_view micro_f1, average_precision, exact_match, hamming, undefined;
  std::string_view labels, labels_note, label, precision, recall, f1, support, threshold;
  std::string_view micro, macro, weighted, samples;
  std::string_view notes, unlabelled, calibration, temperature, cut, unknown;
  std::string_view curve, curve_note, epoch, validation;
};

constexpr Words kChinese = {.html_lang = "zh-CN",
                            .title = "多标签评估报告",
                            .model = "模型",
                            .data = "数据",
                            .rows = "行",
                            .micro_f1 = "微平均 F1",
                            .average_precision = "平均精确率",
                            .exact_match = "完全正确的行",
                            .hamming = "汉明损失",
                            .undefined = "无",
                            .labels = "逐个标签",
                            .labels_note = "分数达到阈值的标签才算说出；平均精确率看分数的次序，与阈值无关。",
                            .label = "标签",
                            .precision = "精确率",
                            .recall = "召回率",
                            .f1 = "F1",
                            .support = "个数",
                            .threshold = "阈值",
                            .micro = "微平均",
                            .macro = "宏平均",
                            .weighted = "加权平均",
                            .samples = "按行平均",
                            .notes = "数据说明",
                            .unlabelled = "没有标签的行",
                            .calibration = "期望校准误差",
                            .temperature = "温度",
                            .cut = "太长、没有读完的文本",
                            .unknown = "模型没有的标签，从不说出",
                            .curve = "学习曲线",
                            .curve_note = "粗线是验证集上的指标，细线是训练损失（按最大值缩放）。",
                            .epoch = "轮次",
                            .validation = "验证"};

constexpr Words kEnglish = {
    .html_lang = "en",
    .title = "Multi-label evaluation",
    .model = "Model",
    .data = "Data",
    .rows = "rows",
    .micro_f1 = "micro F1",
    .average_precision = "average precision",
    .exact_match = "rows all right",
    .hamming = "Hamming loss",
    .undefined = "not defined",
    .labels = "Labels",
    .labels_note =
        "A label is said when its score reaches its threshold; average precision judges the order of the scores, "
        "whatever the threshold.",
    .label = "label",
    .precision = "precision",
    .recall = "recall",
    .f1 = "F1",
    .support = "count",
    .threshold = "threshold",
    .micro = "micro average",
    .macro = "macro average",
    .weighted = "weighted average",
    .samples = "average over rows",
    .notes = "About the data",
    .unlabelled = "rows without a label",
    .calibration = "expected calibration error",
    .temperature = "temperature",
    .cut = "texts too long to be read to their end",
    .unknown = "labels the model does not have, never said",
    .curve = "Learning curve",
    .curve_note =
        "The thick line is the figure on the validation rows, the thin one the training loss (scaled by its greatest).",
    .epoch = "epoch",
    .validation = "validation"};

std::string key_part(const MultilabelReport& report, const Words& words) {
  const auto& precision = report.micro_average_precision;
  return key_figures({{percent(report.micro.f1), words.micro_f1},
                      {precision ? percent(*precision) : std::string(words.undefined), words.average_precision},
                      {percent(report.exact_match), words.exact_match},
                      {fmt::format("{:.4f}", report.hamming_loss), words.hamming},
                      {std::to_string(report.row_count), words.rows}});
}

// A row of figures with two cells more.
std::string wide_row(std::string_view name, const Figures& figures, const std::string& average_precision,
                     const std::string& threshold) {
  std::string row = figures_row(name, figures);
  row.insert(row.rfind("</tr>"), number_cell(average_precision) + number_cell(threshold));
  return row;
}

std::string labels_part(const MultilabelEvaluation& evaluation, const Words& words) {
  const MultilabelReport& report = evaluation.report;
  std::string rows;
  for (std::size_t k = 0; k < report.labels.size(); ++k) {
    const auto& [label, figures] = report.labels[k];
    const auto& precision = report.average_precision[k];
    const bool known = k < evaluation.thresholds.of_label.size();
    rows += wide_row(label, figures, precision ? fmt::format("{:.4f}", *precision) : std::string(words.undefined),
                     known ? fmt::format("{:.3f}", evaluation.thresholds.of_label[k]) : std::string());
  }
  for (const auto& [name, figures] :
       {std::pair(words.micro, report.micro), std::pair(words.macro, report.macro),
        std::pair(words.weighted, report.weighted), std::pair(words.samples, report.samples)}) {
    rows += wide_row(name, figures, {}, {});
  }
  return heading(words.labels, words.labels_note) +
         table(head_row({words.label, words.precision, words.recall, words.f1, words.support, words.average_precision,
                         words.threshold}),
               rows);
}

std::string notes_of(const MultilabelEvaluation& evaluation, const Words& words) {
  const MultilabelReport& report = evaluation.report;
  std::vector<Note> notes = {{words.unlabelled, std::to_string(report.unlabelled_count)},
                             {words.calibration, fmt::format("{:.4f}", report.calibration_error)},
                             {words.temperature, fmt::format("{:.3f}", evaluation.thresholds.temperature)}};
  add_count(notes, words.cut, evaluation.truncated_count);
  add_names(notes, words.unknown, evaluation.unknown_labels);
  return notes_part(words.notes, notes);
}

}  // namespace

std::string multilabel_evaluation_page(const MultilabelEvaluation& evaluation, const PageSubject& subject) {
  return report_page(subject, kChinese, kEnglish, [&](const Words& words) {
    return key_part(evaluation.report, words) + labels_part(evaluation, words) + notes_of(evaluation, words);
  });
}

}  // namespace yupu::tasks
