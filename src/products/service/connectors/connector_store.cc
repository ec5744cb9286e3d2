// Events and conversations of connectors; what goes out: outbox.cc.
#include "products/service/connectors/connector_store.h"

#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/hash.h"
#include "products/service/connectors/outbox.h"

namespace yupu::products {
namespace {

using store::Row;
using store::Transaction;

constexpr std::int64_t kMinuteNs = 60LL * 1'000'000'000;
constexpr std::int64_t kSentTextKeptNs = 15 * kMinuteNs;
constexpr std::int64_t kRowKeptNs = 7 * 24 * 60 * kMinuteNs;  // a callback of then is refused as late

std::string content_of(const Incoming& incoming) {
  return Sha256().field(incoming.peer).field(incoming.text).finish_hex();
}

}  // namespace

Result<bool> keep_event(store::Store& store, const std::string& connector, const Incoming& incoming,
                        std::int64_t now_ns) {
  bool is_new = false;
  const std::string content = content_of(incoming);
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    is_new = false;
    YUPU_ASSIGN_OR_RETURN(const auto known,
                          transaction.query("SELECT content_sha256 FROM connector_event WHERE connector = ? AND "
                                            "event_id = ?",
                                            {connector, incoming.event_id}));
    if (!known.empty()) {
      // Empty: its conversation was deleted.
      if (known[0].text(0) == content || known[0].text(0).empty()) return {};
      return Status(Code::kConflict, "another message came with this id", "id");
    }
    YUPU_ASSIGN_OR_RETURN(
        const auto waiting,
        transaction.query("SELECT COUNT(*) FROM connector_event WHERE connector = ? AND state = 'waiting'",
                          {connector}));
    YUPU_ASSIGN_OR_RETURN(const auto theirs,
                          transaction.query("SELECT COUNT(*) FROM connector_event WHERE connector = ? AND peer = ? "
                                            "AND state = 'waiting'",
                                            {connector, incoming.peer}));
    if (theirs[0].integer(0) >= kEventsWaitingOfPeerMax || waiting[0].integer(0) >= kEventsWaitingMax)
      return Status(Code::kResourceExhausted, "too many messages wait for an answer; send it again later");
    is_new = true;
    return transaction
        .execute(
            "INSERT INTO connector_event (connector, event_id, peer, text, content_sha256, reply_to, state, "
            "conversation_id, attempts, received_ns, next_ns, last_error) VALUES (?, ?, ?, ?, ?, ?, 'waiting', "
            "'', 0, ?, ?, '')",
            {connector, incoming.event_id, incoming.peer, incoming.text, content, to_text(incoming.reply_to), now_ns,
             now_ns})
        .status();
  }));
  return is_new;
}

Result<std::optional<WaitingEvent>> next_event(store::Store& store, const std::string& connector, std::int64_t now_ns) {
  std::optional<WaitingEvent> found;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    found.reset();
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT sequence, event_id, peer, text, reply_to, attempts, received_ns FROM "
                          "connector_event WHERE connector = ? AND state = 'waiting' AND next_ns <= ? AND NOT EXISTS "
                          "(SELECT 1 FROM connector_event AS earlier WHERE earlier.connector = "
                          "connector_event.connector AND earlier.peer = connector_event.peer AND earlier.state = "
                          "'waiting' AND earlier.sequence < connector_event.sequence) ORDER BY sequence LIMIT 1",
                          {connector, now_ns}));
    if (rows.empty()) return {};
    WaitingEvent event;
    event.sequence = rows[0].integer(0);
    event.incoming.event_id = rows[0].text(1);
    event.incoming.peer = rows[0].text(2);
    event.incoming.text = rows[0].text(3);
    YUPU_ASSIGN_OR_RETURN(event.incoming.reply_to, parse_json(rows[0].text(4)));
    event.attempts = rows[0].integer(5);
    event.received_ns = rows[0].integer(6);
    found = std::move(event);
    return {};
  }));
  return found;
}

Result<PeerConversation> conversation_of_peer(store::Store& store, const std::string& connector,
                                              const std::string& peer) {
  PeerConversation found;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    found = {};
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT conversation_id, options FROM connector_conversation WHERE "
                                            "connector = ? AND peer = ? ORDER BY heard_ns DESC LIMIT 1",
                                            {connector, peer}));
    if (rows.empty()) return {};
    found.conversation_id = rows[0].text(0);
    YUPU_ASSIGN_OR_RETURN(const Json options, parse_json(rows[0].text(1)));
    found.options = options.get<std::vector<std::string>>();
    return {};
  }));
  return found;
}

Status answer_event(store::Store& store, const std::string& connector, const WaitingEvent& event,
                    const EventAnswer& answer, std::int64_t now_ns, std::int64_t send_ns) {
  const std::string reply_to = to_text(event.incoming.reply_to);
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const std::int64_t changed,
                          transaction.execute("UPDATE connector_event SET state = 'answered', text = '', "
                                              "conversation_id = ?, attempts = attempts + 1, last_error = '' WHERE "
                                              "sequence = ? AND state = 'waiting'",
                                              {answer.conversation_id, event.sequence}));
    if (changed == 0) return {};  // deleted, or answered by another thread
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO connector_conversation (conversation_id, tenant_id, connector, peer, reply_to, "
                     "options, told_sequence, heard_ns) VALUES (?, ?, ?, ?, ?, ?, -1, ?) ON CONFLICT "
                     "(conversation_id) DO UPDATE SET reply_to = excluded.reply_to, options = excluded.options, "
                     "heard_ns = excluded.heard_ns",
                     {answer.conversation_id, answer.tenant_id, connector, event.incoming.peer, reply_to,
                      to_text(Json(answer.options)), now_ns})
            .status());
    const NewOutgoing what{.key = "event " + event.incoming.event_id,
                           .connector = connector,
                           .conversation_id = answer.conversation_id,
                           .peer = event.incoming.peer,
                           .event_id = event.incoming.event_id,
                           .author = "bot",
                           .agent = "",
                           .reply_to = reply_to,
                           .created_ns = now_ns,
                           .send_ns = send_ns};
    return put_out(transaction, what, answer.texts);
  });
}

Status postpone_event(store::Store& store, const WaitingEvent& event, const std::string& error, std::int64_t next_ns) {
  return store.write([&](Transaction& transaction) -> Status {
    return transaction
        .execute(
            "UPDATE connector_event SET state = ?, attempts = attempts + 1, next_ns = ?, last_error = ? WHERE "
            "sequence = ? AND state = 'waiting'",
            {std::string(next_ns > 0 ? "waiting" : "dead"), next_ns, error, event.sequence})
        .status();
  });
}

Status sweep_connectors(store::Store& store, std::int64_t now_ns) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("UPDATE connector_outbox SET text = '' WHERE state = 'sent' AND text <> '' AND sent_ns < ?",
                     {now_ns - kSentTextKeptNs})
            .status());
    YUPU_RETURN_IF_ERROR(
        transaction.execute("DELETE FROM connector_outbox WHERE state = 'sent' AND sent_ns < ?", {now_ns - kRowKeptNs})
            .status());
    return transaction
        .execute("DELETE FROM connector_event WHERE state = 'answered' AND received_ns < ?", {now_ns - kRowKeptNs})
        .status();
  });
}

Result<OrderedJson> list_dead_events(store::Store& store, const std::string& connector, std::int64_t limit) {
  OrderedJson found = OrderedJson::array();
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    found = OrderedJson::array();
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT event_id, connector, attempts, received_ns, last_error FROM "
                                            "connector_event WHERE state = 'dead' AND (? = '' OR connector = ?) "
                                            "ORDER BY sequence DESC LIMIT ?",
                                            {connector, connector, limit}));
    for (const Row& row : rows)
      found.push_back({{"id", row.text(0)},
                       {"connector", row.text(1)},
                       {"attempts", row.integer(2)},
                       {"received", format_utc(row.integer(3))},
                       {"last_error", row.text(4)}});
    return {};
  }));
  return found;
}

Status resend(store::Store& store, const std::string& id, std::int64_t now_ns) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const std::int64_t texts,
                          transaction.execute("UPDATE connector_outbox SET state = 'waiting', attempts = 0, created_ns "
                                              "= ?, next_ns = ?, last_error = '' WHERE id = ? AND state = 'dead'",
                                              {now_ns, now_ns, id}));
    YUPU_ASSIGN_OR_RETURN(const std::int64_t events,
                          transaction.execute("UPDATE connector_event SET state = 'waiting', attempts = 0, received_ns "
                                              "= ?, next_ns = ?, last_error = '' WHERE event_id = ? AND state = 'dead'",
                                              {now_ns, now_ns, id}));
    if (texts + events > 0) return {};
    return Status(Code::kNotFound, fmt::format("nothing of the id '{}' was given up", id), "--resend");
  });
}

Result<std::int64_t> delete_connector_rows(Transaction& transaction, const std::string& conversation_id) {
  std::int64_t count = 0;
  // The events' ids stay, without who and what: a message that is delivered once more is not answered again.
  YUPU_RETURN_IF_ERROR(transaction
                           .execute("UPDATE connector_event SET peer = '', text = '', content_sha256 = '', reply_to = "
                                    "'{}', conversation_id = '' WHERE conversation_id = ? AND conversation_id <> ''",
                                    {conversation_id})
                           .status());
  for (const char* table : {"connector_outbox", "connector_conversation"}) {
    YUPU_ASSIGN_OR_RETURN(
        const std::int64_t deleted,
        transaction.execute(fmt::format("DELETE FROM {} WHERE conversation_id = ?", table), {conversation_id}));
    count += deleted;
  }
  return count;
}

}  // namespace yupu::products
