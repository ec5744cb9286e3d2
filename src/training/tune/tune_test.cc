#include "training/tune/tune.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "training/tune/report.h"
#include "training/tune/runner.h"
#include "training/tune/settings.h"

namespace yupu::training::tune {
namespace {

using ::testing::HasSubstr;

std::vector<handoff::Row> rows_of(int per_label, std::uint64_t seed) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> words = {
      {"parcel", {"parcel", "delivery", "where", "late"}}, {"refund", {"refund", "money", "back", "return"}}};
  Rng rng(seed);
  std::vector<handoff::Row> rows;
  for (int i = 0; i < per_label; ++i) {
    for (const auto& [label, own] : words) {
      std::string text = "please";
      for (int word = 0; word < 2; ++word) text += " " + own[rng.below(own.size())];
      rows.push_back({.text = text, .label = label, .lang = {}, .source = {}});
    }
  }
  return rows;
}

TuneOptions small(const std::string& out) {
  TuneOptions options;
  options.space = {{.name = "lr", .low = 1e-4, .high = 1e-2, .log = true},
                   {.name = "wide", .kind = Kind::kCategorical, .choices = {true, false}}};
  options.settings.trials = 4;
  options.settings.ladder = {.least = 1, .most = 3, .eta = 3};
  options.fixed.train = rows_of(8, 1);
  options.fixed.valid = rows_of(4, 2);
  options.fixed.vocab_size = 120;
  options.fixed.max_length = 16;
  options.out = out;
  options.threads = 1;
  return options;
}

// The model kept is the run that training alone would have made: rungs only pause it.
TEST(Tune, TheBestModelIsTheRunItSays) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const TuneOptions options = small(dir.file("search"));
  auto result = tune(options, progress);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_FALSE(file_exists(options.out + "/trials"));
  auto model = tasks::Classifier::load(result->model_directory);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_EQ((*model)->lineage()["tune"]["trial"], result->best_trial);

  TrainOptions alone = options.fixed;
  alone.out = dir.file("alone");
  alone.epochs = 3;
  alone.patience = 0;
  alone.threads = 1;
  for (const auto& [name, value] : result->results["best"]["point"].items())
    ASSERT_TRUE(apply_setting(name, value, alone).ok());
  auto trained = train(alone, progress);
  ASSERT_TRUE(trained.ok()) << trained.status().to_string();
  EXPECT_EQ((*model)->weights_sha256(), trained->weights_sha256);

  // The same command again finds everything done; more trials go on.
  auto again = tune(options, progress);
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ(again->results["trials"].dump(), result->results["trials"].dump());
  TuneOptions more = options;
  more.settings.trials = 5;
  auto further = tune(more, progress);
  ASSERT_TRUE(further.ok()) << further.status().to_string();
  EXPECT_EQ(further->results["trials"].size(), 5u);
  EXPECT_TRUE(file_exists(options.out + "/model/yupu.json"));

  const auto page = read_file(options.out + "/report.html");
  ASSERT_TRUE(page.ok());
  for (const char* part : {"<svg", "lr (log)", "wide", "class=\"best\"", "accuracy"})
    EXPECT_THAT(*page, HasSubstr(part));
  EXPECT_THAT(result->table, HasSubstr("accuracy"));
  const auto json = parse_json(*read_file(options.out + "/results.json"));
  ASSERT_TRUE(json.ok());
  EXPECT_EQ((*json)["progress"].back()["epochs"], (*json)["epochs"]);
}

TEST(Tune, ATrialThatDivergesIsOneTrialLost) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  TuneOptions options = small(dir.file("search"));
  options.space = {{.name = "lr", .kind = Kind::kCategorical, .choices = {1e-3, 10.0}}};
  options.fixed.clip_norm = 0.0;
  options.fixed.weight_decay = 10.0;  // at lr 10 the weights grow by a factor of 99 a step
  options.fixed.batch_size = 1;
  options.settings.trials = 6;
  options.settings.ladder = {.least = 3, .most = 3, .eta = 3};
  auto result = tune(options, progress);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  int failed = 0;
  for (const Json& trial : result->results["trials"]) {
    EXPECT_EQ(trial["state"] == "failed", trial["point"]["lr"] == 10.0);
    if (trial["state"] != "failed") continue;
    ++failed;
    EXPECT_THAT(trial["reason"].get<std::string>(), HasSubstr("diverged"));
  }
  EXPECT_GT(failed, 0);
  EXPECT_EQ(result->results["best"]["point"]["lr"], 1e-3);
}

TEST(Tune, ThePageEscapesWhatItShows) {
  const yupu::testing::TempDir dir;
  auto study =
      Study::open(dir.file("s"), {{.name = "base", .kind = Kind::kCategorical, .choices = {"a<b>", "\"c&d\""}}},
                  {.trials = 2, .ladder = {.least = 1, .most = 1, .eta = 2}}, "");
  ASSERT_TRUE(study.ok()) << study.status().to_string();
  handoff::SilentProgress progress;
  ASSERT_TRUE(run_study(
                  *study, [](const Trial&, const std::string&) { return Result<double>(0.5); }, {}, progress)
                  .ok());
  const std::string page = report_html(*study, "accuracy");
  EXPECT_THAT(page, HasSubstr("a&lt;b&gt;"));
  EXPECT_EQ(page.find("a<b>"), std::string::npos);
  EXPECT_EQ(page.find("nan"), std::string::npos);  // one figure alone has no range
}

TEST(Tune, BadOptionsAreNamed) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto failing = [&](auto change) {
    TuneOptions options = small(dir.file("bad"));
    change(options);
    auto result = tune(options, progress);
    CHECK(!result.ok(), "this must fail");
    return result.status().message();
  };
  EXPECT_THAT(failing([](TuneOptions& o) { o.fixed.valid.clear(); }), HasSubstr("no validation row"));
  EXPECT_THAT(failing([](TuneOptions& o) { o.fixed.train.clear(); }), HasSubstr("no training row"));
  EXPECT_THAT(failing([](TuneOptions& o) { o.fixed.method = "adalora"; }), HasSubstr("adalora"));
  EXPECT_THAT(failing([](TuneOptions& o) { o.space[0].name = "speed"; }), HasSubstr("no option 'speed'"));
  EXPECT_THAT(failing([](TuneOptions& o) { o.jobs = 0; }), HasSubstr("jobs"));
  EXPECT_THAT(failing([](TuneOptions& o) {
                for (auto& row : o.fixed.valid) row.label = "other";
              }),
              HasSubstr("no validation row has a label"));
}

}  // namespace
}  // namespace yupu::training::tune
