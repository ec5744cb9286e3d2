#include "training/embed/contrast_batches.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "base/check.h"

namespace yupu::training {
namespace {

// The earliest batch from `at` on that is not full, passing over full ones quickly: next[b] is b, or a later batch to
// go on from (disjoint sets with path halving; Tarjan 1975).
class OpenBatches {
 public:
  std::size_t from(std::size_t at) {
    while (at >= next_.size()) next_.push_back(next_.size());
    while (next_[at] != at) {
      next_[at] = next_[next_[at]];
      at = next_[at];
    }
    return at;
  }
  void close(std::size_t batch) {
    if (batch + 1 >= next_.size()) next_.push_back(next_.size());
    next_[batch] = batch + 1;
  }

 private:
  std::vector<std::size_t> next_;
};

std::vector<Batch> cut(const Batch& order, std::size_t size) {
  std::vector<Batch> batches;
  for (std::size_t begin = 0; begin < order.size(); begin += size) {
    const std::size_t end = std::min(begin + size, order.size());
    batches.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(begin),
                         order.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return batches;
}

}  // namespace

ContrastBatches::ContrastBatches(const tasks::TextSet& set) : kind_(set.kind), least_(set.has_negatives() ? 1 : 2) {
  std::unordered_map<std::string_view, std::uint32_t> texts, labels;
  const auto number = [](auto& numbers, std::string_view name) {
    return numbers.emplace(name, static_cast<std::uint32_t>(numbers.size())).first->second;
  };
  for (const tasks::TextRow& row : set.rows) {
    if (kind_ == tasks::TextSetKind::kLabels) labels_.push_back(number(labels, row.label));
    if (kind_ != tasks::TextSetKind::kPairs) continue;
    texts_.push_back({number(texts, row.text), number(texts, row.other)});
    if (set.has_negatives()) texts_.back().push_back(number(texts, row.negative));
  }
  text_count_ = texts.size();
  label_count_ = labels.size();
  if (kind_ == tasks::TextSetKind::kScored) labels_.resize(set.rows.size());
}

std::vector<Batch> ContrastBatches::of_pairs(const Batch& order, std::size_t size) const {
  std::vector<Batch> batches;
  std::vector<std::size_t> behind(text_count_, 0);  // of each text: the first batch behind those that have it
  OpenBatches open;
  for (const std::uint32_t row : order) {
    std::size_t earliest = 0;
    for (const std::uint32_t text : texts_[row]) earliest = std::max(earliest, behind[text]);
    const std::size_t batch = open.from(earliest);
    if (batch >= batches.size()) batches.resize(batch + 1);
    batches[batch].push_back(row);
    if (batches[batch].size() == size) open.close(batch);
    for (const std::uint32_t text : texts_[row]) behind[text] = batch + 1;
  }
  return batches;
}

std::vector<Batch> ContrastBatches::of_labels(const Batch& order, Rng& rng, std::size_t size) const {
  std::vector<Batch> rows_of(label_count_);
  for (const std::uint32_t row : order) rows_of[labels_[row]].push_back(row);
  std::vector<Batch> groups;
  for (const Batch& rows : rows_of) {
    std::vector<Batch> twos = cut(rows, 2);
    if (twos.size() > 1 && twos.back().size() == 1) {
      const std::uint32_t odd = twos.back().front();
      twos.pop_back();
      twos.back().push_back(odd);
    }
    groups.insert(groups.end(), twos.begin(), twos.end());
  }
  rng.shuffle(std::span<Batch>(groups));
  std::vector<Batch> batches;
  for (const Batch& group : groups) {
    if (batches.empty() || (!batches.back().empty() && batches.back().size() + group.size() > size))
      batches.emplace_back();
    batches.back().insert(batches.back().end(), group.begin(), group.end());
  }
  return batches;
}

std::vector<Batch> ContrastBatches::plan(std::int64_t size, std::uint64_t seed, std::int64_t epoch) const {
  CHECK(size > 1, "a batch of one has nothing to be told apart from");
  Rng rng = order_stream(seed, epoch);
  Batch order(std::max(texts_.size(), labels_.size()));
  std::iota(order.begin(), order.end(), 0u);
  rng.shuffle(std::span<std::uint32_t>(order));
  const auto most = static_cast<std::size_t>(size);
  std::vector<Batch> batches;
  switch (kind_) {
    case tasks::TextSetKind::kPairs:
      batches = of_pairs(order, most);
      break;
    case tasks::TextSetKind::kLabels:
      batches = of_labels(order, rng, most);
      break;
    case tasks::TextSetKind::kScored:
      batches = cut(order, most);
      break;
  }
  std::erase_if(batches, [this](const Batch& batch) { return batch.size() < least_; });
  return batches;
}

}  // namespace yupu::training
