// Precision, recall and F1 of a label, a type, a set of them, and how they are printed and averaged.
//   precision = TP/(TP+FP), recall = TP/(TP+FN), f1 = 2PR/(P+R), each 0 where it would be 0/0
//   micro = pooled counts;  macro = mean over the names;  weighted = mean by support
// The same as scikit-learn's and seqeval's.   Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace yupu::tasks {

struct Figures {
  double precision = 0.0;
  double recall = 0.0;
  double f1 = 0.0;
  std::int64_t support = 0;
};
using NamedFigures = std::vector<std::pair<std::string, Figures>>;

struct HitCounts {
  std::int64_t hits = 0;       // said and true
  std::int64_t predicted = 0;  // said
  std::int64_t support = 0;    // true
  void add(const HitCounts& other);
};
Figures figures_of(const HitCounts& counts);

// The support of an average is that of all of them.
Figures macro_average(const NamedFigures& names);
Figures weighted_average(const NamedFigures& names);

OrderedJson json_of(const Figures& figures);  // {"precision", "recall", "f1-score", "support"}
OrderedJson json_of(const NamedFigures& names);
// Of a figure that may not be defined.
OrderedJson number_or_null(const std::optional<double>& number);

// Lines as scikit-learn lays a report out.  `digits` after the point.
class FiguresText {
 public:
  FiguresText(const NamedFigures& names, int digits);  // the head and a line for each of `names`
  void add(std::string_view name, const Figures& figures);
  void add_single(std::string_view name, double value, std::int64_t support);  // one figure, in the column of f1
  void add_blank() { text_ += "\n"; }
  const std::string& text() const { return text_; }

 private:
  std::size_t width_;
  int digits_;
  std::string text_;
};

}  // namespace yupu::tasks
