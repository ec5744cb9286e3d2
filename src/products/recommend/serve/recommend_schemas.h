// What the routes of recommend_routes.cc take and give, as /openapi.json says it.
#pragma once

#include <string_view>

namespace yupu::recommend {

inline constexpr std::string_view kEventsRequest = R"({
  "type": "object",
  "description": "one event; or {\"events\": [...]}, at most 1000; or, as application/x-ndjson, one event a line",
  "properties": {
    "id": {"type": "string", "description": "the sender's; sent again, it is counted once"},
    "user": {"type": "string"}, "item": {"type": "string"},
    "kind": {"enum": ["view", "click", "comment", "share", "buy"]},
    "time": {"description": "whole seconds since 1970, or 2026-11-27T08:30:00+08:00; late and in any order"},
    "value": {"type": "number", "minimum": 0, "description": "a price, seconds, stars: the sender's"},
    "impression": {"type": "string", "description": "the list it came from"},
    "position": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "where in it the item stood"},
    "surface": {"type": "string", "description": "where it was shown"},
    "events": {"type": "array", "maxItems": 1000, "items": {"type": "object"}}}
})";
inline constexpr std::string_view kEventsResponse = R"({
  "type": "object", "required": ["added", "known"],
  "properties": {"added": {"type": "integer"}, "known": {"type": "integer", "description": "were there already"}}
})";
inline constexpr std::string_view kItemsRequest = R"({
  "type": "object",
  "description": "one item; or {\"items\": [...]}, at most 1000; or, as application/x-ndjson, one item a line",
  "properties": {
    "id": {"type": "string"}, "title": {"type": "string"}, "description": {"type": "string"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "created": {"description": "since when it can be had; whole seconds since 1970, or 2026-11-27T08:30:00+08:00"},
    "price": {"type": "number", "minimum": 0, "description": "in the shop's own unit, the same for all items"},
    "author": {"type": "string", "maxLength": 256, "description": "who made it, or its brand"},
    "items": {"type": "array", "maxItems": 1000, "items": {"type": "object"}}}
})";
inline constexpr std::string_view kItemsResponse = R"({
  "type": "object", "required": ["added", "changed", "known"],
  "properties": {"added": {"type": "integer"}, "changed": {"type": "integer"}, "known": {"type": "integer"}}
})";
inline constexpr std::string_view kListRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["user"],
  "properties": {
    "user": {"type": "string", "description": "unknown: the fallback answers, and says so"},
    "count": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
    "surface": {"type": "string", "description": "where the list is shown; kept with it"},
    "exclude": {"type": "array", "maxItems": 1000, "items": {"type": "string"}},
    "context": {"type": "array", "maxItems": 50, "items": {"type": "string"},
                "description": "items the user looks at now"},
    "explain": {"type": "boolean", "default": true},
    "sponsored": {"type": "boolean", "default": true, "description": "false: nothing that somebody pays for"}}
})";
inline constexpr std::string_view kListResponse = R"({
  "type": "object", "required": ["impression", "fallback", "items"],
  "properties": {
    "impression": {"type": "string"},
    "fallback": {"type": "boolean",
                 "description": "nothing is known of the user: what most touched lately, and new things"},
    "unknown_user": {"type": "boolean"},
    "unknown_context": {"type": "array", "items": {"type": "string"}},
    "items": {"type": "array", "items": {"type": "object", "properties": {
      "id": {"type": "string"}, "title": {"type": "string"}, "score": {"type": "number"}, "position": {"type": "integer"},
      "flags": {"type": "array", "items": {"enum": ["new", "pinned", "explored"]}},
      "reason": {"type": "object", "properties": {
        "kind": {"enum": ["because_of", "popular", "new", "picked"]},
        "item": {"type": "string"}, "title": {"type": "string"}, "share": {"type": "number"}}}}}},
    "sponsored": {"type": "object", "description": "absent: nobody's; to be shown apart, with its label",
                  "properties": {"id": {"type": "string"}, "title": {"type": "string"},
                                 "label": {"type": "object", "properties": {"zh": {"type": "string"},
                                                                            "en": {"type": "string"}}}}}}
})";
inline constexpr std::string_view kRerankRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["user", "items"],
  "properties": {
    "user": {"type": "string"},
    "items": {"type": "array", "minItems": 1, "maxItems": 500, "items": {},
              "description": "ids; of what may be unknown, objects as in a file of items, whose text is read then"},
    "surface": {"type": "string"},
    "context": {"type": "array", "maxItems": 50, "items": {"type": "string"}},
    "explain": {"type": "boolean", "default": true}}
})";
inline constexpr std::string_view kRerankResponse = R"({
  "type": "object", "required": ["impression", "fallback", "items"],
  "properties": {
    "impression": {"type": "string"}, "fallback": {"type": "boolean"}, "unknown_user": {"type": "boolean"},
    "unknown_context": {"type": "array", "items": {"type": "string"}},
    "items": {"type": "array", "items": {"type": "object", "properties": {
      "id": {"type": "string"}, "title": {"type": "string"}, "position": {"type": "integer"},
      "score": {"type": "number", "description": "absent: there was nothing to score it by"},
      "flags": {"type": "array", "items": {"enum": ["new", "from_text", "unknown"]}},
      "reason": {"type": "object"}}}},
    "left_out": {"type": "array", "items": {"type": "string"}, "description": "taken down, or blocked by a rule"}}
})";
inline constexpr std::string_view kClickRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["impression"],
  "properties": {"impression": {"type": "string", "description": "of the list whose sponsored item was clicked"}}
})";
inline constexpr std::string_view kClickResponse = R"({
  "type": "object", "required": ["counted"],
  "properties": {"counted": {"type": "boolean", "description": "false: it was counted before"},
                 "price_ufen": {"type": "integer", "description": "10^-6 fen, to whom the campaign belongs"}}
})";

}  // namespace yupu::recommend
