#include "products/recommend/methods/method.h"

namespace yupu::recommend {

void Method::score_these(const Moment& moment, std::span<const std::uint32_t> items, std::span<float> scores) const {
  std::vector<float> all(moment.log.item_count());
  score(moment, all);
  for (std::size_t i = 0; i < items.size(); ++i) scores[i] = all[items[i]];
}

}  // namespace yupu::recommend
