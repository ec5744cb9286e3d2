// Tells within seconds that a process of the run is gone, whatever the transport of the data does about it: a
// connection from every rank to rank 0, apart from the data.  A process that is killed closes its connection; a machine
// that falls silent stops its beats; a rank that gives up says why.  Rank 0 passes the news on to all others.
//
//   rank k -> 0   hello TOKEN K NAME | beat CALLS WAITING_MS | leave TEXT | bye       one a line
//   rank 0 -> k   beat | lost TEXT | bye
//   CALLS counts the collective calls that were begun, WAITING_MS how long the last has been waited for (0: not
//   waiting)
//
// A rank that computes for long beats all the same (a thread of its own), so slow is not lost.  But when one rank has
// waited for `stuck` the rank with the fewest calls is reported: alive, yet it does not take part.
// Departure: a pause of this process itself (a suspended job) does not count as the others' silence.
// Threads   one of its own; the methods may be called from any.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"

namespace yupu::engine {

struct LifelineOptions {
  int rank = 0;
  int size = 1;
  std::string name;  // of this rank in messages: "host a, pid 12"
  std::chrono::milliseconds beat{500};
  std::chrono::milliseconds silence{20'000};
  std::chrono::milliseconds stuck{600'000};
};

class Lifeline {
 public:
  // Rank 0: listens at a free port of every address of this machine.  Errors  kUnavailable: no socket.
  static Result<std::unique_ptr<Lifeline>> listen(const LifelineOptions& options);
  // What the others need to come: "TOKEN PORT ADDRESS...".
  const std::string& invitation() const { return invitation_; }
  // The others.  Errors  kUnavailable: rank 0 cannot be reached at any of its addresses.
  static Result<std::unique_ptr<Lifeline>> connect(const LifelineOptions& options, const std::string& invitation);
  ~Lifeline();
  Lifeline(const Lifeline&) = delete;
  Lifeline& operator=(const Lifeline&) = delete;

  bool is_lost() const { return is_lost_.load(std::memory_order_acquire); }
  Status status() const;  // kUnavailable naming the rank, once is_lost()
  void begin_call() { calls_.fetch_add(1, std::memory_order_relaxed); }
  // Since when (steady clock, ms) the calls begun are waited for; 0: they are not.
  void set_waiting_since(std::int64_t since_ms) { waiting_since_ms_.store(since_ms, std::memory_order_relaxed); }
  // OK: an orderly end.  An error: the others are told.  Closes the connections, once the others have hung up too or
  // a second has passed.
  void leave(const Status& reason);

 private:
  struct Peer;
  explicit Lifeline(LifelineOptions options);
  void run();
  void tick(std::int64_t now_ms);
  void accept_peer();
  bool read_peer(Peer& peer, std::int64_t now_ms);
  void handle(Peer& peer, const std::string& line);
  void check_stuck(std::int64_t now_ms);
  void lose(const std::string& what, const Peer* except);
  void hear_out();
  void stop();

  const LifelineOptions options_;
  std::string token_;
  std::string invitation_;
  int listener_ = -1;
  std::vector<std::unique_ptr<Peer>> peers_;  // the thread's; before it runs and after it ended, the owner's
  std::atomic<bool> is_lost_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> calls_{0};
  std::atomic<std::int64_t> waiting_since_ms_{0};
  mutable Mutex mutex_;
  Status status_ YUPU_GUARDED_BY(mutex_);
  std::thread thread_;
};

std::int64_t steady_ms();

}  // namespace yupu::engine
