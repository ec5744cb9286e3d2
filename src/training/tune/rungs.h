// Successive halving: how far each trial is trained, and which one goes on.
//
// ASHA (Li et al. 2020, arXiv:1810.05934, algorithm 2): a trial is trained to the first rung and pauses there. Whenever
// a worker is free, the rungs are looked at from the top: of the n trials that a rung has seen, the best floor(n/eta)
// may go on; the best of them that has not yet done so is resumed from its checkpoint; when no rung has one, a new
// trial begins.  Nothing waits for a rung to fill, and a late starter is as welcome as an early one.
//
// Hyperband (Li et al. 2018, arXiv:1603.06560): several such ladders, bracket b starting b rungs higher, each trial
// assigned to one of them in fixed shares, so that a space in which short training misleads is searched all the same.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace yupu::training::tune {

struct Ladder {
  std::int64_t least = 1;  // resource (epochs) of the first rung
  std::int64_t most = 27;  // of the last
  std::int64_t eta = 3;    // one in eta goes on; the resource grows by this factor
};

// least * eta^(skip + k) while below `most`, then `most`.  REQUIRES: 1 <= least <= most, eta >= 2, skip >= 0.
std::vector<std::int64_t> rung_levels(const Ladder& ladder, std::int64_t skip = 0);

struct Bracket {
  std::int64_t skip = 0;   // rungs left out at the bottom
  std::int64_t share = 1;  // of the trials, against the other brackets'
};
// floor(log_eta(most/least)) + 1 brackets; bracket b of n has share ceil(n * eta^(n-1-b) / (n-b)).
std::vector<Bracket> hyperband_brackets(const Ladder& ladder);

// What one trial has to show for each rung of its ladder, lowest first: results so far.
struct Climber {
  std::int64_t trial = 0;                      // its number
  std::vector<std::optional<double>> results;  // of the rungs it has come to; nothing: it failed on the way there
  bool paused = false;                         // it may be resumed
};

struct Promotion {
  std::int64_t trial = 0;
  std::size_t rung = 0;  // the one to train it to
};

// The trial to resume, or nothing.  Of equal figures the older trial is better.
std::optional<Promotion> promotable(std::span<const Climber> climbers, std::size_t rung_count, std::int64_t eta);

}  // namespace yupu::training::tune
