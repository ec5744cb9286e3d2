#include "training/track/mlflow.h"

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.h"
#include "handoff/testing.h"
#include "http/server.h"
#include "training/track/mlflow_api.h"

namespace yupu::training {
namespace {

using handoff::testing::Notes;
using ::testing::HasSubstr;

// A tracking server with one experiment's runs, and troubles to order.  Threads: handlers lock.
class FakeMlflow {
 public:
  FakeMlflow() {
    http::Router router;
    const auto add = [&](const char* method, const char* pattern, Json (FakeMlflow::*handler)(const Json&)) {
      router.add({.method = method, .pattern = pattern, .scope = "", .summary = ""},
                 [this, handler, pattern](const http::Request& request) { return answer(pattern, request, handler); });
    };
    add("GET", "/mine/api/2.0/mlflow/experiments/get-by-name", &FakeMlflow::get_experiment);
    add("POST", "/mine/api/2.0/mlflow/experiments/create", &FakeMlflow::create_experiment);
    add("POST", "/mine/api/2.0/mlflow/runs/search", &FakeMlflow::search);
    add("POST", "/mine/api/2.0/mlflow/runs/create", &FakeMlflow::create);
    add("POST", "/mine/api/2.0/mlflow/runs/log-batch", &FakeMlflow::log_batch);
    add("POST", "/mine/api/2.0/mlflow/runs/update", &FakeMlflow::update);
    auto started = http::Server::start({.listen = {.port = 0}, .request_threads = 2}, std::move(router));
    EXPECT_TRUE(started.ok());
    server_ = std::move(*started);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/mine?experiment=shop%"; }
  MlflowOptions options() const {
    MlflowOptions options = *parse_mlflow_url(url());
    options.send_every_ms = 10;
    options.retry_first_ms = 20;
    options.retry_most_ms = 50;
    return options;
  }

  std::atomic<int> refuse_next = 0;         // so many calls are answered 503
  std::atomic<bool> lose_create = false;    // the next runs/create is done and answered 500
  std::atomic<bool> refuse_params = false;  // 400
  Json experiments = Json::object();        // name -> id
  Json runs = Json::object();               // id -> what was said about it
  std::size_t largest_batch = 0;

 private:
  http::Response answer(std::string_view path, const http::Request& request, Json (FakeMlflow::*handler)(const Json&)) {
    const MutexLock lock(mutex_);
    if (refuse_next > 0) {
      --refuse_next;
      return {.status = 503, .headers = {}, .body = "{}"};
    }
    Json body = request.body.empty() ? Json::object() : *parse_json(request.body);
    for (const auto& [key, value] : request.query) body[key] = value;
    if (path.ends_with("runs/log-batch") && body.contains("params") && refuse_params) {
      return {.status = 400, .headers = {}, .body = R"({"error_code":"INVALID_PARAMETER_VALUE","message":"no"})"};
    }
    const Json said = (this->*handler)(body);
    if (path.ends_with("runs/create") && lose_create.exchange(false))
      return {.status = 500, .headers = {}, .body = "lost"};
    if (said.is_null()) {
      return {.status = 404, .headers = {}, .body = R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"none"})"};
    }
    return {.status = 200, .headers = {}, .body = to_text(said)};
  }
  Json get_experiment(const Json& body) {
    const std::string name = body.at("experiment_name");
    if (!experiments.contains(name)) return nullptr;
    return {{"experiment", {{"experiment_id", experiments[name]}}}};
  }
  Json create_experiment(const Json& body) {
    experiments[body.at("name").get<std::string>()] = "7";
    return {{"experiment_id", "7"}};
  }
  Json search(const Json& body) {
    const std::string filter = body.at("filter");
    Json found = Json::array();
    for (const auto& [id, run] : runs.items()) {
      for (const auto& tag : run.at("tags")) {
        if (filter == "tags.`" + tag.at("key").get<std::string>() + "` = '" + tag.at("value").get<std::string>() + "'")
          found.push_back({{"info", {{"run_id", id}}}});
      }
    }
    return {{"runs", found}};
  }
  Json create(const Json& body) {
    const std::string id = "run" + std::to_string(runs.size());
    runs[id] = {{"name", body.at("run_name")}, {"experiment", body.at("experiment_id")},
                {"tags", body.at("tags")},     {"metrics", Json::object()},
                {"params", Json::object()},    {"status", "RUNNING"}};
    return {{"run", {{"info", {{"run_id", id}}}}}};
  }
  Json log_batch(const Json& body) {
    Json& run = runs.at(body.at("run_id").get<std::string>());
    for (const Json& param : body.value("params", Json::array()))
      run["params"][param.at("key").get<std::string>()] = param.at("value");
    const Json metrics = body.value("metrics", Json::array());
    largest_batch = std::max(largest_batch, metrics.size());
    for (const Json& metric : metrics) {
      run["metrics"][metric.at("key").get<std::string>()][std::to_string(metric.at("step").get<std::int64_t>())] =
          metric.at("value");
    }
    return Json::object();
  }
  Json update(const Json& body) {
    Json& run = runs.at(body.at("run_id").get<std::string>());
    run["status"] = body.at("status");
    run["ended"] = body.contains("end_time");
    return Json::object();
  }

  Mutex mutex_;
  std::unique_ptr<http::Server> server_;
};

void tell_a_run(RunObserver& run, std::int64_t steps, std::int64_t resumed_at = 0) {
  run.run_started({.options = {{"lr", 0.1}, {"adapter", {{"rank", 8}}}, {"seed", 1}},
                   .resumed_at_step = resumed_at,
                   .total_steps = steps});
  for (std::int64_t step = resumed_at + 1; step <= steps; ++step) {
    const Figure figures[] = {{"train/loss", 1.0 / static_cast<double>(step)}, {"train/grad_norm", 2.0}};
    run.figures(step, figures);
  }
  run.run_ended({.outcome = RunEnd::Outcome::kFinished, .message = {}, .figures = {{"test.accuracy", 0.75}}});
}

class Mlflow : public ::testing::Test {
 protected:
  std::unique_ptr<RunObserver> open() { return make_mlflow(fake.options(), options); }
  FakeMlflow fake;
  const FakeClock clock{1'795'600'388'000'000'000};
  Notes notes;
  TrackOptions options{.run_name = "shop-1", .run_key = "key", .version = "1", .clock = clock, .progress = notes};
};

TEST_F(Mlflow, EveryFigureArrivesInBatches) {
  tell_a_run(*open(), 1500);
  EXPECT_THAT(notes.lines, ::testing::IsEmpty());
  EXPECT_EQ(fake.experiments, Json({{"shop%", "7"}}));
  ASSERT_EQ(fake.runs.size(), 1u);
  const Json& run = fake.runs["run0"];
  EXPECT_EQ(run["name"], "shop-1");
  EXPECT_EQ(run["status"], "FINISHED");
  EXPECT_EQ(run["ended"], true);
  EXPECT_EQ(run["params"], Json({{"lr", "0.1"}, {"adapter.rank", "8"}, {"seed", "1"}}));
  EXPECT_EQ(run["metrics"]["train/loss"].size(), 1500u);
  EXPECT_EQ(run["metrics"]["train/loss"]["4"], 0.25);
  EXPECT_EQ(run["metrics"]["train/grad_norm"].size(), 1500u);
  EXPECT_EQ(run["metrics"]["result/test.accuracy"]["1500"], 0.75);
  EXPECT_LE(fake.largest_batch, MlflowApi::kMetricsMax);
}

TEST_F(Mlflow, AServerThatFailsForAWhileLosesNothing) {
  fake.refuse_next = 4;
  tell_a_run(*open(), 50);
  ASSERT_EQ(fake.runs.size(), 1u);
  EXPECT_EQ(fake.runs["run0"]["metrics"]["train/loss"].size(), 50u);
  EXPECT_EQ(fake.runs["run0"]["status"], "FINISHED");
  ASSERT_EQ(notes.lines.size(), 2u);  // once, and the count
  EXPECT_THAT(notes.lines[0], HasSubstr("HTTP 503"));
  EXPECT_THAT(notes.lines[1], HasSubstr("4 failures"));
}

TEST_F(Mlflow, ALostAnswerToCreateMakesNoSecondRun) {
  fake.lose_create = true;
  tell_a_run(*open(), 5);
  ASSERT_EQ(fake.runs.size(), 1u);
  EXPECT_EQ(fake.runs["run0"]["metrics"]["train/loss"].size(), 5u);
}

TEST_F(Mlflow, ARunThatGoesOnGoesOnInTheSameRun) {
  tell_a_run(*open(), 5);
  tell_a_run(*open(), 9, 4);
  ASSERT_EQ(fake.runs.size(), 1u);
  EXPECT_EQ(fake.runs["run0"]["metrics"]["train/loss"].size(), 9u);
  tell_a_run(*open(), 2);  // anew: another run
  EXPECT_EQ(fake.runs.size(), 2u);
}

TEST_F(Mlflow, RefusedParametersDoNotKeepFiguresBack) {
  fake.refuse_params = true;
  tell_a_run(*open(), 5);
  EXPECT_EQ(fake.runs["run0"]["metrics"]["train/loss"].size(), 5u);
  EXPECT_EQ(fake.runs["run0"]["status"], "FINISHED");
  ASSERT_FALSE(notes.lines.empty());
  EXPECT_THAT(notes.lines[0], HasSubstr("INVALID_PARAMETER_VALUE"));
}

TEST_F(Mlflow, NobodyThereIsSaidAndTheFiguresAreCounted) {
  MlflowOptions nobody = fake.options();
  nobody.port = 1;
  nobody.drain_ms = 100;
  tell_a_run(*make_mlflow(nobody, options), 5);
  ASSERT_GE(notes.lines.size(), 2u);
  EXPECT_THAT(notes.lines.front(), HasSubstr("cannot connect"));
  EXPECT_THAT(notes.lines.back(), HasSubstr("failures in all"));
  EXPECT_TRUE(fake.runs.empty());
}

TEST_F(Mlflow, ARunThatNeverBeganSaysNothing) {
  open()->run_ended({.outcome = RunEnd::Outcome::kFailed, .message = "no rows", .figures = {}});
  EXPECT_TRUE(notes.lines.empty());
  EXPECT_TRUE(fake.runs.empty());
}

TEST(MlflowUrl, IsReadOrRefusedWithAReason) {
  const auto url = parse_mlflow_url("http://tracker:5000/a/b/?experiment=x");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->host, "tracker");
  EXPECT_EQ(url->port, 5000);
  EXPECT_EQ(url->prefix, "/a/b");
  EXPECT_EQ(url->experiment, "x");
  EXPECT_EQ(parse_mlflow_url("http://tracker")->port, 80);
  EXPECT_EQ(parse_mlflow_url("http://tracker")->experiment, "yupu");
  const std::pair<const char*, const char*> bad[] = {
      {"https://x", "https"},  {"tracker:5000", "http://"}, {"http://:5000", "host"},   {"http://x:port", "number"},
      {"http://x:0", "65535"}, {"http://x:70000", "65535"}, {"http://x?run=1", "query"}};
  for (const auto& [text, why] : bad) {
    const auto refused = parse_mlflow_url(text);
    EXPECT_EQ(refused.status().code(), Code::kInvalidArgument) << text;
    EXPECT_THAT(refused.status().message(), HasSubstr(why));
  }
}

}  // namespace
}  // namespace yupu::training
