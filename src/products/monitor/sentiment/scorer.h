// What a sentiment is read with: texts in, probabilities out.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "engine/precision.h"
#include "products/monitor/documents/document.h"

namespace yupu::monitor {

// Threads: every member from any thread.
class SentimentScorer {
 public:
  virtual ~SentimentScorer() = default;
  // What its scores are kept under: another one's are others.
  virtual const std::string& release() const = 0;
  // One for each text, in order; the same text has the same bits whatever is asked with it.
  virtual Result<std::vector<Probabilities>> score(std::span<const std::string> texts) = 0;
};

struct ScorerOptions {
  int threads = 0;  // 0: every core
  engine::Precision precision = engine::Precision::kF32;
};

// A classifier with the labels negative and positive, and neutral or not (in any case); calibrated, when it is.
// A text that has more tokens than the model reads is cut in halves, whose scores count by their length.
// Errors: those of loading; kInvalidArgument: other labels.
Result<std::shared_ptr<SentimentScorer>> open_scorer(const std::string& directory, const std::string& release,
                                                     const ScorerOptions& options);

}  // namespace yupu::monitor
