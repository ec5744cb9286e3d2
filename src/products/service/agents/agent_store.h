// The people who answer for a shop: table agent (migrations 0006, 0017).
//
// Secrecy     a token ("ya_" + 64 hex digits, 256 random bits) is shown once, by add_agent; stored is its SHA-256.
// Removal     keeps the row: what an agent has said stays theirs. The name is free again, the token is dead at once.
// Threads     any; the store serialises the writes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::products {

inline constexpr std::int64_t kConversationsDefault = 3;
inline constexpr std::int64_t kConversationsMost = 100;

struct Agent {
  std::string id;  // "agent_..."
  std::string tenant_id;
  std::string name;                                        // unique in the tenant; visitors see it
  std::vector<std::string> skills;                         // languages ("zh", "en") and intents; none: takes anything
  std::int64_t conversations_max = kConversationsDefault;  // at a time, given by itself
  std::int64_t created_ns = 0;
  bool is_removed = false;
  bool is_manager = false;  // may also decide what the shop says: releases, documents
  Json to_json() const;
};

struct NewAgent {
  std::string tenant_id;
  std::string name;
  std::vector<std::string> skills = {};
  std::int64_t conversations_max = kConversationsDefault;
  bool is_manager = false;
};

struct AddedAgent {
  Agent agent;
  std::string token;
};

// "zh, refund" -> its words. Error: kInvalidArgument, field "skills": an empty or overlong word.
Result<std::vector<std::string>> parse_skills(std::string_view text);

// Errors: kInvalidArgument (name: 1..64 bytes without control characters; conversations_max), kConflict (the name is
// taken).
Result<AddedAgent> add_agent(store::Store& store, const Clock& clock, const NewAgent& wanted);
// Those that are not removed; all tenants' when `tenant_id` is empty. By name.
Result<std::vector<Agent>> list_agents(store::Store& store, const std::string& tenant_id);
Result<std::vector<Agent>> list_agents(store::Transaction& transaction, const std::string& tenant_id);
// Everybody who ever answered, the removed ones too.
Result<std::vector<Agent>> all_agents(store::Transaction& transaction, const std::string& tenant_id);
// Their names, by id.
using AgentNames = std::map<std::string, std::string>;
Result<AgentNames> agent_names(store::Transaction& transaction, const std::string& tenant_id);
// Their conversations go back to the queue, where they were. Error: kNotFound.
Result<Agent> remove_agent(store::Store& store, const Clock& clock, const std::string& tenant_id,
                           const std::string& name);
// Whose token this is. Error: kUnauthenticated: nobody's, or a removed agent's.
Result<Agent> agent_of_token(store::Store& store, std::string_view token);

}  // namespace yupu::products
