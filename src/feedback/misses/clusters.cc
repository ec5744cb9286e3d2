#include "feedback/misses/clusters.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "text/ngrams/ngrams.h"

namespace yupu::feedback {
namespace {

using Features = std::vector<std::pair<std::uint64_t, float>>;  // by hash

std::int64_t rounded(double cosine) {
  return static_cast<std::int64_t>(std::llround(std::clamp(cosine, -1.0, 1.0) * static_cast<double>(Likeness::kOne)));
}

// Scales the words, and the characters, to half of the square of length 1 each.
void scale(Features& features) {
  double words = 0.0, characters = 0.0;
  for (const auto& [hash, value] : features) ((hash & 1) != 0 ? characters : words) += double{value} * double{value};
  for (auto& [hash, value] : features) {
    value = static_cast<float>(double{value} / std::sqrt(2.0 * ((hash & 1) != 0 ? characters : words)));
  }
}

std::vector<Features> tf_idf(std::span<const std::string> texts) {
  std::vector<Features> all;
  std::unordered_map<std::uint64_t, std::int64_t> text_counts;
  for (const std::string& text : texts) {
    Features features;
    for (const text::NgramCount& ngram : text::count_ngrams(text)) {
      features.emplace_back(ngram.hash, 1.0F + std::log(static_cast<float>(ngram.count)));
      ++text_counts[ngram.hash];
    }
    all.push_back(std::move(features));
  }
  const auto count = static_cast<double>(texts.size());
  for (Features& features : all) {
    for (auto& [hash, value] : features) {
      value *= static_cast<float>(1.0 + std::log((1.0 + count) / (1.0 + static_cast<double>(text_counts.at(hash)))));
    }
    scale(features);
  }
  return all;
}

double dot(const Features& a, const Features& b) {
  double sum = 0.0;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    if (x->first == y->first) {
      sum += double{x->second} * double{y->second};
      ++x;
      ++y;
    } else {
      ++(x->first < y->first ? x : y);
    }
  }
  return sum;
}

// The clusters as they grow: one that has become part of another, or is finished, is not active any more.
class Linkage {
 public:
  Linkage(Likeness likeness, double cosine_least)
      : sums_(std::move(likeness)),
        least_(cosine_least * static_cast<double>(Likeness::kOne)),
        members_(sums_.count()),
        active_(sums_.count()) {
    std::iota(active_.begin(), active_.end(), std::size_t{0});
    for (const std::size_t i : active_) members_[i] = {i};
  }

  std::vector<std::vector<std::size_t>> run() {
    std::vector<std::vector<std::size_t>> clusters;
    std::vector<std::size_t> chain;
    while (!active_.empty()) {
      if (chain.empty()) chain.push_back(active_.front());
      const std::size_t last = chain.back();
      const std::size_t before = chain.size() > 1 ? chain[chain.size() - 2] : last;
      const std::size_t nearest = nearest_to(last, before);
      if (nearest == last || average(last, nearest) < least_) {
        // Averages with what others become lie between theirs with the parts: it stays as far from everything.
        clusters.push_back(std::move(members_[last]));
        leave(last);
        chain.pop_back();
      } else if (nearest == before) {
        chain.resize(chain.size() - 2);
        merge(std::min(last, before), std::max(last, before));
      } else {
        chain.push_back(nearest);
      }
    }
    for (auto& cluster : clusters) std::sort(cluster.begin(), cluster.end());
    std::sort(clusters.begin(), clusters.end());
    return clusters;
  }

 private:
  double average(std::size_t i, std::size_t j) const {
    return static_cast<double>(sums_.at(i, j)) / static_cast<double>(members_[i].size() * members_[j].size());
  }
  // `before` where nothing is nearer; i itself when it is alone.
  std::size_t nearest_to(std::size_t i, std::size_t before) const {
    std::size_t best = before;
    for (const std::size_t k : active_) {
      if (k == i) continue;
      // sum(i,k) / size(k) > sum(i,best) / size(best), in integers: below 2^63 for every count that fits in memory.
      const bool nearer = best == i || sums_.at(i, k) * static_cast<std::int64_t>(members_[best].size()) >
                                           sums_.at(i, best) * static_cast<std::int64_t>(members_[k].size());
      if (nearer) best = k;
    }
    return best;
  }
  void merge(std::size_t into, std::size_t from) {
    leave(from);
    for (const std::size_t k : active_) {
      if (k != into) sums_.set(into, k, sums_.at(into, k) + sums_.at(from, k));
    }
    members_[into].insert(members_[into].end(), members_[from].begin(), members_[from].end());
    members_[from].clear();
  }
  void leave(std::size_t i) { active_.erase(std::lower_bound(active_.begin(), active_.end(), i)); }

  Likeness sums_;  // of two clusters: over all pairs of their texts
  const double least_;
  std::vector<std::vector<std::size_t>> members_;
  std::vector<std::size_t> active_;  // ascending
};

}  // namespace

Likeness ngram_likeness(std::span<const std::string> texts) {
  const std::vector<Features> features = tf_idf(texts);
  Likeness likeness(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) likeness.set(i, j, rounded(dot(features[i], features[j])));
  }
  return likeness;
}

Likeness vector_likeness(std::span<const std::vector<float>> vectors) {
  const auto product = [](const std::vector<float>& a, const std::vector<float>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  std::vector<double> lengths;
  for (const std::vector<float>& vector : vectors) {
    CHECK(vector.size() == vectors.front().size(), "vectors of one model are of one width");
    lengths.push_back(std::sqrt(product(vector, vector)));
  }
  Likeness likeness(vectors.size());
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double length = lengths[i] * lengths[j];
      likeness.set(i, j, length > 0.0 ? rounded(product(vectors[i], vectors[j]) / length) : 0);
    }
  }
  return likeness;
}

std::vector<std::vector<std::size_t>> average_linkage(Likeness likeness, double cosine_least) {
  return Linkage(std::move(likeness), cosine_least).run();
}

}  // namespace yupu::feedback
