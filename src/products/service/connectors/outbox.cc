// The outbox of connectors.
#include "products/service/connectors/outbox.h"

#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/ids.h"
#include "products/service/connectors/connector_store.h"

namespace yupu::products {
namespace {

using store::Row;
using store::Transaction;

constexpr std::size_t kPersonBatch = 100;

constexpr const char* kOutboxColumns =
    "id, connector, conversation_id, peer, author, agent, text, reply_to, state, attempts, created_ns, next_ns, "
    "last_error";

Result<OutboxRow> outbox_row(const Row& row) {
  OutboxRow out;
  out.message.id = row.text(0);
  out.connector = row.text(1);
  out.message.conversation = row.text(2);
  out.message.peer = row.text(3);
  out.message.author = row.text(4);
  out.message.agent = row.text(5);
  out.message.text = row.text(6);
  YUPU_ASSIGN_OR_RETURN(out.message.reply_to, parse_json(row.text(7)));
  out.state = row.text(8);
  out.attempts = row.integer(9);
  out.created_ns = row.integer(10);
  out.next_ns = row.integer(11);
  out.last_error = row.text(12);
  return out;
}

}  // namespace

Status put_out(Transaction& transaction, const NewOutgoing& what, const std::vector<std::string>& pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO connector_outbox (id, connector, conversation_id, peer, event_id, author, agent, "
                     "text, reply_to, state, attempts, created_ns, next_ns, last_error) VALUES (?, ?, ?, ?, ?, ?, ?, "
                     "?, ?, 'waiting', 0, ?, ?, '') ON CONFLICT (id) DO NOTHING",
                     {content_id("co", fmt::format("{}\n{}\n{}", what.connector, what.key, i)), what.connector,
                      what.conversation_id, what.peer, what.event_id, what.author, what.agent, pieces[i], what.reply_to,
                      what.created_ns, what.send_ns})
            .status());
  }
  return {};
}

Result<std::optional<std::string>> take_reply(store::Store& store, const std::string& connector,
                                              const std::string& event_id, std::int64_t now_ns) {
  std::optional<std::string> text;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    text.reset();
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT id, text, state FROM connector_outbox WHERE connector = ? AND "
                          "event_id = ? AND event_id <> '' AND attempts = 0 AND state <> 'dead' ORDER BY sequence "
                          "LIMIT 1",
                          {connector, event_id}));
    if (rows.empty() || rows[0].text(1).empty()) return {};
    text = rows[0].text(1);
    return transaction
        .execute("UPDATE connector_outbox SET state = 'sent', sent_ns = ? WHERE id = ? AND state = 'waiting'",
                 {now_ns, rows[0].text(0)})
        .status();
  }));
  return text;
}

Result<std::int64_t> collect_from_people(store::Store& store, const std::string& connector, std::size_t text_bytes_max,
                                         std::int64_t active_since_ns, std::int64_t now_ns) {
  // Looked for outside a write: most of the time there is nothing.
  std::vector<Row> said;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        said, transaction.query("SELECT m.conversation_id, m.sequence, m.text, COALESCE(a.name, ''), c.peer, "
                                "c.reply_to FROM connector_conversation AS c JOIN conversation AS v ON v.id = "
                                "c.conversation_id JOIN message AS m ON m.tenant_id = c.tenant_id AND "
                                "m.conversation_id = c.conversation_id AND m.sequence > c.told_sequence LEFT JOIN "
                                "agent AS a ON a.id = m.agent_id WHERE c.connector = ? AND v.active_ns >= ? AND "
                                "m.author = 'person' ORDER BY m.created_ns, m.sequence LIMIT ?",
                                {connector, active_since_ns, static_cast<std::int64_t>(kPersonBatch)}));
    return {};
  }));
  if (said.empty()) return std::int64_t{0};
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    for (const Row& row : said) {
      YUPU_ASSIGN_OR_RETURN(const std::int64_t changed,
                            transaction.execute("UPDATE connector_conversation SET told_sequence = ? WHERE "
                                                "conversation_id = ? AND told_sequence < ?",
                                                {row.integer(1), row.text(0), row.integer(1)}));
      if (changed == 0) continue;
      const NewOutgoing what{.key = fmt::format("said {} {}", row.text(0), row.integer(1)),
                             .connector = connector,
                             .conversation_id = row.text(0),
                             .peer = row.text(4),
                             .event_id = "",
                             .author = "person",
                             .agent = row.text(3),
                             .reply_to = row.text(5),
                             .created_ns = now_ns,
                             .send_ns = now_ns};
      YUPU_RETURN_IF_ERROR(put_out(transaction, what, pieces_of(row.text(2), text_bytes_max)));
    }
    return {};
  }));
  return static_cast<std::int64_t>(said.size());
}

Result<std::optional<OutboxRow>> next_outgoing(store::Store& store, const std::string& connector, std::int64_t now_ns) {
  std::optional<OutboxRow> found;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    found.reset();
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query(fmt::format("SELECT {} FROM connector_outbox WHERE connector = ? AND state = 'waiting' AND "
                                      "next_ns <= ? AND NOT EXISTS (SELECT 1 FROM connector_outbox AS earlier WHERE "
                                      "earlier.connector = connector_outbox.connector AND earlier.peer = "
                                      "connector_outbox.peer AND earlier.state = 'waiting' AND earlier.sequence < "
                                      "connector_outbox.sequence) ORDER BY sequence LIMIT 1",
                                      kOutboxColumns),
                          {connector, now_ns}));
    if (rows.empty()) return {};
    YUPU_ASSIGN_OR_RETURN(found, outbox_row(rows[0]));
    return {};
  }));
  return found;
}

Status note_attempt(store::Store& store, const OutboxRow& row, const http::Attempt& attempt, std::int64_t now_ns,
                    std::int64_t next_ns) {
  const std::string state = attempt.done ? "sent" : next_ns > 0 ? "waiting" : "dead";
  return store.write([&](Transaction& transaction) -> Status {
    return transaction
        .execute(
            "UPDATE connector_outbox SET state = ?, attempts = ?, next_ns = ?, sent_ns = ?, last_error = ? WHERE "
            "id = ? AND state = 'waiting'",
            {state, row.attempts + 1, next_ns, attempt.done ? store::Value(now_ns) : store::Value(nullptr),
             attempt.error, row.message.id})
        .status();
  });
}

OrderedJson OutboxRow::to_json() const {
  return {
      {"id", message.id}, {"connector", connector}, {"conversation", message.conversation}, {"author", message.author},
      {"state", state},   {"attempts", attempts},   {"created", format_utc(created_ns)},    {"last_error", last_error}};
}

Result<std::vector<OutboxRow>> list_outbox(store::Store& store, const std::string& connector, const std::string& state,
                                           std::int64_t limit) {
  std::vector<OutboxRow> found;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    found.clear();
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query(fmt::format("SELECT {} FROM connector_outbox WHERE (? = '' OR connector = "
                                                        "?) AND (? = '' OR state = ?) ORDER BY sequence DESC LIMIT ?",
                                                        kOutboxColumns),
                                            {connector, connector, state, state, limit}));
    for (const Row& row : rows) {
      YUPU_ASSIGN_OR_RETURN(OutboxRow one, outbox_row(row));
      found.push_back(std::move(one));
    }
    return {};
  }));
  return found;
}

std::vector<std::string> pieces_of(std::string_view text, std::size_t bytes_max) {
  std::vector<std::string> pieces;
  while (text.size() > bytes_max) {
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
    if (end == 0) end = bytes_max;  // no character is that long: bytes that are no UTF-8
    const std::size_t line = text.rfind('\n', end - 1);
    if (line != std::string_view::npos && line >= bytes_max / 2) end = line + 1;
    pieces.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  if (!text.empty()) pieces.emplace_back(text);
  return pieces;
}

}  // namespace yupu::products
