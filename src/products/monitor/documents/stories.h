// Which story a new document belongs to, among those in the store.
// Threads: whoever holds the transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "products/monitor/documents/document.h"
#include "store/store.h"

namespace yupu::monitor {

// The story of the first document with the same content, else of the likest text that names one of its topics; of
// equals the one that came first.
// Only what was received at `since_ns` or later is looked at, of each topic and band the newest few, and of these those
// that share most bands: a form that thousands fill in costs little more than others.
Result<std::optional<std::int64_t>> find_story(store::Transaction& transaction, const std::string& monitor,
                                               const ReadyDocument& document, std::int64_t since_ns);

// Makes the document findable for later ones.
Status keep_bands(store::Transaction& transaction, const std::string& monitor, const ReadyDocument& document,
                  std::int64_t row_id);
// What was received before is found no more.
Status forget_bands(store::Transaction& transaction, const std::string& monitor, std::int64_t before_ns);

}  // namespace yupu::monitor
