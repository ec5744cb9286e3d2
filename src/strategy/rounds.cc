#include "strategy/rounds.h"

#include <utility>

#include <fmt/format.h>

#include "base/ids.h"

namespace yupu::strategy {
namespace {

using store::Row;
using store::Transaction;
using store::Value;

constexpr std::int64_t kNsPerMinute = 60'000'000'000;
constexpr std::int64_t kNsPerDay = 1440 * kNsPerMinute;
constexpr std::string_view kColumns =
    "SELECT id, kind, why, input, corrections, started_ns, ended_ns, outcome, reason, run_id, release_id FROM "
    "shop_round ";

Round round_of(const Row& row) {
  Round round{.id = row.text(0),
              .kind = row.text(1) == "tests" ? RoundKind::kTests : RoundKind::kImprove,
              .why = row.text(2),
              .input = row.text(3),
              .corrections = row.integer(4),
              .started_ns = row.integer(5)};
  if (!row.is_null(6)) round.ended_ns = row.integer(6);
  round.outcome = row.text(7);
  round.reason = row.text(8);
  round.run_id = row.text(9);
  round.release_id = row.text(10);
  return round;
}

// The last time that the shop's clocks stood at these minutes of the day.
std::int64_t last_time_of(std::int64_t minutes, std::int64_t utc_offset_minutes, std::int64_t now_ns) {
  const std::int64_t local_ns = now_ns + utc_offset_minutes * kNsPerMinute;
  std::int64_t at_ns = local_ns - local_ns % kNsPerDay + minutes * kNsPerMinute;
  if (at_ns > local_ns) at_ns -= kNsPerDay;
  return at_ns - utc_offset_minutes * kNsPerMinute;
}

bool is_time(const std::optional<std::int64_t>& at, const std::optional<Round>& last, const RoundRules& rules,
             std::int64_t now_ns) {
  return at && (!last || last->started_ns < last_time_of(*at, rules.utc_offset_minutes, now_ns));
}

std::string_view outcome_of(const Json& outcome) {
  if (outcome.value("released", false)) return "released";
  if (outcome.value("in_shadow", false)) return "shadow";
  return outcome.value("run_id", std::string()).empty() ? "nothing" : "refused";
}

std::string clock_text(std::int64_t minutes) { return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60); }

// Why a round of improvement is due; nothing: it is not.
std::optional<std::string> improvement_due(const RoundRules& rules, const RoundState& state, std::int64_t now_ns) {
  if (state.shadow == LiveShadow::kRead) return "the candidate has read its calls";
  if (rules.after_corrections == 0 && !rules.improve_at) return std::nullopt;
  const std::optional<Round>& last = state.improved;
  if (last && !last->ended_ns) return "the last round was interrupted";
  if (state.shadow == LiveShadow::kReading) return std::nullopt;
  const bool is_news = last ? last->input != state.input : state.corrections > 0;
  const std::int64_t new_count = state.corrections - (last ? last->corrections : 0);
  if (is_news && rules.after_corrections > 0 && new_count >= rules.after_corrections)
    return fmt::format("{} new corrections", new_count);
  const bool may_help = is_news || (last && last->outcome == "failed");
  if (may_help && is_time(rules.improve_at, last, rules, now_ns)) return clock_text(*rules.improve_at);
  return std::nullopt;
}

}  // namespace

std::string_view round_kind_name(RoundKind kind) {
  switch (kind) {
    case RoundKind::kImprove:
      return "improve";
    case RoundKind::kTests:
      return "tests";
  }
  return "";
}

Json Round::to_json() const {
  return {{"id", id},
          {"kind", round_kind_name(kind)},
          {"why", why},
          {"corrections", corrections},
          {"started", format_utc(started_ns)},
          {"ended", ended_ns ? format_utc(*ended_ns) : std::string()},
          {"outcome", outcome},
          {"reason", reason},
          {"run_id", run_id},
          {"release_id", release_id}};
}

RoundRules round_rules(const Strategy& strategy) {
  return {.after_corrections = strategy.improve.after_corrections,
          .improve_at = strategy.improve.at,
          .tests_at = strategy.service.tests_at,
          .utc_offset_minutes = strategy.service.dialogue.utc_offset_minutes};
}

std::vector<DueRound> due_rounds(const RoundRules& rules, const RoundState& state, std::int64_t now_ns) {
  std::vector<DueRound> due;
  if (auto why = improvement_due(rules, state, now_ns); why)
    due.push_back({.kind = RoundKind::kImprove, .why = *std::move(why)});
  if (is_time(rules.tests_at, state.tested, rules, now_ns))
    due.push_back({.kind = RoundKind::kTests, .why = clock_text(*rules.tests_at)});
  return due;
}

Result<RoundState> round_state(LoopContext& context) {
  RoundState state;
  YUPU_ASSIGN_OR_RETURN(const Json input, improvement_input(context));
  state.corrections = input.at("count").get<std::int64_t>();
  state.input = to_text(input);
  YUPU_ASSIGN_OR_RETURN(state.shadow, live_shadow_state(context));
  YUPU_RETURN_IF_ERROR(context.store.read([&](Transaction& transaction) -> Status {
    for (const RoundKind kind : {RoundKind::kImprove, RoundKind::kTests}) {
      YUPU_ASSIGN_OR_RETURN(
          const auto rows,
          transaction.query(std::string(kColumns) + "WHERE shop = ? AND kind = ? ORDER BY started_ns DESC, id LIMIT 1",
                            {context.strategy.name, std::string(round_kind_name(kind))}));
      if (!rows.empty()) (kind == RoundKind::kTests ? state.tested : state.improved) = round_of(rows[0]);
    }
    return ok_status();
  }));
  return state;
}

Status begin_round(store::Store& store, const std::string& shop, Round& round, std::int64_t now_ns) {
  round.id = random_id("rnd");
  round.started_ns = now_ns;
  round.ended_ns.reset();
  round.outcome = "running";
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("UPDATE shop_round SET outcome = 'interrupted' WHERE shop = ? AND outcome = 'running'", {shop})
            .status());
    return transaction
        .execute(
            "INSERT INTO shop_round (id, shop, kind, why, input, corrections, started_ns, ended_ns, outcome, "
            "reason, run_id, release_id) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, '', '', '')",
            {round.id, shop, std::string(round_kind_name(round.kind)), round.why, round.input, round.corrections,
             now_ns, round.outcome})
        .status();
  });
}

Status end_round(store::Store& store, const Round& round) {
  return store.write([&](Transaction& transaction) {
    return transaction
        .execute("UPDATE shop_round SET ended_ns = ?, outcome = ?, reason = ?, run_id = ?, release_id = ? WHERE id = ?",
                 {round.ended_ns ? Value(*round.ended_ns) : Value(nullptr), round.outcome, round.reason, round.run_id,
                  round.release_id, round.id})
        .status();
  });
}

Result<std::vector<Round>> list_rounds(store::Store& store, const std::string& shop, std::int64_t limit) {
  std::vector<Round> rounds;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(std::string(kColumns) +
                                                                 "WHERE shop = ? ORDER BY started_ns DESC, id LIMIT ?",
                                                             {shop, limit}));
    rounds.clear();
    for (const Row& row : rows) rounds.push_back(round_of(row));
    return ok_status();
  }));
  return rounds;
}

Result<ImprovedRound> improve_and_log(LoopContext& context, const std::string& why) {
  YUPU_ASSIGN_OR_RETURN(const RoundState state, round_state(context));
  ImprovedRound done{.round = {.id = {},
                               .kind = RoundKind::kImprove,
                               .why = why,
                               .input = state.input,
                               .corrections = state.corrections},
                     .outcome = {}};
  Round& round = done.round;
  if (state.shadow == LiveShadow::kRead && state.improved) {  // it is judged, and nothing new is learned
    round.input = state.improved->input;
    round.corrections = state.improved->corrections;
  }
  YUPU_RETURN_IF_ERROR(begin_round(context.store, context.strategy.name, round, context.clock.now_ns()));
  auto outcome = improvement_round(context);
  round.ended_ns = context.clock.now_ns();
  if (!outcome.ok()) {
    round.outcome = "failed";
    round.reason = outcome.status().message();
    YUPU_RETURN_IF_ERROR(end_round(context.store, round));
    return outcome.status();
  }
  done.outcome = std::move(outcome).value();
  round.run_id = done.outcome.value("run_id", std::string());
  round.release_id = done.outcome.value("release_id", std::string());
  round.reason = done.outcome.value("reason", std::string());
  round.outcome = outcome_of(done.outcome);
  YUPU_RETURN_IF_ERROR(end_round(context.store, round));
  return done;
}

std::optional<products::ShopNews> news_of(const Round& round) {
  products::ShopNews news{.event = {}, .subject = round.id, .zh = {}, .en = {}};
  if (round.kind == RoundKind::kTests && round.outcome != "passed") {
    news.event = "tests";
    news.zh.subject = "对话测试未通过";
    news.en.subject = "Conversation tests have failed";
  } else if (round.outcome == "released") {
    news.event = "release";
    news.zh.subject = "学到新内容的版本已上线";
    news.en.subject = "A release that has learned answers now";
  } else if (round.outcome == "refused") {
    news.event = "refused";
    news.zh.subject = "新版本没有更好，未上线";
    news.en.subject = "A round was not released";
  } else if (round.outcome == "failed") {
    news.event = "failed";
    news.zh.subject = "一轮改进失败";
    news.en.subject = "A round of improvement has failed";
  } else {
    return std::nullopt;
  }
  news.zh.lines = {round.reason};
  news.en.lines = {round.reason};
  return news;
}

}  // namespace yupu::strategy
