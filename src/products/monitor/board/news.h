// Who looks at the monitor's pages is told when there is something to look at: server-sent events.
//
// The monitor may run in another process: the store is looked at every tick, and every open stream is told what has
// moved since it was told last. An event says that there is news, not what it is: whoever hears it asks.
//   hello    {"documents", "audit"}          at the beginning, and to whoever comes back
//   changed  {"documents", "audit", "topics"}   numbers that grow with the log of mentions and with the audit log, and
//                                            which topics had something happen in either
// Threads  one of its own, from start() to stop(). look() on that thread, or on a test's that starts none; the others
//          on any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "http/event_stream.h"
#include "store/store.h"

namespace yupu::monitor {

class News {
 public:
  static constexpr std::int64_t kTickMs = 500;

  // `store` outlives it.
  News(store::Store& store, std::string monitor) : store_(store), monitor_(std::move(monitor)) {}
  ~News() { stop(); }
  News(const News&) = delete;
  News& operator=(const News&) = delete;

  void start();
  void stop();
  void follow(std::shared_ptr<http::EventStream> stream);
  void ring();  // look now: somebody did something here
  // Errors: those of the store; nobody is told then.
  Status look();

 private:
  struct Seen {
    std::int64_t documents = -1;  // sequence of the last mention
    std::int64_t audit = -1;      // sequence of the last entry
    bool operator==(const Seen&) const = default;
  };
  struct Reader {
    std::shared_ptr<http::EventStream> stream;
    Seen seen;
  };
  Result<Seen> newest() const;
  Result<std::vector<std::string>> topics_since(const Seen& seen) const;
  void run();

  store::Store& store_;
  const std::string monitor_;
  Mutex mutex_;
  Condition wake_;
  bool rung_ YUPU_GUARDED_BY(mutex_) = false;
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  std::vector<Reader> readers_ YUPU_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace yupu::monitor
