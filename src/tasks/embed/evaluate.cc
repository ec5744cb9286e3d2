#include "tasks/embed/evaluate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tasks/metrics/correlation.h"
#include "text/bm25/bm25.h"

namespace yupu::tasks {
namespace {

// Vectors of length one as rows of a matrix.
class UnitRows {
 public:
  explicit UnitRows(const std::vector<std::vector<float>>& vectors) : width_(vectors.front().size()) {
    for (const auto& vector : vectors) {
      double square = 0;
      for (const float value : vector) square += static_cast<double>(value) * static_cast<double>(value);
      const double length = std::max(kLeast, std::sqrt(square));
      for (const float value : vector) values_.push_back(static_cast<float>(static_cast<double>(value) / length));
    }
  }
  // Always in the same order, so that equal vectors have equal cosines.  Eight sums, for the compiler to keep in one
  // register.
  float cosine(std::size_t a, std::size_t b) const {
    constexpr std::size_t kLanes = 8;
    const float* x = values_.data() + a * width_;
    const float* y = values_.data() + b * width_;
    float sums[kLanes] = {};
    std::size_t c = 0;
    for (; c + kLanes <= width_; c += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += x[c + lane] * y[c + lane];
    }
    for (; c < width_; ++c) sums[0] += x[c] * y[c];
    float total = 0;
    for (const float sum : sums) total += sum;
    return total;
  }

 private:
  static constexpr double kLeast = 1e-12;
  std::size_t width_;
  std::vector<float> values_;
};

// Index of each value among the different ones, which are in the order in which they first stood.
std::vector<std::size_t> numbered(std::span<const std::size_t> values, std::vector<std::size_t>& different) {
  std::unordered_map<std::size_t, std::size_t> index;
  std::vector<std::size_t> out;
  for (const std::size_t value : values) {
    const auto [it, is_new] = index.emplace(value, different.size());
    if (is_new) different.push_back(value);
    out.push_back(it->second);
  }
  return out;
}

// Which second texts belong to each different first one.
struct Questions {
  std::vector<std::size_t> queries, documents;            // the different ones, as indices of texts
  std::vector<std::vector<std::size_t>> right_documents;  // of each query: indices into documents
};

Questions questions_of(std::span<const std::size_t> first, std::span<const std::size_t> second) {
  Questions out;
  const std::vector<std::size_t> query = numbered(first, out.queries);
  const std::vector<std::size_t> document = numbered(second, out.documents);
  out.right_documents.resize(out.queries.size());
  for (std::size_t i = 0; i < query.size(); ++i) {
    std::vector<std::size_t>& right = out.right_documents[query[i]];
    if (std::find(right.begin(), right.end(), document[i]) == right.end()) right.push_back(document[i]);
  }
  return out;
}

// The figures look at the first ten: the right documents and the ten best of the others say everything.
std::vector<Candidate> candidates_of(std::span<const double> scores, std::span<const std::size_t> right) {
  std::vector<Candidate> candidates;
  for (std::size_t d = 0; d < scores.size(); ++d) {
    if (std::find(right.begin(), right.end(), d) == right.end()) candidates.push_back({.score = scores[d]});
  }
  const auto kept = std::min<std::size_t>(candidates.size(), static_cast<std::size_t>(kRankingDepth));
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(kept), candidates.end(),
                    [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  candidates.resize(kept);
  for (const std::size_t d : right) candidates.push_back({.score = scores[d], .gain = 1.0, .relevant = true});
  return candidates;
}

// `scores_of`: of every document, for one query.
template <class ScoresOf>
RankingReport retrieval_of(const Questions& questions, const ScoresOf& scores_of) {
  std::vector<std::vector<Candidate>> queries;
  for (std::size_t q = 0; q < questions.queries.size(); ++q)
    queries.push_back(candidates_of(scores_of(q), questions.right_documents[q]));
  RankingReport report = ranking_report(queries);
  report.candidates_mean = static_cast<double>(questions.documents.size());
  return report;
}

RankingReport judge_pairs(const EncodedSet& rows, const UnitRows& vectors) {
  const Questions questions = questions_of(rows.first(), rows.second());
  std::vector<double> scores(questions.documents.size());
  return retrieval_of(questions, [&](std::size_t q) {
    for (std::size_t d = 0; d < scores.size(); ++d)
      scores[d] = static_cast<double>(vectors.cosine(questions.queries[q], questions.documents[d]));
    return std::span<const double>(scores);
  });
}

void judge_scores(const EncodedSet& rows, const UnitRows& vectors, EmbedEvaluation& out) {
  std::vector<double> cosines, scores;
  for (std::size_t i = 0; i < rows.set().rows.size(); ++i) {
    cosines.push_back(static_cast<double>(vectors.cosine(rows.first()[i], rows.second()[i])));
    scores.push_back(rows.set().rows[i].score);
  }
  out.spearman = spearman(cosines, scores).value_or(0.0);
  out.pearson = pearson(cosines, scores).value_or(0.0);
}

// Texts that stand in the file several times count once; of two equally near the earlier one is the nearest.
void judge_labels(const EncodedSet& rows, const UnitRows& vectors, EmbedEvaluation& out) {
  std::vector<std::size_t> texts;
  const std::vector<std::size_t> text_of_row = numbered(rows.first(), texts);
  std::vector<std::string_view> labels(texts.size());
  for (std::size_t i = text_of_row.size(); i > 0; --i) labels[text_of_row[i - 1]] = rows.set().rows[i - 1].label;
  std::map<std::string_view, std::int64_t> counts;
  for (const std::string_view label : labels) ++counts[label];
  std::int64_t right = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (counts[labels[i]] < 2) continue;
    std::size_t nearest = i;
    float best = 0;
    for (std::size_t j = 0; j < texts.size(); ++j) {
      if (j == i) continue;
      const float cosine = vectors.cosine(texts[i], texts[j]);
      if (nearest != i && cosine <= best) continue;
      nearest = j;
      best = cosine;
    }
    ++out.judged_count;
    right += labels[nearest] == labels[i] ? 1 : 0;
  }
  out.nearest_1 = static_cast<double>(right) / static_cast<double>(std::max<std::int64_t>(1, out.judged_count));
}

}  // namespace

std::string_view figure_name(TextSetKind kind) {
  switch (kind) {
    case TextSetKind::kPairs:
      return "mrr@10";
    case TextSetKind::kScored:
      return "spearman";
    case TextSetKind::kLabels:
      return "nearest@1";
  }
  return {};
}

double EmbedEvaluation::figure() const {
  switch (kind) {
    case TextSetKind::kPairs:
      return retrieval.mrr;
    case TextSetKind::kScored:
      return spearman;
    case TextSetKind::kLabels:
      return nearest_1;
  }
  return 0.0;
}

EncodedSet::EncodedSet(const Embedder& embedder, const TextSet& set) : set_(&set) {
  std::unordered_map<std::string_view, std::size_t> index;
  const auto add = [&](const std::string& text) {
    const auto [it, is_new] = index.emplace(text, texts_.size());
    if (is_new) texts_.push_back(embedder.encode(text));
    return it->second;
  };
  for (const TextRow& row : set.rows) {
    first_.push_back(add(row.text));
    if (set.kind != TextSetKind::kLabels) second_.push_back(add(row.other));
  }
}

std::int64_t EncodedSet::cut_texts() const {
  return std::count_if(texts_.begin(), texts_.end(), [](const text::Encoding& text) { return text.truncated; });
}

Result<EmbedEvaluation> evaluate(const Embedder& embedder, engine::ExecutionContext& context, const EncodedSet& rows) {
  YUPU_RETURN_IF_ERROR(check_distinct(rows.set()));
  YUPU_ASSIGN_OR_RETURN(const auto vectors, embedder.embed(context, rows.texts()));
  const UnitRows unit(vectors);
  EmbedEvaluation out;
  out.kind = rows.set().kind;
  out.row_count = static_cast<std::int64_t>(rows.set().rows.size());
  out.cut_texts = rows.cut_texts();
  out.rows_sha256 = tasks::rows_sha256(rows.set());
  switch (out.kind) {
    case TextSetKind::kPairs:
      out.retrieval = judge_pairs(rows, unit);
      break;
    case TextSetKind::kScored:
      judge_scores(rows, unit, out);
      break;
    case TextSetKind::kLabels:
      judge_labels(rows, unit, out);
      break;
  }
  return out;
}

Result<EmbedEvaluation> evaluate(const Embedder& embedder, engine::ExecutionContext& context, const TextSet& set) {
  return evaluate(embedder, context, EncodedSet(embedder, set));
}

RankingReport bm25_retrieval(const TextSet& set) {
  std::unordered_map<std::string_view, std::size_t> index;
  std::vector<std::string> texts;
  const auto number = [&](const std::string& text) {
    const auto [it, is_new] = index.emplace(text, texts.size());
    if (is_new) texts.push_back(text);
    return it->second;
  };
  std::vector<std::size_t> first, second;
  for (const TextRow& row : set.rows) {
    first.push_back(number(row.text));
    second.push_back(number(row.other));
  }
  const Questions questions = questions_of(first, second);
  std::vector<std::string> documents;
  for (const std::size_t document : questions.documents) documents.push_back(texts[document]);
  const text::Bm25Index words(documents);
  return retrieval_of(questions, [&](std::size_t q) { return words.scores(texts[questions.queries[q]]); });
}

namespace {

std::string ranking_text(std::string_view who, const RankingReport& report) {
  std::string text = fmt::format("  {:<6} MRR@{} {:.4f}", who, kRankingDepth, report.mrr);
  for (const auto& [depth, recall] : report.recall) text += fmt::format("   recall@{} {:.4f}", depth, recall);
  return text + fmt::format("   nDCG@{} {:.4f}\n", kRankingDepth, report.ndcg);
}

}  // namespace

std::string EmbedEvaluation::to_text() const {
  std::string text;
  switch (kind) {
    case TextSetKind::kPairs:
      text = fmt::format("{} pairs: {} queries, {:.0f} documents\n{}", row_count, retrieval.query_count,
                         retrieval.candidates_mean, ranking_text("model", retrieval));
      if (bm25) text += ranking_text("BM25", *bm25);
      break;
    case TextSetKind::kScored:
      text = fmt::format("{} pairs with a score\n  Spearman   {:.4f}\n  Pearson    {:.4f}\n", row_count, spearman,
                         pearson);
      break;
    case TextSetKind::kLabels:
      text = fmt::format("{} texts, {} of them with another of their label\n  nearest has the same label  {:.4f}\n",
                         row_count, judged_count, nearest_1);
      break;
  }
  if (cut_texts > 0)
    text += fmt::format("{} texts were longer than the model reads: only their beginning was read\n", cut_texts);
  return text;
}

OrderedJson EmbedEvaluation::to_json() const {
  OrderedJson json = {{"kind", kind_name(kind)}, {"rows", row_count}};
  switch (kind) {
    case TextSetKind::kPairs:
      json["retrieval"] = retrieval.to_json();
      if (bm25) json["bm25"] = bm25->to_json();
      break;
    case TextSetKind::kScored:
      json["spearman"] = spearman;
      json["pearson"] = pearson;
      break;
    case TextSetKind::kLabels:
      json["nearest@1"] = nearest_1;
      json["judged"] = judged_count;
      break;
  }
  json["cut_texts"] = cut_texts;
  json["rows_sha256"] = rows_sha256;
  return json;
}

std::string embedding_line(std::string_view text, std::span<const float> vector) {
  const std::string quoted = OrderedJson(text).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return fmt::format("{{\"text\":{},\"embedding\":[{}]}}", quoted, fmt::join(vector, ","));
}

}  // namespace yupu::tasks
