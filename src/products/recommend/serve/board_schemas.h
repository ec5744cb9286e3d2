// What /v1/recommend/... takes and gives, as /openapi.json says it (board_routes.cc).
#pragma once

#include <string_view>

namespace yupu::recommend {

inline constexpr std::string_view kSearchQuery = R"({"type": "object", "properties": {
  "words": {"type": "string", "description": "what the id or the title has in it; absent: everything"},
  "limit": {"type": "integer", "minimum": 1, "maximum": 500, "description": "50"}}})";
inline constexpr std::string_view kHistoryQuery = R"({"type": "object", "required": ["user"], "properties": {
  "user": {"type": "string"}, "limit": {"type": "integer", "minimum": 1, "maximum": 500, "description": "50"}}})";
inline constexpr std::string_view kMetricsQuery = R"({"type": "object", "properties": {
  "days": {"type": "integer", "minimum": 1, "maximum": 400, "description": "back from today; 30"}}})";
inline constexpr std::string_view kBoardSchema =
    R"({"type": "object", "required": ["person", "manager", "items", "users", "events", "live"], "properties": {
  "person": {"type": "string", "description": "who asks"},
  "manager": {"type": "boolean", "description": "may change the rules and go back to another release"},
  "items": {"type": "integer"}, "users": {"type": "integer"},
  "events": {"type": "integer"}, "live": {"type": "string", "description": "the release that serves; empty: none"}}})";
inline constexpr std::string_view kItemsSchema = R"({"type": "object", "required": ["found", "items"], "properties": {
  "found": {"type": "integer"}, "items": {"type": "array", "items": {"type": "object", "properties": {
    "id": {"type": "string"}, "title": {"type": "string", "description": "empty: events alone name it"},
    "tags": {"type": "array", "items": {"type": "string"}}, "users": {"type": "integer"},
    "hidden": {"type": "boolean"}}}}}})";
inline constexpr std::string_view kHideRequest =
    R"({"type": "object", "additionalProperties": false, "required": ["item"], "properties": {
  "item": {"type": "string"}, "hidden": {"type": "boolean", "description": "absent: false, it is shown again"}}})";
inline constexpr std::string_view kHiddenSchema = R"({"type": "object", "properties": {
  "item": {"type": "string"}, "hidden": {"type": "boolean"}, "changed": {"type": "boolean"}}})";
inline constexpr std::string_view kUsersSchema = R"({"type": "object", "required": ["found", "users"], "properties": {
  "found": {"type": "integer"}, "users": {"type": "array", "items": {"type": "object", "properties": {
    "id": {"type": "string"}, "events": {"type": "integer"}, "last": {"type": "string"}}}}}})";
inline constexpr std::string_view kHistorySchema = R"({"type": "object", "required": ["user", "events"], "properties": {
  "user": {"type": "string"}, "events": {"type": "array", "items": {"type": "object", "properties": {
    "item": {"type": "string"}, "title": {"type": "string"},
    "kind": {"enum": ["view", "click", "comment", "share", "buy"]}, "time": {"type": "string"}}}}}})";
inline constexpr std::string_view kPreviewRequest = R"({"type": "object", "required": ["user"], "properties": {
  "user": {"type": "string"}, "count": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
  "context": {"type": "array", "maxItems": 50, "items": {"type": "string"}},
  "exclude": {"type": "array", "maxItems": 1000, "items": {"type": "string"}}}})";
inline constexpr std::string_view kPreviewSchema = R"({"type": "object", "required": ["items"], "properties": {
  "arm": {"enum": ["champion", "challenger"]}, "release": {"type": "string"}, "fallback": {"type": "boolean"},
  "unknown_user": {"type": "boolean"}, "items": {"type": "array", "items": {"type": "object"}}}})";
inline constexpr std::string_view kRulesSchema = R"({"type": "object", "additionalProperties": false, "properties": {
  "pin": {"type": "array", "maxItems": 200, "items": {"type": "object", "required": ["item"], "properties": {
    "item": {"type": "string"}, "position": {"type": "integer", "minimum": 1, "maximum": 100, "default": 1},
    "surface": {"type": "string", "description": "absent: every one"}}}},
  "lift": {"type": "object", "description": "by tag: -1 to 1, added to relevance", "additionalProperties": {"type": "number"}},
  "half_life_days": {"type": "number", "minimum": 0, "description": "of relevance, by the item's age; 0: none"},
  "caps": {"type": "object", "description": "by tag, or by author:* for every tag that begins so: how many of a list",
           "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 100}},
  "blocked_tags": {"type": "array", "maxItems": 200, "items": {"type": "string"}},
  "blocked_words": {"type": "array", "maxItems": 200, "items": {"type": "string"}},
  "unnamed_tags": {"type": "array", "maxItems": 200, "items": {"type": "string"},
                   "description": "items that no reason names"},
  "explore": {"type": "number", "minimum": 0, "maximum": 0.1, "default": 0.01,
              "description": "of places, to what little is known of"}}})";
inline constexpr std::string_view kMetricsSchema = R"({"type": "object", "required": ["days"], "properties": {
  "join_minutes": {"type": "integer"}, "clicked": {"type": "object"}, "positive": {"type": "object"},
  "days": {"type": "array", "items": {"type": "object", "properties": {"day": {"type": "string"},
    "clicks": {"type": "integer"}, "clicked": {"type": "object"}, "positive": {"type": "object"}}}},
  "explored": {"type": "array", "description": "places that were drawn, and clicks there", "items": {"type": "object",
    "properties": {"position": {"type": "integer"}, "lists": {"type": "integer"}, "clicks": {"type": "integer"}}}},
  "experiment": {"type": "object", "description": "both arms of the one that runs, and challenger minus champion"}}})";
inline constexpr std::string_view kHealthSchema = R"({"type": "object",
  "required": ["funnel", "record", "events", "sources", "drift", "cost"], "properties": {
  "funnel": {"type": "array", "description": "lists with at least that of one of their items",
    "items": {"type": "object", "properties": {"step": {"enum": ["given", "click", "comment", "share", "buy"]},
      "lists": {"type": "integer"}, "users": {"type": "integer"}}}},
  "record": {"type": "object", "description": "how many items are without a title, a text, tags, ...; users"},
  "events": {"type": "object", "description": "of the days: all, told a day late, naming the list they came from"},
  "sources": {"type": "array", "description": "of topics that are read: what became of their messages, since the beginning",
    "items": {"type": "object", "properties": {"source": {"type": "string"}, "read": {"type": "string"},
      "outcomes": {"type": "array", "items": {"type": "object", "properties": {"outcome": {"type": "string"},
        "count": {"type": "integer"}, "last": {"type": "string"}, "detail": {"type": "string"}}}}}}},
  "drift": {"type": "object", "description": "the last 7 days beside the 28 before: stability indices"},
  "cost": {"type": "array", "description": "of every tenant's last 1000 lists, since the start",
    "items": {"type": "object", "properties": {"stage": {"enum": ["read", "order", "explore", "reasons", "keep"]},
      "lists": {"type": "integer"}, "p50_ms": {"type": "number"}, "p95_ms": {"type": "number"},
      "p99_ms": {"type": "number"}}}}}})";
inline constexpr std::string_view kReleasesSchema = R"({"type": "object", "required": ["live", "releases"],
  "properties": {"live": {"type": "string"}, "releases": {"type": "array", "items": {"type": "object"}},
  "changes": {"type": "array", "items": {"type": "object"}}}})";
inline constexpr std::string_view kRollBackRequest =
    R"({"type": "object", "additionalProperties": false, "properties": {
  "reason": {"type": "string", "maxLength": 256}}})";
inline constexpr std::string_view kRolledBackSchema = R"({"type": "object", "required": ["live"], "properties": {
  "live": {"type": "string", "description": "the release that serves from now on"}}})";

}  // namespace yupu::recommend
