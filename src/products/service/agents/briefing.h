// What a person needs to know who takes a conversation over, and what the shop might say to it.
//
// Extractive: nothing in it is written by a model. The summary is the visitor's first and last words, what the model
// took them to be about, what the forms have learned, and why the bot gave up. The replies are the shop's approved
// answers to the intents the live model found nearest to the visitor's last message, when it came in.
// Threads  any.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/service/bot.h"
#include "products/service/conversation/conversation_store.h"
#include "store/store.h"

namespace yupu::products {

inline constexpr std::size_t kNearestKept = 5;  // of a message's intents, in its trace

// {"summary": {"first", "last": [...], "why": "asked" | "unsure" | "slot" | "", "intents":
// [{"intent","title","count"}],
//              "slots": {name: value}, "triggers": [...], "priority"},
//  "suggestions": [{"intent","title","text","score","source"}]}, best first. A slot nobody has told stands in the text
// as {name}. `bot` may be null: another strategy's conversation; then there are no titles and no suggestions.
Result<Json> briefing(store::Transaction& transaction, const Conversation& conversation, const Bot* bot,
                      const Moment& moment);

}  // namespace yupu::products
