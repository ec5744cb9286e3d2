// How the queries of this room read `trace` and what was said of it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "store/store.h"

namespace yupu::feedback {

// The opinion that counts of each trace: the newest rating and the newest correction, which may stand in two rows.
// Joins `r` (rating) and `c` (correction, id, created_ns) to `trace t`.
inline constexpr std::string_view kOpinions =
    "LEFT JOIN (SELECT f.trace_id, f.rating FROM feedback f JOIN (SELECT trace_id, MAX(created_ns) AS newest FROM "
    "feedback "
    "WHERE rating IS NOT NULL GROUP BY trace_id) n ON n.trace_id = f.trace_id AND n.newest = f.created_ns) r "
    "ON r.trace_id = t.trace_id "
    "LEFT JOIN (SELECT f.trace_id, f.correction, f.id, f.created_ns FROM feedback f JOIN (SELECT trace_id, "
    "MAX(created_ns) AS "
    "newest FROM feedback WHERE correction IS NOT NULL GROUP BY trace_id) n ON n.trace_id = f.trace_id AND n.newest = "
    "f.created_ns) c ON c.trace_id = t.trace_id ";

// Calls in which somebody asked a bot.
inline constexpr std::string_view kAsksBot = "t.route IN ('/v1/answer', '/v1/chat/completions')";

// A text the serving side noted in a trace's body; "" where it did not.
std::string noted(const std::string& trace_body, std::string_view key);

// Conditions and their values, in one order.
struct Where {
  std::string sql = "WHERE 1 = 1";
  std::vector<store::Value> values = {};
  void add(std::string_view condition, store::Value value) {
    sql += fmt::format(" AND {}", condition);
    values.push_back(std::move(value));
  }
};

// Empty: every model, every tenant.
inline Where calls_where(const std::string& model, const std::string& tenant_id) {
  Where where;
  if (!model.empty()) where.add("t.model = ?", model);
  if (!tenant_id.empty()) where.add("t.tenant_id = ?", tenant_id);
  return where;
}

}  // namespace yupu::feedback
