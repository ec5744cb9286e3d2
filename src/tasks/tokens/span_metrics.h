// What a tagger is judged by.  Spans count when type, begin and end are all right (CoNLL-2003, Tjong Kim Sang & De
// Meulder 2003, cs/0306050, section 4); figures equal those of seqeval 1.2 to the last bit for up to 7 types (its
// mean of more adds in another order).
// The micro average is the CoNLL figure (tasks/metrics/figures.h).
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "tasks/classify/metrics.h"
#include "tasks/tokens/schemes.h"

namespace yupu::tasks {

struct SpanReport {
  NamedFigures types;  // that occur in the truth or the predictions, sorted
  Figures micro, macro, weighted;

  std::string to_text(int digits = 4) const;  // laid out as seqeval's classification_report
  OrderedJson to_json() const;
};

// HitCounts sequence by sequence.  Threads: one owner.
class SpanTally {
 public:
  // The spans of one sequence, in order.
  void add(std::span<const Span> truth, std::span<const Span> predicted);
  SpanReport report() const;

 private:
  std::map<std::string, HitCounts> counts_;
};

// The token-level report: every tag a label ("B-PER", "I-PER", "O").
// REQUIRES: as many sequences, each as long, in both.
Report token_report(std::span<const std::vector<std::string>> truth,
                    std::span<const std::vector<std::string>> predicted);

}  // namespace yupu::tasks
