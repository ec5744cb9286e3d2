#include "console/usage.h"

#include <array>
#include <map>
#include <utility>

#include "base/clock.h"

namespace yupu::console {
namespace {

using store::Transaction;

constexpr std::int64_t kNsPerMinute = 60'000'000'000;
constexpr std::int64_t kNsPerDay = 24 * 60 * kNsPerMinute;
constexpr std::array<std::string_view, 4> kDecisions = {"answer", "clarify", "refuse", "handoff"};
constexpr std::array<const char*, 3> kSums = {"calls", "tokens", "price_ufen"};

struct Days {
  std::string tenant_id;
  std::int64_t offset_ns = 0, first = 0, last = 0;  // days since 1970, of the shop's clocks
  std::map<std::int64_t, Json> rows = {};
  std::int64_t begin_ns() const { return first * kNsPerDay - offset_ns; }
  std::int64_t end_ns() const { return (last + 1) * kNsPerDay - offset_ns; }
};

void add(Json& into, const std::string& key, std::int64_t number) {
  into[key] = into.value(key, std::int64_t{0}) + number;
}

Days days_of(const std::string& tenant_id, const Period& period) {
  Days days{.tenant_id = tenant_id, .offset_ns = period.utc_offset_minutes * kNsPerMinute};
  days.last = (period.now_ns + days.offset_ns) / kNsPerDay;
  days.first = days.last - period.days + 1;
  for (std::int64_t day = days.first; day <= days.last; ++day) {
    Json row = {{"day", format_utc(day * kNsPerDay).substr(0, 10)}};
    for (const char* sum : kSums) row[sum] = 0;
    for (const std::string_view decision : kDecisions) row[std::string(decision)] = 0;
    days.rows[day] = std::move(row);
  }
  return days;
}

Status add_charges(Transaction& transaction, Days& days, Json& json) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT (occurred_ns + ?) / ?, meter, model, COUNT(*), CAST(SUM(tokens) AS BIGINT), "
                        "CAST(SUM(price_ufen) AS BIGINT) FROM usage_event WHERE tenant_id = ? AND occurred_ns >= ? AND "
                        "occurred_ns < ? GROUP BY 1, 2, 3 ORDER BY 2, 3, 1",
                        {days.offset_ns, kNsPerDay, days.tenant_id, days.begin_ns(), days.end_ns()}));
  Json& meters = json["meters"];
  for (const store::Row& row : rows) {
    if (meters.empty() || meters.back().at("meter") != row.text(1) || meters.back().at("model") != row.text(2))
      meters.push_back({{"meter", row.text(1)}, {"model", row.text(2)}});
    Json& day = days.rows.at(row.integer(0));
    for (std::size_t i = 0; i < kSums.size(); ++i) {
      const std::int64_t number = row.integer(3 + i);
      for (Json* into : {&json, &meters.back(), &day}) add(*into, kSums[i], number);
    }
  }
  return ok_status();
}

Status add_decisions(Transaction& transaction, Days& days, Json& json) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT (created_ns + ?) / ?, decision, COUNT(*) FROM trace WHERE tenant_id = ? AND created_ns "
                        ">= ? AND created_ns < ? AND route IN ('/v1/answer', '/v1/chat/completions') GROUP BY 1, 2",
                        {days.offset_ns, kNsPerDay, days.tenant_id, days.begin_ns(), days.end_ns()}));
  for (const store::Row& row : rows) {
    add(json, "answers", row.integer(2));
    add(json["decisions"], row.text(1), row.integer(2));
    add(days.rows.at(row.integer(0)), row.text(1), row.integer(2));
  }
  return ok_status();
}

}  // namespace

Result<Json> usage(store::Store& store, const std::string& tenant_id, const Period& period) {
  Days days = days_of(tenant_id, period);
  Json json = {{"from", format_utc(days.begin_ns())}, {"to", format_utc(period.now_ns)}, {"answers", 0},
               {"decisions", Json::object()},         {"meters", Json::array()},         {"days", Json::array()}};
  for (const char* sum : kSums) json[sum] = 0;
  for (const std::string_view decision : kDecisions) json["decisions"][std::string(decision)] = 0;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(add_charges(transaction, days, json));
    return add_decisions(transaction, days, json);
  }));
  for (auto& [day, row] : days.rows) json["days"].push_back(std::move(row));
  return json;
}

}  // namespace yupu::console
