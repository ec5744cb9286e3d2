// Documents into the store: each has its effect once, however often it comes and whenever the process is killed.
//
//   source --batch of documents, position--> one transaction: documents, revisions, stories, counts, position
//
// A document that is known by its id (identity.h):
//   the same content, or that of a former revision   nothing: it was delivered again
//   another content                                  the next revision; counts only for topics it did not name before
// A new one belongs to the story of what it repeats, received up to `story_window_ns` ago: the same content, else the
// likest text of one of its topics (likeness.h), or what means the same where documents have a meaning (meaning.h); or
// it begins a story of its own. About no topic: not kept.
//
// Counts: by topic and bucket of the time published; a story once, in the bucket, with the sentiment and under the
// publisher of its document that came first (as products/monitor/detect/series.h counts); count_every_document: each
// document. Published in a bucket that ended more than `lateness_ns` ago: kept, counted nowhere.
//
// Sentiment    a mention's: what the document says of that topic (ReadyDocument::sentiment_under). Scores are kept with
//              the document, under the release that gave them; a revision's replace those of the former one.
// Clock        the monitor's own: when the last document was received. It never goes back: a document that was received
//              before it counts as received now. The mentions in their order are so one log that the detection can read
//              again (detect/monitor.h).
// Idempotency  a batch names the position it was read from; when the source has been read further meanwhile it is
//              refused whole (kConflict).
// Retention    texts, mentions and revisions go `retention_ns` after they were received, within the hour; counts stay.
// Outcomes     those of the store. After an error nothing of the batch is kept.
// Threads      any.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "products/monitor/documents/document.h"
#include "store/store.h"

namespace yupu::monitor {

struct IntakeOptions {
  std::int64_t bucket_ns = SeriesOptions().bucket_ns;
  std::int64_t lateness_ns = SeriesOptions().lateness_ns;
  std::int64_t story_window_ns = 3 * kDayNs;
  std::int64_t retention_ns = 35 * kDayNs;  // at least the history of the detection
  bool count_every_document = false;
  double story_cosine_min = 0.8;  // of two reports that were written anew (meaning.h)
};

struct Refusal {
  std::string reason;  // document.h; "malformed" of a row that is none
  std::string detail;
};

// What became of documents, by outcome: "new" (a story of its own), "reprint", "revised", "repeated", "off_topic" and
// "refused_<reason>" are one each; "late" besides "new", "reprint" or "revised": counted nowhere.
using Outcomes = std::map<std::string, std::int64_t, std::less<>>;

struct Batch {
  std::string source;
  std::string position_before;           // as source_position() said
  std::string position;                  // what was read up to
  std::int64_t read_ns = 0;              // now
  std::vector<ReadyDocument> documents;  // in the order of the source
  std::vector<Refusal> refusals = {};
  Outcomes counted = {};                                         // what the reader of the source counts besides
  std::map<std::string, std::string, std::less<>> details = {};  // of `counted`: why, the last time
};

Result<Outcomes> take_batch(store::Store& store, const std::string& monitor, const Batch& batch,
                            const IntakeOptions& options = {});
// Counts the refusals of a batch that has nothing to take: what was turned away at a door.
Status keep_refusals(store::Transaction& transaction, const std::string& monitor, const Batch& batch);
// Empty before the first batch.
Result<std::string> source_position(store::Store& store, const std::string& monitor, const std::string& source);

}  // namespace yupu::monitor
