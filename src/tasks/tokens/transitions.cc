#include "tasks/tokens/transitions.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace yupu::tasks {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

// log(sum of exp) as values come in.
class LogSum {
 public:
  void add(double value) {
    if (value == kNever) return;
    if (value > most_) {
      sum_ = sum_ * std::exp(most_ - value) + 1.0;
      most_ = value;
    } else {
      sum_ += std::exp(value - most_);
    }
  }
  double value() const { return sum_ == 0.0 ? kNever : most_ + std::log(sum_); }

 private:
  double most_ = kNever;
  double sum_ = 0.0;
};

bool marks_ends(Scheme scheme) { return scheme == Scheme::kIobes || scheme == Scheme::kBmes; }
bool is_open(const Tag& tag) { return tag.prefix == Prefix::kBegin || tag.prefix == Prefix::kInside; }
bool goes_on(const Tag& tag) { return tag.prefix == Prefix::kInside || tag.prefix == Prefix::kEnd; }

// The sequence's start and end are an outside tag.
bool may_follow(const Tag& previous, const Tag& tag, Scheme scheme) {
  const bool same = previous.type == tag.type;
  if (scheme == Scheme::kIob1) return tag.prefix != Prefix::kBegin || (is_open(previous) && same);
  if (goes_on(tag)) return is_open(previous) && same;
  return !marks_ends(scheme) || !is_open(previous);
}

}  // namespace

Transitions legal_transitions(std::span<const Tag> tags, Scheme scheme) {
  const Tag outside;
  CHECK(std::find(tags.begin(), tags.end(), outside) != tags.end(), "tags without O");
  Transitions table{.tag_count = tags.size(), .start = {}, .end = {}, .between = {}};
  const auto score = [&](const Tag& from, const Tag& to) { return may_follow(from, to, scheme) ? 0.0 : kNever; };
  for (const Tag& tag : tags) {
    table.start.push_back(score(outside, tag));
    table.end.push_back(score(tag, outside));
    for (const Tag& next : tags) table.between.push_back(score(tag, next));
  }
  return table;
}

std::vector<Tag> complete_tags(const std::set<std::string>& types, Scheme scheme) {
  std::vector<Tag> tags = {Tag{}};
  for (const std::string& type : types) {
    tags.push_back({Prefix::kBegin, type});
    tags.push_back({Prefix::kInside, type});
    if (!marks_ends(scheme)) continue;
    tags.push_back({Prefix::kEnd, type});
    tags.push_back({Prefix::kSingle, type});
  }
  return tags;
}

std::optional<Scheme> scheme_of_labels(std::span<const std::string> labels) {
  const auto any = [&](char prefix) {
    return std::any_of(labels.begin(), labels.end(), [&](const std::string& label) {
      return !label.empty() && label[0] == prefix && (label.size() == 1 || label[1] == '-');
    });
  };
  const Scheme guess = any('M')               ? Scheme::kBmes
                       : any('E') || any('S') ? Scheme::kIobes
                       : any('B')             ? Scheme::kIob2
                                              : Scheme::kIob1;
  const bool all =
      std::all_of(labels.begin(), labels.end(), [&](const std::string& label) { return parse_tag(label, guess).ok(); });
  return all ? std::optional<Scheme>(guess) : std::nullopt;
}

std::vector<std::int32_t> best_sequence(std::span<const float> emission, const Transitions& transitions) {
  const std::size_t tags = transitions.tag_count;
  const std::size_t words = emission.size() / tags;
  if (words == 0) return {};
  std::vector<double> best(tags), next(tags);
  std::vector<std::int32_t> from(words * tags);
  for (std::size_t k = 0; k < tags; ++k) best[k] = transitions.start[k] + double{emission[k]};
  for (std::size_t t = 1; t < words; ++t) {
    for (std::size_t k = 0; k < tags; ++k) {
      std::size_t chosen = 0;
      double most = kNever;
      for (std::size_t p = 0; p < tags; ++p) {
        const double score = best[p] + transitions.between[p * tags + k];
        if (score > most) {
          most = score;
          chosen = p;
        }
      }
      next[k] = most + double{emission[t * tags + k]};
      from[t * tags + k] = static_cast<std::int32_t>(chosen);
    }
    best.swap(next);
  }
  for (std::size_t k = 0; k < tags; ++k) best[k] += transitions.end[k];
  std::vector<std::int32_t> sequence(words);
  sequence.back() = static_cast<std::int32_t>(std::max_element(best.begin(), best.end()) - best.begin());
  for (std::size_t t = words - 1; t > 0; --t) sequence[t - 1] = from[t * tags + static_cast<std::size_t>(sequence[t])];
  return sequence;
}

SequencePosterior::SequencePosterior(std::span<const float> emission, const Transitions& transitions)
    : emission_(emission),
      transitions_(transitions),
      word_count_(emission.size() / transitions.tag_count),
      forward_(emission.size()),
      backward_(emission.size()) {
  CHECK(word_count_ > 0, "a posterior of no words");
  const std::size_t tags = transitions.tag_count;
  for (std::size_t t = 0; t < word_count_; ++t) {
    for (std::size_t k = 0; k < tags; ++k) {
      LogSum sum;
      if (t == 0) sum.add(transitions.start[k]);
      for (std::size_t p = 0; t > 0 && p < tags; ++p)
        sum.add(forward_[(t - 1) * tags + p] + transitions.between[p * tags + k]);
      forward_[t * tags + k] = sum.value() + at(t, k);
    }
  }
  for (std::size_t t = word_count_; t-- > 0;) {
    for (std::size_t k = 0; k < tags; ++k) {
      LogSum sum;
      if (t + 1 == word_count_) sum.add(transitions.end[k]);
      for (std::size_t n = 0; t + 1 < word_count_ && n < tags; ++n)
        sum.add(transitions.between[k * tags + n] + at(t + 1, n) + backward_[(t + 1) * tags + n]);
      backward_[t * tags + k] = sum.value();
    }
  }
  LogSum total;
  for (std::size_t k = 0; k < tags; ++k) total.add(forward_[(word_count_ - 1) * tags + k] + transitions.end[k]);
  total_ = total.value();
  CHECK(std::isfinite(total_), "no sequence of finite score");
}

double SequencePosterior::tag(std::size_t word, std::size_t tag) const {
  const std::size_t i = word * transitions_.tag_count + tag;
  return std::exp(forward_[i] + backward_[i] - total_);
}

double SequencePosterior::span(std::size_t begin, std::span<const std::int32_t> path, std::span<const Tag> tags) const {
  CHECK(!path.empty() && begin + path.size() <= word_count_, "a span outside the sentence");
  const std::size_t count = transitions_.tag_count;
  const Tag outside;
  const auto first = static_cast<std::size_t>(path.front());
  const auto last = static_cast<std::size_t>(path.back());
  LogSum before;
  if (begin == 0 && begins_at(outside, tags[first])) before.add(transitions_.start[first]);
  for (std::size_t p = 0; begin > 0 && p < count; ++p) {
    if (begins_at(tags[p], tags[first]))
      before.add(forward_[(begin - 1) * count + p] + transitions_.between[p * count + first]);
  }
  double inside = 0.0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto tag = static_cast<std::size_t>(path[i]);
    inside += at(begin + i, tag);
    if (i > 0) inside += transitions_.between[static_cast<std::size_t>(path[i - 1]) * count + tag];
  }
  const std::size_t end = begin + path.size();
  LogSum behind;
  if (end == word_count_ && ends_before(tags[last], outside)) behind.add(transitions_.end[last]);
  for (std::size_t n = 0; end < word_count_ && n < count; ++n) {
    if (ends_before(tags[last], tags[n]))
      behind.add(transitions_.between[last * count + n] + at(end, n) + backward_[end * count + n]);
  }
  return std::exp(before.value() + inside + behind.value() - total_);
}

}  // namespace yupu::tasks
