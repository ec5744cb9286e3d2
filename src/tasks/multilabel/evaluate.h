// A model of any number of labels on rows: the report, and one line of a prediction.
// A label the model does not have counts as never said, and is named.
// Threads  one owner of the context.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "tasks/classify/evaluate.h"
#include "tasks/multilabel/label_set.h"
#include "tasks/multilabel/multilabel_model.h"
#include "tasks/multilabel/multilabel_report.h"

namespace yupu::tasks {

struct MultilabelEvaluation {
  MultilabelReport report;  // of the model's labels, then of those it does not have
  Thresholds thresholds;    // the model's
  std::vector<std::string> unknown_labels;
  std::int64_t truncated_count = 0;  // texts longer than the model reads
  std::string rows_sha256;

  // "micro_f1", "macro_f1", "exact_match", "average_precision" (micro): what an epoch may be judged by; nothing where
  // the figure is not there.
  std::optional<double> figure(std::string_view name) const;
  std::string to_text() const;
  OrderedJson to_json() const;
};

std::vector<text::Encoding> encode_all(const MultilabelModel& model, const MultilabelSet& set);

// `encodings`: encode_all of the set, which may be kept.
// Outcomes  kInvalidArgument: no rows; errors of the source.
Result<MultilabelEvaluation> evaluate(const MultilabelModel& model, const LogitsSource& source,
                                      const MultilabelSet& set, std::span<const text::Encoding> encodings);

// What thresholds are fitted to.  Labels the model does not have are left out.
Result<std::vector<MultilabelTruth>> truths(const MultilabelModel& model, const LogitsSource& source,
                                            const MultilabelSet& set, std::span<const text::Encoding> encodings);

// One line of `yupu predict`: {"text", "labels": [{"label", "score"}, ...] those that are said, best first,
// "ranked": the `count` best of all, said or not}.
OrderedJson multilabel_line(const MultilabelModel& model, std::string_view text, std::span<const float> logits,
                            std::size_t count);

}  // namespace yupu::tasks
