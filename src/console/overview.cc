#include "console/overview.h"

#include <array>
#include <map>
#include <utility>

#include "base/clock.h"

namespace yupu::console {
namespace {

using store::Transaction;
using store::Value;

constexpr std::int64_t kNsPerMinute = 60'000'000'000;
constexpr std::int64_t kNsPerDay = 24 * 60 * kNsPerMinute;
constexpr std::array<std::string_view, 4> kDecisions = {"answer", "clarify", "refuse", "handoff"};

struct Window {
  std::string tenant_id;
  std::int64_t offset_ns = 0;
  std::int64_t first_day = 0;  // since 1970, of the shop's clocks
  std::int64_t last_day = 0;
  std::int64_t begin_ns() const { return first_day * kNsPerDay - offset_ns; }
};

Result<std::int64_t> count(Transaction& transaction, std::string_view sql, std::initializer_list<Value> values) {
  YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql, values));
  return rows.empty() || rows[0].is_null(0) ? std::int64_t{0} : rows[0].integer(0);
}

Status add_messages(Transaction& transaction, const Window& window, Json& json) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT (created_ns + ?) / ?, decision, COUNT(*) FROM trace WHERE tenant_id = ? AND created_ns "
                        ">= ? AND route = '/v1/answer' GROUP BY 1, 2",
                        {window.offset_ns, kNsPerDay, window.tenant_id, window.begin_ns()}));
  Json decisions = Json::object();
  for (const std::string_view decision : kDecisions) decisions[std::string(decision)] = 0;
  std::map<std::int64_t, Json> days;
  for (std::int64_t day = window.first_day; day <= window.last_day; ++day) {
    days[day] = {{"day", format_utc(day * kNsPerDay).substr(0, 10)}, {"messages", 0}, {"refuse", 0}, {"handoff", 0}};
  }
  const auto add = [](Json& into, const std::string& key, std::int64_t number) {
    into[key] = into.value(key, std::int64_t{0}) + number;
  };
  std::int64_t messages = 0;
  for (const store::Row& row : rows) {
    const auto day = days.find(row.integer(0));
    if (day == days.end()) continue;  // of a clock that was ahead
    const std::string& decision = row.text(1);
    const std::int64_t number = row.integer(2);
    messages += number;
    add(decisions, decision, number);
    add(day->second, "messages", number);
    if (decision == "refuse" || decision == "handoff") add(day->second, decision, number);
  }
  json["messages"] = messages;
  json["decisions"] = std::move(decisions);
  json["days"] = Json::array();
  for (auto& [day, row] : days) json["days"].push_back(std::move(row));
  return {};
}

Status add_conversations(Transaction& transaction, const Window& window, Json& json) {
  constexpr std::string_view kWritten =
      "SELECT COUNT(DISTINCT m.conversation_id) FROM message m JOIN trace t ON t.trace_id = m.trace_id WHERE "
      "m.tenant_id "
      "= ? AND m.author = 'visitor' AND t.created_ns >= ?";
  YUPU_ASSIGN_OR_RETURN(const std::int64_t all, count(transaction, kWritten, {window.tenant_id, window.begin_ns()}));
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t handed,
      count(transaction, std::string(kWritten) + " AND t.decision = 'handoff'", {window.tenant_id, window.begin_ns()}));
  json["conversations"] = all;
  json["handed_over"] = handed;
  json["resolved"] = all - handed;
  YUPU_ASSIGN_OR_RETURN(
      json["waiting"],
      count(transaction, "SELECT COUNT(*) FROM handover WHERE tenant_id = ? AND agent_id IS NULL", {window.tenant_id}));
  YUPU_ASSIGN_OR_RETURN(json["with_people"],
                        count(transaction, "SELECT COUNT(*) FROM handover WHERE tenant_id = ? AND agent_id IS NOT NULL",
                              {window.tenant_id}));
  YUPU_ASSIGN_OR_RETURN(json["tickets"],
                        count(transaction, "SELECT COUNT(*) FROM ticket WHERE tenant_id = ? AND created_ns >= ?",
                              {window.tenant_id, window.begin_ns()}));
  return {};
}

// The last vote on an answer counts.
Status add_votes(Transaction& transaction, const Window& window, Json& json) {
  constexpr std::string_view kVotes =
      "SELECT COUNT(*) FROM feedback f JOIN trace t ON t.trace_id = f.trace_id WHERE t.tenant_id = ? AND t.created_ns "
      ">= "
      "? AND f.rating = ? AND f.created_ns = (SELECT MAX(g.created_ns) FROM feedback g WHERE g.trace_id = f.trace_id "
      "AND "
      "g.rating IS NOT NULL)";
  YUPU_ASSIGN_OR_RETURN(json["up"], count(transaction, kVotes, {window.tenant_id, window.begin_ns(), std::int64_t{1}}));
  YUPU_ASSIGN_OR_RETURN(json["down"],
                        count(transaction, kVotes, {window.tenant_id, window.begin_ns(), std::int64_t{-1}}));
  return {};
}

}  // namespace

Result<Json> overview(store::Store& store, const std::string& tenant_id, const Period& period) {
  Window window{.tenant_id = tenant_id, .offset_ns = period.utc_offset_minutes * kNsPerMinute};
  window.last_day = (period.now_ns + window.offset_ns) / kNsPerDay;
  window.first_day = window.last_day - period.days + 1;
  Json json{{"from", format_utc(window.begin_ns())}, {"to", format_utc(period.now_ns)}};
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(add_messages(transaction, window, json));
    YUPU_RETURN_IF_ERROR(add_conversations(transaction, window, json));
    return add_votes(transaction, window, json);
  }));
  return json;
}

}  // namespace yupu::console
