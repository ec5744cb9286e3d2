// The desk: who is on duty, who gets which conversation, and who is told what.
//
//   something changed, a stream came, a tick  ->  look():
//     1  conversations of agents who are gone            -> back to the queue
//     2  conversations that wait                         -> agents (assignment.h)
//     3  what is new in the store since the last look    -> the streams that follow it
//
// The store is the only truth, a stream is a cursor over it: it gets each message once and in order, and who comes back
// after a break, or after a kill -9 of the server, says from where. Agents hear of the queue of their tenant and of
// their own conversations, visitors of theirs.
//
// On duty   an agent whose stream is open, or ended less than requeue_after_ms ago; only the former are given new
//           conversations. Whose conversations are found at start has been gone since then.
// Servers   of several on one store each has a desk: it gives conversations to the agents at it, and takes those at
//           others for on duty (presence.h). What another server wrote is told at the next tick.
// Threads   one of its own, from start() to stop(). look() on that thread, or on a test's that starts none; the other
//           members on any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "http/event_stream.h"
#include "products/service/agents/agent_store.h"
#include "products/service/agents/handover_store.h"
#include "products/service/agents/presence.h"
#include "products/service/conversation/people.h"
#include "store/store.h"

namespace yupu::products {

inline constexpr std::int64_t kRequeueSecondsMax = 600;

struct DeskOptions {
  std::int64_t requeue_after_ms = 30'000;
  std::int64_t tick_ms = 500;  // between looks when nothing is told: streams that ended, changes of other processes
};

class Desk final : public People {
 public:
  // `store` and `clock` outlive the desk.
  Desk(store::Store& store, const Clock& clock, DeskOptions options);
  ~Desk() override;
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  void start();
  void stop();
  void look();

  void note_change(const Conversation& conversation) override;
  Result<Json> state_of(const Conversation& conversation) override;
  // Look now: a conversation changed hands, or was settled.
  void ring();

  // Events: `queue` (who waits, who is on duty), `assigned` (a conversation is theirs now), `released` (not any more),
  // `message`.
  void follow_as_agent(const Agent& agent, std::shared_ptr<http::EventStream> stream);
  // Events: `message`, those after sequence `after`; `state`.
  void follow_as_visitor(const Conversation& conversation, std::int64_t after,
                         std::shared_ptr<http::EventStream> stream);
  bool is_on_duty(const std::string& agent_id) const;

 private:
  struct AgentStream {
    Agent agent;
    std::shared_ptr<http::EventStream> stream;
    std::map<std::string, std::int64_t> cursors = {};  // conversation -> sequence of the last message it was told
    std::string queue = {};                            // as it was told last
  };
  struct VisitorStream {
    std::string tenant_id;
    std::string conversation_id;
    std::int64_t cursor = 0;
    std::shared_ptr<http::EventStream> stream;
    std::string state = {};   // as it was told last
    bool is_settled = false;  // it neither waits nor is with anybody
  };
  struct Presence {
    std::string tenant_id;
    std::int64_t stream_count = 0;
    std::int64_t left_ns = 0;  // monotonic; when the last stream ended
  };
  using Ids = std::set<std::string>;
  struct Now;  // what is in the store at one moment

  void run();
  Ids take_changes();
  void drop_closed();
  bool is_idle() const;
  Status work(const Ids& changed);
  Status tell_others();
  Result<Now> read_now(store::Transaction& transaction, const std::string& tenant_id) const;
  Result<AgentTenants> read_elsewhere(store::Transaction& transaction, const std::string& tenant_id) const;
  Status move_conversations();
  Status tell(store::Transaction& transaction, const Ids& changed);
  Status tell_agent(store::Transaction& transaction, Now& now, AgentStream& follower, const Ids& changed);
  Status tell_visitor(store::Transaction& transaction, Now& now, VisitorStream& follower, const Ids& changed);
  Result<Json> queue_json(store::Transaction& transaction, Now& now, const std::string& tenant_id) const;
  Ids gone_agents(const Now& now);
  bool anybody_on_duty(const AgentTenants& elsewhere, const std::string& tenant_id) const;
  bool counts_as_on_duty(const Presence& presence) const;

  store::Store& store_;
  const Clock& clock_;
  const DeskOptions options_;
  const std::string server_;  // of this desk among those on the store
  // The looking thread's own.
  std::vector<AgentStream> agents_;
  std::vector<VisitorStream> visitors_;
  bool has_looked_ = false;
  AgentTenants told_present_;  // agents, and when the others were told of them
  std::int64_t told_present_ns_ = 0;

  mutable Mutex mutex_;
  Condition wake_;
  bool rung_ YUPU_GUARDED_BY(mutex_) = false;
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  Ids changed_ YUPU_GUARDED_BY(mutex_);  // conversations
  std::vector<AgentStream> new_agents_ YUPU_GUARDED_BY(mutex_);
  std::vector<VisitorStream> new_visitors_ YUPU_GUARDED_BY(mutex_);
  std::map<std::string, Presence> presences_ YUPU_GUARDED_BY(mutex_);     // by agent
  std::map<std::string, std::int64_t> followed_ YUPU_GUARDED_BY(mutex_);  // conversation -> visitors' streams
  std::thread thread_;
};

// A message as streams and transcripts show it.
Json message_json(const std::string& conversation_id, const Message& message, const AgentNames& names);

}  // namespace yupu::products
