#include "feedback/misses/miss_routes.h"

#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/mutex.h"
#include "feedback/misses/settle.h"
#include "serving/body_fields.h"

namespace yupu::feedback {
namespace {

using handoff::Person;

constexpr std::int64_t kNsPerDay = 86'400'000'000'000;

constexpr std::string_view kMissesResponse = R"({
  "type": "object", "required": ["misses", "capped", "unread", "all_read", "by", "intents", "clusters"],
  "properties": {
    "misses": {"type": "integer"},
    "capped": {"type": "integer", "description": "left out: more of one visitor in a day"},
    "unread": {"type": "integer", "description": "left out: more texts than are compared"},
    "all_read": {"type": "boolean"},
    "by": {"enum": ["vectors", "ngrams"], "description": "what texts were compared by"},
    "intents": {"type": "array", "items": {"type": "string"}},
    "clusters": {"type": "array", "items": {"type": "object", "properties": {
      "id": {"type": "string"}, "size": {"type": "integer"}, "visitors": {"type": "integer"},
      "voted_down": {"type": "integer"}, "first": {"type": "string"}, "last": {"type": "string"},
      "nearest": {"type": "object", "properties": {"intent": {"type": "string"}, "score": {"type": "number"}}},
      "texts": {"type": "array", "items": {"type": "object", "properties": {
        "text": {"type": "string"}, "decision": {"type": "string"},
        "traces": {"type": "array", "items": {"type": "string"}}}}}}}}
  }
})";
constexpr std::string_view kAcceptRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["traces", "intent"],
  "properties": {
    "traces": {"type": "array", "minItems": 1, "maxItems": 2000, "items": {"type": "string"}},
    "intent": {"type": "string", "description": "a label of the model, out_of_scope, or the new one"},
    "new": {"type": "boolean", "description": "the intent is to be opened"}
  }
})";
constexpr std::string_view kMergeRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["traces", "into"],
  "properties": {
    "traces": {"type": "array", "minItems": 1, "maxItems": 2000, "items": {"type": "string"}},
    "into": {"type": "string", "description": "a trace of the other cluster"}
  }
})";
constexpr std::string_view kIgnoreRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["traces"],
  "properties": {"traces": {"type": "array", "minItems": 1, "maxItems": 2000, "items": {"type": "string"}}}
})";
constexpr std::string_view kSettledResponse = R"({
  "type": "object", "required": ["settled"], "properties": {"settled": {"type": "integer"}}
})";

// What the handlers share; lives as long as the router.
struct Shared {
  store::Store& store;
  const Clock& clock;
  const MissRouteOptions options;
  Mutex one_at_a_time = {};  // mining keeps a core busy
};

Result<std::vector<std::string>> trace_ids(const Json& body) {
  const auto found = body.find("traces");
  if (found == body.end()) return invalid_argument("traces is missing", "traces");
  if (!found->is_array()) return invalid_argument("traces is not an array", "traces");
  std::vector<std::string> ids;
  for (const Json& item : *found) {
    const std::string field = fmt::format("traces[{}]", ids.size());
    if (!item.is_string()) return invalid_argument(field + " is not a string", field);
    ids.push_back(item.get<std::string>());
  }
  return ids;
}

Result<MissChoice> read_choice(const Json& body, const Person& person, const std::string& model) {
  YUPU_ASSIGN_OR_RETURN(auto ids, trace_ids(body));
  return MissChoice{
      .tenant_id = person.tenant_id, .model = model, .trace_ids = std::move(ids), .settled_by = person.id};
}

Result<Json> list(Shared& shared, const http::Request&, const Person& person) {
  const MissRouteOptions& options = shared.options;
  YUPU_ASSIGN_OR_RETURN(const auto intents, known_intents(shared.store, options.model));
  const MiningQuery query{.tenant_id = person.tenant_id,
                          .model = options.model,
                          .since_ns = shared.clock.now_ns() - options.days * kNsPerDay};
  const MutexLock lock(shared.one_at_a_time);
  YUPU_ASSIGN_OR_RETURN(const auto mined, mine_misses(shared.store, query, options.vectors, options.mining));
  Json json = mined.to_json();
  json["intents"] = intents;
  return json;
}

Result<Json> accept(Shared& shared, const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"traces", "intent", "new"}));
  YUPU_ASSIGN_OR_RETURN(const MissChoice choice, read_choice(body, person, shared.options.model));
  AcceptedIntent intent;
  YUPU_ASSIGN_OR_RETURN(intent.label, serving::required_string(body, "intent", kIntentBytesMax));
  YUPU_ASSIGN_OR_RETURN(intent.is_new, serving::optional_flag(body, "new"));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t settled, accept_misses(shared.store, shared.clock, choice, intent));
  return Json{{"settled", settled}};
}

Result<Json> merge(Shared& shared, const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"traces", "into"}));
  YUPU_ASSIGN_OR_RETURN(const MissChoice choice, read_choice(body, person, shared.options.model));
  YUPU_ASSIGN_OR_RETURN(const std::string into, serving::required_string(body, "into", serving::kNameBytesMax));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t settled, merge_misses(shared.store, shared.clock, choice, into));
  return Json{{"settled", settled}};
}

Result<Json> ignore(Shared& shared, const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"traces"}));
  YUPU_ASSIGN_OR_RETURN(const MissChoice choice, read_choice(body, person, shared.options.model));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t settled, ignore_misses(shared.store, shared.clock, choice));
  return Json{{"settled", settled}};
}

constexpr handoff::PersonRoute<Shared> kRoutes[] = {
    {{.method = "GET",
      .pattern = "/v1/agent/misses",
      .scope = "agent",
      .summary = "questions that were not answered, by what they are about",
      .response_schema = kMissesResponse},
     &list},
    {{.method = "POST",
      .pattern = "/v1/agent/misses/accept",
      .scope = "agent",
      .summary = "misses become rows of an intent in the next dataset",
      .request_schema = kAcceptRequest,
      .response_schema = kSettledResponse},
     &accept},
    {{.method = "POST",
      .pattern = "/v1/agent/misses/merge",
      .scope = "agent",
      .summary = "misses go to the cluster of another",
      .request_schema = kMergeRequest,
      .response_schema = kSettledResponse},
     &merge},
    {{.method = "POST",
      .pattern = "/v1/agent/misses/ignore",
      .scope = "agent",
      .summary = "misses are not shown any more",
      .request_schema = kIgnoreRequest,
      .response_schema = kSettledResponse},
     &ignore},
};

}  // namespace

void add_miss_routes(http::Router& router, store::Store& store, const Clock& clock, MissRouteOptions options) {
  const std::shared_ptr<Shared> shared(new Shared{store, clock, std::move(options)});
  handoff::add_routes(router, kRoutes, shared, shared->options.door);
}

}  // namespace yupu::feedback
