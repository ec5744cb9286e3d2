// A round's candidate reads the calls that come in before it answers any: [improve] shadow_live_calls.
//
//   passes the gate -> reads beside the live release -> so many calls are read -> more of them decided otherwise than
//   shadow_changed_max: refused, and it reads on to be looked at; else the gate once more -> released
//
// While one reads, rounds that begin by themselves wait for it. What a person has begun (`yupu models shadow`) is
// nobody's round and is neither released nor waited for.
// Threads  one owner: of several processes on one store, the one with the strategy's lead.
#pragma once

#include <cstdint>
#include <optional>

#include "base/json.h"
#include "base/status.h"
#include "handoff/record.h"
#include "strategy/loop.h"

namespace yupu::strategy {

// How the candidate of a round stands.
enum class LiveShadow : std::uint8_t { kNone, kReading, kRead };
Result<LiveShadow> live_shadow_state(const LoopContext& context);

// A run that would be released now begins to read instead, or reads on: {"run_id", "in_shadow": true, "reason",
// "live_shadow"}. Nothing: it is not asked for, or the gate does not let the run pass.
Result<std::optional<Json>> begin_live_shadow(LoopContext& context, const handoff::Record& run);
// What has read enough is released or refused: as release_candidate() says, and "live_shadow". Nothing: none has.
Result<std::optional<Json>> settle_live_shadow(LoopContext& context);

}  // namespace yupu::strategy
