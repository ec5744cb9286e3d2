// What /v1/monitor/... takes and gives, as /openapi.json says it (routes.cc).
#pragma once

#include <string_view>

namespace yupu::monitor {

inline constexpr std::string_view kHoursQuery = R"({"type": "object", "properties": {
  "hours": {"type": "integer", "minimum": 1, "maximum": 9600, "description": "back from now; 24"}}})";
inline constexpr std::string_view kLimitQuery = R"({"type": "object", "properties": {
  "limit": {"type": "integer", "minimum": 1, "maximum": 1000}}})";
inline constexpr std::string_view kSeriesQuery = R"({"type": "object", "required": ["topic"], "properties": {
  "topic": {"type": "string"}, "hours": {"type": "integer", "minimum": 1, "maximum": 9600},
  "step_minutes": {"type": "integer", "minimum": 5, "maximum": 1440, "description": "absent: about 144 points"}}})";
inline constexpr std::string_view kDocumentsQuery = R"({"type": "object", "required": ["topic"], "properties": {
  "topic": {"type": "string"}, "from": {"type": "string", "description": "published; like 2026-11-27T08:30:00Z; a day ago"},
  "to": {"type": "string", "description": "before; now"}, "sentiment": {"enum": ["negative", "neutral", "positive"]},
  "limit": {"type": "integer", "minimum": 1, "maximum": 1000}}})";
inline constexpr std::string_view kOverviewSchema =
    R"({"type": "object", "required": ["monitor", "now", "topics"], "properties": {
  "monitor": {"type": "string"}, "now": {"type": "string"}, "person": {"type": "string", "description": "who asks"}, "hours": {"type": "integer"},
  "topics": {"type": "array", "items": {"type": "object", "properties": {
    "topic": {"type": "string"}, "state": {"enum": ["quiet", "learning", "pending", "firing", "resolved"]},
    "since": {"type": "string"}, "total": {"type": "integer"}, "negative": {"type": "integer"},
    "positive": {"type": "integer"}, "publishers": {"type": "integer"}, "silenced": {"type": "boolean"}}}},
  "silences": {"type": "array", "items": {"type": "object"}},
  "model": {"description": "whose scores are counted; null: documents bring their own sentiment",
            "anyOf": [{"type": "null"}, {"type": "object", "properties": {"release": {"type": "string"}, "since": {"type": "string"}}}]}}})";
inline constexpr std::string_view kSeriesSchema =
    R"({"type": "object", "required": ["topic", "step_minutes", "points"], "properties": {
  "topic": {"type": "string"}, "step_minutes": {"type": "integer"},
  "points": {"type": "array", "items": {"type": "object", "properties": {"begins": {"type": "string"},
    "total": {"type": "integer"}, "negative": {"type": "integer"}, "positive": {"type": "integer"},
    "low": {"type": "integer", "description": "98 of 100 such points have from low to high negatives; absent: not known yet"},
    "high": {"type": "integer"}}}},
  "alarms": {"type": "array", "items": {"type": "object"}}, "models": {"type": "array", "items": {"type": "object"}},
  "gaps": {"type": "array", "description": "when nothing was watched: no calm", "items": {"type": "object"}}}})";
inline constexpr std::string_view kDocumentsSchema = R"({"type": "object", "required": ["documents"], "properties": {
  "topic": {"type": "string"}, "documents": {"type": "array", "items": {"type": "object", "properties": {
    "id": {"type": "integer"}, "title": {"type": "string"}, "text": {"type": "string", "description": "its beginning"},
    "url": {"type": "string"}, "publisher": {"type": "string"}, "published": {"type": "string"},
    "sentiment": {"enum": ["negative", "neutral", "positive"]}, "in_story": {"type": "integer"},
    "story_publishers": {"type": "integer"},
    "revision": {"type": "integer"}, "counted": {"type": "boolean"},
    "judged": {"type": "object", "description": "what somebody said it is; absent: nobody did", "properties": {
      "sentiment": {"type": "string"}, "by": {"type": "string"}}},
    "score": {"type": "object", "description": "of the topic, by the model; absent: the document said it itself",
      "properties": {"release": {"type": "string"}, "negative": {"type": "number"}, "neutral": {"type": "number"},
                     "positive": {"type": "number"}}}}}}}})";
inline constexpr std::string_view kAlarmsSchema = R"({"type": "object", "required": ["alarms"], "properties": {
  "precision": {"type": "object", "description": "of the alarms here that somebody has judged", "properties": {
    "judged": {"type": "integer"}, "justified": {"type": "integer"}, "precision": {"type": ["number", "null"]}}},
  "alarms": {"type": "array", "items": {"type": "object", "properties": {"alarm": {"type": "string"},
    "topic": {"type": "string"}, "state": {"enum": ["firing", "acknowledged", "resolved"]}, "fired": {"type": "string"},
    "fired_count": {"type": "integer"}, "changed": {"type": "string"}, "acknowledged": {"type": "string"},
    "acknowledged_by": {"type": "string"}, "note": {"type": "string"},
    "judged": {"type": "object", "properties": {"justified": {"type": "boolean"}, "judged_by": {"type": "string"},
      "note": {"type": "string"}, "judged": {"type": "string"}}}}}}}})";
inline constexpr std::string_view kAlarmSchema =
    R"({"type": "object", "required": ["alarm", "explanation", "documents"], "properties": {
  "alarm": {"type": "string"}, "topic": {"type": "string"}, "state": {"type": "string"},
  "explanation": {"type": "object", "description": "docs/monitor-detection.md"},
  "terms": {"type": "object", "description": "what the window's negatives speak of that the week before did not", "properties": {
    "documents": {"type": "integer"}, "before": {"type": "integer"}, "terms": {"type": "array", "items": {"type": "object",
    "properties": {"term": {"type": "string"}, "documents": {"type": "integer"}, "before": {"type": "integer"},
                   "z": {"type": "number", "description": "log-odds in standard deviations"}}}}}},
  "documents": {"type": "array", "items": {"type": "object"}}}})";
inline constexpr std::string_view kSourcesSchema = R"({"type": "object", "properties": {"sources": {"type": "array",
  "items": {"type": "object", "properties": {"source": {"type": "string"}, "outcome": {"type": "string"},
  "count": {"type": "integer"}, "last": {"type": "string"}, "detail": {"type": "string"}}}}}})";
inline constexpr std::string_view kAuditSchema = R"({"type": "object", "properties": {"audit": {"type": "array",
  "items": {"type": "object", "properties": {"time": {"type": "string"}, "topic": {"type": "string"},
  "alarm": {"type": "string"}, "event": {"type": "string"}, "who": {"type": "string"}, "detail": {"type": "string"}}}}}})";
inline constexpr std::string_view kUnsureQuery = R"({"type": "object", "properties": {
  "topic": {"type": "string", "description": "absent: any"},
  "days": {"type": "integer", "minimum": 1, "maximum": 400, "description": "back from now, received; 7"},
  "limit": {"type": "integer", "minimum": 1, "maximum": 1000}}})";
inline constexpr std::string_view kDriftSchema = R"({"type": "object", "required": ["weeks"], "properties": {
  "weeks": {"type": "array", "description": "the newest first; of every model", "items": {"type": "object", "properties": {
    "release": {"type": "string"}, "week": {"type": "string", "description": "its Monday"}, "begins": {"type": "string"},
    "verdict": {"enum": ["reference", "too_few", "steady", "moved", "drifted"]}, "stories": {"type": "integer"},
    "unsure": {"type": "integer"}, "judged": {"type": "integer"}, "confirmed": {"type": "integer"},
    "psi": {"type": ["number", "null"]}, "ks": {"type": ["number", "null"]}, "ks_tail": {"type": ["number", "null"]},
    "reference": {"type": ["string", "null"]}}}}}})";
inline constexpr std::string_view kEventSchema = R"({"type": "object", "properties": {"documents": {"type": "integer"},
  "audit": {"type": "integer"}, "topics": {"type": "array", "items": {"type": "string"}}}})";
inline constexpr std::string_view kAcknowledgeRequest =
    R"({"type": "object", "additionalProperties": false, "properties": {
  "note": {"type": "string", "description": "at most 2000 bytes"}}})";
inline constexpr std::string_view kSilenceRequest =
    R"({"type": "object", "additionalProperties": false, "required": ["minutes"],
  "properties": {"topic": {"type": "string", "description": "absent: every topic"},
  "minutes": {"type": "integer", "minimum": 1, "maximum": 43200}, "note": {"type": "string"}}})";
inline constexpr std::string_view kSilenceSchema = R"({"type": "object", "required": ["silence"], "properties": {
  "silence": {"type": "string"}}})";
inline constexpr std::string_view kJudgeAlarmRequest =
    R"({"type": "object", "additionalProperties": false, "required": ["justified"], "properties": {
  "justified": {"type": "boolean", "description": "false: a false alarm"},
  "note": {"type": "string", "description": "at most 2000 bytes"}}})";
inline constexpr std::string_view kJudgeDocumentRequest =
    R"({"type": "object", "additionalProperties": false, "required": ["topic", "sentiment"], "properties": {
  "topic": {"type": "string"}, "sentiment": {"enum": ["negative", "neutral", "positive"], "description": "what it is"}}})";
inline constexpr std::string_view kDocumentJudged =
    R"({"type": "object", "required": ["document"], "properties": {
  "document": {"type": "integer"}, "topic": {"type": "string"}, "sentiment": {"type": "string"}}})";
inline constexpr std::string_view kAlarmNamed = R"({"type": "object", "required": ["alarm"], "properties": {
  "alarm": {"type": "string"}}})";

}  // namespace yupu::monitor
