// What people say of the monitor's results: this sentiment is wrong (or right), this was a false alarm (or a true one).
//
// A judgement changes no count and no alarm: what was shown is what happened, and a replay says so again. It is a row
// of the next dataset (csv_of) and the precision that is shown beside the alarms. Whoever judges the same again
// replaces what was said before; the audit log has both. Retention    the text that was judged is kept with the
// judgement when the document is forgotten. Threads      any.        Outcomes  those of the store, and what stands at
// the function.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/monitor/documents/document.h"
#include "products/monitor/documents/topics.h"
#include "store/store.h"

namespace yupu::monitor {

struct DocumentJudgement {
  std::int64_t document_id = 0;
  std::string topic;
  std::string text;       // what the document says of the topic (sentiment/segments.h)
  std::string counted;    // the sentiment it was counted with
  std::string release;    // whose that is; empty: the document's own
  std::string sentiment;  // what it is
  std::string judged_by;
  std::int64_t judged_ns = 0;
  OrderedJson to_json() const;
};
struct DocumentVerdict {
  std::int64_t document_id = 0;
  std::string topic;
  Sentiment sentiment = Sentiment::kNeutral;
};
// Errors: kNotFound: the document does not speak of the topic, or is forgotten.
Status judge_document(store::Store& store, const std::string& monitor, const TopicDictionary& topics,
                      const DocumentVerdict& verdict, const std::string& who, std::int64_t now_ns);
// The newest first.
Result<std::vector<DocumentJudgement>> document_judgements(store::Store& store, const std::string& monitor,
                                                           std::int64_t limit);
// Rows to train on: text, label, and how it came to them; RFC 4180.
std::string csv_of(const std::vector<DocumentJudgement>& judgements);

struct AlarmJudgement {
  bool justified = false;
  std::string note, judged_by;
  std::int64_t judged_ns = 0;
  OrderedJson to_json() const;
};
// Errors: kNotFound.
Status judge_alarm(store::Store& store, const std::string& monitor, const std::string& alarm, bool justified,
                   const std::string& note, const std::string& who, std::int64_t now_ns);
// By alarm.
Result<std::map<std::string, AlarmJudgement>> alarm_judgements(store::Store& store, const std::string& monitor);

// Of alarms: how many of those somebody has judged were true ones.
struct AlarmPrecision {
  std::int64_t justified = 0, judged = 0;
  OrderedJson to_json() const;  // `precision` is null where none was judged
  std::string to_text() const;
};
AlarmPrecision precision_of(const std::map<std::string, AlarmJudgement>& judgements,
                            const std::set<std::string>& alarms);

}  // namespace yupu::monitor
