// What a recommender is asked in an evaluation: a user, a moment, and what they then turned out to want.
//   next   one question for every instant at which a user touched something relevant and new to them, answered from
//          what had happened before that instant
//   list   one question a user, at the beginning of the span, about all of the span
// An item the user had touched before, in whatever way, is neither wanted nor a candidate.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tasks/recommend/behaviour.h"

namespace yupu::recommend {

enum class Protocol : std::uint8_t { kNext, kList };
std::string_view protocol_name(Protocol protocol);

struct Question {
  std::uint32_t user = 0;
  std::int64_t time_ns = 0;
  std::vector<std::uint32_t> wanted;  // items, ascending; at least one
};

// A user with fewer events than this has just come: what is known of them is little.
inline constexpr std::size_t kColdUserEvents = 5;

struct QuestionRule {
  Protocol protocol = Protocol::kNext;
  tasks::BehaviourKind relevant = tasks::BehaviourKind::kClick;  // kinds from this one on are wanted
  std::size_t questions_max = SIZE_MAX;                          // of more, so many are drawn
  // Of them, so many at most are drawn first from the questions of newcomers: users with fewer than kColdUserEvents
  // before the question.  A log has most questions of those who stayed.
  std::size_t newcomers_max = 0;
  std::uint64_t seed = 1;
};

// Of the span [from, to), in order of time and user.
std::vector<Question> questions_of(const tasks::BehaviourLog& log, std::int64_t from_ns, std::int64_t to_ns,
                                   const QuestionRule& rule);

}  // namespace yupu::recommend
