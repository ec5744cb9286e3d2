#include "products/recommend/serve/given_order.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "products/recommend/serve/list_making.h"
#include "text/bm25/bm25.h"

namespace yupu::recommend {
namespace {

// Texts with a score each, to read the score of another text from.
class ScoredTexts {
 public:
  void add(const std::string& text, float score) {
    std::map<std::string, double> counts;
    for (const std::string& term : text::bm25_terms(text)) counts[term] += 1.0;
    for (const auto& [term, count] : counts) ++texts_with_[term];
    texts_.push_back({.weights = std::move(counts), .score = score});
  }
  // Once all are there.
  void weigh() {
    for (Known& known : texts_) weigh(known.weights);
  }
  // Nothing: not a word in common.
  std::optional<float> score_of(const std::string& text) const {
    std::map<std::string, double> wanted;
    for (const std::string& term : text::bm25_terms(text)) wanted[term] += 1.0;
    weigh(wanted);
    std::vector<std::pair<double, float>> alike;
    for (const Known& known : texts_) {
      double cosine = 0.0;
      for (const auto& [term, weight] : wanted) {
        const auto found = known.weights.find(term);
        if (found != known.weights.end()) cosine += weight * found->second;
      }
      if (cosine > 0.0) alike.emplace_back(cosine, known.score);
    }
    std::stable_sort(alike.begin(), alike.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    if (alike.size() > kAlike) alike.resize(kAlike);
    double sum = 0.0, weights = 0.0;
    for (const auto& [cosine, score] : alike) {
      sum += cosine * static_cast<double>(score);
      weights += cosine;
    }
    return alike.empty() ? std::nullopt : std::optional(static_cast<float>(sum / weights));
  }

 private:
  struct Known {
    std::map<std::string, double> weights;
    float score = 0.0f;
  };
  // Counts to weights of length one; a word that no text has weighs nothing.
  void weigh(std::map<std::string, double>& counts) const {
    double square = 0.0;
    for (auto& [term, weight] : counts) {
      const auto found = texts_with_.find(term);
      const double texts = found == texts_with_.end() ? 0.0 : static_cast<double>(found->second);
      weight =
          texts == 0.0 ? 0.0 : (1.0 + std::log(weight)) * std::log(1.0 + static_cast<double>(texts_.size()) / texts);
      square += weight * weight;
    }
    for (auto& [term, weight] : counts) weight = square > 0.0 ? weight / std::sqrt(square) : 0.0;
  }

  std::vector<Known> texts_;
  std::map<std::string, std::size_t> texts_with_;
};

// The given items that stay, with their numbers; those that do not are named.
std::vector<OrderedItem> taken(const ListMaking& making, const ItemIds& hidden, const std::vector<GivenItem>& given,
                               std::vector<std::string>& left_out) {
  std::vector<OrderedItem> items;
  for (const GivenItem& one : given) {
    const auto number = place_among(making.collection.items, one.id);
    const bool is_blocked = number ? making.policy.is_blocked(*number) : making.policy.blocks(one.tags, one.text);
    if (hidden.contains(one.id) || is_blocked) {
      left_out.push_back(one.id);
      continue;
    }
    const std::string& told = number ? making.record.titles[*number] : one.title;
    items.push_back({.id = one.id, .title = told.empty() ? one.title : told, .number = number, .score = {}});
  }
  return items;
}

// What the ranker says of the known ones.  Where a text is to be read, of the candidates beside them in the same order,
// so that all scores are of one scale.
void score_known(const ListMaking& making, std::vector<OrderedItem>& items, ScoredTexts* texts) {
  std::vector<std::uint32_t> numbers;
  for (const OrderedItem& one : items) {
    if (one.number) numbers.push_back(*one.number);
  }
  if (texts != nullptr) {
    const Moment at_once{
        .log = making.moment.log, .time_ns = making.moment.time_ns, .history = making.history, .deadline_ns = 0};
    for (const Ranker::Ranked& one : making.ranker.rank(at_once)) {
      if (std::find(numbers.begin(), numbers.end(), one.item) == numbers.end()) numbers.push_back(one.item);
    }
  }
  std::map<std::uint32_t, Ranker::Ranked> ranked;
  for (Ranker::Ranked& one : making.ranker.rank_these(making.moment, numbers)) {
    if (texts != nullptr) texts->add(making.collection.texts[one.item], one.score);
    ranked.emplace(one.item, std::move(one));
  }
  for (OrderedItem& one : items) {
    if (!one.number) continue;
    Ranker::Ranked& found = ranked.at(*one.number);
    one.score = found.score;
    one.features = std::move(found.features);
  }
}

void add_reasons(const ListMaking& making, const ListRules& rules, std::vector<OrderedItem>& items) {
  std::vector<std::uint32_t> numbers;
  for (const OrderedItem& one : items) {
    if (one.number) numbers.push_back(*one.number);
  }
  if (numbers.empty()) return;
  const std::vector<Reason> reasons = reasons_of(making.ranker, making.moment, numbers, making.may_be_named, rules);
  std::size_t next = 0;
  for (OrderedItem& one : items) {
    if (one.number) one.reason = reasons[next++];
  }
}

constexpr float kUnread = -std::numeric_limits<float>::infinity();

// The scored ones first, the best on top; of equal ones the one given first.
void put_in_order(std::vector<OrderedItem>& items) {
  std::stable_sort(items.begin(), items.end(), [](const OrderedItem& a, const OrderedItem& b) {
    return a.score.value_or(kUnread) > b.score.value_or(kUnread);
  });
}

}  // namespace

GivenOrder order_given(const Record& record, const ItemIds& hidden, const OrderRequest& request, std::int64_t now_ns,
                       const ListRules& rules, const Policy& policy) {
  GivenOrder order;
  order.is_unknown_user = request.asked.since.empty() && !place_among(record.collection->users, request.asked.user);
  if (record.collection->items.empty()) {
    order.by_fallback = true;
    order.unknown_context = request.asked.context;
    for (const GivenItem& one : request.items)
      order.items.push_back({.id = one.id, .title = one.title, .number = {}, .score = {}});
    return order;
  }
  const ListMaking making(record, hidden, request.asked, now_ns, policy);
  order.by_fallback = making.history.empty();
  order.unknown_context = making.unknown_context;
  order.items = taken(making, hidden, request.items, order.left_out);
  const bool reads = std::any_of(request.items.begin(), request.items.end(), [&](const GivenItem& one) {
    return !one.text.empty() && !place_among(record.collection->items, one.id);
  });
  ScoredTexts texts;
  score_known(making, order.items, reads ? &texts : nullptr);
  texts.weigh();
  for (OrderedItem& one : order.items) {
    if (one.number) {
      one.is_new = making.counts.age_days(*one.number) < static_cast<double>(rules.new_days);
      continue;
    }
    const auto given = std::find_if(request.items.begin(), request.items.end(),
                                    [&](const GivenItem& item) { return item.id == one.id; });
    one.score = texts.score_of(given->text);
  }
  put_in_order(order.items);
  if (request.asked.explain) add_reasons(making, rules, order.items);
  return order;
}

}  // namespace yupu::recommend
