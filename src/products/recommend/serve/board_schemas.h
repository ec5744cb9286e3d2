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
    R"({"type": "object", "required": ["person", "items", "users", "events", "live"], "properties": {
  "person": {"type": "string", "description": "who asks"}, "items": {"type": "integer"}, "users": {"type": "integer"},
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
inline constexpr std::string_view kMetricsSchema = R"({"type": "object", "required": ["days"], "properties": {
  "join_minutes": {"type": "integer"}, "clicked": {"type": "object"}, "positive": {"type": "object"},
  "days": {"type": "array", "items": {"type": "object", "properties": {"day": {"type": "string"},
    "clicks": {"type": "integer"}, "clicked": {"type": "object"}, "positive": {"type": "object"}}}},
  "experiment": {"type": "object", "description": "both arms of the one that runs, and challenger minus champion"}}})";
inline constexpr std::string_view kReleasesSchema = R"({"type": "object", "required": ["live", "releases"],
  "properties": {"live": {"type": "string"}, "releases": {"type": "array", "items": {"type": "object"}},
  "changes": {"type": "array", "items": {"type": "object"}}}})";
inline constexpr std::string_view kRollBackRequest =
    R"({"type": "object", "additionalProperties": false, "properties": {
  "reason": {"type": "string", "maxLength": 256}}})";
inline constexpr std::string_view kRolledBackSchema = R"({"type": "object", "required": ["live"], "properties": {
  "live": {"type": "string", "description": "the release that serves from now on"}}})";

}  // namespace yupu::recommend
