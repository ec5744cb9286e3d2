// Two releases beside each other: every user has one arm, by a hash of the experiment's name and the user, for as long
// as the experiment has this name.
//   challenger  where SHA-256(name, user) as a fraction of 1 is below `share`
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace yupu::recommend {

enum class Arm : std::uint8_t { kChampion, kChallenger };
std::string_view arm_name(Arm arm);  // "champion", "challenger"

struct Experiment {
  std::string name = {};        // empty: none
  std::string champion = {};    // a release; empty: what is live
  std::string challenger = {};  // a release
  double share = 0.5;           // of users, for the challenger
};
Arm arm_of(const Experiment& experiment, std::string_view user);

}  // namespace yupu::recommend
