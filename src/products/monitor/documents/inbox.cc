#include "products/monitor/documents/inbox.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "products/monitor/documents/measured_intake.h"
#include "products/monitor/documents/push_row.h"
#include "text/unicode.h"

namespace yupu::monitor {
namespace {

using store::Row;
using store::Transaction;

constexpr int kBatchesAtOnce = 25;  // the detection does not wait for more

Result<ReadyDocument> read_row(const std::string& row, const std::string& source, std::int64_t received_ns,
                               const TopicDictionary& topics, SentimentFrom from) {
  YUPU_ASSIGN_OR_RETURN(IncomingDocument document, read_push_row(row, source, received_ns));
  return make_ready(std::move(document), topics, from);
}

Refusal refusal_of(const Status& status) {
  return {.reason = status.field(), .detail = text::replace_invalid_utf8(status.message()).text};
}

Result<std::int64_t> number_in(Transaction& transaction, std::string_view sql,
                               std::initializer_list<store::Value> values) {
  YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql, values));
  return rows.empty() ? 0 : rows[0].integer(0);
}

// Counts the rows against the quota.
Status spend(Transaction& transaction, const std::string& monitor, std::int64_t now_ns, std::int64_t rows,
             std::int64_t rows_per_minute) {
  const std::int64_t minute = now_ns / kMinuteNs;
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t spent,
      number_in(transaction, "SELECT count FROM monitor_inbox_minute WHERE monitor = ? AND minute = ?",
                {monitor, minute}));
  if (spent + rows > rows_per_minute)
    return Status(Code::kResourceExhausted,
                  fmt::format("{} documents a minute may be pushed, and {} were", rows_per_minute, spent), "minute");
  YUPU_RETURN_IF_ERROR(
      transaction.execute("DELETE FROM monitor_inbox_minute WHERE monitor = ? AND minute < ?", {monitor, minute})
          .status());
  return transaction
      .execute(
          "INSERT INTO monitor_inbox_minute (monitor, minute, count) VALUES (?, ?, ?) ON CONFLICT (monitor, minute) DO "
          "UPDATE SET count = monitor_inbox_minute.count + excluded.count",
          {monitor, minute, rows})
      .status();
}

// Up to a batch of one source: that of the row that has waited longest.
struct Waiting {
  std::string source, position;
  std::int64_t taken = 0;  // rows up to this one are in the store's documents already
  std::vector<Row> rows;   // sequence, received_ns, document
};

Result<Waiting> next_waiting(Transaction& transaction, const std::string& monitor, std::int64_t rows_max) {
  Waiting waiting;
  YUPU_ASSIGN_OR_RETURN(
      const auto first,
      transaction.query("SELECT source FROM monitor_inbox WHERE monitor = ? ORDER BY sequence LIMIT 1", {monitor}));
  if (first.empty()) return waiting;
  waiting.source = first[0].text(0);
  YUPU_ASSIGN_OR_RETURN(const auto position,
                        transaction.query("SELECT position FROM monitor_source WHERE monitor = ? AND source = ?",
                                          {monitor, waiting.source}));
  if (!position.empty()) waiting.position = position[0].text(0);
  const char* const end = waiting.position.data() + waiting.position.size();
  if (!waiting.position.empty() && std::from_chars(waiting.position.data(), end, waiting.taken).ptr != end)
    return internal_error(fmt::format("source '{}' is read from elsewhere as well", waiting.source));
  YUPU_ASSIGN_OR_RETURN(waiting.rows,
                        transaction.query("SELECT sequence, received_ns, document FROM monitor_inbox WHERE monitor = ? "
                                          "AND source = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                                          {monitor, waiting.source, waiting.taken, rows_max}));
  return waiting;
}

Result<Outcomes> take_waiting(store::Store& store, const Clock& clock, const std::string& monitor,
                              const TopicDictionary& topics, const PushOptions& options, const Waiting& waiting) {
  const SentimentFrom from = options.score ? SentimentFrom::kScored : SentimentFrom::kDocument;
  Batch batch;
  batch.source = waiting.source;
  batch.position_before = waiting.position;
  batch.position = std::to_string(waiting.rows.back().integer(0));
  batch.read_ns = clock.now_ns();
  for (const Row& row : waiting.rows) {
    auto ready = read_row(row.text(2), waiting.source, row.integer(1), topics, from);
    if (ready.ok())
      batch.documents.push_back(std::move(ready).value());
    else
      batch.refusals.push_back(refusal_of(ready.status()));
  }
  if (options.score) YUPU_RETURN_IF_ERROR(options.score(batch.documents));
  if (options.embed) YUPU_RETURN_IF_ERROR(options.embed(batch.documents));
  return take_measured_batch(store, monitor, batch, clock, options.intake);
}

}  // namespace

Result<InboxReceipt> put_in_inbox(store::Store& store, const std::string& monitor, const TopicDictionary& topics,
                                  const InboxPush& push, const InboxOptions& options) {
  const auto row_count = static_cast<std::int64_t>(push.rows.size());
  if (row_count == 0 || row_count > kInboxRowsMax)
    return invalid_argument(fmt::format("from 1 to {} documents at once", kInboxRowsMax), "documents");
  InboxReceipt receipt;
  Batch turned_away{
      .source = push.source, .position_before = {}, .position = {}, .read_ns = push.now_ns, .documents = {}};
  std::vector<const std::string*> accepted;
  for (std::size_t i = 0; i < push.rows.size(); ++i) {
    const auto ready = read_row(push.rows[i], push.source, push.now_ns, topics, push.from);
    if (ready.ok()) {
      accepted.push_back(&push.rows[i]);
      continue;
    }
    turned_away.refusals.push_back(refusal_of(ready.status()));
    receipt.refused.push_back(
        {.index = i, .reason = turned_away.refusals.back().reason, .detail = turned_away.refusals.back().detail});
  }
  receipt.accepted = static_cast<std::int64_t>(accepted.size());
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(spend(transaction, monitor, push.now_ns, row_count, options.rows_per_minute));
    YUPU_ASSIGN_OR_RETURN(const std::int64_t waiting,
                          number_in(transaction, "SELECT COUNT(*) FROM monitor_inbox WHERE monitor = ?", {monitor}));
    if (waiting + receipt.accepted > options.waiting_max)
      return Status(Code::kResourceExhausted,
                    fmt::format("{} documents wait to be taken in; is `yupu monitor run` running?", waiting),
                    "waiting");
    for (const std::string* row : accepted) {
      YUPU_RETURN_IF_ERROR(
          transaction
              .execute("INSERT INTO monitor_inbox (monitor, source, received_ns, document) VALUES (?, ?, ?, ?)",
                       {monitor, push.source, push.now_ns, *row})
              .status());
    }
    return keep_refusals(transaction, monitor, turned_away);
  }));
  return receipt;
}

Result<Outcomes> drain_inbox(store::Store& store, const Clock& clock, const std::string& monitor,
                             const TopicDictionary& topics, const PushOptions& options) {
  Outcomes outcomes;
  for (int batch = 0; batch < kBatchesAtOnce; ++batch) {
    Waiting waiting;
    YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(waiting, next_waiting(transaction, monitor, options.batch_rows));
      return ok_status();
    }));
    if (waiting.source.empty()) break;
    if (!waiting.rows.empty()) {
      YUPU_ASSIGN_OR_RETURN(const Outcomes taken, take_waiting(store, clock, monitor, topics, options, waiting));
      for (const auto& [outcome, count] : taken) outcomes[outcome] += count;
      waiting.taken = waiting.rows.back().integer(0);
    }
    // Killed before this, they are found behind the source's position the next time, and go then.
    YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) {
      return transaction
          .execute("DELETE FROM monitor_inbox WHERE monitor = ? AND source = ? AND sequence <= ?",
                   {monitor, waiting.source, waiting.taken})
          .status();
    }));
  }
  return outcomes;
}

}  // namespace yupu::monitor
