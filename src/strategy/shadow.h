// A candidate beside the live release, on recorded traffic: the newest questions that were asked, read once more
// by both, before the gate. (As calls come in: handoff/shadow.h, live_shadow.h.) What the two decide otherwise is
// listed, so that a person sees what a release would change. The questions are those of table `trace`, as they were
// kept: masked where [privacy] says so. Nothing is answered and nothing charged.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "handoff/shadow.h"
#include "store/store.h"
#include "strategy/loop.h"

namespace yupu::strategy {

struct ShadowText {
  std::string text;
  std::int64_t call_count = 0;  // of those read, how many asked just this
};

using handoff::ShadowVerdict;
using ShadowReader = std::function<Result<ShadowVerdict>(const std::string& text)>;

struct ShadowDifference {
  ShadowText asked;
  ShadowVerdict live, candidate;
};

struct ShadowReport {
  std::int64_t call_count = 0, changed_count = 0;  // calls
  std::int64_t text_count = 0;                     // different texts
  std::vector<ShadowDifference> differences;       // what was asked most first, then by text
  double changed_share() const;                    // of the calls; 0 where there are none
  Json to_json() const;                            // the first 50 differences
};

// The texts of the newest `calls_max` calls that asked a bot of `model`, the newest first, each once.
Result<std::vector<ShadowText>> newest_questions(store::Store& store, const std::string& model, std::int64_t calls_max);
// What is a difference: handoff::is_changed.
Result<ShadowReport> compare_verdicts(const std::vector<ShadowText>& texts, const ShadowReader& live,
                                      const ShadowReader& candidate);
// Of two model directories, as many calls as [improve] shadow_calls says; 0: an empty report, and no model is opened.
Result<ShadowReport> shadow_calls(const LoopContext& context, const std::string& live_directory,
                                  const std::string& candidate_directory);

}  // namespace yupu::strategy
