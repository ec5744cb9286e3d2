// What was counted, for whoever looks: topics by bucket, sources by outcome.
// Threads  any.        Outcomes  those of the store.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::monitor {

struct BucketCount {
  std::int64_t bucket_ns = 0;  // where it begins
  std::int64_t total = 0, negative = 0, positive = 0;
  std::int64_t publishers = 0;
  OrderedJson to_json() const;
};
struct TopicCount {
  std::string topic;
  std::int64_t total = 0, negative = 0, positive = 0;
  std::int64_t publishers = 0;       // distinct, of all buckets together
  std::vector<BucketCount> buckets;  // those with a document, in order
  OrderedJson to_json() const;
};
// Of buckets that begin in [begin_ns, end_ns).
Result<TopicCount> count_topic(store::Store& store, const std::string& monitor, const std::string& topic,
                               std::int64_t begin_ns, std::int64_t end_ns);

struct SourceOutcome {
  std::string source, outcome;
  std::int64_t count = 0;
  std::int64_t last_ns = 0;
  std::string last_detail;
  OrderedJson to_json() const;
};
// By source and outcome.
Result<std::vector<SourceOutcome>> source_outcomes(store::Store& store, const std::string& monitor);

// When the last document was received; 0 before the first.
Result<std::int64_t> monitor_now(store::Store& store, const std::string& monitor);

}  // namespace yupu::monitor
