// A Collective whose ranks are threads of one process: for tests of what runs on top, without a launcher.
// Sums are made in rank order.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "engine/collective/collective.h"

namespace yupu::engine {

class ThreadGroup {
 public:
  struct State;

  // A call that waits longer than `patience` for another rank returns kUnavailable naming it.
  explicit ThreadGroup(int size, std::chrono::milliseconds patience = std::chrono::seconds(60));
  ~ThreadGroup();
  Collective& member(int rank);
  // As if the rank's process had been killed: what the others wait for returns an error.  Threads: any.
  void lose(int rank);

 private:
  std::unique_ptr<State> state_;
  std::vector<std::unique_ptr<Collective>> members_;
};

}  // namespace yupu::engine
