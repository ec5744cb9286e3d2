// Another model over what is stored, without an alarm that is only the model's doing.
//
//   documents with scores of other releases only --some at a time--> scores of this one, beside the others
//   none is left --> one transaction: mentions, documents and counts take this one's sentiments, the others' scores go,
//                    and the detection reads the log again from its beginning (alarms/watch.h, "rebuilt")
//
// Until then nothing that is counted changes, and the detection goes on with the former model's sentiments: no series
// is ever half of one model, half of another. What came with a sentiment of its own keeps it. Killed at any moment, the
// next call goes on.
// Counts of documents that are forgotten stay as the former model made them.
// Threads  any; two processes may do it at once.   Outcomes  those of the store and of the scorer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "products/monitor/documents/topics.h"
#include "products/monitor/sentiment/scorer.h"
#include "store/store.h"

namespace yupu::monitor {

struct Rescored {
  std::int64_t scored = 0;   // documents, in this call
  std::int64_t changed = 0;  // mentions whose sentiment is another one now
  bool done = false;         // every score that counts is of this release
};

// `documents_max` documents, or the switch when none is left.
Result<Rescored> rescore_some(store::Store& store, const std::string& monitor, const TopicDictionary& topics,
                              SentimentScorer& scorer, std::int64_t documents_max, std::int64_t now_ns);

struct CountedModel {
  std::string release;
  std::int64_t since_ns = 0;
};
// Whose scores are counted; nothing before the first.
Result<std::optional<CountedModel>> counted_model(store::Store& store, const std::string& monitor);

}  // namespace yupu::monitor
