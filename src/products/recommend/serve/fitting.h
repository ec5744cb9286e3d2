// A release made ready to answer: its sources and ranker fitted on what it learns from, its tower read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/status.h"
#include "products/recommend/collection.h"
#include "products/recommend/given_lists.h"
#include "products/recommend/methods/cross/cross_encoder.h"
#include "products/recommend/methods/ranker/ranker.h"
#include "products/recommend/methods/text/item_vectors.h"
#include "products/recommend/serve/releases.h"
#include "tasks/recommend/recommender.h"

namespace yupu::recommend {

// Methods, with the items of the collection they learned; never moved, since they look at them.
struct Fitted {
  Release release;
  std::unique_ptr<const Collection>
      catalogue;                              // without users and behaviour: what is learned of them is in the methods
  std::unique_ptr<tasks::Recommender> tower;  // null: none
  OwnedItemVectors owned_vectors;             // of the tower, one an item
  ItemVectors vectors;
  std::vector<double> mean_vector;            // of these
  std::shared_ptr<const CrossEncoder> cross;  // null: none
  Tools tools;
  std::unique_ptr<Ranker> ranker;
  std::int64_t fitted_ns = 0;  // when its order was learned
};

// What a fit is given beside the behaviour; each may be missing.  Looked at while it fits, not kept.
struct FitAids {
  // Reads the lists that were given: the order is learned from them too (methods/ranker/).  Called where an order is
  // learned, once; what it gives is looked at until the fit is done.
  std::function<Result<std::span<const KeptList>>()> lists = {};
  // One fitted earlier whose tower is the same: its vectors of texts that are still there are taken over.
  const Fitted* vectors_of = nullptr;
  // One of the same release, for other items: its order is taken over where its features are the same, and it stays as
  // old as it is.  What a new item needs is sources that know it.
  const Fitted* order_of = nullptr;
  // One whose cross-encoder is the same, which is shared then, with the scores it remembers.
  const Fitted* cross_of = nullptr;
  const Clock* clock = nullptr;  // of a cross-encoder's deadlines; null: the system's.  Must outlive what is fitted.
};

// `log`: what is learned from, in the collection's numbers.
// Outcomes  those of a fit, but for too little behaviour, which leaves the ranker without trees; those of
//           Recommender::load and of CrossEncoder::open; kConflict: the directory has another model by now; those of
//           FitAids::lists.
Result<std::shared_ptr<const Fitted>> fit_release(const Collection& collection, const tasks::BehaviourLog& log,
                                                  const Release& release, std::int64_t now_ns,
                                                  const FitAids& aids = {});

}  // namespace yupu::recommend
