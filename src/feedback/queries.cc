#include <algorithm>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "feedback/feedback.h"
#include "feedback/opinions.h"

namespace yupu::feedback {
namespace {

Status each_row(store::Store& store, const std::string& sql, const std::vector<store::Value>& values,
                const std::function<void(const store::Row&)>& take) {
  return store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql, std::span<const store::Value>(values)));
    for (const store::Row& row : rows) take(row);
    return ok_status();
  });
}

struct LabelCounts {
  std::int64_t calls = 0, up = 0, down = 0, corrected = 0;
};

// How the newest scores of conversations are spread, of those whose call `where` lets through.
Result<Json> satisfaction(store::Store& store, const Where& where) {
  constexpr int kGoodLeast = 4;  // "satisfied", as customer satisfaction is counted: the top two of five
  std::int64_t count = 0, sum = 0, good = 0;
  Json scores = Json::object();
  for (int score = 1; score <= 5; ++score) scores[std::to_string(score)] = 0;
  YUPU_RETURN_IF_ERROR(each_row(
      store,
      fmt::format(
          "SELECT s.satisfaction, COUNT(*) FROM feedback s JOIN trace t ON t.trace_id = s.trace_id AND "
          "t.tenant_id = s.tenant_id {} AND s.satisfaction IS NOT NULL AND NOT EXISTS (SELECT 1 FROM feedback n "
          "WHERE n.tenant_id = s.tenant_id AND n.conversation_id = s.conversation_id AND n.satisfaction IS NOT "
          "NULL AND n.created_ns > s.created_ns) GROUP BY s.satisfaction",
          where.sql),
      where.values, [&](const store::Row& row) {
        const std::int64_t score = row.integer(0);
        const std::int64_t times = row.integer(1);
        scores[std::to_string(score)] = times;
        count += times;
        sum += score * times;
        if (score >= kGoodLeast) good += times;
      }));
  const auto per_conversation = [count](std::int64_t total) {
    return count > 0 ? Json(static_cast<double>(total) / static_cast<double>(count)) : Json();
  };
  return Json{{"conversations", count},
              {"mean", per_conversation(sum)},
              {"satisfied", per_conversation(good)},
              {"scores", scores}};
}

}  // namespace

Result<std::vector<handoff::Row>> corrections(store::Store& store, const CorrectionQuery& query) {
  Where where = calls_where(query.model, query.tenant_id);
  where.add("c.created_ns >= ?", query.since_ns);
  where.values.emplace_back(query.limit);
  std::vector<handoff::Row> rows;
  YUPU_RETURN_IF_ERROR(
      each_row(store,
               fmt::format("SELECT t.text, c.correction, c.id, t.body FROM trace t {}{} ORDER BY c.created_ns, "
                           "c.id LIMIT ?",
                           kOpinions, where.sql),
               where.values, [&](const store::Row& row) {
                 rows.push_back({.text = row.text(0),
                                 .label = row.text(1),
                                 .lang = noted(row.text(3), "lang"),
                                 .source = source_of(row.text(2))});
               }));
  return rows;
}

Json Miss::to_json() const {
  return {{"trace_id", trace_id},
          {"tenant_id", tenant_id},
          {"model", model},
          {"text", text},
          {"decision", decision},
          {"label", label},
          {"score", score},
          {"rating", rating ? Json(*rating) : Json()},
          {"correction", correction ? Json(*correction) : Json()},
          {"reason", reason},
          {"created", format_utc(created_ns)}};
}

Result<std::vector<Miss>> misses(store::Store& store, const MissQuery& query) {
  Where where = calls_where(query.model, query.tenant_id);
  where.add("t.created_ns >= ?", query.since_ns);
  where.sql += " AND (t.decision <> 'answer' OR r.rating = -1)";
  where.values.emplace_back(query.limit);
  std::vector<Miss> found;
  YUPU_RETURN_IF_ERROR(each_row(
      store,
      fmt::format(
          "SELECT t.trace_id, t.tenant_id, t.model, t.text, t.decision, t.label, t.score, r.rating, c.correction, "
          "(SELECT f.reason FROM feedback f WHERE f.trace_id = t.trace_id AND f.reason <> '' ORDER BY f.created_ns "
          "DESC "
          "LIMIT 1), t.created_ns FROM trace t {}{} ORDER BY t.created_ns DESC, t.trace_id LIMIT ?",
          kOpinions, where.sql),
      where.values, [&](const store::Row& row) {
        Miss miss{.trace_id = row.text(0),
                  .tenant_id = row.text(1),
                  .model = row.text(2),
                  .text = row.text(3),
                  .decision = row.text(4),
                  .label = row.text(5),
                  .score = row.real(6),
                  .rating = {},
                  .correction = {},
                  .reason = row.is_null(9) ? std::string() : row.text(9),
                  .created_ns = row.integer(10)};
        if (!row.is_null(7)) miss.rating = static_cast<int>(row.integer(7));
        if (!row.is_null(8)) miss.correction = row.text(8);
        found.push_back(std::move(miss));
      }));
  return found;
}

Result<Json> summary(store::Store& store, const MissQuery& query) {
  Where where = calls_where(query.model, query.tenant_id);
  where.add("t.created_ns >= ?", query.since_ns);
  YUPU_ASSIGN_OR_RETURN(const Json satisfied, satisfaction(store, where));
  std::int64_t calls = 0, up = 0, down = 0, corrected = 0;
  std::map<std::string, std::int64_t> decisions;
  std::map<std::string, LabelCounts> labels;
  std::map<std::pair<std::string, std::string>, std::int64_t> confused;
  YUPU_RETURN_IF_ERROR(
      each_row(store,
               fmt::format("SELECT t.decision, t.label, r.rating, c.correction, COUNT(*) FROM trace t {}{} "
                           "GROUP BY t.decision, t.label, r.rating, c.correction",
                           kOpinions, where.sql),
               where.values, [&](const store::Row& row) {
                 const std::int64_t count = row.integer(4);
                 LabelCounts& label = labels[row.text(1)];
                 calls += count;
                 label.calls += count;
                 decisions[row.text(0)] += count;
                 if (!row.is_null(2)) {
                   (row.integer(2) > 0 ? up : down) += count;
                   (row.integer(2) > 0 ? label.up : label.down) += count;
                 }
                 if (!row.is_null(3)) {
                   corrected += count;
                   label.corrected += count;
                   if (row.text(3) != row.text(1)) confused[{row.text(1), row.text(3)}] += count;
                 }
               }));
  std::vector<std::pair<std::int64_t, std::pair<std::string, std::string>>> ranked;
  ranked.reserve(confused.size());
  for (const auto& [pair, count] : confused) ranked.emplace_back(-count, pair);
  std::sort(ranked.begin(), ranked.end());
  Json pairs = Json::array();
  for (std::size_t i = 0; i < std::min<std::size_t>(ranked.size(), 20); ++i) {
    pairs.push_back(
        {{"answered", ranked[i].second.first}, {"corrected", ranked[i].second.second}, {"count", -ranked[i].first}});
  }
  Json label_json = Json::object();
  for (const auto& [label, counts] : labels) {
    label_json[label] = {
        {"calls", counts.calls}, {"up", counts.up}, {"down", counts.down}, {"corrected", counts.corrected}};
  }
  const std::int64_t rated = up + down;
  return Json{{"calls", calls},
              {"decisions", decisions},
              {"rated", rated},
              {"up", up},
              {"down", down},
              {"approval", rated > 0 ? Json(static_cast<double>(up) / static_cast<double>(rated)) : Json()},
              {"corrections", corrected},
              {"confused", pairs},
              {"labels", label_json},
              {"satisfaction", satisfied}};
}

}  // namespace yupu::feedback
