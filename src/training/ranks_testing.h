// For tests only: a training run on several ranks of this process.
#pragma once

#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "base/status.h"
#include "engine/collective/thread_group.h"
#include "training/training.h"

namespace yupu::training::testing {

// What `train(rank, group)`, a Result, returned on each of `count` ranks, which run in a thread each.
template <class Train>
auto on_ranks(int count, const Train& train) {
  using Outcome = std::invoke_result_t<const Train&, int, engine::ThreadGroup&>;
  engine::ThreadGroup group(count);
  std::vector<Outcome> results(static_cast<std::size_t>(count), unavailable("not begun"));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < count; ++rank) {
    threads.emplace_back([&, rank] {
      Outcome& result = results[static_cast<std::size_t>(rank)];
      result = train(rank, group);
      group.member(rank).leave(result.status());
    });
  }
  for (std::thread& thread : threads) thread.join();
  return results;
}

// The figure with which `train(collective)` ends on every one of `count` ranks, all with the same weights.
template <class Train>
double figure_on_ranks(int count, const std::string& figure, const Train& train) {
  const std::vector<Result<TrainResult>> results =
      on_ranks(count, [&](int rank, engine::ThreadGroup& group) { return train(group.member(rank)); });
  for (const Result<TrainResult>& result : results) {
    EXPECT_TRUE(result.ok()) << result.status().to_string();
    EXPECT_EQ(result->weights_sha256, results[0]->weights_sha256);
  }
  return results[0]->figures.at(figure);
}

}  // namespace yupu::training::testing
