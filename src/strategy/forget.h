// Conversations deleted with everything that came of them: here, because it takes several rooms.
//
//   conversation, message                 products    what was said
//   trace, stored answers                 serving     what was asked and answered, once more
//   texts from and to other networks      products    connectors/connector_store.h
//   feedback                              feedback    labels and corrections of those calls
//   rows of the next dataset              data        a correction that was learned from is left out of the next
//   version
// Charges and the books stay: they hold counts, never texts. What is not reached: dataset versions and models that were
// made before, and copies outside the store (exports, backups).
// A conversation is deleted in one transaction; afterwards the store's files are cleared of it (store/scrub.h).
// Threads  any.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "products/service/conversation/conversation_store.h"
#include "store/store.h"

namespace yupu::strategy {

struct Forgotten {
  std::int64_t conversation_count = 0;
  std::int64_t message_count = 0;
  std::int64_t trace_count = 0;
  std::int64_t feedback_count = 0;
  std::int64_t stored_answer_count = 0;
  Json to_json() const;
  std::string to_text() const;
};

// All conversations that `which` finds, whatever its limit. A conversation in which somebody writes at this moment is
// deleted with that message, or, where `which` does not find it any more, stays.
// Errors: the store's; kUnavailable when all is deleted but the files could not be cleared yet: run it again.
// Idempotency  nothing is left to be found: again deletes nothing, and clears the files.
Result<Forgotten> forget_conversations(store::Store& store, const Clock& clock,
                                       const products::ConversationQuery& which);

}  // namespace yupu::strategy
