// What was counted, by the day: a month of fifty topics is asked for at once (board/views.h), and is not added up from
// five minutes.
//
// Written in the transaction that counts; a day is the sum of its buckets, always (a change of the model moves both:
// sentiment/rescore.h).
// Units  times ns UTC; days begin at midnight UTC.        Outcomes  those of the store.        Threads  any.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/status.h"
#include "products/monitor/detect/series.h"
#include "store/store.h"

namespace yupu::monitor {

// Of the documents of one batch.
class DayTally {
 public:
  void add(const std::string& topic, std::int64_t bucket_ns, const std::string& publisher, Sentiment sentiment);
  Status keep(store::Transaction& transaction, const std::string& monitor) const;

 private:
  struct Day {
    std::int64_t total = 0, negative = 0, positive = 0;
    std::set<std::string> publishers;
  };
  std::map<std::pair<std::string, std::int64_t>, Day> days_;
};

// Another model says other things of what was counted in a bucket.
Status move_day(store::Transaction& transaction, const std::string& monitor, const std::string& topic,
                std::int64_t bucket_ns, std::int64_t negative, std::int64_t positive);

struct TopicSum {
  std::int64_t total = 0, negative = 0, positive = 0;
  std::int64_t publishers = 0;  // distinct, of all buckets together
};
// Of buckets that begin in [begin_ns, end_ns): what count_topic() says, without the buckets.
Result<TopicSum> sum_topic(store::Store& store, const std::string& monitor, const std::string& topic,
                           std::int64_t begin_ns, std::int64_t end_ns);

}  // namespace yupu::monitor
