// The conversation tests of a strategy ([[service.test]]) played on a model: stage `test`, before a run may be
// released.
#pragma once

#include <string>

#include "base/status.h"
#include "handoff/record.h"
#include "products/service/conversation/script.h"
#include "strategy/loop.h"

namespace yupu::strategy {

// A strategy without tests: an empty report, and no model is opened. Documents are those of the store, of the working
// folder alone. Errors: the answers' and the model's.
Result<products::ScriptReport> test_conversations(const Strategy& strategy, const std::string& model_directory,
                                                  int threads, store::Store& store, const Clock& clock);
// Of a run's model.
Result<products::ScriptReport> test_run(const LoopContext& context, const handoff::Record& run);

// Fails with the differences where an answer is not what a test expects.
Stage test_stage(LoopContext& context);

}  // namespace yupu::strategy
