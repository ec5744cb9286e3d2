#include "engine/collective/collective.h"

#include <algorithm>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "engine/collective/gradient_buckets.h"
#include "engine/collective/thread_group.h"
#include "engine/ops/add/add.h"
#include "engine/ops/linear/linear.h"

namespace yupu::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void on_every_rank(ThreadGroup& group, int size, const std::function<void(Collective&)>& body) {
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) threads.emplace_back([&, rank] { body(group.member(rank)); });
  for (std::thread& thread : threads) thread.join();
}

TEST(Collective, OneRankChangesNothing) {
  const auto one = single();
  std::vector<float> data = {1, 2};
  ASSERT_TRUE(one->begin_sum(data).ok());
  ASSERT_TRUE(one->finish_sums().ok());
  EXPECT_THAT(data, ElementsAre(1, 2));
  EXPECT_TRUE(*any_rank(*one, true));
  EXPECT_FALSE(*any_rank(*one, false));
  EXPECT_THAT(*all_gather(*one, "me"), ElementsAre("me"));
  EXPECT_TRUE(require_equal(*one, {{"options", "a"}}).ok());
}

TEST(Collective, SumsGathersAndBroadcasts) {
  ThreadGroup group(3);
  on_every_rank(group, 3, [](Collective& ranks) {
    const auto mine = static_cast<float>(ranks.rank() + 1);
    std::vector<float> first = {mine, 10 * mine};
    std::vector<float> second = {-mine};
    ASSERT_TRUE(ranks.begin_sum(first).ok());
    ASSERT_TRUE(ranks.begin_sum(second).ok());
    ASSERT_TRUE(ranks.finish_sums().ok());
    EXPECT_THAT(first, ElementsAre(6, 60));
    EXPECT_THAT(second, ElementsAre(-6));
    std::string text = ranks.is_root() ? "from the root" : "something longer than that";
    ASSERT_TRUE(broadcast(ranks, text).ok());
    EXPECT_EQ(text, "from the root");
    EXPECT_THAT(*all_gather(ranks, std::string(static_cast<std::size_t>(ranks.rank()), 'x')),
                ElementsAre("", "x", "xx"));
    EXPECT_TRUE(*any_rank(ranks, ranks.rank() == 2));
    EXPECT_FALSE(*any_rank(ranks, false));
    ranks.leave(ok_status());
  });
}

TEST(Collective, NamesTheRankThatDiffersAndInWhat) {
  ThreadGroup group(3);
  on_every_rank(group, 3, [](Collective& ranks) {
    const std::string rows = ranks.rank() == 2 ? "other" : "same";
    const Status status = require_equal(ranks, {{"options", "a"}, {"training rows", rows}});
    EXPECT_EQ(status.code(), Code::kConflict);
    EXPECT_EQ(status.message(), "rank 2 of 3 differs from rank 0 in: training rows");
  });
}

TEST(Collective, ALostRankEndsTheWaitingOfTheOthers) {
  ThreadGroup group(3);
  on_every_rank(group, 3, [&](Collective& ranks) {
    if (ranks.rank() == 1) {
      group.lose(1);
      return;
    }
    std::vector<float> data = {1};
    Status status = ranks.begin_sum(data);
    if (status.ok()) status = ranks.finish_sums();
    EXPECT_EQ(status.code(), Code::kUnavailable);
    EXPECT_THAT(status.message(), HasSubstr("rank 1"));
    EXPECT_EQ(barrier(ranks).code(), Code::kUnavailable);  // and it stays so
  });
}

TEST(Collective, ARankThatGivesUpSaysWhy) {
  ThreadGroup group(2);
  on_every_rank(group, 2, [](Collective& ranks) {
    if (ranks.rank() == 0) {
      ranks.leave(Status(Code::kResourceExhausted, "disk full"));
    } else {
      EXPECT_THAT(barrier(ranks).message(), HasSubstr("rank 0 gave up: disk full"));
    }
  });
}

TEST(Collective, ARankThatNeverComesIsNamed) {
  ThreadGroup group(3, std::chrono::milliseconds(50));
  on_every_rank(group, 3, [](Collective& ranks) {
    if (ranks.rank() == 2) return;
    EXPECT_THAT(barrier(ranks).message(), HasSubstr("rank 2 did not come"));
  });
}

// Two layers and a parameter that no text of this rank touches.
struct Net {
  explicit Net(std::uint64_t seed) {
    Rng rng(seed);
    for (Parameter* parameter : {&w1, &b1, &w2}) {
      for (float& value : parameter->value.values()) value = static_cast<float>(rng.normal());
    }
  }
  std::vector<Parameter*> parameters() { return {&w1, &b1, &w2, &idle}; }
  Parameter w1{"w1", Tensor::zeros({5, 3}), true}, b1{"b1", Tensor::zeros({5}), false};
  Parameter w2{"w2", Tensor::zeros({2, 5}), true}, idle{"idle", Tensor::zeros({7}), true};
};

void backward(Net& net, const Tensor& x, BackwardObserver* observer) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kTraining);
  const Var hidden = linear(tape.constant(x), tape.leaf(net.w1), tape.leaf(net.b1), {.activation = Activation::kGelu});
  const Var y = linear(hidden, tape.leaf(net.w2), {}, {});
  tape.backward_from(y, Tensor::full(y.shape(), 1.0f), observer);
}

Tensor random_rows(std::int64_t rows, std::uint64_t seed) {
  Tensor x = Tensor::zeros({rows, 3});
  Rng rng(seed);
  for (float& value : x.values()) value = static_cast<float>(rng.normal());
  return x;
}

TEST(GradientBuckets, SharesSummedAreTheWholeBatch) {
  const Tensor x = random_rows(6, 4);
  Net whole(1);
  backward(whole, x, nullptr);
  for (const std::size_t bucket_bytes : {std::size_t{1}, std::size_t{100}, GradientBuckets::kBucketBytes}) {
    ThreadGroup group(3);
    on_every_rank(group, 3, [&](Collective& ranks) {
      Net net(1);
      GradientBuckets buckets(ranks, net.parameters(), bucket_bytes);
      EXPECT_EQ(buckets.bucket_count(), bucket_bytes == 1 ? 4u : bucket_bytes == 100 ? 2u : 1u);
      for (int update = 0; update < 2; ++update) {
        // Rank 2 has nothing to do; rank 0 does its share in two passes.
        if (ranks.rank() == 0) {
          backward(net, x.rows(0, 1), nullptr);
          backward(net, x.rows(1, 3), buckets.watch());
        }
        if (ranks.rank() == 1) backward(net, x.rows(3, 6), buckets.watch());
        ASSERT_TRUE(buckets.finish().ok());
        const auto expected = whole.parameters();
        for (std::size_t i = 0; i < 3; ++i) {
          Parameter& parameter = *net.parameters()[i];
          ASSERT_TRUE(parameter.has_grad);
          for (std::size_t j = 0; j < parameter.grad.values().size(); ++j)
            EXPECT_NEAR(parameter.grad.values()[j], expected[i]->grad.values()[j], 1e-5) << parameter.name;
          parameter.drop_grad();
        }
        EXPECT_THAT(net.idle.grad.values(), ::testing::Each(0.0f));
        net.idle.drop_grad();
      }
    });
  }
}

// What an observer is told, and when: a gradient is complete when it equals what it is after the pass.
TEST(Tape, TellsWhenAGradientIsComplete) {
  struct Seen final : BackwardObserver {
    void gradient_complete(Parameter& parameter) override {
      names.push_back(parameter.name);
      values.push_back(parameter.grad.clone());
    }
    void op_done() override { ++ops; }
    std::vector<std::string> names;
    std::vector<Tensor> values;
    int ops = 0;
  } seen;
  Net net(2);
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kTraining);
  const Tensor x = random_rows(4, 5);
  const Var first = linear(tape.constant(x), tape.leaf(net.w1), tape.leaf(net.b1), {});
  const Var second = linear(tape.constant(x), tape.leaf(net.w1), {}, {});  // w1 twice: tied
  const Var y = linear(add(first, second), tape.leaf(net.w2), {}, {});
  tape.backward_from(y, Tensor::full(y.shape(), 1.0f), &seen);
  EXPECT_EQ(seen.ops, 4);
  ASSERT_THAT(seen.names, ::testing::UnorderedElementsAre("w2", "b1", "w1"));
  EXPECT_EQ(seen.names.front(), "w2");
  for (const Parameter* parameter : {&net.w2, &net.b1, &net.w1}) {
    const auto told = std::find(seen.names.begin(), seen.names.end(), parameter->name) - seen.names.begin();
    const std::span<float> values = seen.values[static_cast<std::size_t>(told)].values();
    for (std::size_t j = 0; j < values.size(); ++j)
      EXPECT_EQ(values[j], parameter->grad.values()[j]) << parameter->name;
  }
}

}  // namespace
}  // namespace yupu::engine
