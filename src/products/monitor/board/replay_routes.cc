#include "products/monitor/board/replay_routes.h"

#include <memory>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "products/monitor/board/replay.h"
#include "serving/body_fields.h"

namespace yupu::monitor {
namespace {

constexpr std::size_t kTopicBytesMax = 512;

struct Replays {
  store::Store& store;
  const Clock& clock;
  const std::string monitor;
  const TopicRules& rules;
  std::mutex running = {};  // held by the one that runs
};

constexpr std::string_view kRulesSchema =
    R"({"type": "object", "required": ["manager", "days_most", "topics"], "properties": {
  "manager": {"type": "boolean", "description": "who asks may replay"}, "days_most": {"type": "integer"},
  "topics": {"type": "array", "items": {"type": "object", "required": ["topic", "rule"], "properties": {
    "topic": {"type": "string"}, "rule": {"type": "object", "properties": {
      "false_alarms_per_week": {"type": "number"}, "publishers_min": {"type": "integer"},
      "hold_minutes": {"type": "integer"}, "keep_firing_minutes": {"type": "integer"},
      "reopen_minutes": {"type": "integer"}, "absolute_limit": {"type": ["integer", "null"]}}}}}}}})";
constexpr std::string_view kReplayRequest =
    R"({"type": "object", "additionalProperties": false, "required": ["topic"], "properties": {
  "topic": {"type": "string"},
  "days": {"type": "integer", "minimum": 1, "maximum": 30, "default": 7, "description": "back from now"},
  "rule": {"type": "object", "additionalProperties": false, "description": "what differs from the topic's own",
    "properties": {"false_alarms_per_week": {"type": "number", "minimum": 0.001, "maximum": 100},
      "publishers_min": {"type": "integer", "minimum": 0, "maximum": 1000},
      "hold_minutes": {"type": "integer", "minimum": 0, "maximum": 1440},
      "keep_firing_minutes": {"type": "integer", "minimum": 0, "maximum": 1440},
      "reopen_minutes": {"type": "integer", "minimum": 0, "maximum": 1440},
      "absolute_limit": {"type": ["integer", "null"], "minimum": 1, "description": "null: none"}}}}})";
constexpr std::string_view kReplaySchema =
    R"({"type": "object", "required": ["from", "to", "learns_from", "documents", "raised", "would_raise"], "properties": {
  "from": {"type": "string"}, "to": {"type": "string"},
  "learns_from": {"type": "string", "description": "where the log that is replayed begins: 28 days before, where it is kept"},
  "documents": {"type": "integer", "description": "of the topic that count, received in these days"},
  "raised": {"type": "array", "items": {"type": "object", "properties": {"alarm": {"type": "string"},
    "fired": {"type": "string"}, "resolved": {"type": ["string", "null"], "description": "null: it fires"},
    "fired_count": {"type": "integer"},
    "justified": {"type": ["boolean", "null"], "description": "what somebody judged it; null: nobody has"}}}},
  "would_raise": {"type": "array", "items": {"type": "object", "properties": {"alarm": {"type": "string"},
    "fired": {"type": "string"}, "resolved": {"type": ["string", "null"]}, "fired_count": {"type": "integer"},
    "cause": {"enum": ["surge", "absolute_limit"]}, "minutes": {"type": "integer", "description": "of the window"},
    "total": {"type": "integer"}, "negative": {"type": "integer"}, "publishers": {"type": "integer"}}}}}})";

Result<Json> rules_as_they_are(Replays& shared, const http::Request&, const handoff::Person& person) {
  Json topics = Json::array();
  for (const auto& [topic, rule] : shared.rules) topics.push_back({{"topic", topic}, {"rule", rule_json(rule)}});
  return Json{{"manager", person.is_manager}, {"days_most", kReplayDaysMost}, {"topics", std::move(topics)}};
}

Result<std::int64_t> days_of(const Json& body) {
  const auto found = body.find("days");
  if (found == body.end()) return std::int64_t{7};
  const std::int64_t days = found->is_number_integer() ? found->get<std::int64_t>() : 0;
  if (days < 1 || days > kReplayDaysMost)
    return invalid_argument(fmt::format("days is a whole number from 1 to {}", kReplayDaysMost), "days");
  return days;
}

Result<Json> replay_asked(Replays& shared, const http::Request& request, const handoff::Person&) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"topic", "days", "rule"}));
  ReplayAsked asked;
  YUPU_ASSIGN_OR_RETURN(asked.topic, serving::required_string(body, "topic", kTopicBytesMax));
  const auto rule = shared.rules.find(asked.topic);
  if (rule == shared.rules.end())
    return Status(Code::kNotFound, fmt::format("no topic of this monitor is called '{}'", asked.topic), "topic");
  YUPU_ASSIGN_OR_RETURN(asked.days, days_of(body));
  YUPU_ASSIGN_OR_RETURN(asked.rule,
                        changed_rule(rule->second, body.contains("rule") ? body.at("rule") : Json::object()));
  asked.is_given_up = [&request] { return request.client_gone(); };
  const std::unique_lock<std::mutex> alone(shared.running, std::try_to_lock);
  if (!alone.owns_lock())
    return Status(Code::kResourceExhausted, "another replay is running: try again when it is done");
  return replayed(shared.store, shared.monitor, asked, shared.clock.now_ns());
}

constexpr handoff::PersonRoute<Replays> kRoutes[] = {
    {.info = {.method = "GET",
              .pattern = "/v1/monitor/replay",
              .scope = "agent",
              .summary = "when the topics' alarms are raised, by their rules as they are",
              .response_schema = kRulesSchema},
     .handler = rules_as_they_are},
    {.info = {.method = "POST",
              .pattern = "/v1/monitor/replay",
              .scope = "agent",
              .summary = "what another rule would have raised in the last days, beside what was raised; for managers",
              .request_schema = kReplayRequest,
              .response_schema = kReplaySchema},
     .handler = replay_asked,
     .is_managers = true},
};

}  // namespace

void add_replay_routes(http::Router& router, store::Store& store, const Clock& clock, const std::string& monitor,
                       const TopicRules& rules, const handoff::Door& door) {
  const std::shared_ptr<Replays> shared(
      new Replays{.store = store, .clock = clock, .monitor = monitor, .rules = rules});
  handoff::add_routes(router, kRoutes, shared, door);
}

}  // namespace yupu::monitor
