// Conversations in the store: tables conversation, message, and handover while a person is asked for (migrations 0004,
// 0006, 0007).
//
// Invariants   1  a row belongs to a tenant and a bot from its first message on; whoever asks for it as another finds
//                 nothing
//              2  turn_count grows with every change, and a change says which one it saw: of two at once one is a
//                 conflict, and nothing of it is kept
//              3  a message is written in the transaction that moves the conversation on
// Retention    texts are personal data, as those of table trace are.  What goes with a conversation that is deleted:
//              strategy/forget.h.
// Threads      any; the store serialises the writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/service/conversation/state.h"
#include "store/store.h"

namespace yupu::products {

// kWaiting: for a person, or with one.
enum class ConversationStatus : std::uint8_t { kBot, kWaiting, kClosed };
std::string_view status_name(ConversationStatus status);  // "bot", "waiting", "closed"

struct Conversation {
  std::string id;
  std::string tenant_id;
  std::string bot;
  std::string channel;
  ConversationStatus status = ConversationStatus::kBot;
  std::int64_t turn_count = 0;  // 0: not in the store yet
  DialogueState state = {};
  std::int64_t created_ns = 0;
  std::int64_t active_ns = 0;  // of the last message
  std::string visitor = {};    // who asks, as the caller names them; empty: not told
  Json to_json() const;        // without what was said
};

struct Message {
  std::string author;  // "visitor", "bot", "person"
  std::string text;
  std::string trace_id;  // of the call it belongs to; of a person's message, the id its sender gave it
  std::int64_t created_ns = 0;
  std::string agent_id = {};  // of a person's
  std::int64_t sequence = 0;  // as read: grows along the conversation, with gaps
};

// Nothing: no such id, or another tenant's, or with another bot.
Result<std::optional<Conversation>> find_conversation(store::Store& store, const std::string& tenant_id,
                                                      const std::string& bot, const std::string& id);

// The same inside a transaction, with whichever bot; an empty tenant_id: any tenant's. kNotFound: no such id.
Result<Conversation> get_conversation(store::Transaction& transaction, const std::string& tenant_id,
                                      const std::string& id);

// Moves a conversation on by one turn and adds its messages, at most 8. `conversation`: as it shall be, but for
// turn_count, which is what was read. The result is the sequence of the first message. kConflict: it is not that any
// more.
Result<std::int64_t> keep_turn(store::Transaction& transaction, const Conversation& conversation,
                               const std::vector<Message>& messages);

// For the people who run the shop; an empty tenant_id: every tenant's.
struct ConversationQuery {
  std::string tenant_id = {};
  std::string bot = {};                            // empty: every bot
  std::string visitor = {};                        // empty: everybody
  std::string said = {};                           // in which this was said, by anybody; empty: all
  std::optional<std::int64_t> idle_since_ns = {};  // the last message is from before this instant
  bool waiting_only = false;  // that are nobody's yet: the highest priority first, then who has waited longest; else
                              // newest first
  std::int64_t limit = 100;
};
Result<std::vector<Conversation>> list_conversations(store::Store& store, const ConversationQuery& query);
// kNotFound: no such id.
Result<Conversation> get_conversation(store::Store& store, const std::string& tenant_id, const std::string& id);
Result<std::vector<Message>> messages_of(store::Store& store, const Conversation& conversation);
// Those after a sequence.
Result<std::vector<Message>> messages_after(store::Transaction& transaction, const std::string& tenant_id,
                                            const std::string& conversation_id, std::int64_t sequence);

// Its last call to the bot; empty: there was none. A person's messages are no calls.
Result<std::string> last_trace_of(store::Transaction& transaction, const Conversation& conversation);
// Whether the call was one of this conversation.
Result<bool> holds_trace(store::Transaction& transaction, const Conversation& conversation,
                         const std::string& trace_id);

struct DeletedConversation {
  std::int64_t message_count = 0;
  std::vector<std::string> trace_ids;  // of the calls it was made of
};
// Deletes a conversation and its messages. Nothing: it moved on meanwhile, or is gone.
Result<std::optional<DeletedConversation>> delete_conversation(store::Transaction& transaction,
                                                               const Conversation& conversation);

// A person is done with it: kBot gives it back to the bot, which begins afresh in it; kClosed ends it, and the
// visitor's next message begins another. kConflict: it moved on meanwhile. REQUIRES: not kWaiting.
Status settle_conversation(store::Store& store, const Conversation& conversation, ConversationStatus status);
Status settle_conversation(store::Transaction& transaction, const Conversation& conversation,
                           ConversationStatus status);

}  // namespace yupu::products
