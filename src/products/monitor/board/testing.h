// For tests only: a feed whose every document comes from a paper of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "products/monitor/documents/intake.h"

namespace yupu::monitor::testing {

class Feed {
 public:
  // The next batch of it: `count` documents that say `text`, published and received now.  Without `sentiment` they are
  // yet to be scored.
  Batch next(const TopicDictionary& topics, const std::string& text, std::optional<Sentiment> sentiment, int count,
             std::int64_t now_ns) {
    Batch batch{.source = "feed",
                .position_before = batches_ == 0 ? "" : std::to_string(batches_),
                .position = std::to_string(batches_ + 1),
                .read_ns = now_ns,
                .documents = {}};
    ++batches_;
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(++documents_);
      batch.documents.push_back(make_ready({.source = "feed",
                                            .guid = number,
                                            .url = "http://paper" + number + ".example/n",
                                            .title = number + " " + text + " " + number,
                                            .text = {},
                                            .publisher = {},
                                            .published_ns = now_ns,
                                            .received_ns = now_ns,
                                            .sentiment = sentiment},
                                           topics, sentiment ? SentimentFrom::kDocument : SentimentFrom::kScored)
                                    .value());
    }
    return batch;
  }

 private:
  int batches_ = 0, documents_ = 0;
};

}  // namespace yupu::monitor::testing
