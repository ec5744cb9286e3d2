// What the hot path needs to know of keys, tenants and plans, remembered in memory.
//
// Freshness   every `refresh_ms` one reader looks at the store's change counter and forgets everything when it has
// moved, so
//             a change made by any process is in force after at most that time plus one read.
// Bounds      unknown prefixes are remembered too (a flood of wrong keys costs no store reads), at most kUnknownMax of
// them. Threads     every member from any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "base/text_hash.h"
#include "commerce/keys/keys.h"
#include "commerce/plans/plans.h"
#include "store/store.h"

namespace yupu::commerce {

// A tenant's plan and whether it may call at all.
struct Terms {
  Plan plan;
  bool is_suspended = false;
};

class Directory {
 public:
  static constexpr std::size_t kUnknownMax = 10'000;

  Directory(store::Store& store, const Clock& clock, std::int64_t refresh_ms)
      : store_(store), clock_(clock), refresh_ns_(refresh_ms * 1'000'000) {}

  // Null when there is no key with this prefix.
  Result<std::shared_ptr<const StoredKey>> key(std::string_view prefix);
  // Error: kNotFound (tenant).
  Result<std::shared_ptr<const Terms>> terms(std::string_view tenant_id);
  std::size_t unknown_count() const;

 private:
  template <class T>
  using ByName = std::unordered_map<std::string, std::shared_ptr<const T>, TextHash, std::equal_to<>>;

  void refresh();

  store::Store& store_;
  const Clock& clock_;
  const std::int64_t refresh_ns_;
  std::atomic<std::int64_t> looked_ns_{0};
  mutable Mutex mutex_;
  std::int64_t sequence_ YUPU_GUARDED_BY(mutex_) = -1;   // of the store's changes, when last looked at
  std::int64_t generation_ YUPU_GUARDED_BY(mutex_) = 0;  // grows when everything is forgotten
  ByName<StoredKey> keys_ YUPU_GUARDED_BY(mutex_);       // null: unknown prefix
  ByName<Terms> terms_ YUPU_GUARDED_BY(mutex_);
  std::size_t unknown_count_ YUPU_GUARDED_BY(mutex_) = 0;
};

}  // namespace yupu::commerce
