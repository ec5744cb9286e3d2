#include "engine/collective/lifeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/collective/cpu_share.h"
#include "engine/collective/mpi.h"
#include "engine/collective/sockets.h"

namespace yupu::engine {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

LifelineOptions quick(int rank, int size) {
  return {.rank = rank,
          .size = size,
          .name = "host h" + std::to_string(rank) + ", pid " + std::to_string(100 + rank),
          .beat = milliseconds(20),
          .silence = milliseconds(60'000),
          .stuck = milliseconds(60'000)};
}

// A run of `size` ranks in this process.
std::vector<std::unique_ptr<Lifeline>> tied(int size) {
  std::vector<std::unique_ptr<Lifeline>> ranks;
  ranks.push_back(std::move(Lifeline::listen(quick(0, size))).value());
  for (int rank = 1; rank < size; ++rank)
    ranks.push_back(std::move(Lifeline::connect(quick(rank, size), ranks.front()->invitation())).value());
  return ranks;
}

std::string loss_of(const Lifeline& lifeline) {
  constexpr int kTriesMax = 2000;
  for (int i = 0; i < kTriesMax && !lifeline.is_lost(); ++i) ::usleep(5000);
  return lifeline.status().message();
}

TEST(Lifeline, ARankThatEndsWithoutAWordIsNamedToAll) {
  auto ranks = tied(3);
  ::usleep(100'000);  // hellos have arrived
  ranks[1].reset();   // as a killed process: the connection closes
  for (const std::size_t other : {0u, 2u}) {
    EXPECT_THAT(loss_of(*ranks[other]), HasSubstr("rank 1 (host h1, pid 101) is gone"));
    EXPECT_EQ(ranks[other]->status().code(), Code::kUnavailable);
  }
}

TEST(Lifeline, RankZeroIsMissedToo) {
  auto ranks = tied(3);
  ranks[0].reset();
  for (const std::size_t other : {1u, 2u})
    EXPECT_THAT(loss_of(*ranks[other]), HasSubstr("rank 0 (host h0, pid 100) is gone"));
}

TEST(Lifeline, WhoGivesUpSaysWhy) {
  auto ranks = tied(3);
  ranks[2]->leave(Status(Code::kResourceExhausted, "no space\nleft"));
  for (const std::size_t other : {0u, 1u})
    EXPECT_THAT(loss_of(*ranks[other]), HasSubstr("rank 2 (host h2, pid 102) gave up: no space left"));
}

TEST(Lifeline, AnOrderlyEndIsNoLoss) {
  auto ranks = tied(3);
  ::usleep(100'000);
  for (const std::size_t rank : {1u, 0u, 2u}) ranks[rank]->leave(ok_status());
  for (const auto& rank : ranks) EXPECT_FALSE(rank->is_lost()) << rank->status().message();
}

// A stranger that connects and says hello properly, but never beats: a process that was stopped.
TEST(Lifeline, SilenceIsALoss) {
  LifelineOptions options = quick(0, 2);
  options.silence = milliseconds(150);
  auto root = std::move(Lifeline::listen(options)).value();
  const std::string& invitation = root->invitation();
  const std::string token = invitation.substr(0, invitation.find(' '));
  const auto port = static_cast<std::uint16_t>(std::stoi(invitation.substr(token.size() + 1)));
  const int stranger = connect_to("127.0.0.1", port, 1000);
  ASSERT_GE(stranger, 0);
  send_line(stranger, "hello wrong-token 1 nobody");
  ::usleep(400'000);
  EXPECT_FALSE(root->is_lost()) << "who does not know the token is no rank";
  send_line(stranger, "hello " + token + " 1 host h1, pid 101");
  EXPECT_THAT(loss_of(*root), HasSubstr("rank 1 (host h1, pid 101) has been silent"));
  ::close(stranger);
}

TEST(Lifeline, ARankThatLivesButDoesNotComeIsNamed) {
  std::vector<std::unique_ptr<Lifeline>> ranks;
  LifelineOptions options = quick(0, 3);
  options.stuck = milliseconds(200);
  ranks.push_back(std::move(Lifeline::listen(options)).value());
  for (const int rank : {1, 2})
    ranks.push_back(std::move(Lifeline::connect(quick(rank, 3), ranks.front()->invitation())).value());
  for (const std::size_t waiting : {0u, 1u}) {
    ranks[waiting]->begin_call();
    ranks[waiting]->set_waiting_since(steady_ms());
  }
  for (const std::size_t other : {0u, 1u})
    EXPECT_THAT(loss_of(*ranks[other]), HasSubstr("rank 2 (host h2, pid 102) does not take part"));
}

TEST(Lifeline, AnUnreachableRootIsAnError) {
  const auto lifeline = Lifeline::connect(quick(1, 2), "token 1 6 host a 127.0.0.1");
  ASSERT_FALSE(lifeline.ok());
  EXPECT_THAT(lifeline.status().message(), HasSubstr("cannot reach rank 0 (host a) at port 1 of 127.0.0.1"));
}

TEST(CpuShare, RanksOfAMachinePartItsCores) {
  const std::vector<int> cores = {0, 1, 4, 5, 8};
  EXPECT_THAT(part_of(cores, 0, 2), ElementsAre(0, 1));
  EXPECT_THAT(part_of(cores, 1, 2), ElementsAre(4, 5, 8));
  EXPECT_THAT(part_of(cores, 0, 1), ElementsAre(0, 1, 4, 5, 8));
  EXPECT_THAT(part_of(cores, 6, 7), ElementsAre(1));  // more ranks than cores
  EXPECT_TRUE(part_of({}, 0, 2).empty());
  EXPECT_EQ(*share_cores(*single()), 0);
}

TEST(Mpi, WithoutALauncherThereIsOneRankAndNoMpi) {
  ASSERT_EQ(launched_ranks(), 1);
  auto alone = launched_collective();
  ASSERT_TRUE(alone.ok());
  EXPECT_EQ((*alone)->size(), 1);
}

}  // namespace
}  // namespace yupu::engine
