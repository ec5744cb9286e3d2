// Asked for bf16 on a machine that does not multiply it in hardware, a run is done in fp32 and says so: the same sums
// without the hardware are no faster than fp32, and less exact.
#pragma once

#include "engine/precision.h"
#include "handoff/progress.h"

namespace yupu::training {

// The precision that is really used.  A line on `progress` when it is not the one asked for.
engine::Precision usable_precision(engine::Precision asked, handoff::Progress& progress);

}  // namespace yupu::training
