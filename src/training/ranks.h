// What the ranks of a data-parallel run share besides gradients (engine/collective): where the run stands, evaluation,
// and proofs that they have not drifted apart.  With one rank every function is cheap and changes nothing.
// Files belong to rank 0: it reads and writes checkpoints, so the others need no shared disk for them.
// Threads  the trainer's.   Errors  those of engine::Collective.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "engine/collective/collective.h"
#include "engine/optim/adamw.h"
#include "tasks/classify/evaluate.h"
#include "training/state.h"

namespace yupu::training {

// What rank 0 restored goes to every rank: the position, and when there is one the weights that train, the moments and
// `also`.
Status share_restored(engine::Collective& collective, engine::AdamW& optimizer, std::optional<Position>& restored,
                      std::span<const NamedTensor> also);
// Rank 0's weights (of what trains) for everybody.
Status share_weights(engine::Collective& collective, engine::AdamW& optimizer);

// Outcomes  kInternal naming the rank whose weights are not rank 0's, bit for bit.
Status require_equal_weights(engine::Collective& collective, const engine::AdamW& optimizer);
// The same of AdaLoRA's masks (Allocator::state): every rank must have taken the same decision.
Status require_equal_masks(engine::Collective& collective, std::span<const NamedTensor> allocator_state);

// Which program this is: every rank must run the same one on the same kind of machine.
Result<engine::Facts> program_facts();

// Rows of Classifier::logits, or of Classifier::pooled, of which each rank computes a part; every rank gets all of
// them, the same bits.  The arguments must outlive it.
tasks::LogitsSource logits_over(engine::Collective& collective, const tasks::Classifier& classifier,
                                engine::ExecutionContext& context);
tasks::LogitsSource pooled_over(engine::Collective& collective, const tasks::Classifier& classifier,
                                engine::ExecutionContext& context);

}  // namespace yupu::training
