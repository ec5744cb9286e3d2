// Documents that other programs push over HTTP (board/push_routes.h): whoever pushes is told at once what is wrong with
// each, the others wait in the store for whoever runs the monitor, who has the models.
//
//   put_in_inbox   read_push_row, make_ready --> refused, with its reason
//                                            '-> a row that waits --drain_inbox--> intake.h
//
// Bounds       `waiting_max` rows wait and `rows_per_minute` are looked at; what is beyond either is refused whole, in
//              the store too, so that neither memory nor the store grows with who pushes.
// Idempotency  a document that is pushed again is known by its id (identity.h). A row is taken in once, whoever is
//              killed when: the position of its source is the row's number.
// Clock        received when it was pushed, not when it is taken in.
// Outcomes     those of the store, and what stands at the function.        Threads  any; one that drains.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "products/monitor/documents/push.h"

namespace yupu::monitor {

struct InboxOptions {
  std::int64_t waiting_max = 20'000;
  std::int64_t rows_per_minute = 6'000;  // of one monitor, so of its tenant; at least kInboxRowsMax
};
inline constexpr std::int64_t kInboxRowsMax = 500;  // of one push

struct InboxPush {
  std::string source;                 // what they are counted under
  std::span<const std::string> rows;  // push_row.h
  std::int64_t now_ns = 0;
  SentimentFrom from = SentimentFrom::kDocument;
};

struct InboxRefusal {
  std::size_t index = 0;  // of the row
  std::string reason;     // document.h, or "malformed"
  std::string detail;
};

struct InboxReceipt {
  std::int64_t accepted = 0;
  std::vector<InboxRefusal> refused = {};
};

// Errors: kInvalidArgument, field "documents": none, or more than kInboxRowsMax. kResourceExhausted, field "minute"
// (the quota) or "waiting" (nobody takes them in as fast as they come): nothing is kept.
Result<InboxReceipt> put_in_inbox(store::Store& store, const std::string& monitor, const TopicDictionary& topics,
                                  const InboxPush& push, const InboxOptions& options);

// Takes in what waits, some thousand rows at most.  Gives what became of them.
Result<Outcomes> drain_inbox(store::Store& store, const Clock& clock, const std::string& monitor,
                             const TopicDictionary& topics, const PushOptions& options);

}  // namespace yupu::monitor
