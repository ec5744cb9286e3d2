// Which tag may follow which: a scheme's rules and a CRF's scores as one table, the sequences it ranks, and the best.
//   score(y) = start[y_1] + sum_t emission[t, y_t] + sum_t between[y_t, y_t+1] + end[y_T]
// What the scheme forbids is -infinity, so that a tagger says only what is right in its scheme.
// Best path: Viterbi 1967, IEEE Trans. Inf. Theory 13; sums over paths: Rabiner 1989, Proc. IEEE 77, section III,
// here in log space and 64 bits.
// Shapes   emission (T,K), one row a word.   Threads  values and functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tasks/tokens/schemes.h"

namespace yupu::tasks {

struct Transitions {
  std::size_t tag_count = 0;
  std::vector<double> start, end;  // (K)
  std::vector<double> between;     // (K,K): from, to
};

// 0 where `scheme` allows it, -infinity elsewhere.  REQUIRES: an outside tag is among them, so that every number of
// words has a sequence.
Transitions legal_transitions(std::span<const Tag> tags, Scheme scheme);

// Every tag the types can have in the scheme: O, then type by type.  A model that knows all of them can say every span.
std::vector<Tag> complete_tags(const std::set<std::string>& types, Scheme scheme);

// The scheme in which all of these may be tags, as a foreign model's label list shows it: M is bmes, E or S iobes, B
// iob2, I alone iob1.  Nothing: none of them.
std::optional<Scheme> scheme_of_labels(std::span<const std::string> labels);

// The tags of the sequence with the highest score (ties: the lower tag first).  T = 0: none.
std::vector<std::int32_t> best_sequence(std::span<const float> emission, const Transitions& transitions);

// Probabilities under p(y) = exp(score(y)) / sum over all sequences.
class SequencePosterior {
 public:
  // The arguments must outlive it.  REQUIRES: T > 0 and a sequence of finite score.
  SequencePosterior(std::span<const float> emission, const Transitions& transitions);
  double tag(std::size_t word, std::size_t tag) const;
  // Of all sequences that have exactly this span: these tags from `begin` on, nothing of it before or behind.
  double span(std::size_t begin, std::span<const std::int32_t> path, std::span<const Tag> tags) const;

 private:
  double at(std::size_t word, std::size_t tag) const { return emission_[word * transitions_.tag_count + tag]; }
  std::span<const float> emission_;
  const Transitions& transitions_;
  std::size_t word_count_;
  std::vector<double> forward_, backward_;  // (T,K): up to and with a word; behind it
  double total_ = 0.0;
};

}  // namespace yupu::tasks
