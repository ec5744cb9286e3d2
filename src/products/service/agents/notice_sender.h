// Writes a shop's notices when they are due and sends them (monitor/alarms/delivery.h), beside a server. Of several
// servers on one store one does it.
// Threads: one of its own, from start() to stop(); look() on that thread, or on a test's that starts none.
#pragma once

#include <memory>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/rng.h"
#include "products/monitor/alarms/delivery.h"
#include "products/service/agents/notices.h"
#include "store/store.h"

namespace yupu::products {

class NoticeSender {
 public:
  // `store` and `clock` outlive it.
  NoticeSender(store::Store& store, const Clock& clock, ShopNotices shop, monitor::Send send);
  ~NoticeSender();  // stop()
  NoticeSender(const NoticeSender&) = delete;
  NoticeSender& operator=(const NoticeSender&) = delete;

  // Writes what is due, then tries one notice: a receiver that hangs does not keep stop() waiting for the others.
  Result<monitor::Delivered> look();
  void start();
  void stop();

 private:
  void run();
  bool has_lead();

  store::Store& store_;
  const Clock& clock_;
  const ShopNotices shop_;
  const monitor::Send send_;
  Rng rng_;
  std::unique_ptr<store::Lead> lead_;
  Mutex mutex_;
  Condition wake_;
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace yupu::products
