// The desk's thread and its first two jobs: who is on duty, and whose a conversation is. Telling: desk_tell.cc.
#include "products/service/agents/desk.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/ids.h"
#include "base/log.h"
#include "products/service/agents/assignment.h"
#include "products/service/agents/desk_now.h"
#include "products/service/agents/presence.h"

namespace yupu::products {

constexpr std::int64_t kNsPerMs = 1'000'000;

Desk::Desk(store::Store& store, const Clock& clock, DeskOptions options)
    : store_(store), clock_(clock), options_(options), server_(random_id("desk")) {}

Desk::~Desk() { stop(); }

void Desk::start() {
  thread_ = std::thread([this] { run(); });
}

void Desk::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Desk::run() {
  while (true) {
    look();
    MutexLock lock(mutex_);
    if (!rung_ && !stopping_) wake_.wait_for(mutex_, std::chrono::milliseconds(options_.tick_ms));
    if (stopping_) return;
    rung_ = false;
  }
}

void Desk::ring() {
  {
    MutexLock lock(mutex_);
    rung_ = true;
  }
  wake_.notify_one();
}

void Desk::note_change(const Conversation& conversation) {
  {
    MutexLock lock(mutex_);
    if (conversation.status != ConversationStatus::kWaiting && !followed_.contains(conversation.id)) return;
    changed_.insert(conversation.id);
    rung_ = true;
  }
  wake_.notify_one();
}

void Desk::follow_as_agent(const Agent& agent, std::shared_ptr<http::EventStream> stream) {
  {
    MutexLock lock(mutex_);
    Presence& presence = presences_[agent.id];
    presence.tenant_id = agent.tenant_id;
    ++presence.stream_count;
    new_agents_.push_back({.agent = agent, .stream = std::move(stream)});
    rung_ = true;
  }
  wake_.notify_one();
}

void Desk::follow_as_visitor(const Conversation& conversation, std::int64_t after,
                             std::shared_ptr<http::EventStream> stream) {
  {
    MutexLock lock(mutex_);
    ++followed_[conversation.id];
    new_visitors_.push_back({.tenant_id = conversation.tenant_id,
                             .conversation_id = conversation.id,
                             .cursor = after,
                             .stream = std::move(stream)});
    rung_ = true;
  }
  wake_.notify_one();
}

bool Desk::counts_as_on_duty(const Presence& presence) const {
  return presence.stream_count > 0 || clock_.monotonic_ns() - presence.left_ns < options_.requeue_after_ms * kNsPerMs;
}

bool Desk::is_on_duty(const std::string& agent_id) const {
  MutexLock lock(mutex_);
  const auto found = presences_.find(agent_id);
  return found != presences_.end() && counts_as_on_duty(found->second);
}

bool Desk::anybody_on_duty(const AgentTenants& elsewhere, const std::string& tenant_id) const {
  if (std::any_of(elsewhere.begin(), elsewhere.end(), [&](const auto& entry) { return entry.second == tenant_id; }))
    return true;
  MutexLock lock(mutex_);
  return std::any_of(presences_.begin(), presences_.end(), [&](const auto& entry) {
    return entry.second.tenant_id == tenant_id && counts_as_on_duty(entry.second);
  });
}

// Asked with every answer that hands over: reads what is about this conversation, never the whole queue.
Result<Json> Desk::state_of(const Conversation& conversation) {
  Json state;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto holder, holder_of(transaction, conversation.id));
    if (holder && !holder->empty()) {
      AgentNames names;
      YUPU_ASSIGN_OR_RETURN(const auto agents, all_agents(transaction, conversation.tenant_id));
      for (const Agent& agent : agents) names[agent.id] = agent.name;
      state = with_json(names, *holder);
      return {};
    }
    YUPU_ASSIGN_OR_RETURN(const AgentTenants elsewhere, read_elsewhere(transaction, conversation.tenant_id));
    if (!anybody_on_duty(elsewhere, conversation.tenant_id)) {
      state = {{"state", "offline"}};
      return {};
    }
    YUPU_ASSIGN_OR_RETURN(const std::int64_t before, count_before(transaction, conversation));
    state = {{"state", "waiting"}, {"place", before + 1}};
    return {};
  }));
  return state;
}

void Desk::look() {
  const Ids changed = take_changes();
  drop_closed();
  if (is_idle()) return;
  const Status done = work(changed);
  if (done.ok()) {
    has_looked_ = true;
    return;
  }
  log::warn("desk_look_failed", {{"error", done.to_string()}});
  MutexLock lock(mutex_);
  changed_.insert(changed.begin(), changed.end());  // at the next tick
}

Desk::Ids Desk::take_changes() {
  MutexLock lock(mutex_);
  for (AgentStream& stream : new_agents_) agents_.push_back(std::move(stream));
  for (VisitorStream& stream : new_visitors_) visitors_.push_back(std::move(stream));
  new_agents_.clear();
  new_visitors_.clear();
  return std::exchange(changed_, {});
}

void Desk::drop_closed() {
  std::vector<std::string> left;        // agents, one each stream
  std::vector<std::string> unfollowed;  // conversations, one each stream
  std::erase_if(agents_, [&](const AgentStream& follower) {
    if (!follower.stream->closed()) return false;
    left.push_back(follower.agent.id);
    return true;
  });
  std::erase_if(visitors_, [&](const VisitorStream& follower) {
    if (!follower.stream->closed()) return false;
    unfollowed.push_back(follower.conversation_id);
    return true;
  });
  const std::int64_t now_ns = clock_.monotonic_ns();
  MutexLock lock(mutex_);
  for (const std::string& id : left) {
    Presence& presence = presences_[id];
    if (--presence.stream_count == 0) presence.left_ns = now_ns;
  }
  for (const std::string& id : unfollowed) {
    const auto found = followed_.find(id);
    if (found != followed_.end() && --found->second == 0) followed_.erase(found);
  }
}

// Nobody to tell and nobody to give a conversation to: what changes meanwhile is read when somebody comes.
bool Desk::is_idle() const {
  if (!has_looked_ || !agents_.empty() || !visitors_.empty()) return false;
  MutexLock lock(mutex_);
  return presences_.empty();
}

Status Desk::work(const Ids& changed) {
  // Behind every transaction that has noted a change: what is read from here on holds them.
  if (!changed.empty()) {
    YUPU_RETURN_IF_ERROR(store_.write([](store::Transaction&) { return ok_status(); }));
  }
  YUPU_RETURN_IF_ERROR(tell_others());
  YUPU_RETURN_IF_ERROR(move_conversations());
  return store_.read([&](store::Transaction& transaction) { return tell(transaction, changed); });
}

// The other servers on a shared store hear who is here.
Status Desk::tell_others() {
  if (!store_.is_shared() || agents_.empty()) return {};
  AgentTenants here;
  for (const AgentStream& follower : agents_) here[follower.agent.id] = follower.agent.tenant_id;
  const std::int64_t now_ns = clock_.monotonic_ns();
  if (here == told_present_ && now_ns - told_present_ns_ < kTellPresenceNs) return {};
  YUPU_RETURN_IF_ERROR(store_.write(
      [&](store::Transaction& transaction) { return tell_presence(transaction, server_, here, clock_.now_ns()); }));
  told_present_ = std::move(here);
  told_present_ns_ = now_ns;
  return {};
}

Result<Desk::Now> Desk::read_now(store::Transaction& transaction, const std::string& tenant_id) const {
  YUPU_ASSIGN_OR_RETURN(Now now, Now::read(transaction, tenant_id));
  YUPU_ASSIGN_OR_RETURN(now.elsewhere, read_elsewhere(transaction, tenant_id));
  return now;
}

Result<AgentTenants> Desk::read_elsewhere(store::Transaction& transaction, const std::string& tenant_id) const {
  if (!store_.is_shared()) return AgentTenants();
  // As long as those whose streams ended here; longer than it takes to be told once more.
  const std::int64_t fresh_ns = std::max(options_.requeue_after_ms * kNsPerMs, 3 * kTellPresenceNs);
  return present_elsewhere(transaction, server_, tenant_id, clock_.now_ns() - fresh_ns);
}

// Agents whose conversations are to be given to others: gone for too long, or removed. Whoever holds a conversation and
// was never seen is taken for gone from now on; who is seen by another server is not gone.
Desk::Ids Desk::gone_agents(const Now& now) {
  const std::int64_t now_ns = clock_.monotonic_ns();
  Ids gone;
  MutexLock lock(mutex_);
  for (const Handover& handover : now.handovers) {
    if (handover.agent_id.empty()) continue;
    presences_.try_emplace(handover.agent_id,
                           Presence{.tenant_id = handover.tenant_id, .stream_count = 0, .left_ns = now_ns});
  }
  std::erase_if(presences_, [&](const auto& entry) {
    const bool is_gone = !counts_as_on_duty(entry.second) && !now.elsewhere.contains(entry.first);
    if (is_gone) gone.insert(entry.first);
    return is_gone;
  });
  return gone;
}

Status Desk::move_conversations() {
  Now now;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(now, read_now(transaction, {}));
    return {};
  }));
  std::vector<Agent> on_duty;
  Ids seen;
  for (const AgentStream& follower : agents_) {
    const Agent* agent = now.agent(follower.agent.id);
    if (agent == nullptr || agent->is_removed) {
      follower.stream->close();
    } else if (seen.insert(agent->id).second) {
      on_duty.push_back(*agent);
    }
  }
  const Ids gone = gone_agents(now);
  std::vector<Handover> back;
  for (Handover& handover : now.handovers) {
    if (!gone.contains(handover.agent_id)) continue;
    back.push_back(handover);
    handover.agent_id.clear();
  }
  const std::vector<Assignment> assignments = assign(now.handovers, on_duty);
  if (back.empty() && assignments.empty()) return {};
  for (const Handover& handover : back)
    log::info("conversation_requeued", {{"conversation", handover.conversation_id}});
  return store_.write([&](store::Transaction& transaction) -> Status {
    // What somebody else has moved meanwhile stays where it is.
    for (const Handover& handover : back) {
      YUPU_RETURN_IF_ERROR(pass_on(transaction, handover.conversation_id, handover.agent_id, {}).status());
    }
    for (const Assignment& assignment : assignments) {
      YUPU_RETURN_IF_ERROR(pass_on(transaction, assignment.conversation_id, {}, assignment.agent_id).status());
    }
    return {};
  });
}

}  // namespace yupu::products
