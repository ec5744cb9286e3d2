// One tenant's items and behaviour in memory, kept as new as the store: what was written since the last look is read
// and put in its place, so that a look costs what is new and not what is there.
//
// Numbers are places among sorted ids, as collect() gives them: a look with new ids moves them, which is why every look
// gives another collection and none is ever changed.
// Threads  look() and what follows it one at a time; a collection that was given out, any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "products/recommend/collection.h"
#include "products/recommend/serve/serving_store.h"
#include "store/store.h"

namespace yupu::recommend {

class LiveCollection {
 public:
  LiveCollection(store::Store& store, std::string tenant_id) : store_(store), tenant_id_(std::move(tenant_id)) {}

  // The first look reads everything, and so does one after a user was forgotten.  After a failure all is as it was.
  Status look();

  // Of the last look.
  const Revision& revision() const { return revision_; }
  const std::shared_ptr<const Collection>& collection() const { return collection_; }
  const std::vector<std::string>& titles() const { return titles_; }  // of each item; empty: nobody has described it
  // What had arrived by then, in the collection's numbers.  REQUIRES: a look.
  std::shared_ptr<const tasks::BehaviourLog> arrived_by(std::int64_t received_until_ns) const;

 private:
  struct News;
  struct Arrived {
    tasks::Behaviour event;
    std::int64_t received_ns = 0;
  };
  Status read(const Revision& known, News& news) const;
  void take(News news, Collection& next);

  store::Store& store_;
  const std::string tenant_id_;
  Revision revision_;
  std::vector<Item> items_;       // by id
  std::vector<Arrived> arrived_;  // in the log's order, in the collection's numbers
  std::vector<std::string> titles_;
  std::shared_ptr<const Collection> collection_;  // null before the first look
};

}  // namespace yupu::recommend
