// What each of a classifier's two branches says without the other: the encoder's logits alone, and the wide branch's
// (model/heads/wide/wide.h).  They were trained together, so each is weaker than it would be trained alone; what it
// shows is which of them carries the answers.  No text goes through the encoder again: what the wide branch says is
// computed from its n-grams and taken off the logits that are there.
// Threads  one owner of the context.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "handoff/types.h"

namespace yupu::tasks {

class Classifier;

struct BranchFigures {
  double accuracy = 0.0, macro_f1 = 0.0;
};
struct Branches {
  BranchFigures encoder, wide, both;
  OrderedJson to_json() const;  // {"encoder": {"accuracy", "macro_f1"}, "wide", "both"}
  std::string to_text() const;
};

// Over the rows that have a label; `logits`: Evaluation::logits of these rows.  Nothing for a model without a wide
// branch.
// Outcomes  kInvalidArgument: no row with a label; kResourceExhausted: no memory.
// REQUIRES: a row of Classifier::logits for each row.
Result<std::optional<Branches>> judge_branches(const Classifier& classifier, engine::ExecutionContext& context,
                                               std::span<const handoff::Row> rows,
                                               std::span<const std::vector<float>> logits);

}  // namespace yupu::tasks
