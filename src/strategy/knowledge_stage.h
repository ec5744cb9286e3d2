// Stage `knowledge`: the documents of [knowledge] in the store, where the bot finds them.
//
// Incremental  a file with the same bytes is left as it is; another text is the document's next version; a document of
//              this strategy's whose file is gone, or is named no more, is removed. Documents that a person added stay.
// With a target its threshold is fitted and kept; one that cannot be reached fails the stage, and says why.
#pragma once

#include "strategy/loop.h"
#include "strategy/stages.h"

namespace yupu::strategy {

// REQUIRES: the strategy has [knowledge].
Stage knowledge_stage(LoopContext& context);

}  // namespace yupu::strategy
