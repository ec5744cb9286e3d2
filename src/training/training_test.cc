#include "training/training.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
#include "training/batches.h"
#include "training/classify_learner.h"
#include "training/fresh_model.h"
#include "training/killed_testing.h"
#include "training/testing.h"

namespace yupu::training {
namespace {

using ::testing::HasSubstr;
using testing::make_rows;
using testing::out_of_scope;
using testing::quick_options;

TEST(Training, LearnsSeparableRowsAndWritesAModel) {
  const yupu::testing::TempDir dir;
  TrainOptions options = quick_options(dir.file("model"));
  options.train.push_back(out_of_scope("not a label"));
  options.epochs = 12;
  handoff::SilentProgress progress;
  auto result = train(options, progress);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_GE(result->figures.at("test.accuracy"), 0.9);
  EXPECT_GT(result->figures.at("train.steps"), 0);
  EXPECT_EQ(result->valid->decisions.out_of_scope, 1);
  EXPECT_LT(result->epochs.back().train_loss, result->epochs.front().train_loss);
  auto model = tasks::Classifier::load(options.out);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_THAT((*model)->labels(), ::testing::ElementsAre("greeting", "parcel", "refund"));
  EXPECT_TRUE((*model)->calibration().has_value());
  EXPECT_EQ((*model)->weights_sha256(), result->weights_sha256);
  EXPECT_EQ((*model)->lineage()["options"]["seed"], 1);
  EXPECT_FALSE(file_exists(options.out + "/.state"));
}

TEST(Training, APromiseIsKeptOrNothingIsAnswered) {
  const yupu::testing::TempDir dir;
  TrainOptions options = quick_options(dir.file("model"));
  options.valid = make_rows(40, 2);
  for (int i = 0; i < 30; ++i) options.valid.push_back(out_of_scope(i % 2 ? "sing a song" : "weather tomorrow"));
  options.epochs = 12;
  options.max_wrong = 0.001;
  handoff::SilentProgress progress;
  auto broken = train(options, progress);
  ASSERT_TRUE(broken.ok()) << broken.status().to_string();
  EXPECT_THAT(broken->broken_promise, HasSubstr("without a mistake are needed"));
  EXPECT_EQ(broken->test->decisions.answered, 0);
  EXPECT_GT(broken->figures.at("test.scope.mahalanobis.auroc"), 0.5);
  EXPECT_GT(broken->figures.at("test.scope.neighbours.auroc"), 0.5);
  auto model = tasks::Classifier::load(options.out);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_FALSE((*model)->calibration()->may_answer());
  // Another promise needs no more training.
  options.max_wrong = 0.3;
  auto kept = train(options, progress);
  ASSERT_TRUE(kept.ok()) << kept.status().to_string();
  EXPECT_EQ(kept->broken_promise, "");
  EXPECT_EQ(kept->resumed_at_step, broken->steps);
  EXPECT_EQ(kept->weights_sha256, broken->weights_sha256);
  EXPECT_GT(kept->test->decisions.answered, 0);
  EXPECT_LE(kept->test->decisions.wrong_share(), 0.3);
  EXPECT_FALSE(file_exists(options.out + "/.state"));
  options.valid.clear();
  EXPECT_EQ(train(options, progress).status().field(), "max_wrong");
}

// Twelve rows a label, two epochs, a small rate: too little for the encoder, enough for the wide branch.
TEST(Training, TheWideBranchLearnsWhereTheEncoderCannot) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::map<bool, double> accuracy;
  for (const bool wide : {false, true}) {
    TrainOptions options = quick_options(dir.file(wide ? "wide" : "deep"));
    options.train = make_rows(12, 1);
    options.epochs = 3;
    options.lr = 1e-6;
    options.wide = wide;
    options.wide_lr = 0.05;
    auto result = train(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    accuracy[wide] = result->figures.at("test.accuracy");
    EXPECT_EQ(file_exists(options.out + "/wide.safetensors"), wide);
  }
  EXPECT_GE(accuracy[true], 0.85);
  EXPECT_LE(accuracy[false], 0.7);
}

TEST(Training, EachBranchMayBeTaughtByItself) {
  TrainOptions options = quick_options("unused");
  std::vector<std::string> texts;
  for (const handoff::Row& row : options.train) texts.push_back(row.text);
  options.dropout = 0.0;
  auto fresh = fresh_model(options, texts, false);
  ASSERT_TRUE(fresh.ok()) << fresh.status().to_string();
  auto classifier = tasks::Classifier::create(
      fresh->config, std::move(fresh->tokenizer),
      {.labels = {"greeting", "parcel", "refund"}, .seed = 3, .max_length = options.max_length});
  ASSERT_TRUE(classifier.ok()) << classifier.status().to_string();
  (*classifier)->add_wide(texts);
  Rng rng(5);
  for (float& weight : (*classifier)->wide()->weight().value.values()) weight = static_cast<float>(rng.normal());
  (*classifier)->wide()->weight().value_changed();
  engine::ExecutionContext context(1);
  const std::vector<std::uint32_t> rows = {0, 7, 25};
  const auto loss_by = [&](double branch_loss) {
    options.branch_loss = branch_loss;
    EXPECT_EQ(deciding_options(options).contains("branch_loss"), branch_loss > 0.0);
    ClassifyLearner learner(options, **classifier);
    engine::Tape tape(context, engine::Tape::Mode::kTraining);
    return learner.loss(tape, rows, 0, {}).value().values()[0];
  };
  engine::PackedBatch packed;
  std::vector<text::Encoding> encodings;
  std::vector<const text::SparseRow*> ngrams;
  std::vector<std::int32_t> labels;
  for (const std::uint32_t row : rows) encodings.push_back((*classifier)->encode(options.train[row].text));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    packed.append(encodings[i].ids, encodings[i].type_ids, rows[i]);
    ngrams.push_back(&encodings[i].ngrams);
    labels.push_back(*(*classifier)->label_index(options.train[rows[i]].label));
  }
  const model::EncoderBatch batch(std::move(packed));
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  const auto logits = (*classifier)->forward_branches(tape, batch, ngrams);
  ASSERT_TRUE(logits.wide.has_value());
  const auto entropy = [&](const engine::Var& of) {
    return engine::cross_entropy(of, labels, {.reduction = engine::Reduction::kSum}).value().values()[0];
  };
  const float encoder = entropy(logits.encoder), wide = entropy(*logits.wide), both = entropy(logits.both);
  EXPECT_GT(std::abs(encoder - both), 0.1f);
  EXPECT_FLOAT_EQ(loss_by(0.0), both);
  EXPECT_NEAR(loss_by(0.5), (both + 0.5f * (encoder + wide)) / 2.0f, 1e-4f);
  EXPECT_NEAR(loss_by(4.0), (both + 4.0f * (encoder + wide)) / 9.0f, 1e-4f);
}

TEST(Training, TheWideBranchIsPartOfWhatDecidesARun) {
  TrainOptions options;
  const Json on = deciding_options(options);
  options.wide_lr *= 2.0;
  EXPECT_NE(deciding_options(options), on);
  options.wide = false;
  const Json off = deciding_options(options);
  EXPECT_NE(off, on);
  options.wide_lr *= 2.0;
  EXPECT_EQ(deciding_options(options), off);  // a rate that nothing reads
}

TEST(Training, TheWideBranchHasADecayOfItsOwn) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::map<double, double> squares;
  for (const double decay : {0.0, 5.0}) {
    TrainOptions options = quick_options(dir.file("model"));
    options.epochs = 2;
    options.weight_decay = 10.0;  // is not applied to it
    options.wide_decay = decay;
    EXPECT_EQ(deciding_options(options).contains("wide_decay"), decay > 0.0);
    const auto result = train(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    const auto model = tasks::Classifier::load(options.out);
    ASSERT_TRUE(model.ok()) << model.status().to_string();
    for (const float weight : (*model)->wide()->weight().value.values()) squares[decay] += double{weight} * weight;
  }
  EXPECT_LT(squares[5.0], 0.7 * squares[0.0]);
  EXPECT_GT(squares[5.0], 0.0);
}

TEST(Training, SameSeedSameBitsWhateverTheThreads) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::vector<std::string> hashes;
  for (const auto& [threads, seed] : std::vector<std::pair<int, std::uint64_t>>{{1, 1}, {2, 1}, {2, 2}}) {
    TrainOptions options = quick_options(dir.file("model"));
    options.epochs = 2;
    options.threads = threads;
    options.seed = seed;
    options.token_dropout = 0.1;
    auto result = train(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    hashes.push_back(result->weights_sha256);
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_NE(hashes[1], hashes[2]);
}

TEST(Training, KilledAnywhereItGoesOnToTheSameWeights) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("whole"));
  options.grad_accumulation = 2;
  options.checkpoint_steps = 2;
  options.token_dropout = 0.1;
  auto whole = train(options, progress);
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();
  const std::int64_t per_epoch = whole->steps / 4;
  options.out = dir.file("cut");
  // Before the first checkpoint, on one, between two, at the end of an epoch, in the last epoch: one run dies five
  // times.
  testing::die_at_each({1, 2, 3, per_epoch, 3 * per_epoch + 1}, options,
                       [&](handoff::Progress& p) { return train(options, p); });
  auto cut = train(options, progress);
  ASSERT_TRUE(cut.ok()) << cut.status().to_string();
  EXPECT_GT(cut->resumed_at_step, 0);
  EXPECT_EQ(cut->weights_sha256, whole->weights_sha256);
  EXPECT_EQ(cut->steps, whole->steps);
  EXPECT_EQ(cut->best_epoch, whole->best_epoch);
  ASSERT_EQ(cut->epochs.size(), whole->epochs.size());
  for (std::size_t i = 0; i < cut->epochs.size(); ++i)
    EXPECT_EQ(cut->epochs[i].train_loss, whole->epochs[i].train_loss) << i;
}

TEST(Training, AStopSavesAndOtherOptionsBeginAnew) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("model"));
  std::int64_t asked = 0;
  options.stop_requested = [&asked] { return ++asked == 3; };
  auto stopped = train(options, progress);
  EXPECT_EQ(stopped.status().code(), Code::kUnavailable);
  EXPECT_TRUE(file_exists(options.out + "/.state/state.safetensors"));
  TrainOptions other = options;
  other.stop_requested = nullptr;
  other.lr = 2e-3;
  other.epochs = 1;
  auto fresh = train(other, progress);
  ASSERT_TRUE(fresh.ok()) << fresh.status().to_string();
  EXPECT_EQ(fresh->resumed_at_step, 0);
}

TEST(Training, PausedAndResumedItIsOneRun) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("whole"));
  options.patience = 0;
  auto whole = train(options, progress);
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();
  EXPECT_FALSE(whole->paused);
  options.out = dir.file("paused");
  for (const std::int64_t epoch : {1, 3, 3}) {  // the second 3 finds nothing to do
    options.pause_after_epoch = epoch;
    auto part = train(options, progress);
    ASSERT_TRUE(part.ok()) << part.status().to_string();
    EXPECT_TRUE(part->paused);
    EXPECT_EQ(part->epochs.size(), static_cast<std::size_t>(epoch));
    EXPECT_TRUE(file_exists(options.out + "/.state/state.safetensors"));
    EXPECT_FALSE(file_exists(options.out + "/yupu.json"));
  }
  options.pause_after_epoch = 0;
  auto rest = train(options, progress);
  ASSERT_TRUE(rest.ok()) << rest.status().to_string();
  EXPECT_FALSE(rest->paused);
  EXPECT_GT(rest->resumed_at_step, 0);
  EXPECT_EQ(rest->weights_sha256, whole->weights_sha256);
}

TEST(Training, AccumulationGivesTheMeanOverAllRowsOfAnUpdate) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::vector<double> losses;
  for (const std::int64_t accumulation : {1, 3}) {
    TrainOptions options = quick_options(dir.file("model"));
    options.epochs = 1;
    options.dropout = 0.0;
    options.batch_size = accumulation == 1 ? 12 : 4;
    options.batch_tokens = 100'000;
    options.grad_accumulation = accumulation;
    auto result = train(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    losses.push_back(result->epochs[0].train_loss);
  }
  EXPECT_NEAR(losses[0], losses[1], 1e-4);
}

TEST(Training, StopsEarlyAndKeepsTheBest) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("model"));
  options.epochs = 40;
  options.patience = 2;
  auto result = train(options, progress);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_LT(result->epochs.size(), 40u);
  EXPECT_EQ(static_cast<std::int64_t>(result->epochs.size()), result->best_epoch + 2);
  EXPECT_EQ(result->figures.at("valid.accuracy"),
            result->epochs[static_cast<std::size_t>(result->best_epoch - 1)].valid_figure);
}

TEST(Training, ALossThatIsNoNumberStopsWithTheStep) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("model"));
  options.checkpoint_steps = 1;
  options.warmup_ratio = 0.0;
  options.clip_norm = 0.0;
  options.weight_decay = 10.0;
  options.lr = 10.0;  // weights grow by a factor of 99 a step
  options.epochs = 50;
  options.patience = 0;
  auto result = train(options, progress);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), Code::kInternal);
  EXPECT_THAT(result.status().message(), HasSubstr("step "));
  EXPECT_THAT(result.status().message(), HasSubstr("smaller learning rate"));
  EXPECT_THAT(result.status().message(), HasSubstr("the checkpoint of step "));
  EXPECT_TRUE(file_exists(options.out + "/.state/state.safetensors"));
  EXPECT_FALSE(file_exists(options.out + "/yupu.json"));
}

TEST(Training, WhatDivergesMayEndWithItsBestEpoch) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("model"));
  options.checkpoint_steps = 1;
  options.warmup_ratio = 0.0;
  options.clip_norm = 0.0;
  options.weight_decay = 10.0;
  options.lr = 0.5;  // weights grow by a factor of 4 a step
  options.epochs = 50;
  options.patience = 0;
  const auto stopped = train(options, progress);
  ASSERT_EQ(stopped.status().code(), Code::kInternal);
  EXPECT_THAT(stopped.status().message(), HasSubstr("the best epoch so far, "));
  EXPECT_FALSE(file_exists(options.out + "/yupu.json"));
  // The same once more goes on at the last checkpoint, comes to the same step and takes what was best.
  options.best_on_divergence = true;
  const auto best = train(options, progress);
  ASSERT_TRUE(best.ok()) << best.status().to_string();
  EXPECT_GT(best->resumed_at_step, 0);
  const auto step = static_cast<std::int64_t>(best->figures.at("train.diverged_at_step"));
  EXPECT_EQ(step, best->resumed_at_step + 1);
  EXPECT_THAT(stopped.status().message(), HasSubstr("step " + std::to_string(step) + ": the loss is"));
  EXPECT_LT(best->epochs.size(), 50u);
  ASSERT_GT(best->best_epoch, 0);
  EXPECT_EQ(best->figures.at("valid.accuracy"),
            best->epochs[static_cast<std::size_t>(best->best_epoch - 1)].valid_figure);
  const auto model = tasks::Classifier::load(options.out);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_EQ((*model)->weights_sha256(), best->weights_sha256);
  EXPECT_EQ((*model)->lineage()["figures"]["train.diverged_at_step"], static_cast<double>(step));
  // Without an epoch behind it there is nothing to take.
  options.out = dir.file("at once");
  options.valid.clear();
  EXPECT_EQ(train(options, progress).status().code(), Code::kInternal);
}

TEST(Training, BadOptionsAndRowsAreNamed) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto failing = [&](auto change) {
    TrainOptions options = quick_options(dir.file("model"));
    change(options);
    auto result = train(options, progress);
    CHECK(!result.ok(), "this must fail");
    CHECK(result.status().code() == Code::kInvalidArgument || result.status().code() == Code::kNotFound,
          result.status().to_string());
    return result.status().message();
  };
  EXPECT_THAT(failing([](TrainOptions& o) { o.epochs = 0; }), HasSubstr("epochs is 0"));
  EXPECT_THAT(failing([](TrainOptions& o) { o.lr = std::numeric_limits<double>::quiet_NaN(); }),
              HasSubstr("lr is nan"));
  EXPECT_THAT(failing([](TrainOptions& o) { o.dropout = 1.0; }), HasSubstr("dropout"));
  EXPECT_THAT(failing([](TrainOptions& o) { o.metric = "auc"; }), HasSubstr("macro_f1"));
  EXPECT_THAT(failing([](TrainOptions& o) { o.config = "huge"; }), HasSubstr("tiny, mini"));
  EXPECT_THAT(failing([](TrainOptions& o) { o.out.clear(); }), HasSubstr("out"));
  EXPECT_THAT(failing([](TrainOptions& o) { o.train.clear(); }), HasSubstr("no training row"));
  EXPECT_THAT(
      failing([](TrainOptions& o) { std::erase_if(o.train, [](const auto& r) { return r.label != "refund"; }); }),
      HasSubstr("only one label"));
  EXPECT_THAT(failing([](TrainOptions& o) {
                for (auto& row : o.valid) row.label = "other";
              }),
              HasSubstr("no validation row"));
  EXPECT_THAT(failing([](TrainOptions& o) { o.base = "/nowhere"; }), HasSubstr("base"));
}

TEST(Training, GoesOnFromAModelAsABase) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("first"));
  options.epochs = 10;
  ASSERT_TRUE(train(options, progress).ok());
  TrainOptions again = quick_options(dir.file("second"));
  again.base = dir.file("first");
  again.valid.clear();
  again.epochs = 2;
  auto result = train(again, progress);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_EQ(result->best_epoch, 0);
  EXPECT_FALSE(result->valid.has_value());
  auto model = tasks::Classifier::load(again.out);
  ASSERT_TRUE(model.ok());
  EXPECT_FALSE((*model)->calibration().has_value());
}

TEST(Training, OutOfScopeIsALabelWhenAsked) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TrainOptions options = quick_options(dir.file("model"));
  options.train.push_back(out_of_scope("what is the weather"));
  options.learn_out_of_scope = true;
  options.epochs = 1;
  auto result = train(options, progress);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_EQ(result->test->report.row_count, 19);
}

TEST(Batches, EveryRowOnceWithinTheBudgetInAnOrderOfItsOwn) {
  std::vector<std::int64_t> lengths;
  for (int i = 0; i < 100; ++i) lengths.push_back(3 + i % 17);
  lengths.push_back(500);  // longer than the budget: a batch of its own
  const auto first = plan_epoch(lengths, {.tokens = 64, .rows = 5}, 1, 0);
  std::vector<int> seen(lengths.size(), 0);
  for (const auto& batch : first) {
    std::int64_t tokens = 0;
    for (const std::uint32_t row : batch) {
      seen[row] += 1;
      tokens += lengths[row];
    }
    EXPECT_TRUE(tokens <= 64 || batch.size() == 1);
    EXPECT_LE(batch.size(), 5u);
  }
  EXPECT_EQ(seen, std::vector<int>(lengths.size(), 1));
  EXPECT_EQ(plan_epoch(lengths, {.tokens = 64, .rows = 5}, 1, 0), first);
  EXPECT_NE(plan_epoch(lengths, {.tokens = 64, .rows = 5}, 1, 1), first);
  EXPECT_NE(plan_epoch(lengths, {.tokens = 64, .rows = 5}, 2, 0), first);
}

}  // namespace
}  // namespace yupu::training
