// One tenant's record in memory, and lists made from it.
//
//   record   items and events as they are in the store; read again when the revision has grown (look())
//   fitted   the sources and the ranker, which learn items; fitted again when items have changed, and learn_minutes
//   after
//            new behaviour.  A user's own new events count at once: methods read the history they are given.
// Reading is whole and fitting is whole: a shop of some 10,000 items and some 100,000 events is what this is for.
// Threads  ready() from any; look() one owner at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "products/recommend/collection.h"
#include "products/recommend/methods/ranker/ranker.h"
#include "products/recommend/serve/rules.h"
#include "products/recommend/serve/serving_store.h"
#include "store/store.h"

namespace yupu::recommend {

// Methods, with the collection they learned; never moved, since they look at it.
struct Fitted {
  std::shared_ptr<const Collection> collection;
  Tools tools;
  std::unique_ptr<Ranker> ranker;
  std::int64_t fitted_ns = 0;
};

struct Record {
  std::shared_ptr<const Collection> collection;
  std::vector<std::string> titles;  // of each item; empty: nobody has described it
  std::shared_ptr<const Fitted> fitted;
  Revision revision;
};

// Outcomes  those of a fit, but for too little behaviour, which leaves the ranker without trees.
Result<std::shared_ptr<const Fitted>> fit_shop(std::shared_ptr<const Collection> collection, std::int64_t now_ns);

class Shop {
 public:
  Shop(store::Store& store, const Clock& clock, std::string tenant_id, const ListRules& rules = {})
      : store_(store), clock_(clock), tenant_id_(std::move(tenant_id)), rules_(rules) {}

  // Reads what has changed, and fits where that is due.
  Status look();
  // As it was at the last look; null before the first.
  std::shared_ptr<const Record> ready() const;

 private:
  store::Store& store_;
  const Clock& clock_;
  const std::string tenant_id_;
  const ListRules rules_;
  mutable Mutex mutex_;
  std::shared_ptr<const Record> record_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::recommend
