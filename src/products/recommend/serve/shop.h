// One tenant's record in memory, and lists made from it.
//
//   record    items and events as they are in the store; what is new is read when the revision has grown (look())
//   fitted    the sources and the ranker of the release that serves (releases.h).  Sources are fitted again when items
//             have changed; the order is learned when another release is live, from behaviour and from the lists that
//             were given (given_lists.h).  Where none is, both learn all behaviour, and new behaviour after
//             learn_minutes.  A user's own new events count at once: methods read the history they are
//             given.
//   challenger the same of the experiment's other release, where one runs
// What serves is swapped whole: a list is made by one record, before or after.  The last kFittedKept are kept, so that
// going back to one needs no fitting.
// Reading takes as long as what is new, fitting as long as what there is: seconds for 100,000 items and millions of
// events, which is how late a new item comes.
// Threads  ready() from any; look() one owner at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "products/recommend/collection.h"
#include "products/recommend/live_collection.h"
#include "products/recommend/serve/fitting.h"
#include "products/recommend/serve/rules.h"
#include "products/recommend/serve/serving_store.h"
#include "store/store.h"

namespace yupu::recommend {

inline constexpr std::size_t kFittedKept = 3;

struct Record {
  std::shared_ptr<const Collection> collection;
  std::vector<std::string> titles;  // of each item; empty: nobody has described it
  std::shared_ptr<const Fitted> fitted;
  std::shared_ptr<const Fitted> challenger;  // null: no experiment runs
  Experiment experiment;
  Revision revision;
  std::string live;  // the release; empty: none

  const Fitted& of(Arm arm) const { return arm == Arm::kChallenger && challenger != nullptr ? *challenger : *fitted; }
  Arm arm_of(std::string_view user) const {
    return challenger == nullptr ? Arm::kChampion : recommend::arm_of(experiment, user);
  }
};

class Shop {
 public:
  Shop(store::Store& store, const Clock& clock, std::string tenant_id, const ListRules& rules = {})
      : store_(store), clock_(clock), tenant_id_(std::move(tenant_id)), rules_(rules), all_(store, tenant_id_) {}

  // Reads what has changed, and fits where that is due.  An experiment whose release is not there, or was refused by
  // the guard, does not run: the log says so.
  Status look();
  // As it was at the last look; null before the first.
  std::shared_ptr<const Record> ready() const;

 private:
  Result<Release> champion(const std::string& live) const;
  Result<std::shared_ptr<const Fitted>> fitted(std::int64_t now_ns, const Release& release);
  Status start_experiment(std::int64_t now_ns, Record& record);
  void keep(const std::shared_ptr<const Fitted>& fitted, std::int64_t items_revision);

  store::Store& store_;
  const Clock& clock_;
  const std::string tenant_id_;
  const ListRules rules_;
  struct Kept {
    std::int64_t items_revision = 0;  // whose items it is fitted for
    std::shared_ptr<const Fitted> fitted;
  };
  LiveCollection all_;      // of look() alone, as what is kept
  std::vector<Kept> kept_;  // the last one first
  mutable Mutex mutex_;
  std::shared_ptr<const Record> record_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::recommend
