// Rounds that begin by themselves, and the log of all that were carried out (table shop_round).
//
//   improve   the candidate of the last round has read its calls (live_shadow.h); while it reads, none begins
//             [improve] after_corrections: so many corrections more than the last round learned from; `at`: at that
//   time
//             of the day, when there is anything new. The same corrections are not learned from twice, however a
//             round ended; one that failed is tried again at its time of the day, one whose process is gone at once
//   tests     [service] tests_at: the conversation tests on the release that answers, every day
//
// Threads  one owner; of several processes on one store, the one with the strategy's lead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "products/service/agents/notices.h"
#include "store/store.h"
#include "strategy/live_shadow.h"
#include "strategy/loop.h"

namespace yupu::strategy {

enum class RoundKind : std::uint8_t { kImprove, kTests };
std::string_view round_kind_name(RoundKind kind);  // "improve", "tests"

struct Round {
  std::string id;
  RoundKind kind = RoundKind::kImprove;
  std::string why;               // which rule began it
  std::string input = {};        // what it learned from
  std::int64_t corrections = 0;  // that there were
  std::int64_t started_ns = 0;
  std::optional<std::int64_t> ended_ns = {};
  // running; interrupted: its process is gone; released, refused, nothing, failed; shadow: it reads calls first
  // (live_shadow.h); of tests: passed, changed, failed
  std::string outcome = "running";
  std::string reason = {};
  std::string run_id = {}, release_id = {};
  Json to_json() const;
};

struct RoundRules {
  std::int64_t after_corrections = 0;           // 0: no such rule
  std::optional<std::int64_t> improve_at = {};  // minutes of the day, by the shop's clocks
  std::optional<std::int64_t> tests_at = {};
  std::int64_t utc_offset_minutes = 0;
  bool any() const { return after_corrections > 0 || improve_at || tests_at; }
};
RoundRules round_rules(const Strategy& strategy);

struct RoundState {
  std::int64_t corrections = 0;
  std::string input = {};
  std::optional<Round> improved = {}, tested = {};  // the newest of each kind
  LiveShadow shadow = LiveShadow::kNone;            // of a round's candidate
};
struct DueRound {
  RoundKind kind;
  std::string why;
};
std::vector<DueRound> due_rounds(const RoundRules& rules, const RoundState& state, std::int64_t now_ns);
Result<RoundState> round_state(LoopContext& context);

// Into the log, as running; those of the shop that were running before are interrupted. REQUIRES: the lead.
Status begin_round(store::Store& store, const std::string& shop, Round& round, std::int64_t now_ns);
Status end_round(store::Store& store, const Round& round);
// The newest first.
Result<std::vector<Round>> list_rounds(store::Store& store, const std::string& shop, std::int64_t limit);

// improvement_round(), kept in the log whatever becomes of it.
struct ImprovedRound {
  Round round;
  Json outcome;  // improvement_round()'s
};
Result<ImprovedRound> improve_and_log(LoopContext& context, const std::string& why);

// What the shop's routes are told of it; nothing where there is no news: nothing to learn from, tests that passed.
std::optional<products::ShopNews> news_of(const Round& round);

}  // namespace yupu::strategy
