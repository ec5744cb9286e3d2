#include "products/recommend/serve/shops.h"

#include <chrono>
#include <utility>
#include <vector>

#include "base/log.h"

namespace yupu::recommend {

std::shared_ptr<Shops::Place> Shops::place_of(const std::string& tenant_id) {
  MutexLock lock(mutex_);
  std::shared_ptr<Place>& place = places_[tenant_id];
  if (place == nullptr) place = std::make_shared<Place>(store_, clock_, tenant_id, rules_);
  return place;
}

Result<std::shared_ptr<const Record>> Shops::record(const std::string& tenant_id) {
  const std::shared_ptr<Place> place = place_of(tenant_id);
  if (auto record = place->shop.ready(); record != nullptr) return record;
  MutexLock lock(place->looking);
  if (place->shop.ready() == nullptr) YUPU_RETURN_IF_ERROR(place->shop.look());
  return place->shop.ready();
}

void Shops::look_at_all() {
  std::vector<std::pair<std::string, std::shared_ptr<Place>>> places;
  {
    MutexLock lock(mutex_);
    places.assign(places_.begin(), places_.end());
  }
  for (const auto& [tenant_id, place] : places) {
    MutexLock lock(place->looking);
    const Status status = place->shop.look();
    if (!status.ok()) log::warn("recommend_look_failed", {{"tenant", tenant_id}, {"why", status.message()}});
  }
}

void Shops::run() {
  while (true) {
    look_at_all();
    MutexLock lock(mutex_);
    if (!stopping_ && !rung_) wake_.wait_for(mutex_, std::chrono::milliseconds(kLookEveryMs));
    rung_ = false;
    if (stopping_) return;
  }
}

void Shops::start() {
  thread_ = std::thread([this] { run(); });
}

void Shops::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Shops::ring() {
  {
    MutexLock lock(mutex_);
    rung_ = true;
  }
  wake_.notify_all();
}

}  // namespace yupu::recommend
