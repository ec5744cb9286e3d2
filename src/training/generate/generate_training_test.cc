#include "training/generate/generate_training.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "tasks/generate/evaluate.h"
#include "tasks/generate/generation.h"
#include "training/killed_testing.h"
#include "training/ranks_testing.h"

namespace yupu::training {
namespace {

using tasks::PassageSet;
using ::testing::HasSubstr;

const std::vector<std::string> kThings = {"parcel", "refund", "invoice", "coupon", "warranty", "快递", "发票"};

// Texts that one can foretell; or answers that follow from their prompts alone.
PassageSet make_set(bool prompted, int count, std::uint64_t seed) {
  Rng rng(seed);
  PassageSet set{.path = "set.jsonl", .prompted = prompted, .rows = {}};
  for (int i = 0; i < count; ++i) {
    const std::string& thing = kThings[rng.below(kThings.size())];
    if (prompted) {
      set.rows.push_back({.prompt = std::to_string(rng.below(1000)) + " about " + thing + ":",
                          .text = " the " + thing + " page",
                          .line = i + 1});
    } else {
      set.rows.push_back(
          {.prompt = {}, .text = "where is my " + thing + "? see the " + thing + " page", .line = i + 1});
    }
  }
  return set;
}

GenerateTraining quick_options(const std::string& out, bool prompted = false) {
  GenerateTraining options;
  options.train = make_set(prompted, 200, 1);
  options.valid = make_set(prompted, 40, 2);
  options.test = make_set(prompted, 40, 3);
  options.loop.out = out;
  options.loop.epochs = 5;
  options.loop.lr = 4e-3;
  options.loop.batch_tokens = 128;
  options.loop.vocab_size = 320;
  options.loop.max_length = 48;
  options.loop.threads = 2;
  return options;
}

TEST(GenerateTraining, LearnsToWriteAndSavesWhatItJudged) {
  handoff::SilentProgress progress;
  for (const bool prompted : {false, true}) {
    const yupu::testing::TempDir dir;
    GenerateTraining options = quick_options(dir.file("model"), prompted);
    options.loop.epochs = 20;
    const auto result = train_generator(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    EXPECT_LT(result->epochs.back().train_loss, result->epochs.front().train_loss);
    EXPECT_LT(result->figures.at("test.perplexity"), 2.5) << prompted;
    EXPECT_GT(result->figures.at("test.bits_per_byte"), 0.0);
    const auto model = tasks::LanguageModel::load(options.loop.out);
    ASSERT_TRUE(model.ok()) << model.status().to_string();
    EXPECT_EQ((*model)->weights_sha256(), result->weights_sha256);
    EXPECT_EQ((*model)->lineage()["options"]["task"], "generate");
    engine::ExecutionContext context(1);
    EXPECT_EQ(tasks::evaluate(**model, context, options.test).perplexity(), result->figures.at("test.perplexity"));
    EXPECT_FALSE(file_exists(options.loop.out + "/.state"));
    const std::vector<std::string> prompts = {prompted ? "77 about coupon:" : "where is my coupon?"};
    const auto written = tasks::generate(**model, context, prompts, {.max_new_tokens = 30});
    ASSERT_TRUE(written.ok());
    EXPECT_EQ((*written)[0].text, prompted ? " the coupon page" : " see the coupon page");
    EXPECT_EQ((*written)[0].finish, tasks::Finish::kEnd);
  }
}

// The prompts are noise that nobody can foretell: learning them too would show in the loss.
TEST(GenerateTraining, OfPromptsNothingIsLearned) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto result = train_generator(quick_options(dir.file("model"), true), progress);
  ASSERT_TRUE(result.ok());
  GenerateTraining whole = quick_options(dir.file("whole"), true);
  for (PassageSet* set : {&whole.train, &whole.valid, &whole.test}) {
    set->prompted = false;
    for (tasks::Passage& row : set->rows) row = {.prompt = {}, .text = row.prompt + row.text, .line = row.line};
  }
  const auto of_all = train_generator(whole, progress);
  ASSERT_TRUE(of_all.ok());
  EXPECT_LT(result->figures.at("test.loss") + 0.3, of_all->figures.at("test.loss"));
}

TEST(GenerateTraining, GoesOnFromAModel) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  GenerateTraining first = quick_options(dir.file("first"));
  first.loop.epochs = 2;
  const auto began = train_generator(first, progress);
  ASSERT_TRUE(began.ok());
  // A directory of the reference library has no yupu.json.
  ASSERT_TRUE(remove_tree(first.loop.out + "/yupu.json").ok());
  GenerateTraining second = quick_options(dir.file("second"));
  second.loop.epochs = 2;
  second.loop.base = first.loop.out;
  const auto went_on = train_generator(second, progress);
  ASSERT_TRUE(went_on.ok()) << went_on.status().to_string();
  EXPECT_LT(went_on->figures.at("test.loss"), began->figures.at("test.loss"));
  EXPECT_TRUE((*tasks::LanguageModel::load(second.loop.out))->begins_texts());
}

TEST(GenerateTraining, KilledAnywhereItGoesOnToTheSameWeights) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  GenerateTraining options = quick_options(dir.file("whole"));
  options.loop.epochs = 2;
  options.loop.checkpoint_steps = 2;
  const auto whole = train_generator(options, progress);
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();
  options.loop.out = dir.file("cut");
  testing::die_at_each({1, 5, whole->steps - 1}, options.loop,
                       [&](handoff::Progress& p) { return train_generator(options, p); });
  const auto cut = train_generator(options, progress);
  ASSERT_TRUE(cut.ok()) << cut.status().to_string();
  EXPECT_GT(cut->resumed_at_step, 0);
  EXPECT_EQ(cut->weights_sha256, whole->weights_sha256);
  EXPECT_EQ(cut->figures.at("test.perplexity"), whole->figures.at("test.perplexity"));
}

TEST(GenerateTraining, ThreadsChangeNothingTheSeedDoes) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto weights = [&](const auto& change) {
    GenerateTraining options = quick_options(dir.file("model"));
    options.loop.epochs = 1;
    change(options);
    const auto result = train_generator(options, progress);
    EXPECT_TRUE(result.ok()) << result.status().to_string();
    return result->weights_sha256;
  };
  const std::string two = weights([](GenerateTraining&) {});
  EXPECT_EQ(weights([](GenerateTraining& options) { options.loop.threads = 1; }), two);
  EXPECT_NE(weights([](GenerateTraining& options) { options.loop.seed = 2; }), two);
}

TEST(GenerateTraining, RanksLearnWhatOneDoes) {
  const yupu::testing::TempDir dir;
  const auto loss_on = [&](int ranks) {
    return testing::figure_on_ranks(ranks, "valid.loss", [&](engine::Collective& collective) {
      GenerateTraining options = quick_options(dir.file("model" + std::to_string(ranks)));
      options.loop.epochs = 2;
      options.loop.threads = 1;
      options.loop.collective = &collective;
      handoff::SilentProgress progress;
      return train_generator(options, progress);
    });
  };
  const double alone = loss_on(1);
  EXPECT_NEAR(loss_on(2), alone, 1e-3 * alone);
}

TEST(GenerateTraining, BadInputIsNamed) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto refused = [&](const auto& change) {
    GenerateTraining options = quick_options(dir.file("model"));
    change(options);
    const auto result = train_generator(options, progress);
    EXPECT_EQ(result.status().code(), Code::kInvalidArgument);
    return result.status().message();
  };
  EXPECT_THAT(refused([](GenerateTraining& options) { options.train.rows.clear(); }), HasSubstr("no training text"));
  EXPECT_THAT(refused([](GenerateTraining& options) { options.loop.method = "lora"; }), HasSubstr("method"));
  EXPECT_THAT(refused([](GenerateTraining& options) { options.loop.token_dropout = 0.1; }), HasSubstr("token_dropout"));
  EXPECT_THAT(refused([](GenerateTraining& options) { options.loop.label_smoothing = 0.1; }),
              HasSubstr("label_smoothing"));
  EXPECT_THAT(refused([](GenerateTraining& options) { options.loop.vocab_size = 100; }), HasSubstr("257"));
  EXPECT_FALSE(file_exists(dir.file("model/yupu.json")));
}

}  // namespace
}  // namespace yupu::training
