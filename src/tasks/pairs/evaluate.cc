#include "tasks/pairs/evaluate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "tasks/metrics/correlation.h"
#include "tasks/pairs/list_loss.h"
#include "text/bm25/bm25.h"

namespace yupu::tasks {
namespace {

Candidate candidate(const PairModel& model, const PairRow& row, double score) {
  const bool relevant = is_relevant(model, row);
  if (model.target() == PairTarget::kScore)
    return {.score = score, .gain = std::max(0.0, model.scale().to_unit(row.score)), .relevant = relevant};
  return {.score = score, .gain = relevant ? 1.0 : 0.0, .relevant = relevant};
}

// One list of candidates a group, in the order in which groups begin.
class Queries {
 public:
  void add(const std::string& group, const Candidate& candidate) {
    const auto [at, is_new] = index_.emplace(group, queries_.size());
    if (is_new) queries_.emplace_back();
    queries_[at->second].push_back(candidate);
  }
  RankingReport report() const { return ranking_report(queries_); }

 private:
  std::map<std::string, std::size_t> index_;
  std::vector<std::vector<Candidate>> queries_;
};

std::int64_t best_of(std::span<const float> logits) {
  return std::max_element(logits.begin(), logits.end()) - logits.begin();
}

void judge_classes(const PairModel& model, const PairSet& set, std::span<const std::vector<float>> logits,
                   PairEvaluation& out) {
  std::vector<Judged> judged;
  std::set<std::string> unknown;
  std::vector<double> scores;
  std::vector<std::uint8_t> positive;
  for (std::size_t i = 0; i < set.rows.size(); ++i) {
    const auto best = static_cast<std::size_t>(best_of(logits[i]));
    const std::string& truth = set.rows[i].label;
    if (!model.classifier().label_index(truth)) unknown.insert(truth);
    judged.push_back(
        {.truth = truth, .predicted = model.labels()[best], .score = probabilities(logits[i], 1.0)[best], .slice = {}});
    if (!model.positive()) continue;
    scores.push_back(*model.relevance(logits[i]));
    positive.push_back(model.label_is_positive(truth) ? 1 : 0);
  }
  out.report = classification_report(judged);
  out.unknown_labels.assign(unknown.begin(), unknown.end());
  if (!model.positive()) return;
  out.positive = model.labels()[static_cast<std::size_t>(*model.positive())];
  for (const auto& [label, figures] : out.report.labels) {
    if (label == out.positive) out.of_positive = figures;
  }
  out.curve = binary_curve(scores, positive);
}

void judge_scores(const PairModel& model, const PairSet& set, std::span<const std::vector<float>> logits,
                  PairEvaluation& out) {
  std::vector<double> truth, said;
  double squares = 0.0;
  for (std::size_t i = 0; i < set.rows.size(); ++i) {
    truth.push_back(set.rows[i].score);
    said.push_back(model.score(logits[i]));
    squares += (said.back() - truth.back()) * (said.back() - truth.back());
  }
  out.pearson = pearson(truth, said);
  out.spearman = spearman(truth, said);
  out.rmse = std::sqrt(squares / static_cast<double>(truth.size()));
}

std::string ranking_line(std::string_view name, const RankingReport& report) {
  std::string line = fmt::format("{:<12} {:>8.4f} {:>8.4f}", name, report.mrr, report.ndcg);
  for (const auto& [depth, recall] : report.recall) line += fmt::format(" {:>9.4f}", recall);
  return line + "\n";
}

std::string ranking_text(const RankingReport& model, const RankingReport& bm25) {
  std::string text = fmt::format("\n{:<12} {:>8} {:>8}", "candidates", fmt::format("MRR@{}", kRankingDepth),
                                 fmt::format("nDCG@{}", kRankingDepth));
  for (const std::int64_t depth : kRecallDepths) text += fmt::format(" {:>9}", fmt::format("recall@{}", depth));
  text += "\n" + ranking_line("model", model) + ranking_line("BM25", bm25);
  text += fmt::format("{} queries with {:.1f} candidates each", model.query_count, model.candidates_mean);
  if (model.unanswerable_count > 0)
    text += fmt::format("; {} more have no relevant candidate and are left out", model.unanswerable_count);
  return text + "\n";
}

}  // namespace

std::vector<text::Encoding> encode_all(const PairModel& model, const PairSet& set) {
  std::vector<text::Encoding> encodings;
  encodings.reserve(set.rows.size());
  for (const PairRow& row : set.rows) encodings.push_back(model.encode(row.a, row.b));
  return encodings;
}

RankingReport bm25_ranking(const PairModel& model, const PairSet& set) {
  std::map<std::string, std::size_t> place;  // of each different b
  std::vector<std::string> texts;
  for (const PairRow& row : set.rows) {
    if (place.emplace(row.b, texts.size()).second) texts.push_back(row.b);
  }
  const text::Bm25Index index(texts);
  std::map<std::string, std::vector<const PairRow*>> by_query;  // a query's scores are computed once
  for (const PairRow& row : set.rows) by_query[row.a].push_back(&row);
  Queries queries;
  for (const auto& [query, rows] : by_query) {
    const std::vector<double> scores = index.scores(query);
    for (const PairRow* row : rows) queries.add(row->group, candidate(model, *row, scores[place.at(row->b)]));
  }
  return queries.report();
}

Result<PairEvaluation> evaluate(const PairModel& model, const LogitsSource& source, const PairSet& set,
                                std::span<const text::Encoding> encodings) {
  CHECK(encodings.size() == set.rows.size(), "an encoding for every row");
  if (set.rows.empty()) return invalid_argument(set.path + ": no pairs to evaluate on");
  YUPU_ASSIGN_OR_RETURN(const auto logits, source(encodings));
  PairEvaluation out;
  out.target = model.target();
  out.row_count = static_cast<std::int64_t>(set.rows.size());
  for (const text::Encoding& encoding : encodings) out.truncated_count += encoding.truncated ? 1 : 0;
  out.rows_sha256 = rows_sha256(set);
  model.target() == PairTarget::kScore ? judge_scores(model, set, logits, out) : judge_classes(model, set, logits, out);
  const bool ranked = model.target() == PairTarget::kScore || model.positive();
  if (!set.has_groups() || !ranked) return out;
  Queries queries;
  for (std::size_t i = 0; i < set.rows.size(); ++i)
    queries.add(set.rows[i].group, candidate(model, set.rows[i], *model.relevance(logits[i])));
  out.ranking = queries.report();
  return out;
}

std::optional<double> PairEvaluation::figure(std::string_view name) const {
  const bool classes = target == PairTarget::kClasses;
  if (name == "accuracy" && classes) return report.accuracy;
  if (name == "macro_f1" && classes) return report.macro.f1;
  if (name == "f1" && !positive.empty()) return of_positive.f1;
  if (name == "auroc" && curve) return curve->auroc;
  if (name == "average_precision" && curve) return curve->average_precision;
  if (name == "pearson") return pearson;
  if (name == "spearman") return spearman;
  if (name == "mrr" && ranking) return ranking->mrr;
  return std::nullopt;
}

std::string PairEvaluation::to_text() const {
  std::string text;
  const auto shown = [](const std::optional<double>& number) {
    return number ? fmt::format("{:.4f}", *number) : std::string("not defined");
  };
  if (target == PairTarget::kScore) {
    text = fmt::format("Pearson   {}\nSpearman  {}\nRMSE      {:.4f}\n", shown(pearson), shown(spearman), rmse);
  } else {
    text = report.to_text();
    if (curve) {
      text += fmt::format("\n{} as the positive label: AUROC {:.4f}, average precision {:.4f}\n", positive,
                          curve->auroc, curve->average_precision);
    }
  }
  if (ranking && bm25) text += ranking_text(*ranking, *bm25);
  text += fmt::format("{} pairs", row_count);
  if (truncated_count > 0) text += fmt::format(", {} longer than the model reads", truncated_count);
  text += "\n";
  if (!unknown_labels.empty())
    text += fmt::format("labels the model does not have, counted as wrong: {}\n", fmt::join(unknown_labels, ", "));
  return text;
}

OrderedJson PairEvaluation::to_json() const {
  OrderedJson json;
  json["target"] = target_name(target);
  if (target == PairTarget::kScore) {
    json["pearson"] = number_or_null(pearson);
    json["spearman"] = number_or_null(spearman);
    json["rmse"] = rmse;
  } else {
    json.update(report.to_json());
    json.erase("slices");  // pairs have no language
    json["positive"] = positive.empty() ? OrderedJson() : OrderedJson(positive);
    json["auroc"] = curve ? OrderedJson(curve->auroc) : OrderedJson();
    json["average_precision"] = curve ? OrderedJson(curve->average_precision) : OrderedJson();
    json["unknown_labels"] = unknown_labels;
  }
  if (ranking) json["ranking"] = ranking->to_json();
  if (bm25) json["bm25"] = bm25->to_json();
  json["row_count"] = row_count;
  json["truncated_count"] = truncated_count;
  json["rows_sha256"] = rows_sha256;
  return json;
}

OrderedJson pair_line(const PairModel& model, std::string_view a, std::string_view b, std::span<const float> logits) {
  OrderedJson json = {{"text", a}, {"text_b", b}};
  if (model.target() == PairTarget::kScore) {
    json["score"] = model.score(logits);
  } else {
    OrderedJson labels = OrderedJson::array();
    for (const Answer& answer : model.classifier().rank(logits, model.labels().size()))
      labels.push_back({{"label", model.labels()[static_cast<std::size_t>(answer.label)]}, {"score", answer.score}});
    json["label"] = labels[0]["label"];
    json["score"] = labels[0]["score"];
    json["labels"] = std::move(labels);
  }
  if (const auto relevance = model.relevance(logits)) json["relevance"] = *relevance;
  return json;
}

}  // namespace yupu::tasks
