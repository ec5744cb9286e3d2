// A recorded day of visitors, played against the live service over real HTTP.  Where the recorded intent differs from
// the bot's, a correction is filed, as a reviewer would; where it agrees, a rating.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "handoff/progress.h"
#include "strategy/loop.h"

namespace yupu::strategy {

struct VisitorLine {
  std::string visitor;
  std::string text;
  std::string intent;  // what was really meant, or out_of_scope
};
// Errors: kInvalidArgument "FILE: line N: ...".
Result<std::vector<VisitorLine>> read_visitors(const std::string& path);

struct PlayOptions {
  ServiceAddress address;
  std::string key;  // API key of the tenant that pays
  std::string bot;
  std::string run_id;  // part of every Idempotency-Key: played again after a crash, no call is charged twice
};
// {"calls", "answered", "clarified", "refused", "handed_off", "right", "corrections", "tokens"...}
Result<Json> play_visitors(const std::vector<VisitorLine>& lines, const PlayOptions& options,
                           handoff::Progress& progress);

// Stage `visitors` of the loop: a strategy without them serves nobody and files nothing.
Stage visitors_stage(LoopContext& context);

}  // namespace yupu::strategy
