// From which score on documents answer: fitted on questions, to a share of wrong answers.
//
//   A question is answered when its best sentence's score (quotes.h) reaches the threshold.  The answer is right when
//   the document that is quoted first is one of those that answer the question; a question that no document answers is
//   answered wrongly whenever it is answered.
//   target      the least score of a question such that, of the questions of that score and above, at most the target
//               is answered wrongly: as seen on these questions
//   confidence  with it the target is a promise instead: an upper bound of the true share keeps it
//               (tasks/classify/promise.h)
// A fitted threshold is a row of the store: for one shelf of documents, and for one embedder or for words alone, whose
// scores differ.  It holds from the next question on, in whatever process.
// Threads: pure functions, or as the store.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "products/service/knowledge/evaluation.h"
#include "products/service/knowledge/retriever.h"
#include "store/store.h"

namespace yupu::products {

struct ThresholdWish {
  double target = 0.05;                   // share of the answers that may be wrong
  std::optional<double> confidence = {};  // unset: as seen
};

// How one question fared.
struct AskedScore {
  double score = 0.0;       // 0: no sentence has a word of it
  bool right = false;       // the first document quoted is a right one
  bool answerable = false;  // a document answers it
};

struct ThresholdFit {
  ThresholdWish wish = {};
  bool reached = false;
  double threshold = 0.0;  // reached: the fitted one
  std::int64_t question_count = 0;
  std::int64_t answerable_count = 0;  // that a document answers
  // At the threshold; not reached: where the wrong share is least.
  std::int64_t answered = 0, wrong = 0;
  double bound = 1.0;       // of the true wrong share there, with `confidence` or 0.95
  std::string reason = {};  // not reached: why not
  OrderedJson to_json() const;
  std::string to_text() const;
};

// REQUIRES: 0 < target < 1, 0 < confidence < 1.
ThresholdFit fit_threshold(std::span<const AskedScore> scores, const ThresholdWish& wish);
// Asks the questions first.  Outcomes  kInvalidArgument: a source that the tenant does not have, no question that a
// document answers; those of Retriever::search.
Result<ThresholdFit> fit_threshold(Retriever& retriever, std::span<const Question> questions,
                                   const ThresholdWish& wish);

// REQUIRES: reached.
Status keep_threshold(store::Store& store, const Clock& clock, const Retriever& retriever, const ThresholdFit& fit);
// Nothing: none was fitted.
Result<std::optional<double>> fitted_threshold(store::Store& store, const std::string& tenant_id,
                                               const std::string& embedder_id);

}  // namespace yupu::products
