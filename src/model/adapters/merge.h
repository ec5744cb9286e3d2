// Folding an adapter into the base, for deployments of one adapter: W += scale * up diag(diagonal) down.
// Sums in f64, rounded once, so that merged and unmerged models agree to the last digits of f32.  A pooler the adapter
// holds changes places with the base's.  Each function undoes the other: unmerge gives back the base's weights up to
// one rounding (do not go back and forth for long).
// Threads  one owner of both.
#pragma once

#include "base/status.h"
#include "model/adapters/adapter.h"
#include "model/encoder/encoder.h"

namespace yupu::model {

// Outcomes  kInvalidArgument: the method adds layers and cannot be merged; the adapter is for another shape of base.
Status merge(Adapter& adapter, Encoder& base);
Status unmerge(Adapter& adapter, Encoder& base);

}  // namespace yupu::model
