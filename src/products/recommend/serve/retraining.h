// Retraining: a challenger that learns from everything that has arrived is judged against what serves, and takes its
// place or does not; either way the record says why (releases.h, guard.h).
// Idempotency  running it again judges again: a new challenger, against what serves by then.
// Outcomes     those of judge and of the store; kInvalidArgument: a tower or a cross-encoder that has learned
//              from the questions.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "products/recommend/serve/guard.h"

namespace yupu::recommend {

struct RetrainOptions {
  Settings changes = {};                  // beside those of what serves
  std::optional<std::string> tower = {};  // another directory; "": none any more; unset: that of what serves
  std::optional<std::string> cross = {};  // the same of a cross-encoder's
  GuardRule rule = {};
  bool hold = false;  // passed or not, it does not serve yet: for an experiment
};

struct Retrained {
  Release release;
  std::string champion;  // the id of what it was judged against; empty: recent popularity
  Verdict verdict;
  bool is_live = false;
};

Result<Retrained> retrain(store::Store& store, const Clock& clock, const std::string& tenant_id,
                          const RetrainOptions& options);

}  // namespace yupu::recommend
