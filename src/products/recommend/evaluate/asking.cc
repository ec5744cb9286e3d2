#include "products/recommend/evaluate/asking.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace yupu::recommend {

std::vector<std::uint32_t> Answer::first(std::size_t count) const {
  std::vector<std::uint32_t> items;
  for (std::uint32_t item = 0; item < candidate.size(); ++item) {
    if (candidate[item] != 0) items.push_back(item);
  }
  const auto end = items.begin() + static_cast<std::ptrdiff_t>(std::min(count, items.size()));
  std::partial_sort(items.begin(), end, items.end(), [this](std::uint32_t a, std::uint32_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  });
  items.erase(end, items.end());
  return items;
}

Asker::Asker(const Collection& collection, const Method& method, const Method* fallback)
    : collection_(collection),
      method_(method),
      fallback_(fallback),
      scores_(collection.items.size()),
      candidate_(collection.items.size()) {}

bool Asker::says_nothing() const {
  bool any = false;
  float one = 0.0f;
  for (std::size_t item = 0; item < scores_.size(); ++item) {
    if (candidate_[item] == 0) continue;
    if (any && scores_[item] != one) return false;
    one = scores_[item];
    any = true;
  }
  return true;
}

Answer Asker::ask(const Question& question) {
  const tasks::BehaviourLog& log = collection_.log;
  const Moment moment{
      .log = log, .time_ns = question.time_ns, .history = log.of_user_before(question.user, question.time_ns)};
  for (std::size_t item = 0; item < candidate_.size(); ++item) {
    const auto& created_ns = collection_.created_ns[item];
    candidate_[item] = !created_ns || *created_ns <= question.time_ns ? 1 : 0;
  }
  for (const tasks::Behaviour& event : moment.history) candidate_[event.item] = 0;
  for (const std::uint32_t item : question.wanted) candidate_[item] = 1;
  method_.score(moment, scores_);
  for (const float score : scores_) CHECK(!std::isnan(score), "a score that is no number");
  Answer answer{.question = question, .moment = moment, .scores = scores_, .candidate = candidate_};
  if (fallback_ != nullptr && says_nothing()) {
    answer.by_fallback = true;
    fallback_->score(moment, scores_);
  }
  return answer;
}

double mean_ndcg(const Collection& collection, const Method& method, const Method* fallback,
                 std::span<const Question> questions) {
  Asker asker(collection, method, fallback);
  UserTally tally;
  for (const Question& question : questions) {
    const Answer answer = asker.ask(question);
    tally.add(question.user, list_figures(answer.placings([](std::uint32_t) { return true; })));
  }
  const std::vector<double> means = tally.ndcg();
  if (means.empty()) return 0.0;
  return std::accumulate(means.begin(), means.end(), 0.0) / static_cast<double>(means.size());
}

}  // namespace yupu::recommend
