#include "products/monitor/alarms/gaps.h"

namespace yupu::monitor {

using store::Row;
using store::Transaction;

Result<std::vector<GapEvent>> gap_events(Transaction& transaction, const std::string& monitor) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT topic, begins, since_ns, told_ns, after_sequence FROM monitor_gap "
                                          "WHERE monitor = ? ORDER BY sequence",
                                          {monitor}));
  std::vector<GapEvent> events;
  for (const Row& row : rows) {
    GapEvent& gap = events.emplace_back();
    gap.after_sequence = row.integer(4);
    gap.event.kind = row.integer(1) != 0 ? Event::Kind::kGapBegin : Event::Kind::kGapEnd;
    gap.event.document.topic = row.text(0);
    gap.event.document.time_ns = row.integer(2);
    gap.event.document.received_ns = row.integer(3);
  }
  return events;
}

Status write_gap(Transaction& transaction, const std::string& monitor, const GapEvent& gap) {
  const Document& document = gap.event.document;
  return transaction
      .execute(
          "INSERT INTO monitor_gap (monitor, topic, begins, since_ns, told_ns, after_sequence) VALUES (?, ?, ?, ?, "
          "?, ?)",
          {monitor, document.topic, std::int64_t{gap.event.kind == Event::Kind::kGapBegin}, document.time_ns,
           document.received_ns, gap.after_sequence})
      .status();
}

Result<bool> is_in_gap(Transaction& transaction, const std::string& monitor) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT begins FROM monitor_gap WHERE monitor = ? ORDER BY sequence DESC LIMIT 1", {monitor}));
  return !rows.empty() && rows[0].integer(0) != 0;
}

Result<std::vector<Gap>> gaps_of(store::Store& store, const std::string& monitor, const std::string& topic,
                                 std::int64_t since_ns) {
  std::vector<Gap> gaps;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    gaps.clear();
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT begins, since_ns, told_ns FROM monitor_gap WHERE monitor = ? AND "
                                            "topic = ? ORDER BY sequence",
                                            {monitor, topic}));
    for (const Row& row : rows) {
      if (row.integer(0) != 0) {
        gaps.push_back({.begin_ns = row.integer(1), .end_ns = std::nullopt});
      } else if (!gaps.empty()) {
        gaps.back().end_ns = row.integer(2);
        if (*gaps.back().end_ns < since_ns) gaps.pop_back();
      }
    }
    return ok_status();
  }));
  return gaps;
}

}  // namespace yupu::monitor
