// Where a conversation stands between two messages: all that is not in the messages themselves. Kept as JSON in the
// store, so that a server that starts again goes on.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/service/conversation/answer_text.h"

namespace yupu::products {

// An answer whose slots are being filled.
struct Form {
  std::string intent;
  std::string lang;  // of the question: "12345678" has none
  double score = 0;  // with which the question was understood
  SlotValues values = {};
  std::vector<std::string> confirmed = {};
  std::string slot = {};         // asked for now
  bool confirming = false;       // it has a value: is it the right one?
  std::int64_t tries_count = 0;  // at this slot that came to nothing
};

struct DialogueState {
  std::string lang = {};                  // of the last text that had one
  std::int64_t unsure_count = 0;          // in a row
  std::vector<std::string> offered = {};  // intents of the buttons shown last
  std::string offered_trace = {};         // of the question they were shown for,
  std::string offered_text = {};          // and the question
  std::optional<Form> form = {};
  std::vector<std::string> triggers = {};  // that fired in this conversation
  std::int64_t priority = 0;               // the higher, the sooner a person is needed
  bool waiting = false;                    // for a person, or with one: the bot is silent
  SlotValues told = {};  // what forms have learned in this conversation, for the person who takes over

  Json to_json() const;
  // kInternal: a row that another program wrote.
  static Result<DialogueState> from_json(const Json& json);
};

// Whether it is one of them.
inline bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace yupu::products
