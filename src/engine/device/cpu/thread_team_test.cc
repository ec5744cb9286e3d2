#include "engine/device/cpu/thread_team.h"

#include <chrono>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace yupu::engine {
namespace {

TEST(ThreadTeam, EveryIndexRunsOnce) {
  for (const int threads : {1, 2, 4, 32}) {  // 32: most are not up when the owner has done its part
    ThreadTeam team(threads);
    for (const std::int64_t count : {0, 1, 2, 3, 7, 64, 1000}) {
      for (const std::int64_t grain : {1, 3, 64}) {
        std::vector<int> hits(static_cast<std::size_t>(count));
        team.parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end, int member) {
          EXPECT_LT(member, threads);
          EXPECT_EQ(begin % grain, 0);
          for (std::int64_t i = begin; i < end; ++i) ++hits[static_cast<std::size_t>(i)];
        });
        for (const int hit : hits) ASSERT_EQ(hit, 1);
      }
    }
  }
}

TEST(ThreadTeam, ManyShortJobsAndSleeps) {
  ThreadTeam team(3);
  std::vector<std::int64_t> sums(3);
  for (int round = 0; round < 2000; ++round) {
    team.parallel_for(3, 1, [&](std::int64_t begin, std::int64_t, int) { ++sums[static_cast<std::size_t>(begin)]; });
    if (round % 500 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  EXPECT_EQ(sums, (std::vector<std::int64_t>{2000, 2000, 2000}));
}

TEST(ThreadTeam, AnExceptionOfAPartReachesTheOwner) {
  ThreadTeam team(2);
  const auto fail = [](std::int64_t begin, std::int64_t, int) {
    if (begin > 0) throw std::runtime_error("part");
  };
  EXPECT_THROW(team.parallel_for(10, 1, fail), std::runtime_error);
  int calls = 0;
  team.parallel_for(1, 1, [&](std::int64_t, std::int64_t, int) { ++calls; });
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace yupu::engine
