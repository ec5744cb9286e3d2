#include "products/service/knowledge/threshold.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "products/service/knowledge/quotes.h"
#include "tasks/classify/promise.h"

namespace yupu::products {
namespace {

constexpr double kShownConfidence = 0.95;  // of the bound that is shown beside a target as seen

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

bool is_right(const Question& question, const std::vector<Quote>& quotes) {
  return !quotes.empty() &&
         std::find(question.sources.begin(), question.sources.end(), quotes.front().source) != question.sources.end();
}

// The best place that is not good enough: the least wrong share, of equal ones with the most answers.
struct Nearest {
  double threshold = 0.0;
  std::int64_t answered = 0, wrong = 0;
};

void fit_as_seen(std::vector<AskedScore> sorted, ThresholdFit& fit) {
  Nearest nearest;
  std::int64_t answered = 0, wrong = 0;
  for (std::size_t i = 0; i < sorted.size() && sorted[i].score > 0.0; ++i) {
    ++answered;
    wrong += sorted[i].right ? 0 : 1;
    if (i + 1 < sorted.size() && sorted[i + 1].score == sorted[i].score) continue;  // a threshold parts no equals
    const double now = share(wrong, answered);
    if (now <= fit.wish.target) {
      fit.reached = true;
      fit.threshold = sorted[i].score;
      fit.answered = answered;
      fit.wrong = wrong;
    }
    if (nearest.answered == 0 || now <= share(nearest.wrong, nearest.answered))
      nearest = {.threshold = sorted[i].score, .answered = answered, .wrong = wrong};
  }
  if (!fit.reached) {
    fit.answered = nearest.answered;
    fit.wrong = nearest.wrong;
    fit.reason = nearest.answered == 0
                     ? "no sentence of the documents has a word of any question"
                     : fmt::format("at best, from a score of {:.3f} on, {} of {} answers are wrong ({:.1f} %)",
                                   nearest.threshold, nearest.wrong, nearest.answered,
                                   100.0 * share(nearest.wrong, nearest.answered));
  }
  fit.bound = tasks::binomial_upper_bound(fit.wrong, fit.answered, 1.0 - kShownConfidence);
}

void fit_as_promised(std::span<const AskedScore> scores, double confidence, ThresholdFit& fit) {
  std::vector<tasks::PromiseRow> rows;
  for (const AskedScore& one : scores)
    rows.push_back({.score = one.score, .answerable = one.score > 0.0, .right = one.right, .in_scope = one.answerable});
  const double delta = 1.0 - confidence;
  const auto found =
      tasks::find_promised_threshold(rows, {.max_wrong = fit.wish.target, .confidence = confidence}, delta);
  fit.reached = found.kept;
  fit.threshold = found.threshold;
  fit.answered = found.answered;
  fit.wrong = found.wrong;
  fit.bound = found.bound;
  if (found.kept) return;
  fit.reason = fmt::format(
      "the least upper bound of the wrong share is {:.1f} %, with confidence {}; {} answers without a mistake "
      "are the fewest that prove {:.1f} %",
      100.0 * found.bound, confidence, tasks::faultless_rows_needed(fit.wish.target, delta), 100.0 * fit.wish.target);
}

}  // namespace

OrderedJson ThresholdFit::to_json() const {
  OrderedJson json{{"target", wish.target},
                   {"confidence", wish.confidence ? OrderedJson(*wish.confidence) : OrderedJson()},
                   {"reached", reached},
                   {"threshold", reached ? OrderedJson(threshold) : OrderedJson()},
                   {"questions", question_count},
                   {"answerable", answerable_count},
                   {"answered", answered},
                   {"wrong", wrong},
                   {"wrong_share", share(wrong, answered)},
                   {"bound", bound}};
  if (!reached) json["reason"] = reason;
  return json;
}

std::string ThresholdFit::to_text() const {
  if (!reached) {
    return fmt::format(
        "at most {:.1f} % wrong answers cannot be reached on these {} questions, {} of which documents "
        "answer: {}",
        100.0 * wish.target, question_count, answerable_count, reason);
  }
  return fmt::format(
      "threshold {:.4f}: of {} questions ({} answered by a document) {} are answered, {} of them wrongly ({:.1f} %; "
      "the true "
      "share is below {:.1f} % with confidence {})",
      threshold, question_count, answerable_count, answered, wrong, 100.0 * share(wrong, answered), 100.0 * bound,
      wish.confidence.value_or(kShownConfidence));
}

ThresholdFit fit_threshold(std::span<const AskedScore> scores, const ThresholdWish& wish) {
  CHECK(wish.target > 0.0 && wish.target < 1.0, "a share of wrong answers between 0 and 1");
  ThresholdFit fit{.wish = wish, .question_count = static_cast<std::int64_t>(scores.size())};
  fit.answerable_count = std::count_if(scores.begin(), scores.end(), [](const auto& one) { return one.answerable; });
  if (wish.confidence) {
    fit_as_promised(scores, *wish.confidence, fit);
    return fit;
  }
  std::vector<AskedScore> sorted(scores.begin(), scores.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  fit_as_seen(std::move(sorted), fit);
  return fit;
}

Result<ThresholdFit> fit_threshold(Retriever& retriever, std::span<const Question> questions,
                                   const ThresholdWish& wish) {
  YUPU_RETURN_IF_ERROR(check_sources(retriever, questions));
  if (std::all_of(questions.begin(), questions.end(), [](const Question& one) { return one.sources.empty(); }))
    return invalid_argument("no question names a document that answers it: nothing could be answered rightly",
                            "source");
  std::vector<AskedScore> scores;
  for (const Question& question : questions) {
    YUPU_ASSIGN_OR_RETURN(const Found found, find_answer(retriever, question.text, {.threshold = 0.0}));
    scores.push_back(
        {.score = found.score, .right = is_right(question, found.quotes), .answerable = !question.sources.empty()});
  }
  return fit_threshold(scores, wish);
}

Status keep_threshold(store::Store& store, const Clock& clock, const Retriever& retriever, const ThresholdFit& fit) {
  CHECK(fit.reached, "a threshold that was not reached is not kept");
  return store.write([&](store::Transaction& transaction) {
    return transaction
        .execute(
            "INSERT INTO knowledge_threshold (tenant_id, embedder, threshold, body, fitted_ns) VALUES (?, ?, ?, ?, "
            "?) ON CONFLICT (tenant_id, embedder) DO UPDATE SET threshold = excluded.threshold, body = "
            "excluded.body, fitted_ns = excluded.fitted_ns",
            {retriever.tenant_id(), retriever.embedder_id(), fit.threshold, fit.to_json().dump(), clock.now_ns()})
        .status();
  });
}

Result<std::optional<double>> fitted_threshold(store::Store& store, const std::string& tenant_id,
                                               const std::string& embedder_id) {
  std::optional<double> threshold;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT threshold FROM knowledge_threshold WHERE tenant_id "
                                            "= ? AND embedder = ?",
                                            {tenant_id, embedder_id}));
    if (!rows.empty()) threshold = rows[0].real(0);
    return ok_status();
  }));
  return threshold;
}

}  // namespace yupu::products
