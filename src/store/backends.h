// The engines a store can run on: one row each. The contract tests run for every row.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "store/store.h"

namespace yupu::store {

struct Backend {
  std::string_view scheme;  // what the URL begins with, colon included
  std::string_view summary;
  bool is_built_in = false;  // false: open() says that this build has none
  Result<std::unique_ptr<Store>> (*open)(const std::string& rest_of_url) = nullptr;
};

std::span<const Backend> backends();

}  // namespace yupu::store
