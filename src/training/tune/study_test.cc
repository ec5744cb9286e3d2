#include "training/tune/study.h"

#include <cmath>
#include <csignal>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/testing.h"
#include "training/tune/runner.h"

namespace yupu::training::tune {
namespace {

using ::testing::HasSubstr;

const Space kSpace = {{.name = "lr", .kind = Kind::kFloat, .low = 1e-5, .high = 1e-1, .log = true},
                      {.name = "config", .kind = Kind::kCategorical, .choices = {"tiny", "mini"}}};

StudySettings quick(std::int64_t trials = 12) {
  StudySettings settings;
  settings.trials = trials;
  settings.ladder = {.least = 1, .most = 9, .eta = 3};
  settings.tpe.startup = 4;
  return settings;
}

// Best at lr = 1e-3 with "mini", and better with more epochs.
double figure_of(const Trial& trial) {
  const double distance = std::fabs(std::log10(trial.point[0]) + 3.0);
  return 1.0 - 0.2 * distance - 0.3 / static_cast<double>(trial.target) - (trial.point[1] == 0.0 ? 0.1 : 0.0);
}

Result<double> easy(const Trial& trial, const std::string&) { return figure_of(trial); }

Study open_study(const std::string& directory, const StudySettings& settings) {
  auto study = Study::open(directory, kSpace, settings, "rows");
  CHECK(study.ok(), study.status().to_string());
  return std::move(*study);
}

std::string journal(const Study& study) {
  auto text = read_file(study.directory() + "/study.json");
  CHECK(text.ok(), text.status().to_string());
  auto json = parse_json(*text);
  CHECK(json.ok(), json.status().to_string());
  for (Json& trial : (*json)["trials"]) {
    for (Json& rung : trial["rungs"]) rung["seconds"] = 0;
  }
  return to_text(*json);
}

TEST(Study, AshaTrainsFewTrialsFarAndFindsTheBest) {
  const yupu::testing::TempDir dir;
  Study study = open_study(dir.file("s"), quick(27));
  handoff::SilentProgress progress;
  ASSERT_TRUE(run_study(study, easy, {}, progress).ok());
  std::map<std::int64_t, int> at;
  for (const Trial& trial : study.trials()) {
    EXPECT_NE(trial.state, TrialState::kRunning);
    for (const RungResult& rung : trial.rungs) ++at[rung.resource];
  }
  EXPECT_EQ(at[1], 27);
  EXPECT_GE(at[3], 9);  // a rung's best may change as later trials come in
  EXPECT_LE(at[3], 16);
  EXPECT_GE(at[9], 3);
  EXPECT_LE(at[9], 8);
  ASSERT_NE(study.best(), nullptr);
  EXPECT_EQ(study.best()->resource(), 9);
  EXPECT_EQ(study.best()->state, TrialState::kComplete);
  EXPECT_LT(study.resource_spent(), 27 * 9 / 2);
  for (const Trial& trial : study.trials()) {
    if (trial.state != TrialState::kComplete) continue;
    EXPECT_LE(*trial.figure(), *study.best()->figure());
  }
}

TEST(Study, OneSeedOneSearch) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::vector<std::string> journals;
  for (const std::uint64_t seed : {1, 1, 2}) {
    StudySettings settings = quick();
    settings.seed = seed;
    Study study = open_study(dir.file(std::to_string(journals.size())), settings);
    ASSERT_TRUE(run_study(study, easy, {}, progress).ok());
    journals.push_back(journal(study));
  }
  EXPECT_EQ(journals[0], journals[1]);
  EXPECT_NE(journals[1], journals[2]);
}

TEST(Study, EveryTrialWholeWithoutRungsAndParallelJobsLoseNone) {
  const yupu::testing::TempDir dir;
  StudySettings settings = quick();
  settings.scheduler = Scheduler::kNone;
  settings.sampler = Sampler::kRandom;
  Study study = open_study(dir.file("s"), settings);
  handoff::SilentProgress progress;
  ASSERT_TRUE(run_study(study, easy, {.jobs = 3, .after_rung = {}}, progress).ok());
  EXPECT_EQ(study.trials().size(), 12u);
  EXPECT_EQ(study.resource_spent(), 12 * 9);
  std::set<std::int64_t> orders;
  for (const Trial& trial : study.trials()) {
    EXPECT_EQ(trial.state, TrialState::kComplete);
    orders.insert(trial.rungs.at(0).order);
  }
  EXPECT_EQ(orders.size(), 12u);
}

TEST(Study, HyperbandFillsEveryBracketInItsShare) {
  const yupu::testing::TempDir dir;
  StudySettings settings = quick(60);
  settings.scheduler = Scheduler::kHyperband;
  Study study = open_study(dir.file("s"), settings);
  handoff::SilentProgress progress;
  ASSERT_TRUE(run_study(study, easy, {}, progress).ok());
  std::map<std::int64_t, int> of;
  for (const Trial& trial : study.trials()) {
    ++of[trial.bracket];
    EXPECT_EQ(trial.rungs.at(0).resource, study.levels(trial.bracket)[0]);
  }
  EXPECT_EQ(of.size(), 3u);  // shares 9, 5, 3
  EXPECT_GT(of[0], of[1]);
  EXPECT_GT(of[1], 0);
  EXPECT_GT(of[2], 0);
}

TEST(Study, WithTooFewForTheRungsTheBestGoesToTheTopAllTheSame) {
  const yupu::testing::TempDir dir;
  Study study = open_study(dir.file("s"), quick(2));
  handoff::SilentProgress progress;
  ASSERT_TRUE(run_study(study, easy, {}, progress).ok());
  EXPECT_EQ(study.best()->state, TrialState::kComplete);
  EXPECT_EQ(study.resource_spent(), 1 + 9);
}

// A search in a child process that kills itself after so many rungs; what stands on disk must carry on to the same end.
TEST(Study, KilledAnywhereItGoesOnAndRepeatsNoRung) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  Study whole = open_study(dir.file("whole"), quick());
  ASSERT_TRUE(run_study(whole, easy, {}, progress).ok());
  const std::string ran = dir.file("ran");  // one byte a rung that was trained
  const Objective counting = [&ran](const Trial& trial, const std::string& directory) -> Result<double> {
    std::FILE* file = std::fopen(ran.c_str(), "a");
    std::fputc('x', file);
    std::fclose(file);
    return easy(trial, directory);
  };
  for (const int kill_after : {1, 2, 5}) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Study study = open_study(dir.file("cut"), quick());
      int rungs = 0;
      const RunnerOptions dying{.jobs = 1, .after_rung = [&](const Study&, const Trial&) {
                                  if (++rungs == kill_after) ::kill(::getpid(), SIGKILL);
                                  return ok_status();
                                }};
      (void)run_study(study, counting, dying, progress);
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
  Study cut = open_study(dir.file("cut"), quick());
  EXPECT_EQ(cut.resource_spent() > 0, true);
  ASSERT_TRUE(run_study(cut, counting, {}, progress).ok());
  EXPECT_EQ(journal(cut), journal(whole));
  std::size_t rungs = 0;
  for (const Trial& trial : whole.trials()) rungs += trial.rungs.size();
  EXPECT_EQ(read_file(ran)->size(), rungs);
}

TEST(Study, ATrialUnderWayWhenTheSearchDiedIsTakenUpFirst) {
  const yupu::testing::TempDir dir;
  {
    Study study = open_study(dir.file("s"), quick());
    auto first = study.next();
    auto second = study.next();
    ASSERT_TRUE(first.ok() && second.ok() && *second == 1);
    ASSERT_TRUE(study.finish(0, {.figure = 0.5, .reason = {}}).ok());
  }
  Study study = open_study(dir.file("s"), quick());
  EXPECT_EQ(study.running_count(), 0);
  auto number = study.next();
  ASSERT_TRUE(number.ok());
  EXPECT_EQ(**number, 1);
  EXPECT_EQ(study.running_count(), 1);
}

TEST(Study, ADivergedACrashedAndAnUnwillingTrialCostOnlyThemselves) {
  const yupu::testing::TempDir dir;
  Study study = open_study(dir.file("s"), quick());
  handoff::SilentProgress progress;
  const Objective bad = [](const Trial& trial, const std::string& directory) -> Result<double> {
    if (trial.number == 0) return std::nan("");
    if (trial.number == 1) ::raise(SIGKILL);
    if (trial.number == 2 && trial.target > 1) return internal_error("step 7: training has diverged");
    if (trial.number == 3) ::_exit(0);  // without leaving an outcome
    return trial.number == 2 ? Result<double>(2.0) : easy(trial, directory);
  };
  ASSERT_TRUE(run_study(study, bad, {}, progress).ok());
  EXPECT_EQ(study.trials().size(), 12u);
  EXPECT_EQ(study.trial(0).state, TrialState::kFailed);
  EXPECT_THAT(study.trial(0).reason, HasSubstr("not a number"));
  EXPECT_THAT(study.trial(1).reason, HasSubstr("signal 9"));
  EXPECT_THAT(study.trial(2).reason, HasSubstr("diverged"));
  EXPECT_THAT(study.trial(3).reason, HasSubstr("no outcome"));
  EXPECT_EQ(study.trial(2).state, TrialState::kFailed);
  EXPECT_GT(study.best()->number, 3);  // not the 2.0 of a trial that failed afterwards
}

TEST(Study, WhenEveryTrialFailsTheSearchStopsAndSaysWhy) {
  const yupu::testing::TempDir dir;
  Study study = open_study(dir.file("s"), quick());
  handoff::SilentProgress progress;
  const Status status = run_study(
      study, [](const Trial&, const std::string&) { return Result<double>(internal_error("no rows")); }, {}, progress);
  EXPECT_EQ(status.code(), Code::kConflict);
  EXPECT_THAT(status.message(), HasSubstr("no rows"));
  EXPECT_EQ(study.trials().size(), 3u);
  EXPECT_EQ(study.best(), nullptr);
}

TEST(Study, MoreTrialsGoOnAndAnotherSpaceIsRefused) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  {
    Study study = open_study(dir.file("s"), quick(6));
    ASSERT_TRUE(run_study(study, easy, {}, progress).ok());
  }
  Study more = open_study(dir.file("s"), quick(9));
  EXPECT_EQ(more.trials().size(), 6u);
  ASSERT_TRUE(run_study(more, easy, {}, progress).ok());
  EXPECT_EQ(more.trials().size(), 9u);
  StudySettings other = quick(9);
  other.ladder.most = 27;
  EXPECT_EQ(Study::open(dir.file("s"), kSpace, other, "rows").status().code(), Code::kConflict);
  EXPECT_EQ(Study::open(dir.file("s"), kSpace, quick(9), "other rows").status().code(), Code::kConflict);
}

TEST(Study, BadSettingsSpacesAndFilesAreNamed) {
  const yupu::testing::TempDir dir;
  const auto field = [&](const Space& space, const StudySettings& settings) {
    auto study = Study::open(dir.file("bad"), space, settings, "");
    CHECK(study.status().code() == Code::kInvalidArgument, study.status().to_string());
    return study.status().field();
  };
  EXPECT_EQ(field({}, quick()), "space");
  EXPECT_EQ(field(kSpace, quick(0)), "trials");
  StudySettings settings = quick();
  settings.ladder.least = 10;
  EXPECT_EQ(field(kSpace, settings), "min_epochs");
  settings.ladder = {.least = 1, .most = 9, .eta = 1};
  EXPECT_EQ(field(kSpace, settings), "eta");
  EXPECT_EQ(field({{.name = "x", .low = 1.0, .high = 1.0}}, quick()), "low");
  EXPECT_EQ(field({{.name = "x", .low = 0.0, .high = 1.0, .log = true}}, quick()), "low");
  EXPECT_EQ(field({{.name = "x", .low = NAN, .high = 1.0}}, quick()), "low");
  EXPECT_EQ(field({{.name = "x", .kind = Kind::kInt, .low = 0, .high = 10, .step = 3}}, quick()), "high");
  EXPECT_EQ(field({{.name = "x", .kind = Kind::kInt, .low = 0, .high = 10}}, quick()), "step");
  EXPECT_EQ(field({{.name = "x", .kind = Kind::kCategorical, .choices = {"a"}}}, quick()), "choices");
  EXPECT_EQ(field({{.name = "x", .kind = Kind::kCategorical, .choices = {"a", "a"}}}, quick()), "choices");
  ASSERT_TRUE(make_directories(dir.file("torn")).ok());
  for (const char* text : {"{\"format\": 1", "[]", "{}"}) {
    ASSERT_TRUE(write_file_atomic(dir.file("torn/study.json"), text).ok());
    EXPECT_FALSE(Study::open(dir.file("torn"), kSpace, quick(), "rows").ok()) << text;
  }
}

}  // namespace
}  // namespace yupu::training::tune
