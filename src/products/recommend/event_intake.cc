#include "products/recommend/event_intake.h"

#include <fmt/format.h>

#include "base/utc.h"
#include "products/recommend/event_store.h"
#include "products/recommend/serve/serving_store.h"

namespace yupu::recommend {
namespace {

using store::Transaction;

Result<std::string> position_in(Transaction& transaction, const std::string& tenant_id, const std::string& source) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT position FROM recommend_source WHERE tenant_id = ? AND source = ?",
                                          {tenant_id, source}));
  return rows.empty() ? std::string() : rows[0].text(0);
}

Status keep_position(Transaction& transaction, const std::string& tenant_id, const EventBatch& batch,
                     std::int64_t now_ns) {
  return transaction
      .execute(
          "INSERT INTO recommend_source (tenant_id, source, position, read_ns) VALUES (?, ?, ?, ?) ON CONFLICT "
          "(tenant_id, source) DO UPDATE SET position = excluded.position, read_ns = excluded.read_ns",
          {tenant_id, batch.source, batch.position, now_ns})
      .status();
}

Status count(Transaction& transaction, const std::string& tenant_id, const std::string& source,
             std::string_view outcome, std::int64_t times, std::int64_t now_ns, const std::string& detail) {
  return transaction
      .execute(
          "INSERT INTO recommend_source_outcome (tenant_id, source, outcome, count, last_ns, last_detail) VALUES "
          "(?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, source, outcome) DO UPDATE SET count = "
          "recommend_source_outcome.count + excluded.count, last_ns = excluded.last_ns, last_detail = "
          "excluded.last_detail",
          {tenant_id, source, std::string(outcome), times, now_ns, detail})
      .status();
}

Status take(Transaction& transaction, const Clock& clock, const std::string& tenant_id, const EventBatch& batch,
            IntakeOutcomes& outcomes) {
  YUPU_ASSIGN_OR_RETURN(const std::string position, position_in(transaction, tenant_id, batch.source));
  if (position != batch.position_before)
    return conflict(fmt::format("source '{}' has been read by another process meanwhile", batch.source));
  std::map<std::string, std::string> details;
  const auto refuse = [&](const std::string& reason, const std::string& where) {
    ++outcomes["refused_" + reason];
    details["refused_" + reason] = where;
  };
  YUPU_ASSIGN_OR_RETURN(const Revision revision, next_revision(transaction, tenant_id));
  for (const SourcedEvent& one : batch.events) {
    YUPU_ASSIGN_OR_RETURN(const Kept kept, keep_event(transaction, clock, tenant_id, one.event, revision.events));
    if (kept == Kept::kConflict)
      refuse("conflict", one.where);
    else
      ++outcomes[kept == Kept::kAdded ? "added" : "known"];
  }
  for (const EventRefusal& refusal : batch.refusals) refuse(refusal.reason, refusal.where);
  for (const auto& [outcome, times] : outcomes)
    YUPU_RETURN_IF_ERROR(count(transaction, tenant_id, batch.source, outcome, times, clock.now_ns(), details[outcome]));
  YUPU_RETURN_IF_ERROR(keep_position(transaction, tenant_id, batch, clock.now_ns()));
  return outcomes.contains("added") ? note_change(transaction, tenant_id, Changed::kEvents) : ok_status();
}

}  // namespace

Result<IntakeOutcomes> take_events(store::Store& store, const Clock& clock, const std::string& tenant_id,
                                   const EventBatch& batch) {
  IntakeOutcomes outcomes;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    outcomes.clear();
    return take(transaction, clock, tenant_id, batch, outcomes);
  }));
  return outcomes;
}

Status count_failure(store::Store& store, const Clock& clock, const std::string& tenant_id, const std::string& source,
                     std::string_view outcome, const std::string& why) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const std::string position, position_in(transaction, tenant_id, source));
    const EventBatch nothing{.source = source, .position_before = position, .position = position};
    YUPU_RETURN_IF_ERROR(keep_position(transaction, tenant_id, nothing, clock.now_ns()));
    return count(transaction, tenant_id, source, outcome, 1, clock.now_ns(), why);
  });
}

Result<std::string> event_position(store::Store& store, const std::string& tenant_id, const std::string& source) {
  std::string position;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(position, position_in(transaction, tenant_id, source));
    return ok_status();
  }));
  return position;
}

Result<OrderedJson> sources_json(store::Store& store, const std::string& tenant_id) {
  OrderedJson json;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    json = OrderedJson::array();
    YUPU_ASSIGN_OR_RETURN(const auto sources,
                          transaction.query("SELECT source, read_ns FROM recommend_source WHERE tenant_id = ? ORDER BY "
                                            "source",
                                            {tenant_id}));
    for (const auto& source : sources) {
      OrderedJson outcomes = OrderedJson::array();
      YUPU_ASSIGN_OR_RETURN(
          const auto rows,
          transaction.query("SELECT outcome, count, last_ns, last_detail FROM recommend_source_outcome WHERE tenant_id "
                            "= ? AND source = ? ORDER BY outcome",
                            {tenant_id, source.text(0)}));
      for (const auto& row : rows) {
        outcomes.push_back({{"outcome", row.text(0)},
                            {"count", row.integer(1)},
                            {"last", format_utc(row.integer(2))},
                            {"detail", row.text(3)}});
      }
      json.push_back({{"source", source.text(0)}, {"read", format_utc(source.integer(1))}, {"outcomes", outcomes}});
    }
    return ok_status();
  }));
  return json;
}

Result<std::string> source_metrics(store::Store& store) {
  std::string out;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    out =
        "# HELP recommend_source_events_total what became of what topics of events brought\n"
        "# TYPE recommend_source_events_total counter\n";
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT source, outcome, CAST(SUM(count) AS BIGINT) FROM recommend_source_outcome "
                          "GROUP BY source, outcome ORDER BY source, outcome"));
    for (const auto& row : rows) {
      out += fmt::format("recommend_source_events_total{{source={},outcome=\"{}\"}} {}\n", to_text(Json(row.text(0))),
                         row.text(1), row.integer(2));
    }
    return ok_status();
  }));
  return out;
}

}  // namespace yupu::recommend
