// take_batch() that measures besides how long the documents took until they were counted (latency.h).
#pragma once

#include <string>

#include "base/clock.h"
#include "products/monitor/documents/intake.h"

namespace yupu::monitor {

// By `clock`, in the transaction that counts.
Result<Outcomes> take_measured_batch(store::Store& store, const std::string& monitor, const Batch& batch,
                                     const Clock& clock, const IntakeOptions& options = {});

}  // namespace yupu::monitor
