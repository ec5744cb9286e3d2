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
    const auto began = std::chrono::steady_clock::now();
    look_at_all();
    const auto took = std::chrono::steady_clock::now() - began;
    MutexLock lock(mutex_);
    // A large shop's looks take a while: half of a processor's time at most is theirs, however often somebody rings.
    const auto rests_until = began + 2 * took;
    while (!stopping_ && std::chrono::steady_clock::now() < rests_until)
      wake_.wait_for(mutex_, rests_until - std::chrono::steady_clock::now());
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
