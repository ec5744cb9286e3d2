// Data-parallel training, its ranks as threads of this process (engine/collective/thread_group.h).
#include "training/ranks.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "engine/collective/thread_group.h"
#include "model/checkpoint/safetensors.h"
#include "training/batch_share.h"
#include "training/ranks_testing.h"
#include "training/testing.h"

namespace yupu::training {
namespace {

using ::testing::HasSubstr;
using testing::quick_options;

using Change = std::function<void(int rank, TrainOptions&, engine::ThreadGroup&)>;

// What every rank's train() returned.
std::vector<Result<TrainResult>> train_on(int size, const TrainOptions& options, const Change& change = {}) {
  return testing::on_ranks(size, [&](int rank, engine::ThreadGroup& group) {
    TrainOptions own = options;
    own.collective = &group.member(rank);
    own.threads = 1;
    if (change) change(rank, own, group);
    handoff::SilentProgress progress;
    return train(own, progress);
  });
}

TrainOptions hard_options(const std::string& out) {
  TrainOptions options = quick_options(out);
  options.dropout = 0.1;
  options.token_dropout = 0.1;
  options.label_smoothing = 0.1;
  options.grad_accumulation = 3;
  options.layer_decay = 0.9;
  options.class_weights.given = {{"refund", 1.5}};
  return options;
}

void stop_after(TrainOptions& options, std::int64_t last) {
  auto step = std::make_shared<std::int64_t>(0);
  options.after_step = [step](std::int64_t done) { *step = done; };
  options.stop_requested = [step, last] { return *step >= last; };
}

// Distance of the tensors whose name ends in `suffix`, relative to the first one's size.
double relative_distance(const std::string& a_path, const std::string& b_path, const std::string& suffix) {
  auto a = model::Safetensors::open(a_path);
  auto b = model::Safetensors::open(b_path);
  if (!a.ok() || !b.ok()) return INFINITY;
  double square = 0, distance = 0;
  for (const auto& entry : a->tensors()) {
    if (!entry.name.ends_with(suffix)) continue;
    std::vector<float> x(static_cast<std::size_t>(entry.element_count())), y(x.size());
    if (!model::copy_to_f32(entry, x, "a").ok() || !model::copy_to_f32(*b->find(entry.name), y, "b").ok())
      return INFINITY;
    for (std::size_t i = 0; i < x.size(); ++i) {
      square += double{x[i]} * x[i];
      distance += (double{x[i]} - y[i]) * (double{x[i]} - y[i]);
    }
  }
  return std::sqrt(distance / square);
}

// AdamW's first moment after one update is a tenth of the clipped gradient.
TEST(Ranks, GradientsDoNotDependOnTheRankCount) {
  const yupu::testing::TempDir dir;
  for (const std::int64_t batch_size : {0, 2}) {  // 2: fewer rows in an update than some have ranks
    std::vector<std::string> states;
    for (const int size : {1, 2, 3, 7}) {
      TrainOptions options = hard_options(dir.file(std::to_string(batch_size) + "-" + std::to_string(size)));
      options.batch_size = batch_size;
      const auto results =
          train_on(size, options, [](int, TrainOptions& own, engine::ThreadGroup&) { stop_after(own, 1); });
      for (const auto& result : results) EXPECT_THAT(result.status().message(), HasSubstr("stopped at step 1"));
      states.push_back(options.out + "/.state/state.safetensors");
      EXPECT_LE(relative_distance(states.front(), states.back(), ".m"), 1e-6) << size << " ranks";
    }
  }
}

TEST(Ranks, RunsEndAlikeAndRepeatBitForBit) {
  const yupu::testing::TempDir dir;
  std::map<int, TrainResult> of_size;
  for (const int size : {1, 2, 3, 3}) {
    const auto results = train_on(size, hard_options(dir.file("model-" + std::to_string(size))));
    for (const auto& result : results) {
      ASSERT_TRUE(result.ok()) << result.status().to_string();
      EXPECT_EQ(result->weights_sha256, results.front()->weights_sha256);
      EXPECT_EQ(result->test->report.accuracy, results.front()->test->report.accuracy);
    }
    if (const auto before = of_size.find(size); before != of_size.end()) {
      EXPECT_EQ(results.front()->weights_sha256, before->second.weights_sha256);
    }
    of_size.insert_or_assign(size, *results.front());
    const TrainResult& one = of_size.at(1);
    EXPECT_EQ(results.front()->steps, one.steps);
    ASSERT_EQ(results.front()->epochs.size(), one.epochs.size());
    for (std::size_t i = 0; i < one.epochs.size(); ++i)
      EXPECT_NEAR(results.front()->epochs[i].train_loss, one.epochs[i].train_loss, 1e-5) << size;
    auto model = tasks::Classifier::load(dir.file("model-" + std::to_string(size)));
    ASSERT_TRUE(model.ok()) << model.status().to_string();
    EXPECT_EQ((*model)->weights_sha256(), results.front()->weights_sha256);
  }
  // One rank of a group is what train() does without one.
  TrainOptions alone = hard_options(dir.file("alone"));
  handoff::SilentProgress progress;
  EXPECT_EQ(train(alone, progress)->weights_sha256, of_size.at(1).weights_sha256);
}

TEST(Ranks, ALostRankLeavesACheckpointThatGoesOnToTheSameEnd) {
  const yupu::testing::TempDir dir;
  const auto whole = train_on(3, hard_options(dir.file("whole")));
  TrainOptions options = hard_options(dir.file("killed"));
  const auto killed = train_on(3, options, [](int rank, TrainOptions& own, engine::ThreadGroup& group) {
    if (rank != 1) return;
    own.after_step = [&group](std::int64_t step) {
      if (step == 4) group.lose(1);
    };
  });
  for (const int survivor : {0, 2}) {
    const Status status = killed[static_cast<std::size_t>(survivor)].status();
    EXPECT_EQ(status.code(), Code::kUnavailable);
    EXPECT_THAT(status.message(), HasSubstr("rank 1 was lost"));
    EXPECT_THAT(status.message(), HasSubstr("step "));
  }
  const auto again = train_on(3, options);
  ASSERT_TRUE(again.front().ok()) << again.front().status().to_string();
  EXPECT_GE(again.front()->resumed_at_step, 3);  // rank 0 may not have finished the fourth update yet
  EXPECT_EQ(again.front()->weights_sha256, whole.front()->weights_sha256);
}

TEST(Ranks, ARunGoesOnWithAnotherNumberOfRanks) {
  const yupu::testing::TempDir dir;
  const auto whole = train_on(1, hard_options(dir.file("whole")));
  const TrainOptions options = hard_options(dir.file("changing"));
  std::int64_t last = 3;
  for (const int size : {3, 1, 2}) {
    const auto stopped =
        train_on(size, options, [&](int, TrainOptions& own, engine::ThreadGroup&) { stop_after(own, last); });
    EXPECT_THAT(stopped.front().status().message(), HasSubstr("stopped at step " + std::to_string(last)));
    last += 2;
  }
  const auto end = train_on(3, options);
  ASSERT_TRUE(end.front().ok()) << end.front().status().to_string();
  EXPECT_EQ(end.front()->resumed_at_step, 7);
  EXPECT_EQ(end.front()->steps, whole.front()->steps);
  EXPECT_NEAR(end.front()->epochs.back().train_loss, whole.front()->epochs.back().train_loss, 1e-5);
}

TEST(Ranks, RefusesARankWithOtherDataOrOptions) {
  const yupu::testing::TempDir dir;
  const auto other_rows = train_on(3, quick_options(dir.file("rows")), [](int rank, TrainOptions& own, auto&) {
    if (rank == 2) own.train.front().text += "x";
  });
  const auto other_options = train_on(2, quick_options(dir.file("options")), [](int rank, TrainOptions& own, auto&) {
    if (rank == 1) own.lr *= 2;
  });
  for (const auto& result : other_rows) {
    EXPECT_EQ(result.status().code(), Code::kConflict);
    EXPECT_THAT(result.status().message(), HasSubstr("rank 2 of 3 differs from rank 0 in: training rows"));
  }
  for (const auto& result : other_options)
    EXPECT_THAT(result.status().message(), HasSubstr("rank 1 of 2 differs from rank 0 in: options"));
  EXPECT_FALSE(file_exists(dir.file("rows") + "/.state"));
}

TEST(Ranks, WeightsThatDriftApartAreNoticed) {
  engine::ThreadGroup group(2);
  std::vector<Status> statuses(2);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < 2; ++rank) {
    threads.emplace_back([&, rank] {
      engine::Parameter weight("w", engine::Tensor::full({4}, rank == 0 ? 1.0f : std::nextafter(1.0f, 2.0f)), true);
      const engine::AdamW optimizer({&weight}, {});
      statuses[static_cast<std::size_t>(rank)] = require_equal_weights(group.member(rank), optimizer);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Status& status : statuses) {
    EXPECT_EQ(status.code(), Code::kInternal);
    EXPECT_THAT(status.message(), HasSubstr("rank 1 of 2 differs from rank 0 in: weights"));
  }
}

TEST(Ranks, AdaLoraPrunesAlikeOnEveryRank) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  ASSERT_TRUE(train(quick_options(dir.file("base")), progress).ok());
  TrainOptions options = quick_options(dir.file("adalora"));
  options.method = "adalora";
  options.base = dir.file("base");
  options.wide = false;
  options.lr = 5e-3;
  options.adapter.rank = 4;
  options.adapter.target_rank = 2;
  options.adapter.interval = 3;
  const auto results = train_on(3, options);
  for (const auto& result : results) {
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    EXPECT_EQ(result->weights_sha256, results.front()->weights_sha256);
  }
  auto model = tasks::Classifier::load(options.out);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_EQ((*model)->weights_sha256(), results.front()->weights_sha256);
}

TEST(BatchShare, EveryRowOnceAndTheLoadsAreClose) {
  Rng rng(5);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<std::int64_t> lengths(1 + rng.below(200));
    for (std::int64_t& length : lengths) length = 1 + static_cast<std::int64_t>(rng.below(64));
    const BatchLimits limits{.tokens = 256, .rows = 9};
    const auto plan = plan_epoch(lengths, limits, 1, trial);
    const int size = 1 + static_cast<int>(rng.below(5));
    std::vector<std::uint32_t> seen;
    std::vector<std::int64_t> loads;
    for (int rank = 0; rank < size; ++rank) {
      const auto share = share_of(plan, lengths, limits, {.rank = rank, .size = size});
      if (size == 1) {
        EXPECT_EQ(share, plan);
      }
      loads.push_back(0);
      for (const auto& batch : share) {
        std::int64_t tokens = 0;
        for (const std::uint32_t row : batch) tokens += lengths[row];
        EXPECT_TRUE(batch.size() == 1 || (tokens <= limits.tokens && batch.size() <= 9));
        loads.back() += tokens;
        seen.insert(seen.end(), batch.begin(), batch.end());
      }
    }
    std::sort(seen.begin(), seen.end());
    ASSERT_EQ(seen.size(), lengths.size());
    for (std::uint32_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i);
    // Graham: the last row put on the fullest rank found it emptiest.
    const auto [least, most] = std::minmax_element(loads.begin(), loads.end());
    EXPECT_LE(*most - *least, *std::max_element(lengths.begin(), lengths.end()));
  }
}

}  // namespace
}  // namespace yupu::training
