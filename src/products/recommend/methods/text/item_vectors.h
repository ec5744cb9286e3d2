// The vectors of all items' texts by a sentence encoder.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "engine/execution_context.h"
#include "products/recommend/methods/method.h"
#include "tasks/embed/embedder.h"
#include "tasks/recommend/recommender.h"

namespace yupu::recommend {

struct OwnedItemVectors {
  std::vector<float> values;
  std::size_t width = 0;
  ItemVectors view() const { return {.values = values, .width = width}; }
};
// Each of length one; of an empty text zero.  Outcomes  kResourceExhausted: no memory.
Result<OwnedItemVectors> embed_items(const tasks::Embedder& embedder, engine::ExecutionContext& context,
                                     std::span<const std::string> texts);
// The same as a recommender sees them, of its own width.
Result<OwnedItemVectors> embed_items(const tasks::Recommender& recommender, engine::ExecutionContext& context,
                                     std::span<const std::string> texts);

}  // namespace yupu::recommend
