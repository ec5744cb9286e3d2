// What each of a tagger's two branches says without the other: the best right sequence of the head's logits alone, and
// of the wide branch's (model/heads/wide/wide.h); a CRF's steps count in both.  They were trained together, so each is
// weaker than it would be trained alone; what it shows is which of them finds the spans.  No sentence goes through the
// encoder again: what the wide branch says is taken off the emissions that are there.
// Threads  one owner of the context.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "tasks/metrics/figures.h"
#include "tasks/tokens/tagged.h"
#include "tasks/tokens/tagger.h"

namespace yupu::tasks {

struct TagBranches {
  Figures encoder, wide, both;  // of all spans together (micro)
  OrderedJson to_json() const;  // {"encoder": {"precision", "recall", "f1-score", "support"}, "wide", "both"}
  std::string to_text() const;
};

// `emissions`: Tagger::emissions of the encodings, which are of the set's sentences.  Nothing for a tagger without a
// wide branch.  Outcomes  kResourceExhausted: no memory.
Result<std::optional<TagBranches>> judge_branches(const Tagger& tagger, engine::ExecutionContext& context,
                                                  const TagSet& set, std::span<const WordEncoding> encodings,
                                                  std::span<const std::vector<float>> emissions);

}  // namespace yupu::tasks
