// Messages of connectors in the store: tables connector_event, connector_conversation, connector_outbox (migration
// 0013).
//
// Invariants   1  an event is kept before it is acknowledged, and once: its network's id is unique
//              2  an event is answered, and what answers it stands in the outbox, in one transaction
//              3  events of a peer are answered, and texts for a peer are sent, in the order in which they came
// Retention    texts are personal data: an event's is gone once it is answered, a sent text's a quarter of an hour
//              later, ids a week later; delete_connector_rows deletes the rest with its conversation.
// Threads      any; the store serialises the writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/service/connectors/connector.h"
#include "store/store.h"

namespace yupu::products {

inline constexpr std::int64_t kEventsWaitingMax = 10'000;    // of one connector
inline constexpr std::int64_t kEventsWaitingOfPeerMax = 50;  // who floods fills no queue but their own

// False: it is known.  Errors: kConflict: known with another text or sender; kResourceExhausted: too many wait.
Result<bool> keep_event(store::Store& store, const std::string& connector, const Incoming& incoming,
                        std::int64_t now_ns);

struct WaitingEvent {
  std::int64_t sequence = 0;
  Incoming incoming;
  std::int64_t attempts = 0;
  std::int64_t received_ns = 0;
};
// The first whose time has come and before which no other of its peer waits.
Result<std::optional<WaitingEvent>> next_event(store::Store& store, const std::string& connector, std::int64_t now_ns);

// Where a peer's last conversation stands.
struct PeerConversation {
  std::string conversation_id;       // empty: none yet
  std::vector<std::string> options;  // intents of the buttons that were shown last
};
Result<PeerConversation> conversation_of_peer(store::Store& store, const std::string& connector,
                                              const std::string& peer);

// What an event came to.
struct EventAnswer {
  std::string tenant_id;
  std::string conversation_id;
  std::vector<std::string> options = {};
  std::vector<std::string> texts = {};  // one message each
};
// `send_ns`: when they may be sent.
Status answer_event(store::Store& store, const std::string& connector, const WaitingEvent& event,
                    const EventAnswer& answer, std::int64_t now_ns, std::int64_t send_ns);
// Tried and not answered; next_ns 0: given up.
Status postpone_event(store::Store& store, const WaitingEvent& event, const std::string& error, std::int64_t next_ns);

// The first text of what answers this event, if it has not been tried otherwise: from now on it counts as sent, in the
// callback's own answer. The same again when the event is delivered again.
Result<std::optional<std::string>> take_reply(store::Store& store, const std::string& connector,
                                              const std::string& event_id, std::int64_t now_ns);

// What people have said in this connector's conversations since the last time goes into the outbox, in pieces of at
// most `text_bytes_max`. `active_since_ns`: older conversations are not looked at. Gives how many.
Result<std::int64_t> collect_from_people(store::Store& store, const std::string& connector, std::size_t text_bytes_max,
                                         std::int64_t active_since_ns, std::int64_t now_ns);

struct OutboxRow {
  Outgoing message;
  std::string connector, state, last_error;
  std::int64_t attempts = 0;
  std::int64_t created_ns = 0;
  std::int64_t next_ns = 0;
  OrderedJson to_json() const;  // without the text
};
// The first whose time has come and before which no other for its peer waits.
Result<std::optional<OutboxRow>> next_outgoing(store::Store& store, const std::string& connector, std::int64_t now_ns);
// After an attempt; next_ns 0 and not done: dead.
Status note_attempt(store::Store& store, const OutboxRow& row, const http::Attempt& attempt, std::int64_t now_ns,
                    std::int64_t next_ns);
// Texts that were sent a quarter of an hour ago are forgotten; what was answered and sent a week ago, altogether.
Status sweep_connectors(store::Store& store, std::int64_t now_ns);

// The newest first; empty: every connector, every state.
Result<std::vector<OutboxRow>> list_outbox(store::Store& store, const std::string& connector, const std::string& state,
                                           std::int64_t limit);
// Events that were given up, the newest first.
Result<OrderedJson> list_dead_events(store::Store& store, const std::string& connector, std::int64_t limit);
// A dead text or event is tried again, as if it had come now.  Error: kNotFound.
Status resend(store::Store& store, const std::string& id, std::int64_t now_ns);

// With the conversation. Gives how many.
Result<std::int64_t> delete_connector_rows(store::Transaction& transaction, const std::string& conversation_id);

// At most `bytes_max` bytes each, cut at a line's end where there is one in the second half, and never in a character.
std::vector<std::string> pieces_of(std::string_view text, std::size_t bytes_max);

}  // namespace yupu::products
