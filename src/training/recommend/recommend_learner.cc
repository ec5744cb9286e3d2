#include "training/recommend/recommend_learner.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "engine/ops/add/add.h"
#include "engine/ops/known_gradient/known_gradient.h"
#include "tasks/metrics/ranking.h"
#include "tasks/unit_rows.h"
#include "training/token_dropout.h"

namespace yupu::training {
namespace {

constexpr std::uint64_t kValidStream = 0x9EC'0001;

std::vector<double> log_popularity(const std::vector<tasks::BehaviourExample>& examples, std::size_t items) {
  std::vector<double> counts(items, 1.0);
  for (const tasks::BehaviourExample& example : examples) counts[example.target] += 1.0;
  const double total = static_cast<double>(examples.size() + items);
  for (double& count : counts) count = std::log(count / total);
  return counts;
}

std::vector<tasks::BehaviourExample> drawn(std::vector<tasks::BehaviourExample> examples, std::size_t most,
                                           std::uint64_t seed) {
  if (examples.size() <= most) return examples;
  Rng rng(seed, kValidStream);
  rng.shuffle(std::span<tasks::BehaviourExample>(examples));
  examples.resize(most);
  return examples;
}

// Every item of an example, the target first.
template <class Take>
void for_each_item(const tasks::BehaviourExample& example, const Take& take) {
  take(example.target);
  for (const tasks::Touch& touch : example.history) take(touch.item);
  for (const std::uint32_t item : example.negatives) take(item);
}

engine::Tensor gradient_tensor(engine::Tape& tape, const engine::Shape& shape, std::span<const double> values) {
  const engine::Tensor gradient = tape.empty(shape);
  std::transform(values.begin(), values.end(), gradient.f32(), [](double value) { return static_cast<float>(value); });
  return gradient;
}

}  // namespace

RecommendLearner::RecommendLearner(const RecommendOptions& options, tasks::Recommender& model)
    : options_(options),
      model_(model),
      train_(tasks::examples_of(options.log, 0, options.valid_ns, options.examples, options.shown)),
      valid_(drawn(tasks::examples_of(options.log, options.valid_ns, options.end_ns, options.examples),
                   options.valid_examples_max, options.loop.seed)),
      log_popularity_(log_popularity(train_, options.log.item_count())) {
  for (const std::string& text : options.item_texts) texts_.push_back(model.embedder().encode(text));
  for (const tasks::BehaviourExample& example : train_) lengths_.push_back(tokens_of(example.target));
}

std::vector<std::vector<Batch>> RecommendLearner::plan(const PlanRule& rule, std::int64_t epoch) const {
  Batch order(train_.size());
  std::iota(order.begin(), order.end(), 0u);
  Rng rng = order_stream(rule.seed, epoch);
  rng.shuffle(std::span<std::uint32_t>(order));
  order.resize(std::min(order.size(), options_.examples_max));
  std::vector<std::vector<Batch>> updates;
  const auto size = static_cast<std::size_t>(rule.limits.rows);
  for (std::size_t begin = 0; begin < order.size(); begin += size) {
    const std::size_t end = std::min(begin + size, order.size());
    if (end - begin < 2 && !updates.empty()) break;  // alone it has nothing to be told apart from
    std::unordered_set<std::uint32_t> seen;
    BatchCutter cutter({.tokens = rule.limits.tokens});
    for (std::size_t i = begin; i < end; ++i) {
      std::int64_t tokens = 0;
      for_each_item(train_[order[i]],
                    [&](std::uint32_t item) { tokens += seen.insert(item).second ? tokens_of(item) : 0; });
      cutter.append(order[i], tokens);
    }
    updates.push_back(std::move(cutter).batches());
  }
  return updates;
}

std::vector<std::uint32_t> RecommendLearner::items_of(std::span<const std::uint32_t> rows) const {
  std::vector<std::uint32_t> items;
  for (const std::uint32_t row : rows) {
    const auto& own = owned_.at(row);
    items.insert(items.end(), own.begin(), own.end());
  }
  return items;
}

std::size_t RecommendLearner::row_of(std::uint32_t item) const {
  return static_cast<std::size_t>(std::lower_bound(items_.begin(), items_.end(), item) - items_.begin());
}

engine::Var RecommendLearner::encode(engine::Tape& tape, std::span<const std::uint32_t> items, std::int64_t epoch,
                                     model::DropoutStep dropout) {
  const TokenDropout tokens{.probability = options_.loop.token_dropout,
                            .seed = options_.loop.seed,
                            .unknown = model_.embedder().tokenizer().special_ids().unk};
  engine::PackedBatch packed;
  for (const std::uint32_t item : items)
    packed.append(with_dropout(texts_[item].ids, tokens, item, epoch), texts_[item].type_ids, item);
  batch_.emplace(std::move(packed));
  return model_.project(tape, model_.embedder().forward(tape, *batch_, dropout));
}

void RecommendLearner::compute_loss() {
  std::vector<const tasks::BehaviourExample*> examples;
  for (const std::uint32_t row : order_) examples.push_back(&train_[row]);
  const std::vector<double> vectors(vectors_.begin(), vectors_.end());
  loss_ = tasks::tower_loss(model_.tower(),
                            {.examples = examples,
                             .items = items_,
                             .vectors = vectors,
                             .width = static_cast<std::size_t>(model_.width()),
                             .log_popularity = log_popularity_},
                            options_.shape.scale);
}

Status RecommendLearner::begin_update(engine::Tape& tape, engine::Collective& collective, const Update& update,
                                      std::int64_t epoch, model::DropoutStep dropout) {
  order_.clear();
  owned_.clear();
  items_.clear();
  std::unordered_set<std::uint32_t> seen;
  for (const Batch& batch : update.whole) {
    for (const std::uint32_t row : batch) {
      order_.push_back(row);
      std::vector<std::uint32_t>& own = owned_[row];
      for_each_item(train_[row], [&](std::uint32_t item) {
        if (seen.insert(item).second) own.push_back(item);
      });
    }
  }
  items_.assign(seen.begin(), seen.end());
  std::sort(items_.begin(), items_.end());
  const auto width = static_cast<std::size_t>(model_.width());
  vectors_.assign(items_.size() * width, 0.0f);
  in_parts_ = collective.size() > 1 || update.mine.size() > 1;
  if (!in_parts_) return ok_status();
  for (const Batch& rows : update.mine) {
    const std::vector<std::uint32_t> items = items_of(rows);
    if (items.empty()) continue;
    const engine::Var encoded = encode(tape, items, epoch, dropout);
    const auto values = encoded.value().values();
    for (std::size_t i = 0; i < items.size(); ++i)
      std::copy_n(values.data() + i * width, width, vectors_.data() + row_of(items[i]) * width);
    tape.clear();
  }
  YUPU_RETURN_IF_ERROR(collective.begin_sum(vectors_));
  YUPU_RETURN_IF_ERROR(collective.finish_sums());
  compute_loss();
  return ok_status();
}

// The value of a part is its share of the rows: only the sum over the parts means something.  The tower's own gradient
// travels with the first row of the update.
engine::Var RecommendLearner::loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                                   model::DropoutStep dropout) {
  const auto width = static_cast<std::size_t>(model_.width());
  const std::vector<std::uint32_t> items = items_of(rows);
  engine::Var encoded;
  if (!items.empty()) encoded = encode(tape, items, epoch, dropout);
  if (!in_parts_) {  // these rows are the update
    for (std::size_t i = 0; i < items.size(); ++i)
      std::copy_n(encoded.value().values().data() + i * width, width, vectors_.data() + row_of(items[i]) * width);
    compute_loss();
  }
  const double share = static_cast<double>(rows.size()) / static_cast<double>(order_.size());
  const bool has_first = std::find(rows.begin(), rows.end(), order_.front()) != rows.end();
  const engine::Var query = tape.leaf(model_.query()), bias = tape.leaf(model_.bias());
  const tasks::TowerWeights nothing{.query = std::vector<double>(width, 0.0), .bias = {}};
  const tasks::TowerWeights& d = has_first ? loss_.d_weights : nothing;
  engine::Var total = engine::known_gradient(query, gradient_tensor(tape, query.shape(), d.query),
                                             static_cast<float>(loss_.value * share));
  total = engine::add(total, engine::known_gradient(bias, gradient_tensor(tape, bias.shape(), d.bias), 0.0f));
  if (items.empty()) return total;
  std::vector<double> d_vectors(items.size() * width);
  for (std::size_t i = 0; i < items.size(); ++i)
    std::copy_n(loss_.d_vectors.data() + row_of(items[i]) * width, width, d_vectors.data() + i * width);
  return engine::add(total, engine::known_gradient(encoded, gradient_tensor(tape, encoded.shape(), d_vectors), 0.0f));
}

// Every rank computes the whole: the same program on the same weights gives the same bits, and nothing is sent.
Result<double> RecommendLearner::validation_figure(engine::Collective&, engine::ExecutionContext& context) {
  const auto width = static_cast<std::size_t>(model_.width());
  YUPU_ASSIGN_OR_RETURN(const auto rows, model_.embed(context, texts_));
  std::vector<double> raw;
  for (const std::vector<float>& row : rows) raw.insert(raw.end(), row.begin(), row.end());
  const tasks::UnitRows unit(raw, width);
  std::vector<float> vectors;
  for (std::size_t i = 0; i < rows.size(); ++i) vectors.insert(vectors.end(), unit.row(i).begin(), unit.row(i).end());
  const tasks::TowerWeights tower = model_.tower();
  std::vector<std::vector<tasks::Candidate>> questions;
  std::vector<float> scores(texts_.size());
  for (const tasks::BehaviourExample& example : valid_) {
    tasks::tower_scores(tower, example.history, vectors, width, scores);
    std::vector<tasks::Candidate>& candidates = questions.emplace_back();
    for (std::uint32_t item = 0; item < scores.size(); ++item) {
      if (std::binary_search(example.touched.begin(), example.touched.end(), item)) continue;
      const bool is_target = item == example.target;
      candidates.push_back(
          {.score = static_cast<double>(scores[item]), .gain = is_target ? 1.0 : 0.0, .relevant = is_target});
    }
  }
  return tasks::ranking_report(questions).ndcg;
}

}  // namespace yupu::training
