// What a user's history says now: the last events, each counting less the longer ago it is.
//   weight = weight of its kind * 2^(-rank / half_life_events) * 2^(-age / half_life_days),   rank 0 is the last event
// Settings  half_life_events, half_life_days: 0 is no decay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "products/recommend/methods/method.h"

namespace yupu::recommend {

inline constexpr std::size_t kProfileEvents = 50;

struct Interest {
  std::uint32_t item = 0;
  double weight = 0.0;
};

class ProfileRule {
 public:
  explicit ProfileRule(const Settings& settings)
      : half_life_events_(settings.at("half_life_events")), half_life_days_(settings.at("half_life_days")) {}
  // Of at most kProfileEvents events, the last one first.
  std::vector<Interest> of(const Moment& moment, const tasks::KindWeights& weights) const;

 private:
  double half_life_events_, half_life_days_;
};

}  // namespace yupu::recommend
