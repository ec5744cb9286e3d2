#include "console/test_log.h"

#include <map>
#include <optional>
#include <utility>

#include "handoff/record.h"

namespace yupu::console {
namespace {

constexpr const char* kKind = "conversation_test";

struct LastRun {
  std::int64_t ran_ns = 0;
  std::string by = {}, release_id = {};
  std::optional<Json> names = {};  // nothing: all there were
  Json report = {};
};

// The stage `test` of `yupu run`, which is kept only when every test passed.
Result<std::optional<LastRun>> stage_run(store::Store& store, const std::string& model) {
  std::optional<LastRun> run;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT output, finished_ns FROM stage WHERE strategy = ? AND stage = 'test'", {model}));
    if (rows.empty()) return ok_status();
    YUPU_ASSIGN_OR_RETURN(const Json body, parse_json(rows[0].text(0)));
    run = LastRun{.ran_ns = rows[0].integer(1), .report = body.value("output", Json::object())};
    return ok_status();
  }));
  return run;
}

Result<std::optional<LastRun>> last_run(store::Store& store, const std::string& model) {
  YUPU_ASSIGN_OR_RETURN(auto run, stage_run(store, model));
  YUPU_ASSIGN_OR_RETURN(const auto record, handoff::latest_record(store, kKind, model));
  if (!record || (run && run->ran_ns > record->created_ns)) return run;
  return std::optional(LastRun{.ran_ns = record->created_ns,
                               .by = record->body.value("by", std::string()),
                               .release_id = record->body.value("release_id", std::string()),
                               .names = record->body.value("names", Json::array()),
                               .report = record->body.value("report", Json::object())});
}

// A stage says how many it played, not which: as many as there are now were these.
bool was_played(const LastRun& run, const Json& name, std::size_t script_count) {
  if (!run.names) return run.report.value("tests", std::size_t{0}) == script_count;
  for (const Json& played : *run.names) {
    if (played == name) return true;
  }
  return false;
}

}  // namespace

Result<Json> tests_with_results(store::Store& store, const std::string& model, const Json& scripts) {
  YUPU_ASSIGN_OR_RETURN(const auto run, last_run(store, model));
  std::map<std::string, Json> failures;
  if (run) {
    for (const Json& failure : run->report.value("failures", Json::array())) {
      failures[failure.value("test", std::string())] = failure;
    }
  }
  std::int64_t passed = 0;
  std::int64_t failed = 0;
  Json tests = Json::array();
  for (const Json& script : scripts) {
    Json row = script;
    const auto failure = failures.find(script.value("name", std::string()));
    row["result"] = "unknown";
    if (failure != failures.end()) {
      row["result"] = "failed";
      row["failure"] = failure->second;
      ++failed;
    } else if (run && was_played(*run, script.at("name"), scripts.size())) {
      row["result"] = "passed";
      ++passed;
    }
    tests.push_back(std::move(row));
  }
  return Json{{"ran", run ? format_utc(run->ran_ns) : std::string()},
              {"by", run ? run->by : std::string()},
              {"release_id", run ? run->release_id : std::string()},
              {"passed", passed},
              {"failed", failed},
              {"tests", std::move(tests)}};
}

Status keep_test_run(store::Store& store, const Clock& clock, const TestRun& run) {
  const std::int64_t now_ns = clock.now_ns();
  const Json body = {{"ran", format_utc(now_ns)},
                     {"release_id", run.release_id},
                     {"by", run.by},
                     {"names", run.names},
                     {"report", run.report}};
  return handoff::put_record(store, handoff::make_record(kKind, run.model, {run.release_id}, body, now_ns));
}

}  // namespace yupu::console
