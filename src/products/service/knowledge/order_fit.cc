#include "products/service/knowledge/order_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "base/check.h"
#include "tasks/metrics/ranking.h"

namespace yupu::products {
namespace {

// Preferred first: the nearest to equal, then what one order has alone.
constexpr std::array kWordsWeights = {1.0, 0.3, 3.0, 0.1, 10.0, 0.03, 30.0, 0.01, 100.0, 0.0, 1000.0};
constexpr double kVectorsAlone = 0.0;
constexpr double kWordsAlone = 1000.0;  // far above what reciprocal ranks of a vectors' order can add up to
constexpr int kRerankSteps = 20;

// What the stages found for a question, before anything is fused.
struct Asked {
  std::vector<Ranked> words, vectors;
  std::vector<Ranked> before, read;  // what is reranked, and as the cross-encoder orders its first
  std::map<std::int64_t, std::string> source_of;
};

// 1 / rank of the first right document, a document standing where its best passage stands; 0 behind the tenth.
double reciprocal_rank(const std::vector<Ranked>& order, const Asked& asked, const Question& question) {
  std::set<std::string> documents;
  for (const Ranked& ranked : order) {
    const auto source = asked.source_of.find(ranked.id);
    if (source == asked.source_of.end() || !documents.insert(source->second).second) continue;
    if (documents.size() > static_cast<std::size_t>(tasks::kRankingDepth)) return 0.0;
    if (std::find(question.sources.begin(), question.sources.end(), source->second) != question.sources.end())
      return 1.0 / static_cast<double>(documents.size());
  }
  return 0.0;
}

std::vector<Ranked> fused(const Asked& asked, double words_weight) {
  const std::vector<Ranked> both[] = {asked.words, asked.vectors};
  const double weights[] = {words_weight, 1.0};
  return fuse(both, weights);
}

// Of each question.
template <typename OrderOf>
std::vector<double> reciprocal_ranks(std::span<const Asked> asked, std::span<const Question> questions,
                                     const OrderOf& order_of) {
  std::vector<double> ranks;
  for (std::size_t i = 0; i < asked.size(); ++i)
    ranks.push_back(reciprocal_rank(order_of(asked[i]), asked[i], questions[i]));
  return ranks;
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Result<std::vector<Asked>> ask_all(Retriever& retriever, std::span<const Question> questions) {
  const Stage last = retriever.has(Stage::kHybrid) ? Stage::kHybrid : Stage::kWords;
  std::vector<Asked> asked;
  for (const Question& question : questions) {
    YUPU_ASSIGN_OR_RETURN(auto orders, retriever.orders(question.text, last));
    Asked& one = asked.emplace_back();
    one.words = std::move(orders[static_cast<std::size_t>(Stage::kWords)]).value_or(std::vector<Ranked>());
    one.vectors = std::move(orders[static_cast<std::size_t>(Stage::kVectors)]).value_or(std::vector<Ranked>());
    YUPU_ASSIGN_OR_RETURN(const auto hits, retriever.find(fused(one, 1.0)));
    for (const Hit& hit : hits) one.source_of[hit.passage.id] = hit.passage.source;
  }
  return asked;
}

Status read_first(Retriever& retriever, std::span<const Question> questions, const std::optional<WeightFit>& words,
                  std::vector<Asked>& asked) {
  for (std::size_t i = 0; i < asked.size(); ++i) {
    asked[i].before = words ? fused(asked[i], words->weight) : asked[i].words;
    YUPU_ASSIGN_OR_RETURN(asked[i].read, retriever.relevance_order(questions[i].text, asked[i].before));
  }
  return ok_status();
}

WeightFit fit_rerank(std::span<const Asked> asked, std::span<const Question> questions) {
  std::vector<std::pair<double, double>> tried;
  std::vector<double> without, best;
  for (int step = 0; step <= kRerankSteps; ++step) {
    const double weight = static_cast<double>(step) / kRerankSteps;
    std::vector<double> ranks =
        reciprocal_ranks(asked, questions, [&](const Asked& one) { return blend(one.before, one.read, weight); });
    tried.emplace_back(weight, mean(ranks));
    if (step == 0) without = best = ranks;
    if (mean(ranks) > mean(best)) best = std::move(ranks);
  }
  WeightFit fit = best_weight(std::move(tried));
  if (!gains_more_than_its_error(without, best)) fit.weight = 0.0;
  return fit;
}

}  // namespace

bool gains_more_than_its_error(std::span<const double> before, std::span<const double> after) {
  CHECK(before.size() == after.size(), "the same questions");
  if (before.size() < 2) return false;
  std::vector<double> gains(before.size());
  std::transform(after.begin(), after.end(), before.begin(), gains.begin(), std::minus<>());
  const double gain = mean(gains);
  double squares = 0.0;
  for (const double one : gains) squares += (one - gain) * (one - gain);
  const auto count = static_cast<double>(gains.size());
  return gain > std::sqrt(squares / (count - 1.0) / count);
}

double WeightFit::mrr_at(double tried_weight) const {
  const auto found =
      std::find_if(tried.begin(), tried.end(), [&](const auto& one) { return one.first == tried_weight; });
  CHECK(found != tried.end(), "a weight that was tried");
  return found->second;
}

OrderedJson WeightFit::to_json() const {
  OrderedJson rows = OrderedJson::array();
  for (const auto& [one, mrr] : tried) rows.push_back({{"weight", one}, {"mrr@10", mrr}});
  return {{"weight", weight}, {"mrr@10", mrr()}, {"tried", std::move(rows)}};
}

WeightFit best_weight(std::vector<std::pair<double, double>> order) {
  CHECK(!order.empty(), "weights to choose from");
  WeightFit fit;
  double best = -1.0;
  for (const auto& [weight, mrr] : order) {
    if (mrr > best) fit.weight = weight;
    best = std::max(best, mrr);
  }
  std::sort(order.begin(), order.end());
  fit.tried = std::move(order);
  return fit;
}

Result<OrderFit> fit_order(Retriever& retriever, std::span<const Question> questions) {
  if (!retriever.has(Stage::kHybrid) && !retriever.has(Stage::kReranked))
    return invalid_argument("words alone have one order: give an embedder or a reranker", "embedder");
  if (questions.empty()) return invalid_argument("no question to weigh by", "data");
  YUPU_RETURN_IF_ERROR(check_sources(retriever, questions));
  YUPU_ASSIGN_OR_RETURN(std::vector<Asked> asked, ask_all(retriever, questions));
  OrderFit fit{.question_count = static_cast<std::int64_t>(questions.size()), .words = {}, .rerank = {}};
  std::vector<std::pair<double, double>> tried;
  if (retriever.has(Stage::kHybrid)) {
    for (const double weight : kWordsWeights) {
      tried.emplace_back(
          weight, mean(reciprocal_ranks(asked, questions, [&](const Asked& one) { return fused(one, weight); })));
    }
    fit.words = best_weight(std::move(tried));
  }
  if (!retriever.has(Stage::kReranked)) return fit;
  YUPU_RETURN_IF_ERROR(read_first(retriever, questions, fit.words, asked));
  fit.rerank = fit_rerank(asked, questions);
  return fit;
}

OrderedJson OrderFit::to_json() const {
  return {{"questions", question_count},
          {"words", words ? words->to_json() : OrderedJson()},
          {"rerank", rerank ? rerank->to_json() : OrderedJson()}};
}

std::string OrderFit::to_text() const {
  std::string text = fmt::format("{} questions, MRR@{}", question_count, tasks::kRankingDepth);
  if (words) {
    text +=
        fmt::format("\n  words      weigh {} beside 1 of vectors: {:.4f} (vectors alone {:.4f}, words alone {:.4f})",
                    words->weight, words->mrr(), words->mrr_at(kVectorsAlone), words->mrr_at(kWordsAlone));
  }
  if (!rerank) return text;
  text += fmt::format("\n  reranker   weighs {}: {:.4f} (without it {:.4f}, alone {:.4f})", rerank->weight,
                      rerank->mrr(), rerank->mrr_at(0.0), rerank->mrr_at(1.0));
  if (rerank->weight == 0.0) text += "; no weight gains more than a standard error: it is not asked";
  return text;
}

Status keep_order(const Clock& clock, Retriever& retriever, const OrderFit& fit) {
  const auto found = [&](const std::optional<WeightFit>& one) -> std::optional<FoundWeight> {
    if (!one) return std::nullopt;
    OrderedJson body = one->to_json();
    body["questions"] = fit.question_count;
    return FoundWeight{.weight = one->weight, .body = std::move(body)};
  };
  return keep_weights(retriever.store(), clock, retriever.place(), found(fit.words), found(fit.rerank));
}

}  // namespace yupu::products
