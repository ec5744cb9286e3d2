#include "web/assets.h"

#include <algorithm>

namespace yupu::web {

const Asset* find_asset(std::string_view path) {
  const std::span<const Asset> all = assets();
  const auto it = std::lower_bound(all.begin(), all.end(), path,
                                   [](const Asset& asset, std::string_view wanted) { return asset.path < wanted; });
  return it != all.end() && it->path == path ? &*it : nullptr;
}

}  // namespace yupu::web
