// What a shop or a site tells of its items and of its users' behaviour, one JSON object each, checked at the edge.
//   item   id, title; description, tags (an array, or a text parted by ";"), created: since when it can be had;
//          price, a number from 0 on in the shop's own unit; author: who made it, or its brand
//   event  user, item, kind, time; id: the caller's own, by which an event that is sent again is known; value: a price,
//          seconds, stars, a number from 0 on; impression, position, surface: the list it came from, where in it the
//          item stood (from 1), and where that was shown
//   list   user, items (an array of ids, the first on top), time; id: the caller's own: what a user was shown
// A time is whole seconds since 1970 or "2026-11-27T08:30:00+08:00" (base/utc.h).  An event without an id gets one made
// of user, item, kind, time and impression: the same thing told twice is once.  Members that are not named here are not
// read. Outcomes  kInvalidArgument "field 'NAME': ...", the field set: missing, of another type, empty, no UTF-8, a
// kind that
//           is none, a time before 1970 or later than now and five minutes; kTooLarge: above a limit below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "tasks/recommend/behaviour.h"

namespace yupu::recommend {

inline constexpr std::size_t kIdBytesMax = 256;
inline constexpr std::size_t kTitleBytesMax = 2048;
inline constexpr std::size_t kDescriptionBytesMax = 64 << 10;
inline constexpr std::size_t kTagsMax = 64;
inline constexpr std::size_t kTagBytesMax = 128;
inline constexpr std::size_t kAuthorBytesMax = 256;

struct Item {
  std::string id, title, description;
  std::vector<std::string> tags;
  std::optional<std::int64_t> created_ns;  // unset: it has always been there
  std::optional<double> price = {};        // in the shop's own unit
  std::string author = {};                 // or brand; empty: not said
  std::int64_t line = 0;                   // of the file it comes from; 0: of none
  // What a model reads: title, tags, description.
  std::string text() const;
};

struct Event {
  std::string id, user, item;
  tasks::BehaviourKind kind = tasks::BehaviourKind::kView;
  std::int64_t time_ns = 0;
  std::optional<double> value = {};
  std::string impression = {}, surface = {};  // empty: not said
  std::int64_t position = 0;                  // 0: not said
  std::int64_t line = 0;
  std::int64_t received_ns = 0;  // of what the store has
};

inline constexpr std::size_t kShownItemsMax = 1000, kSurfaceBytesMax = 256;
inline constexpr double kValueMost = 1e12;

struct Impression {
  std::string id, user;
  std::vector<std::string> items;  // by position, each once
  std::int64_t time_ns = 0;
  std::int64_t line = 0;
};

Result<Item> item_of(const Json& object);
Result<Impression> impression_of(const Json& object, std::int64_t now_ns);
Result<Event> event_of(const Json& object, std::int64_t now_ns);

}  // namespace yupu::recommend
