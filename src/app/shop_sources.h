// What the console shows of the shop whose bot is served, from rooms it does not know.
#pragma once

#include <string>

#include "console/shop_routes.h"
#include "products/service/bot.h"
#include "serving/model_host.h"
#include "serving/release_watcher.h"
#include "store/store.h"
#include "strategy/strategy.h"

namespace yupu::app {

// All outlive the result.
struct ServedShop {
  store::Store& store;
  const Clock& clock;
  const strategy::Strategy& strategy;
  const products::Bot& bot;
  const serving::ModelHost& host;
  serving::ReleaseWatcher& watcher;
  std::string workdir;
};
console::ShopSources shop_sources(const ServedShop& shop);

}  // namespace yupu::app
