#include "console/shop_routes.h"

#include <atomic>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/log.h"
#include "console/intents.h"
#include "console/releases.h"
#include "console/test_log.h"
#include "console/usage.h"
#include "handoff/live_release.h"
#include "handoff/people.h"
#include "handoff/shadow.h"
#include "http/query.h"

namespace yupu::console {
namespace {

using handoff::Person;

constexpr std::int64_t kNsPerDay = 86'400'000'000'000;
constexpr std::int64_t kDays = 30;

constexpr std::string_view kDaysQuery = R"({
  "type": "object", "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 90}}
})";
constexpr std::string_view kReleasesResponse = R"({
  "type": "object",
  "required": ["model", "live", "served", "back_to", "releases", "refused", "rounds", "history", "shadow"],
  "properties": {
    "model": {"type": "string"}, "live": {"type": "string"},
    "served": {"type": "string", "description": "what this server has in memory"},
    "back_to": {"type": "string", "description": "what a roll-back makes live; empty: nothing was before"},
    "releases": {"type": "array", "items": {"type": "object"}},
    "refused": {"type": "array", "items": {"type": "object"}, "description": "runs that never became a release"},
    "rounds": {"type": "array", "description": "rounds that were carried out, the newest first", "items": {
      "type": "object", "properties": {"kind": {"enum": ["improve", "tests"]}, "why": {"type": "string"},
      "corrections": {"type": "integer"}, "started": {"type": "string"}, "ended": {"type": "string"},
      "outcome": {"enum": ["running", "interrupted", "released", "refused", "nothing", "shadow", "failed", "passed",
      "changed"]},
      "reason": {"type": "string"}, "run_id": {"type": "string"}, "release_id": {"type": "string"}}}},
    "history": {"type": "array", "items": {"type": "object", "properties": {
      "release_id": {"type": "string"}, "reason": {"type": "string"}, "changed": {"type": "string"}}}},
    "shadow": {"type": ["object", "null"], "description": "a candidate that reads each call beside the live release",
      "properties": {"candidate_id": {"type": "string"}, "release_id": {"type": "string"},
      "started_by": {"type": "string"}, "started": {"type": "string"}, "problem": {"type": "string"},
      "refused": {"type": "string"}, "calls": {"type": "integer"}, "changed": {"type": "integer"},
      "changed_share": {"type": "number"}, "dropped": {"type": "integer"}, "failed": {"type": "integer"},
      "intents": {"type": "array", "items": {"type": "object"}},
      "changes": {"type": "array", "items": {"type": "object"}},
      "examples": {"type": "array", "items": {"type": "object"}, "description": "calls of the person's own tenant"}}}
  }
})";
constexpr std::string_view kLiveRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["release_id", "instead_of"],
  "properties": {
    "release_id": {"type": "string", "description": "that shall answer"},
    "instead_of": {"type": "string", "description": "what answers now; 409 where it does not any more"}
  }
})";
constexpr std::string_view kLiveResponse = R"({
  "type": "object", "required": ["release_id", "instead_of", "changed"],
  "properties": {"release_id": {"type": "string"}, "instead_of": {"type": "string"}, "changed": {"type": "string"}}
})";
constexpr std::string_view kIntentsResponse = R"({
  "type": "object", "required": ["model", "release_id", "intents"],
  "properties": {"model": {"type": "string"}, "release_id": {"type": "string"},
    "intents": {"type": "array", "items": {"type": "object", "properties": {
      "intent": {"type": "string"}, "rows": {"type": ["integer", "null"]}, "calls": {"type": "integer"},
      "hits": {"type": "integer"}, "misses": {"type": "integer"}, "answers": {"type": "array"}}}}}
})";
constexpr std::string_view kTestsResponse = R"({
  "type": "object", "required": ["ran", "by", "release_id", "passed", "failed", "tests"],
  "properties": {"ran": {"type": "string"}, "by": {"type": "string"}, "release_id": {"type": "string"},
    "passed": {"type": "integer"}, "failed": {"type": "integer"},
    "tests": {"type": "array", "items": {"type": "object", "properties": {
      "name": {"type": "string"}, "result": {"enum": ["passed", "failed", "unknown"]}}}}}
})";
constexpr std::string_view kUsageResponse = R"({
  "type": "object", "required": ["calls", "tokens", "price_ufen", "answers", "decisions", "meters", "days"],
  "properties": {"calls": {"type": "integer"}, "tokens": {"type": "integer"}, "price_ufen": {"type": "integer"},
    "answers": {"type": "integer"}, "decisions": {"type": "object"}, "meters": {"type": "array"},
    "days": {"type": "array"}}
})";

// What the handlers share; lives as long as the router.
struct Shared {
  store::Store& store;
  const Clock& clock;
  const ShopSources sources;
  std::atomic<bool> is_playing = false;
};

// Ends with the run, however that ends.
class Playing {
 public:
  explicit Playing(std::atomic<bool>& flag) : flag_(flag), is_first_(!flag.exchange(true)) {}
  ~Playing() {
    if (is_first_) flag_ = false;
  }
  Playing(const Playing&) = delete;
  Playing& operator=(const Playing&) = delete;
  bool is_first() const { return is_first_; }

 private:
  std::atomic<bool>& flag_;
  const bool is_first_;
};

Result<Json> releases(Shared& shared, const http::Request&, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(Json json, list_releases(shared.store, shared.sources.model, shared.sources.served()));
  YUPU_ASSIGN_OR_RETURN(const auto shadow,
                        handoff::shadow_figures(shared.store, shared.sources.model, person.tenant_id));
  json["shadow"] = shadow ? shadow->to_json() : Json();
  return json;
}

Result<Json> choose(Shared& shared, const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const Json body, parse_json(request.body));
  YUPU_RETURN_IF_ERROR(json_known_keys(body, {"release_id", "instead_of"}, "body"));
  ReleaseChoice choice{.model = shared.sources.model, .release_id = {}, .instead_of = {}, .by = person.name};
  YUPU_ASSIGN_OR_RETURN(choice.release_id, json_string(body, "release_id", "body"));
  YUPU_ASSIGN_OR_RETURN(choice.instead_of, json_string(body, "instead_of", "body"));
  YUPU_ASSIGN_OR_RETURN(Json chosen, make_live(shared.store, shared.clock, choice));
  log::info("release_chosen", {{"model", choice.model}, {"release_id", choice.release_id}, {"by", choice.by}});
  shared.sources.look_now();
  return chosen;
}

Result<Json> intents(Shared& shared, const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t days, http::whole_number(request, "days", kDays, kDaysMost));
  YUPU_ASSIGN_OR_RETURN(const Json entries,
                        shared.sources.entries(person.tenant_id, shared.clock.now_ns() - days * kNsPerDay));
  return list_intents(shared.store, shared.sources.model, shared.sources.answers(), entries);
}

Result<Json> tests(Shared& shared, const http::Request&, const Person&) {
  return tests_with_results(shared.store, shared.sources.model, shared.sources.scripts);
}

Result<Json> play(Shared& shared, const http::Request& request, const Person& person) {
  const Playing playing(shared.is_playing);
  if (!playing.is_first()) return conflict("the tests are being played; look again in a moment");
  const std::string& model = shared.sources.model;
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(shared.store, model));
  if (!live) return conflict(fmt::format("'{}' has no release yet; run the strategy first", model));
  YUPU_ASSIGN_OR_RETURN(const Json report, shared.sources.play(live->release_id));
  Json names = Json::array();
  for (const Json& script : shared.sources.scripts) names.push_back(script.at("name"));
  YUPU_RETURN_IF_ERROR(keep_test_run(
      shared.store, shared.clock,
      {.model = model, .release_id = live->release_id, .by = person.name, .names = names, .report = report}));
  return tests(shared, request, person);
}

Result<Json> used(Shared& shared, const http::Request& request, const Person& person) {
  Period period{.now_ns = shared.clock.now_ns(), .utc_offset_minutes = shared.sources.utc_offset_minutes};
  YUPU_ASSIGN_OR_RETURN(period.days, http::whole_number(request, "days", kDays, kDaysMost));
  return usage(shared.store, person.tenant_id, period);
}

constexpr handoff::PersonRoute<Shared> kRoutes[] = {
    {{.method = "GET",
      .pattern = "/v1/console/releases",
      .scope = "agent",
      .summary = "releases of the bot's model with their figures, and which of them answers",
      .response_schema = kReleasesResponse},
     &releases},
    {{.method = "POST",
      .pattern = "/v1/console/releases/live",
      .scope = "agent",
      .summary = "another release answers; for managers",
      .request_schema = kLiveRequest,
      .response_schema = kLiveResponse},
     &choose,
     true},
    {{.method = "GET",
      .pattern = "/v1/console/intents",
      .scope = "agent",
      .summary = "intents with their rows, approved answers, hits and misses",
      .query_schema = kDaysQuery,
      .response_schema = kIntentsResponse},
     &intents},
    {{.method = "GET",
      .pattern = "/v1/console/tests",
      .scope = "agent",
      .summary = "test conversations of the strategy with their last results",
      .response_schema = kTestsResponse},
     &tests},
    {{.method = "POST",
      .pattern = "/v1/console/tests/run",
      .scope = "agent",
      .summary = "plays the test conversations on the live release; for managers",
      .response_schema = kTestsResponse},
     &play,
     true},
    {{.method = "GET",
      .pattern = "/v1/console/usage",
      .scope = "agent",
      .summary = "calls, tokens, money and decisions, day by day",
      .query_schema = kDaysQuery,
      .response_schema = kUsageResponse},
     &used},
};

}  // namespace

void add_shop_routes(http::Router& router, store::Store& store, const Clock& clock, ShopSources sources) {
  const std::shared_ptr<Shared> shared(new Shared{store, clock, std::move(sources)});
  handoff::add_routes(router, kRoutes, shared, shared->sources.door);
}

}  // namespace yupu::console
