#include "tasks/embed/evaluation_page.h"

#include <fmt/format.h>

#include "page/html.h"
#include "tasks/report_page.h"

namespace yupu::tasks {
namespace {

struct Words {
  std::string_view html_lang, title, model, data, rows;
  std::string_view retrieval, retrieval_note, who, vectors, queries, documents, figure;
  std::string_view likeness, likeness_note, nearest, nearest_note, judged;
  std::string_view notes, cut;
  std::string_view curve, curve_note, epoch, validation;
};

constexpr Words kChinese = {.html_lang = "zh-CN",
                            .title = "句向量评估报告",
                            .model = "模型",
                            .data = "数据",
                            .rows = "行",
                            .retrieval = "检索",
                            .retrieval_note =
                                "每个问句在文件里全部不同的第二句中找自己的那一句；分数相同的，算模型没找到。BM25 "
                                "只看共有的词，比它还低的模型不值得用。",
                            .who = "方法",
                            .vectors = "向量",
                            .queries = "问句",
                            .documents = "第二句",
                            .figure = "图示（MRR）",
                            .likeness = "相似度",
                            .likeness_note = "余弦与人工打分的相关：斯皮尔曼看次序，皮尔逊看数值。",
                            .nearest = "最近的一句标签相同",
                            .nearest_note = "每句在文件里找最近的另一句，看标签是否相同；标签只出现一次的不算。",
                            .judged = "参与评判的句子",
                            .notes = "数据说明",
                            .cut = "太长、只读了开头的句子",
                            .curve = "学习曲线",
                            .curve_note = "粗线是验证集上的指标，细线是训练损失（按最大值缩放）。",
                            .epoch = "轮次",
                            .validation = "验证"};

constexpr Words kEnglish = {
    .html_lang = "en",
    .title = "Embedding evaluation",
    .model = "Model",
    .data = "Data",
    .rows = "rows",
    .retrieval = "Retrieval",
    .retrieval_note =
        "Every query looks for its own among all different second texts of the file; ties count against "
        "the model. BM25 sees shared words alone: a model below it is not worth its vectors.",
    .who = "method",
    .vectors = "vectors",
    .queries = "queries",
    .documents = "documents",
    .figure = "MRR drawn",
    .likeness = "Likeness",
    .likeness_note = "How cosine goes with the scores: Spearman by order, Pearson by value.",
    .nearest = "nearest text has the same label",
    .nearest_note = "Every text's nearest other text of the file; labels that stand there once are left out.",
    .judged = "texts judged",
    .notes = "About the data",
    .cut = "texts too long to be read to their end",
    .curve = "Learning curve",
    .curve_note =
        "The thick line is the figure on the validation rows, the thin one the training loss (scaled by its "
        "greatest).",
    .epoch = "epoch",
    .validation = "validation"};

std::string retrieval_part(const EmbedEvaluation& evaluation, const Words& words) {
  const RankingReport& report = evaluation.retrieval;
  std::vector<std::pair<std::string_view, const RankingReport*>> ways = {{words.vectors, &report}};
  if (evaluation.bm25) ways.emplace_back("BM25", &*evaluation.bm25);
  return key_figures({{percent(report.mrr), "MRR@10"},
                      {std::to_string(report.query_count), words.queries},
                      {fmt::format("{:.0f}", report.candidates_mean), words.documents},
                      {std::to_string(evaluation.row_count), words.rows}}) +
         heading(words.retrieval, words.retrieval_note) + ranking_table(ways, words.who, words.figure);
}

std::string figures_part(const EmbedEvaluation& evaluation, const Words& words) {
  const auto plain = [](double value) { return fmt::format("{:.4f}", value); };
  switch (evaluation.kind) {
    case TextSetKind::kPairs:
      return retrieval_part(evaluation, words);
    case TextSetKind::kScored:
      return key_figures({{plain(evaluation.spearman), "Spearman"},
                          {plain(evaluation.pearson), "Pearson"},
                          {std::to_string(evaluation.row_count), words.rows}}) +
             heading(words.likeness, words.likeness_note);
    case TextSetKind::kLabels:
      return key_figures({{percent(evaluation.nearest_1), words.nearest},
                          {std::to_string(evaluation.judged_count), words.judged},
                          {std::to_string(evaluation.row_count), words.rows}}) +
             heading(words.nearest, words.nearest_note);
  }
  return {};
}

}  // namespace

std::string embed_evaluation_page(const EmbedEvaluation& evaluation, const PageSubject& subject) {
  return report_page(subject, kChinese, kEnglish, [&](const Words& words) {
    std::vector<Note> notes;
    add_count(notes, words.cut, evaluation.cut_texts);
    return figures_part(evaluation, words) + notes_part(words.notes, notes);
  });
}

}  // namespace yupu::tasks
