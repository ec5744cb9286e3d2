// Every tenant's shop that has been asked for, kept as new as the store: a thread looks every kLookEveryMs, and at once
// when the door has written something (ring()).
// Threads  one of its own; every member from any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "products/recommend/serve/shop.h"
#include "products/recommend/serve/stage_times.h"
#include "store/store.h"

namespace yupu::recommend {

inline constexpr std::int64_t kLookEveryMs = 500;

class Shops {
 public:
  // Both outlive it.
  Shops(store::Store& store, const Clock& clock, const ListRules& rules = {})
      : store_(store), clock_(clock), rules_(rules), times_(clock) {}
  ~Shops() { stop(); }
  Shops(const Shops&) = delete;
  Shops& operator=(const Shops&) = delete;

  const ListRules& rules() const { return rules_; }
  StageTimes& times() { return times_; }  // of every tenant's lists
  // The first call for a tenant reads the record; others wait for nothing.
  Result<std::shared_ptr<const Record>> record(const std::string& tenant_id);
  void start();
  void stop();
  void ring();

 private:
  struct Place {
    Place(store::Store& store, const Clock& clock, const std::string& tenant_id, const ListRules& rules)
        : shop(store, clock, tenant_id, rules) {}
    Mutex looking;  // one looks at a time
    Shop shop;
  };
  std::shared_ptr<Place> place_of(const std::string& tenant_id);
  void look_at_all();
  void run();

  store::Store& store_;
  const Clock& clock_;
  const ListRules rules_;
  StageTimes times_;
  Mutex mutex_;
  Condition wake_;
  bool rung_ YUPU_GUARDED_BY(mutex_) = false;
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  std::map<std::string, std::shared_ptr<Place>> places_ YUPU_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace yupu::recommend
