#include "engine/profile.h"

#include <algorithm>

#include <time.h>

namespace yupu::engine {

double Profile::now_s() const {
  timespec time{};
  ::clock_gettime(processor_time_ ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void Profile::enter() { open_.push_back({now_s(), 0}); }

void Profile::leave(std::string_view kind, double flops) {
  const Open scope = open_.back();
  open_.pop_back();
  const double whole = now_s() - scope.begin;
  auto row = std::find_if(rows_.begin(), rows_.end(), [&](const ProfileRow& r) { return r.kind == kind; });
  if (row == rows_.end()) row = rows_.insert(rows_.end(), ProfileRow{kind});
  row->seconds += whole - scope.inside;
  row->flops += flops;
  if (!open_.empty()) open_.back().inside += whole;
}

}  // namespace yupu::engine
