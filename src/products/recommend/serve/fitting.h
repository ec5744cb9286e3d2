// A release made ready to answer: its sources and ranker fitted on what it learns from, its tower read.
#pragma once

#include <cstdint>
#include <memory>

#include "base/status.h"
#include "products/recommend/collection.h"
#include "products/recommend/methods/ranker/ranker.h"
#include "products/recommend/methods/text/item_vectors.h"
#include "products/recommend/serve/releases.h"
#include "tasks/recommend/recommender.h"

namespace yupu::recommend {

// Methods, with the collection they learned; never moved, since they look at it.
struct Fitted {
  Release release;
  std::shared_ptr<const Collection> collection;
  std::unique_ptr<tasks::Recommender> tower;  // null: none
  OwnedItemVectors owned_vectors;             // of the tower, one an item
  ItemVectors vectors;
  Tools tools;
  std::unique_ptr<Ranker> ranker;
  std::int64_t fitted_ns = 0;
};

// What of the record had arrived by then, in the collection's numbers.  REQUIRES: the collection is of `stored`.
tasks::BehaviourLog arrived_by(const Stored& stored, const Collection& collection, std::int64_t received_until_ns);

// `log`: what is learned from, in the collection's numbers.  `before`: one fitted earlier, whose vectors of texts that
// are still there are taken over where the tower is the same; or null.
// Outcomes  those of a fit, but for too little behaviour, which leaves the ranker without trees; those of
//           Recommender::load; kConflict: the directory has another tower by now.
Result<std::shared_ptr<const Fitted>> fit_release(std::shared_ptr<const Collection> collection,
                                                  const tasks::BehaviourLog& log, const Release& release,
                                                  std::int64_t now_ns, const Fitted* before = nullptr);

}  // namespace yupu::recommend
