#include "products/service/agents/agent_store.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/ids.h"

namespace yupu::products {
namespace {

using store::Transaction;
using store::Value;

constexpr std::string_view kMark = "ya_";
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kSkillsMax = 64;
constexpr std::string_view kColumns =
    "SELECT id, tenant_id, name, skills, conversations_max, created_ns, removed_ns, is_manager FROM agent ";

Result<std::vector<Agent>> read_agents(Transaction& transaction, const std::string& rest,
                                       const std::vector<Value>& values) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query(std::string(kColumns) + rest, std::span<const Value>(values)));
  std::vector<Agent> agents;
  for (const store::Row& row : rows) {
    YUPU_ASSIGN_OR_RETURN(const Json skills, parse_json(row.text(3)));
    if (!skills.is_array()) return internal_error("the skills of an agent are unreadable");
    Agent agent{.id = row.text(0), .tenant_id = row.text(1), .name = row.text(2), .skills = {}};
    for (const Json& skill : skills) agent.skills.push_back(skill.is_string() ? skill.get<std::string>() : "");
    agent.conversations_max = row.integer(4);
    agent.created_ns = row.integer(5);
    agent.is_removed = !row.is_null(6);
    agent.is_manager = row.integer(7) != 0;
    agents.push_back(std::move(agent));
  }
  return agents;
}

Status check_name(std::string_view name) {
  const bool odd =
      std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (!name.empty() && name.size() <= kNameBytesMax && !odd) return {};
  return invalid_argument(fmt::format("a name has 1 to {} bytes and no control characters", kNameBytesMax), "name");
}

}  // namespace

Json Agent::to_json() const {
  return {{"id", id},
          {"name", name},
          {"skills", skills},
          {"limit", conversations_max},
          {"manager", is_manager},
          {"created", format_utc(created_ns)}};
}

Result<std::vector<std::string>> parse_skills(std::string_view text) {
  std::vector<std::string> skills;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view skill = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!skill.empty() && skill.front() == ' ') skill.remove_prefix(1);
    while (!skill.empty() && skill.back() == ' ') skill.remove_suffix(1);
    if (skill.empty() || skill.size() > kNameBytesMax || skills.size() == kSkillsMax) {
      return invalid_argument(fmt::format("skills are up to {} words with commas between them, each of 1 to {} bytes: "
                                          "zh,en,refund",
                                          kSkillsMax, kNameBytesMax),
                              "skills");
    }
    skills.emplace_back(skill);
  }
  return skills;
}

Result<AddedAgent> add_agent(store::Store& store, const Clock& clock, const NewAgent& wanted) {
  YUPU_RETURN_IF_ERROR(check_name(wanted.name));
  if (wanted.conversations_max < 1 || wanted.conversations_max > kConversationsMost)
    return invalid_argument(fmt::format("the limit is a whole number from 1 to {}", kConversationsMost), "limit");
  AddedAgent added;
  added.token = std::string(kMark) + to_hex(random_bytes(kTokenBytes));
  added.agent = {.id = random_id("agent"),
                 .tenant_id = wanted.tenant_id,
                 .name = wanted.name,
                 .skills = wanted.skills,
                 .conversations_max = wanted.conversations_max,
                 .created_ns = clock.now_ns(),
                 .is_manager = wanted.is_manager};
  const Agent& agent = added.agent;
  const Status written = store.write([&](Transaction& transaction) {
    return transaction
        .execute(
            "INSERT INTO agent (id, tenant_id, name, token_sha256, skills, conversations_max, created_ns, is_manager) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            {agent.id, agent.tenant_id, agent.name, sha256_hex(added.token), to_text(Json(agent.skills)),
             agent.conversations_max, agent.created_ns, std::int64_t{agent.is_manager ? 1 : 0}})
        .status();
  });
  if (written.code() == Code::kConflict)
    return Status(Code::kConflict, fmt::format("there is an agent '{}' already", wanted.name), "name");
  YUPU_RETURN_IF_ERROR(written);
  return added;
}

Result<std::vector<Agent>> list_agents(Transaction& transaction, const std::string& tenant_id) {
  return read_agents(transaction, "WHERE removed_ns IS NULL AND (tenant_id = ? OR ? = '') ORDER BY name, id",
                     {tenant_id, tenant_id});
}

Result<std::vector<Agent>> list_agents(store::Store& store, const std::string& tenant_id) {
  std::vector<Agent> agents;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(agents, list_agents(transaction, tenant_id));
    return {};
  }));
  return agents;
}

Result<std::vector<Agent>> all_agents(Transaction& transaction, const std::string& tenant_id) {
  return read_agents(transaction, "WHERE tenant_id = ? OR ? = '' ORDER BY name, id", {tenant_id, tenant_id});
}

Result<AgentNames> agent_names(Transaction& transaction, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const auto agents, all_agents(transaction, tenant_id));
  AgentNames names;
  for (const Agent& agent : agents) names[agent.id] = agent.name;
  return names;
}

Result<Agent> remove_agent(store::Store& store, const Clock& clock, const std::string& tenant_id,
                           const std::string& name) {
  Agent removed;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto found,
        read_agents(transaction, "WHERE tenant_id = ? AND name = ? AND removed_ns IS NULL", {tenant_id, name}));
    if (found.empty()) return Status(Code::kNotFound, fmt::format("there is no agent '{}'", name), "name");
    removed = found.front();
    removed.is_removed = true;
    YUPU_RETURN_IF_ERROR(
        transaction.execute("UPDATE agent SET removed_ns = ? WHERE id = ?", {clock.now_ns(), removed.id}).status());
    return transaction.execute("UPDATE handover SET agent_id = NULL WHERE agent_id = ?", {removed.id}).status();
  }));
  return removed;
}

Result<Agent> agent_of_token(store::Store& store, std::string_view token) {
  const Status unknown(Code::kUnauthenticated, "the agent's token is unknown, or the agent was removed");
  if (!token.starts_with(kMark)) return unknown;
  std::vector<Agent> found;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        found, read_agents(transaction, "WHERE token_sha256 = ? AND removed_ns IS NULL", {sha256_hex(token)}));
    return {};
  }));
  if (found.empty()) return unknown;
  return std::move(found.front());
}

}  // namespace yupu::products
