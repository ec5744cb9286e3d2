// What models have made of documents, in the store (0014_monitor_sentiment.sql).
// Threads: whoever holds the transaction.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "products/monitor/documents/document.h"
#include "store/store.h"

namespace yupu::monitor {

// What is kept of one document by one model.
struct KeptScores {
  std::int64_t document_id = 0;
  std::int64_t revision = 1;
  std::int64_t scored_ns = 0;
};

// The scores of a revision that came in: those of former revisions go. Without scores only the latter.
Status replace_scores(store::Transaction& transaction, const std::string& monitor, const ReadyDocument& document,
                      const KeptScores& kept);
// One more model's beside those that are there.
Status add_scores(store::Transaction& transaction, const std::string& monitor, const ReadyDocument& document,
                  const KeptScores& kept);
// Of documents received before.
Status forget_scores(store::Transaction& transaction, const std::string& monitor, std::int64_t received_before_ns);

}  // namespace yupu::monitor
