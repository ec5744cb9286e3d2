// What a conversation knows of the people behind the bot (agents/desk.h).
// Threads: every member from any thread; note_change() also on the store's writer thread, inside a transaction.
#pragma once

#include "base/json.h"
#include "base/status.h"
#include "products/service/conversation/conversation_store.h"

namespace yupu::products {

class People {
 public:
  virtual ~People() = default;
  // Something of this conversation is being written down: whoever follows it is told after the commit.
  virtual void note_change(const Conversation& conversation) = 0;
  // What a visitor is told who waits for a person, or is with one:
  //   {"state": "waiting", "place": 2} | {"state": "with", "agent": "Mei"} | {"state": "offline"}: nobody is on duty
  virtual Result<Json> state_of(const Conversation& conversation) = 0;
};

}  // namespace yupu::products
