#include "products/service/conversation/conversation_store.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/clock.h"

namespace yupu::products {
namespace {

using store::Value;

constexpr std::string_view kColumns =
    "SELECT id, tenant_id, bot, channel, status, turn_count, state, created_ns, active_ns, visitor FROM conversation ";
constexpr std::array kStatuses = {ConversationStatus::kBot, ConversationStatus::kWaiting, ConversationStatus::kClosed};

Result<Conversation> read_row(const store::Row& row) {
  Conversation conversation{.id = row.text(0), .tenant_id = row.text(1), .bot = row.text(2), .channel = row.text(3)};
  for (const ConversationStatus status : kStatuses) {
    if (status_name(status) == row.text(4)) conversation.status = status;
  }
  conversation.turn_count = row.integer(5);
  YUPU_ASSIGN_OR_RETURN(const Json state, parse_json(row.text(6)));
  YUPU_ASSIGN_OR_RETURN(conversation.state, DialogueState::from_json(state));
  conversation.created_ns = row.integer(7);
  conversation.active_ns = row.integer(8);
  conversation.visitor = row.text(9);
  return conversation;
}

Result<std::vector<Conversation>> read_rows(store::Transaction& transaction, const std::string& rest,
                                            const std::vector<Value>& values) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query(std::string(kColumns) + rest, std::span<const Value>(values)));
  std::vector<Conversation> found;
  for (const store::Row& row : rows) {
    YUPU_ASSIGN_OR_RETURN(Conversation conversation, read_row(row));
    found.push_back(std::move(conversation));
  }
  return found;
}

// What `read` makes of a snapshot.
template <class T, class Read>
Result<T> in_snapshot(store::Store& store, const Read& read) {
  T value;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(value, read(transaction));
    return {};
  }));
  return value;
}

Result<std::vector<Conversation>> read_rows(store::Store& store, const std::string& rest,
                                            const std::vector<Value>& values) {
  return in_snapshot<std::vector<Conversation>>(
      store, [&](store::Transaction& transaction) { return read_rows(transaction, rest, values); });
}

Status write_row(store::Transaction& transaction, const Conversation& conversation) {
  const std::string status(status_name(conversation.status));
  const std::string state = to_text(conversation.state.to_json());
  if (conversation.turn_count == 0) {
    return transaction
        .execute(
            "INSERT INTO conversation (id, tenant_id, bot, channel, visitor, status, priority, turn_count, state, "
            "created_ns, active_ns) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
            {conversation.id, conversation.tenant_id, conversation.bot, conversation.channel, conversation.visitor,
             status, conversation.state.priority, state, conversation.created_ns, conversation.active_ns})
        .status();
  }
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t changed,
      transaction.execute("UPDATE conversation SET status = ?, priority = ?, turn_count = turn_count + 1, state = ?, "
                          "active_ns = ?, visitor = ? WHERE tenant_id = ? AND id = ? AND turn_count = ?",
                          {status, conversation.state.priority, state, conversation.active_ns, conversation.visitor,
                           conversation.tenant_id, conversation.id, conversation.turn_count}));
  if (changed == 0) return conflict("another message of this conversation came first; send this one again");
  return {};
}

}  // namespace

std::string_view status_name(ConversationStatus status) {
  switch (status) {
    case ConversationStatus::kBot:
      return "bot";
    case ConversationStatus::kWaiting:
      return "waiting";
    case ConversationStatus::kClosed:
      return "closed";
  }
  return "";
}

Json Conversation::to_json() const {
  return {{"id", id},
          {"tenant_id", tenant_id},
          {"bot", bot},
          {"channel", channel},
          {"visitor", visitor},
          {"status", status_name(status)},
          {"priority", state.priority},
          {"triggers", state.triggers},
          {"turns", turn_count},
          {"created", format_utc(created_ns)},
          {"active", format_utc(active_ns)}};
}

Result<std::optional<Conversation>> find_conversation(store::Store& store, const std::string& tenant_id,
                                                      const std::string& bot, const std::string& id) {
  YUPU_ASSIGN_OR_RETURN(auto rows,
                        read_rows(store, "WHERE id = ? AND tenant_id = ? AND bot = ?", {id, tenant_id, bot}));
  if (rows.empty()) return std::optional<Conversation>();
  return std::optional<Conversation>(std::move(rows.front()));
}

Result<std::int64_t> keep_turn(store::Transaction& transaction, const Conversation& conversation,
                               const std::vector<Message>& messages) {
  constexpr std::int64_t kMessagesPerTurn = 8;  // a number of its own for each message, without counting them
  CHECK(static_cast<std::int64_t>(messages.size()) <= kMessagesPerTurn, "a turn of so many messages");
  YUPU_RETURN_IF_ERROR(write_row(transaction, conversation));
  const std::int64_t first = conversation.turn_count * kMessagesPerTurn;
  std::int64_t sequence = first;
  for (const Message& message : messages) {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO message (tenant_id, conversation_id, sequence, author, text, trace_id, created_ns, "
                     "agent_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     {conversation.tenant_id, conversation.id, sequence++, message.author, message.text,
                      message.trace_id, message.created_ns, message.agent_id})
            .status());
  }
  return first;
}

namespace {
// What LIKE takes for "has this in it", with ESCAPE '!'.
std::string containing(const std::string& text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c;
  }
  return pattern + '%';
}
}  // namespace

Result<std::vector<Conversation>> list_conversations(store::Store& store, const ConversationQuery& query) {
  std::string where = "WHERE 1 = 1";
  std::vector<Value> values;
  if (!query.tenant_id.empty()) {
    where += " AND tenant_id = ?";
    values.emplace_back(query.tenant_id);
  }
  if (!query.bot.empty()) {
    where += " AND bot = ?";
    values.emplace_back(query.bot);
  }
  if (!query.visitor.empty()) {
    where += " AND visitor = ?";
    values.emplace_back(query.visitor);
  }
  if (!query.said.empty()) {
    where +=
        " AND id IN (SELECT m.conversation_id FROM message m WHERE (m.tenant_id = ? OR ? = '') AND lower(m.text) LIKE "
        "lower(?) ESCAPE '!')";
    for (const std::string& value : {query.tenant_id, query.tenant_id, containing(query.said)})
      values.emplace_back(value);
  }
  if (query.idle_since_ns) {
    where += " AND active_ns < ?";
    values.emplace_back(*query.idle_since_ns);
  }
  if (query.waiting_only) {
    where += " AND status = 'waiting' AND id NOT IN (SELECT conversation_id FROM handover WHERE agent_id IS NOT NULL)";
  }
  where +=
      query.waiting_only ? " ORDER BY priority DESC, active_ns, id LIMIT ?" : " ORDER BY active_ns DESC, id LIMIT ?";
  values.emplace_back(query.limit);
  return read_rows(store, where, values);
}

Result<Conversation> get_conversation(store::Transaction& transaction, const std::string& tenant_id,
                                      const std::string& id) {
  std::string where = "WHERE id = ?";
  std::vector<Value> values{id};
  if (!tenant_id.empty()) {
    where += " AND tenant_id = ?";
    values.emplace_back(tenant_id);
  }
  YUPU_ASSIGN_OR_RETURN(auto rows, read_rows(transaction, where, values));
  if (rows.empty())
    return Status(Code::kNotFound, fmt::format("there is no conversation '{}'", id.substr(0, 64)), "conversation");
  return std::move(rows.front());
}

Result<Conversation> get_conversation(store::Store& store, const std::string& tenant_id, const std::string& id) {
  return in_snapshot<Conversation>(
      store, [&](store::Transaction& transaction) { return get_conversation(transaction, tenant_id, id); });
}

Result<std::vector<Message>> messages_after(store::Transaction& transaction, const std::string& tenant_id,
                                            const std::string& conversation_id, std::int64_t sequence) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query(
          "SELECT author, text, trace_id, created_ns, agent_id, sequence FROM message WHERE tenant_id = ? "
          "AND conversation_id = ? AND sequence > ? ORDER BY sequence",
          {tenant_id, conversation_id, sequence}));
  std::vector<Message> messages;
  for (const store::Row& row : rows) {
    messages.push_back({.author = row.text(0),
                        .text = row.text(1),
                        .trace_id = row.text(2),
                        .created_ns = row.integer(3),
                        .agent_id = row.text(4),
                        .sequence = row.integer(5)});
  }
  return messages;
}

Result<std::vector<Message>> messages_of(store::Store& store, const Conversation& conversation) {
  return in_snapshot<std::vector<Message>>(store, [&](store::Transaction& transaction) {
    return messages_after(transaction, conversation.tenant_id, conversation.id, -1);
  });
}

Result<std::string> last_trace_of(store::Transaction& transaction, const Conversation& conversation) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows, transaction.query("SELECT trace_id FROM message WHERE tenant_id = ? AND conversation_id = ? AND "
                                         "author <> 'person' AND trace_id <> '' ORDER BY sequence DESC LIMIT 1",
                                         {conversation.tenant_id, conversation.id}));
  return rows.empty() ? std::string() : rows[0].text(0);
}

Result<bool> holds_trace(store::Transaction& transaction, const Conversation& conversation,
                         const std::string& trace_id) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows, transaction.query("SELECT 1 FROM message WHERE tenant_id = ? AND conversation_id = ? AND author "
                                         "<> 'person' AND trace_id = ? LIMIT 1",
                                         {conversation.tenant_id, conversation.id, trace_id}));
  return !rows.empty();
}

Result<std::optional<DeletedConversation>> delete_conversation(store::Transaction& transaction,
                                                               const Conversation& conversation) {
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t found,
      transaction.execute("DELETE FROM conversation WHERE tenant_id = ? AND id = ? AND turn_count = ?",
                          {conversation.tenant_id, conversation.id, conversation.turn_count}));
  if (found == 0) return std::optional<DeletedConversation>();
  DeletedConversation deleted;
  YUPU_ASSIGN_OR_RETURN(const auto traces,
                        transaction.query("SELECT DISTINCT trace_id FROM message WHERE tenant_id = ? AND "
                                          "conversation_id = ? AND trace_id <> ''",
                                          {conversation.tenant_id, conversation.id}));
  for (const store::Row& row : traces) deleted.trace_ids.push_back(row.text(0));
  YUPU_ASSIGN_OR_RETURN(deleted.message_count,
                        transaction.execute("DELETE FROM message WHERE tenant_id = ? AND conversation_id = ?",
                                            {conversation.tenant_id, conversation.id}));
  for (const char* table : {"handover", "ticket"}) {
    YUPU_RETURN_IF_ERROR(transaction
                             .execute(fmt::format("DELETE FROM {} WHERE tenant_id = ? AND conversation_id = ?", table),
                                      {conversation.tenant_id, conversation.id})
                             .status());
  }
  return std::optional<DeletedConversation>(std::move(deleted));
}

Status settle_conversation(store::Transaction& transaction, const Conversation& conversation,
                           ConversationStatus status) {
  CHECK(status != ConversationStatus::kWaiting, "a person settles it for the bot, or for good");
  Conversation settled = conversation;
  settled.status = status;
  // What a person has talked about is behind the bot; priority and language stay.
  settled.state.waiting = false;
  settled.state.form.reset();
  settled.state.unsure_count = 0;
  YUPU_RETURN_IF_ERROR(keep_turn(transaction, settled, {}).status());
  return transaction.execute("DELETE FROM handover WHERE conversation_id = ?", {settled.id}).status();
}

Status settle_conversation(store::Store& store, const Conversation& conversation, ConversationStatus status) {
  return store.write([&conversation, status](store::Transaction& transaction) {
    return settle_conversation(transaction, conversation, status);
  });
}

}  // namespace yupu::products
