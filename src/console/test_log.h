// What came of the conversations that a shop's strategy file plays on a model: run here, or by `yupu run` before a
// release. Every run in the console leaves a record of kind "conversation_test", which is never changed.
// Threads  any.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::console {

// A run's differences: {"tests", "turns", "failures": [{"test", "turn", "where", "said", "differences": [{"what",
// "expected", "got"}]}]} (products/service/conversation/script.h).
// `scripts`: [{"name", "channel", "turns": [{"say", "tap", "expect"}]}] of the strategy file.
// {"ran": when or "", "by": who or "", "release_id", "passed", "failed", "tests": [{"name", "channel", "turns",
//  "result": "passed" | "failed" | "unknown", "failure"}]}. The newest of both kinds of run counts; a test that was
// written since is "unknown".
Result<Json> tests_with_results(store::Store& store, const std::string& model, const Json& scripts);

struct TestRun {
  std::string model;
  std::string release_id;  // on which they were played
  std::string by;
  Json names;   // of the tests that were played
  Json report;  // as above
};
Status keep_test_run(store::Store& store, const Clock& clock, const TestRun& run);

}  // namespace yupu::console
