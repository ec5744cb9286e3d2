// What serving keeps about calls, deleted with the conversation they belonged to: traces, and the stored answers of
// Idempotency-Keys. Charges stay: they hold counts, never texts.
// Idempotency  what is gone is gone: again is OK, and counts nothing.        Threads  as the transaction.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/status.h"
#include "store/store.h"

namespace yupu::serving {

// How many there were.
Result<std::int64_t> delete_traces(store::Transaction& transaction, const std::string& tenant_id,
                                   std::span<const std::string> trace_ids);
// `subject`: as Idempotency::Claim::keep() was told. The key may be used again afterwards: its call is answered anew.
Result<std::int64_t> delete_stored_answers(store::Transaction& transaction, const std::string& tenant_id,
                                           const std::string& subject);

// Whose a conversation of a public bot was (serving/visitors).
Status delete_ownership(store::Transaction& transaction, const std::string& tenant_id,
                        const std::string& conversation_id);

}  // namespace yupu::serving
