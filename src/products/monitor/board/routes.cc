#include "products/monitor/board/routes.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "http/door.h"
#include "http/query.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/board/schemas.h"
#include "products/monitor/documents/document.h"
#include "products/service/conversation/civil_date.h"
#include "serving/body_fields.h"

namespace yupu::monitor {
namespace {

using http::asked, http::whole_number;

constexpr std::int64_t kHoursMost = 24 * 400;
constexpr std::int64_t kStepMinutesMost = 24 * 60;
constexpr std::int64_t kRowsMost = 1000;
constexpr std::size_t kIdBytesMax = 512;
constexpr std::size_t kNoteBytesMax = 2000;

Result<http::Response> reply(const Json& json) { return http::unkept_json(to_text(json)); }

Result<std::string> required_topic(const http::Request& request) {
  std::string topic = asked(request, "topic");
  if (topic.empty()) return invalid_argument("topic is missing", "topic");
  return topic;
}

Result<std::int64_t> time_asked(const http::Request& request, const std::string& name, std::int64_t fallback_ns) {
  const std::string text = asked(request, name);
  if (text.empty()) return fallback_ns;
  const auto instant = products::parse_instant(text, 0);
  if (!instant || instant->whole_day)
    return invalid_argument(fmt::format("{} is a time like 2026-11-27T08:30:00Z", name), name);
  return instant->utc_ns;
}

}  // namespace

struct BoardRoutes::RouteRow {
  http::RouteInfo info;
  Result<http::Response> (BoardRoutes::*handler)(const http::Request&, const std::string&);
};

constexpr BoardRoutes::RouteRow BoardRoutes::kRoutes[] = {
    {{.method = "GET",
      .pattern = "/v1/monitor",
      .scope = "agent",
      .summary = "the monitor's topics: state and counts, with an agent's token",
      .query_schema = kHoursQuery,
      .response_schema = kOverviewSchema},
     &BoardRoutes::overview},
    {{.method = "GET",
      .pattern = "/v1/monitor/series",
      .scope = "agent",
      .summary = "a topic's sentiment over time, its alarms and changes of the model",
      .query_schema = kSeriesQuery,
      .response_schema = kSeriesSchema},
     &BoardRoutes::series},
    {{.method = "GET",
      .pattern = "/v1/monitor/documents",
      .scope = "agent",
      .summary = "the documents behind a point, the newest first, and how each was scored",
      .query_schema = kDocumentsQuery,
      .response_schema = kDocumentsSchema},
     &BoardRoutes::documents},
    {{.method = "GET",
      .pattern = "/v1/monitor/alarms",
      .scope = "agent",
      .summary = "alarms, those that fire first",
      .query_schema = kLimitQuery,
      .response_schema = kAlarmsSchema},
     &BoardRoutes::alarms},
    {{.method = "GET",
      .pattern = "/v1/monitor/alarms/{id}",
      .scope = "agent",
      .summary = "an alarm with its evidence: series, tests, documents",
      .response_schema = kAlarmSchema},
     &BoardRoutes::alarm},
    {{.method = "POST",
      .pattern = "/v1/monitor/alarms/{id}/acknowledge",
      .scope = "agent",
      .summary = "somebody sees to it: no more repeats until it resolves",
      .request_schema = kAcknowledgeRequest,
      .response_schema = kAlarmNamed},
     &BoardRoutes::acknowledge_alarm},
    {{.method = "POST",
      .pattern = "/v1/monitor/alarms/{id}/judgement",
      .scope = "agent",
      .summary = "somebody says whether it was a true alarm: the precision that is shown",
      .request_schema = kJudgeAlarmRequest,
      .response_schema = kAlarmNamed},
     &BoardRoutes::judge_alarm},
    {{.method = "POST",
      .pattern = "/v1/monitor/documents/{id}/judgement",
      .scope = "agent",
      .summary = "somebody says what a document's sentiment is: a row of the next dataset",
      .request_schema = kJudgeDocumentRequest,
      .response_schema = kDocumentJudged},
     &BoardRoutes::judge_document},
    {{.method = "POST",
      .pattern = "/v1/monitor/silences",
      .scope = "agent",
      .summary = "tells nobody of a topic's alarms, or of any, for some minutes",
      .request_schema = kSilenceRequest,
      .response_schema = kSilenceSchema},
     &BoardRoutes::silence},
    {{.method = "POST",
      .pattern = "/v1/monitor/silences/{id}/end",
      .scope = "agent",
      .summary = "ends a silence now",
      .response_schema = kSilenceSchema},
     &BoardRoutes::unsilence},
    {{.method = "GET",
      .pattern = "/v1/monitor/sources",
      .scope = "agent",
      .summary = "what became of each source's documents, and why some failed",
      .response_schema = kSourcesSchema},
     &BoardRoutes::sources},
    {{.method = "GET",
      .pattern = "/v1/monitor/audit",
      .scope = "agent",
      .summary = "everything that happened, the newest first",
      .query_schema = kLimitQuery,
      .response_schema = kAuditSchema},
     &BoardRoutes::audit},
    {{.method = "GET",
      .pattern = "/v1/monitor/drift",
      .scope = "agent",
      .summary = "the sentiment model's scores week by week, against its reference week",
      .query_schema = kLimitQuery,
      .response_schema = kDriftSchema},
     &BoardRoutes::drift},
    {{.method = "GET",
      .pattern = "/v1/monitor/unsure",
      .scope = "agent",
      .summary = "documents that the model is unsure of and nobody has judged, the least sure first",
      .query_schema = kUnsureQuery,
      .response_schema = kDocumentsSchema},
     &BoardRoutes::unsure},
    {{.method = "GET",
      .pattern = "/v1/monitor/events",
      .scope = "agent",
      .summary = "server-sent events: hello, changed; there is something new to ask for",
      .event_schema = kEventSchema},
     &BoardRoutes::events},
};

BoardRoutes::BoardRoutes(store::Store& store, const Clock& clock, std::string monitor, const TopicDictionary& topics,
                         const TopicRules& rules, News& news, Person person)
    : store_(store),
      clock_(clock),
      monitor_(std::move(monitor)),
      topics_(topics),
      news_(news),
      person_(std::move(person)),
      bands_(store, monitor_, rules) {}

void BoardRoutes::add_routes(http::Router& router) {
  for (const RouteRow& row : kRoutes) {
    router.add(row.info, http::behind(person_, std::bind_front(row.handler, this)));
  }
}

Result<http::Response> BoardRoutes::overview(const http::Request& request, const std::string& who) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t hours, whole_number(request, "hours", 24, kHoursMost));
  YUPU_ASSIGN_OR_RETURN(Json json, view().overview(hours));
  json["person"] = who;
  return reply(json);
}

Result<http::Response> BoardRoutes::series(const http::Request& request, const std::string&) {
  BoardView::SeriesQuery query;
  YUPU_ASSIGN_OR_RETURN(query.topic, required_topic(request));
  YUPU_ASSIGN_OR_RETURN(query.hours, whole_number(request, "hours", query.hours, kHoursMost));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t minutes, whole_number(request, "step_minutes", 0, kStepMinutesMost));
  query.step_ns = minutes * kMinuteNs;
  YUPU_ASSIGN_OR_RETURN(const Json json, view().series(query));
  return reply(json);
}

Result<http::Response> BoardRoutes::documents(const http::Request& request, const std::string&) {
  const std::int64_t now_ns = clock_.now_ns();
  BoardView::DocumentQuery query;
  YUPU_ASSIGN_OR_RETURN(query.topic, required_topic(request));
  YUPU_ASSIGN_OR_RETURN(query.begin_ns, time_asked(request, "from", now_ns - kDayNs));
  YUPU_ASSIGN_OR_RETURN(query.end_ns, time_asked(request, "to", now_ns + 1));
  YUPU_ASSIGN_OR_RETURN(query.limit, whole_number(request, "limit", query.limit, kRowsMost));
  query.sentiment = asked(request, "sentiment");
  if (!query.sentiment.empty() && !sentiment_of(query.sentiment))
    return invalid_argument("sentiment is negative, neutral or positive", "sentiment");
  YUPU_ASSIGN_OR_RETURN(const Json json, view().documents(query));
  return reply(json);
}

Result<http::Response> BoardRoutes::alarms(const http::Request& request, const std::string&) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, whole_number(request, "limit", 100, kRowsMost));
  YUPU_ASSIGN_OR_RETURN(const Json json, view().alarms(limit));
  return reply(json);
}

Result<http::Response> BoardRoutes::alarm(const http::Request& request, const std::string&) {
  YUPU_ASSIGN_OR_RETURN(const Json json, view().alarm(request.params.at("id")));
  return reply(json);
}

Result<http::Response> BoardRoutes::sources(const http::Request&, const std::string&) {
  YUPU_ASSIGN_OR_RETURN(const Json json, view().sources());
  return reply(json);
}

Result<http::Response> BoardRoutes::audit(const http::Request& request, const std::string&) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, whole_number(request, "limit", 100, kRowsMost));
  YUPU_ASSIGN_OR_RETURN(const Json json, view().audit(limit));
  return reply(json);
}

Result<http::Response> BoardRoutes::events(const http::Request& request, const std::string&) {
  auto stream = std::make_shared<http::EventStream>();
  // HEAD and those who have hung up already follow nothing.
  if (request.method == "GET" && !request.client_gone()) news_.follow(stream);
  return http::event_stream_response(std::move(stream));
}

Result<http::Response> BoardRoutes::acknowledge_alarm(const http::Request& request, const std::string& who) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"note"}));
  YUPU_ASSIGN_OR_RETURN(const std::string note, serving::optional_string(body, "note", kNoteBytesMax));
  const std::string& id = request.params.at("id");
  YUPU_RETURN_IF_ERROR(acknowledge(store_, monitor_, id, who, note, clock_.now_ns()));
  news_.ring();
  return reply({{"alarm", id}});
}

Result<http::Response> BoardRoutes::silence(const http::Request& request, const std::string& who) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"topic", "minutes", "note"}));
  Silence wanted;
  YUPU_ASSIGN_OR_RETURN(wanted.topic, serving::optional_string(body, "topic", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(wanted.note, serving::optional_string(body, "note", kNoteBytesMax));
  if (!body.contains("minutes") || !body.at("minutes").is_number_integer())
    return invalid_argument("minutes is missing: a silence has an end", "minutes");
  const auto minutes = body.at("minutes").get<std::int64_t>();
  if (minutes < 1 || minutes > kSilenceMaxNs / kMinuteNs)
    return invalid_argument(fmt::format("minutes is a whole number from 1 to {}", kSilenceMaxNs / kMinuteNs),
                            "minutes");
  const auto& known = topics_.topics();
  if (!wanted.topic.empty() &&
      std::none_of(known.begin(), known.end(), [&](const Topic& topic) { return topic.name == wanted.topic; }))
    return Status(Code::kNotFound, fmt::format("no topic of this monitor is called '{}'", wanted.topic), "topic");
  wanted.begins_ns = clock_.now_ns();
  wanted.ends_ns = wanted.begins_ns + minutes * kMinuteNs;
  wanted.created_by = who;
  YUPU_ASSIGN_OR_RETURN(const std::string id, add_silence(store_, monitor_, std::move(wanted)));
  news_.ring();
  return reply({{"silence", id}});
}

Result<http::Response> BoardRoutes::unsilence(const http::Request& request, const std::string& who) {
  const std::string& id = request.params.at("id");
  YUPU_RETURN_IF_ERROR(end_silence(store_, monitor_, id, who, clock_.now_ns()));
  news_.ring();
  return reply({{"silence", id}});
}

}  // namespace yupu::monitor
