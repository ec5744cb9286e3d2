#include "strategy/tune_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::strategy {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGood = R"([tune]
trials = 40
max_epochs = 27
min_epochs = 3
scheduler = "hyperband"
sampler = "random"
jobs = 2
seed = 7
[tune.fixed]
config = "tiny"
wide = false
[tune.space.lr]
type = "float"
low = 1e-5
high = 1e-2
log = true
[tune.space.batch_tokens]
type = "int"
low = 256
high = 1024
step = 256
[tune.space.wide]
type = "categorical"
choices = [true, false]
)";

TEST(TuneFile, EveryKeyArrives) {
  auto options = parse_tune_file(kGood, "space.toml");
  ASSERT_TRUE(options.ok()) << options.status().to_string();
  EXPECT_EQ(options->settings.trials, 40);
  EXPECT_EQ(options->settings.ladder.most, 27);
  EXPECT_EQ(options->settings.ladder.least, 3);
  EXPECT_EQ(options->settings.scheduler, training::tune::Scheduler::kHyperband);
  EXPECT_EQ(options->settings.sampler, training::tune::Sampler::kRandom);
  EXPECT_EQ(options->settings.seed, 7u);
  EXPECT_EQ(options->jobs, 2);
  EXPECT_EQ(options->fixed.config, "tiny");
  EXPECT_FALSE(options->fixed.wide);
  ASSERT_EQ(options->space.size(), 3u);
  EXPECT_EQ(options->space[0].name, "batch_tokens");
  EXPECT_EQ(options->space[0].step, 256.0);
  EXPECT_EQ(options->space[1].name, "lr");
  EXPECT_TRUE(options->space[1].log);
  EXPECT_EQ(options->space[2].choices, (std::vector<Json>{true, false}));
}

struct BadRow {
  const char* text;
  const char* wanted;
};

TEST(TuneFile, EveryMistakeIsNamedWithFileLineAndKey) {
  const BadRow rows[] = {
      {"", "s.toml: line 1: tune: is missing"},
      {"[tune]\ntrials = 3\n", "tune.space: is missing"},
      {"[tune]\n[tune.space]\n", "line 2: tune.space: has no parameter"},
      {"[tune]\ntrails = 3\n[tune.space.lr]\ntype = \"float\"\nlow = 0.1\nhigh = 0.2\n", "did you mean \"trials\"?"},
      {"[tune]\ntrials = 0\n[tune.space]\n", "line 2: tune.trials: must be a whole number from 1"},
      {"[tune]\nmax_epochs = 3\nmin_epochs = 4\n[tune.space]\n", "line 3: tune.min_epochs: must be at most"},
      {"[tune]\nscheduler = \"sha\"\n[tune.space]\n", "line 2: tune.scheduler: must be one of asha, hyperband, none"},
      {"[tune.space]\nlr = 3\n", "line 2: tune.space.lr: must be a table"},
      {"[tune.space.lr]\nlow = 0.1\nhigh = 0.2\n", "tune.space.lr.type: is missing"},
      {"[tune.space.lr]\ntype = \"real\"\n", "line 2: tune.space.lr.type: must be one of float, int, categorical"},
      {"[tune.space.lr]\ntype = \"float\"\nlow = 0.1\n", "tune.space.lr.high: is missing"},
      {"[tune.space.lr]\ntype = \"float\"\nlow = 0.2\nhigh = 0.1\n", "line 3: tune.space.lr.low: low must be below"},
      {"[tune.space.lr]\ntype = \"float\"\nlow = 0.0\nhigh = 0.1\nlog = true\n", "above 0 for a logarithmic range"},
      {"[tune.space.lr]\ntype = \"float\"\nlow = nan\nhigh = 0.1\n", "line 3: tune.space.lr.low"},
      {"[tune.space.lr]\ntype = \"float\"\nlow = 0.1\nhigh = 100.0\n", "lr must be 1e-09 to 10, not 100.0"},
      {"[tune.space.lrr]\ntype = \"float\"\nlow = 0.1\nhigh = 0.2\n", "there is no option 'lrr'; known: adapter_"},
      {"[tune.space.batch_size]\ntype = \"int\"\nlow = 1.5\nhigh = 4\n", "low: must be a whole number, not 1.5"},
      {"[tune.space.batch_size]\ntype = \"int\"\nlow = 1\nhigh = 4\nstep = 2\n", "line 4: tune.space.batch_size.high"},
      {"[tune.space.batch_size]\ntype = \"float\"\nlow = 1\nhigh = 4\n", "batch_size must be a whole number"},
      {"[tune.space.config]\ntype = \"categorical\"\n", "tune.space.config.choices: is missing"},
      {"[tune.space.config]\ntype = \"categorical\"\nchoices = [\"tiny\"]\n", "line 3: tune.space.config.choices"},
      {"[tune.space.config]\ntype = \"categorical\"\nchoices = [\"tiny\", \"huge\"]\n", "huge"},
      {"[tune.space.config]\ntype = \"categorical\"\nchoices = [\"tiny\", [1]]\n", "strings, numbers and booleans"},
      {"[tune.space.config]\ntype = \"categorical\"\nchoices = [\"tiny\", \"mini\"]\nlow = 1\n", "unknown key"},
      {"[tune.space.method]\ntype = \"categorical\"\nchoices = [\"lora\", \"adalora\"]\n", "full, lora or houlsby"},
      {"[tune.fixed]\nepochs = 3\n[tune.space]\n", "line 2: tune.fixed.epochs: there is no option 'epochs'"},
      {"[tune.fixed]\nlr = \"fast\"\n[tune.space]\n", "line 2: tune.fixed.lr: lr must be a number, not \"fast\""},
      {"[tune\n", "s.toml: line 1"},
  };
  for (const BadRow& row : rows) {
    auto options = parse_tune_file(row.text, "s.toml");
    ASSERT_FALSE(options.ok()) << row.text;
    EXPECT_EQ(options.status().code(), Code::kInvalidArgument) << row.text;
    EXPECT_THAT(options.status().message(), HasSubstr(row.wanted)) << row.text;
    EXPECT_THAT(options.status().message(), HasSubstr("s.toml: line ")) << row.text;
  }
  EXPECT_EQ(load_tune_file("/nowhere/space.toml").status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace yupu::strategy
