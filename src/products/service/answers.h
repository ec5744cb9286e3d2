// What a shop has approved to be said: answers, and the slots that stand in them.
//
// An intent may have several answers as long as no two of them can hold at the same time on the same channel: a text
// for the holidays and one for the rest of the year.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "products/service/conversation/answer_text.h"
#include "products/service/conversation/slot.h"

namespace yupu::products {

// One approved answer.
struct Answer {
  std::string intent;
  std::string title_zh;
  std::string title_en;
  std::string text_zh;
  std::string text_en;
  std::string source;                               // where the shop says so: "policy/orders#1"
  std::optional<std::int64_t> valid_from_ns = {};   // the first instant; UTC ns
  std::optional<std::int64_t> valid_until_ns = {};  // the instant it ends: not said any more
  std::vector<std::string> channels = {};           // empty: all of them
};

// When and where something is said.
struct Moment {
  std::int64_t now_ns = 0;
  std::string channel = {};
};

struct AnswerBook {
  std::vector<Answer> answers = {};
  std::vector<Slot> slots = {};
};

// An answer with its texts read.
struct ApprovedAnswer {
  Answer answer;
  AnswerText zh;
  AnswerText en;
  bool holds(const Moment& moment) const;
  const AnswerText& text(std::string_view lang) const { return lang == "zh" ? zh : en; }
  const std::string& title(std::string_view lang) const { return lang == "zh" ? answer.title_zh : answer.title_en; }
};

// The book, checked and open at every intent.
class ApprovedAnswers {
 public:
  // Errors: kInvalidArgument naming intent or slot, with the member as field: a text or title that is missing, an
  // unknown slot in a text, two answers of an intent that can hold at once, a slot declared twice or without a prompt.
  static Result<ApprovedAnswers> create(AnswerBook book);

  // The one of this intent that holds at this moment.
  const ApprovedAnswer* find(std::string_view intent, const Moment& moment) const;
  bool knows(std::string_view intent) const { return by_intent_.contains(intent); }
  // REQUIRES: a declared slot.
  const Slot& slot(std::string_view name) const;
  const std::map<std::string, std::vector<ApprovedAnswer>, std::less<>>& by_intent() const { return by_intent_; }

 private:
  Status add(Answer answer);

  std::map<std::string, std::vector<ApprovedAnswer>, std::less<>> by_intent_;
  std::map<std::string, Slot, std::less<>> slots_;
};

}  // namespace yupu::products
