// What a bot has done in a period, call by call and added up: each figure is a sum over the calls beside it, so the
// totals are the log's.
//
//   resolved     conversations in which no call was handed to a person; a call of no conversation is one of its own
//   refusal      calls that were refused, of all calls
//   wrong        answers whose correction names another intent, of the answers that were corrected or confirmed
//                (a correction that names the same intent confirms)
//   entry        an intent, as the model read the call; "" where it named none
//   hit          an answer that is neither voted down nor corrected to another intent; every other call is a miss
// The last vote and the last correction of a call count.       Threads  any.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::feedback {

struct LoggedCall {
  std::string trace_id = {}, conversation = {}, text = {}, decision = {}, intent = {};
  double score = 0.0;
  std::optional<int> rating = {};
  std::optional<std::string> correction = {};
  std::int64_t created_ns = 0;

  bool is_answer() const { return decision == "answer"; }
  bool is_hit() const;
  OrderedJson to_json(bool with_text) const;
};

struct CallQuery {
  std::string tenant_id;
  std::string model;
  std::int64_t since_ns = 0;
  std::int64_t until_ns = INT64_MAX;  // not included
};

// Every call in the order of time, then of id; read in parts on one snapshot.
Status each_call(store::Store& store, const CallQuery& query,
                 const std::function<Status(const LoggedCall& call)>& take);

struct EntryCounts {
  std::int64_t calls = 0, hits = 0, misses = 0, up = 0, down = 0, corrected_away = 0;
};

class CallReport {
 public:
  void add(const LoggedCall& call);
  std::int64_t calls() const { return calls_; }
  const std::map<std::string, EntryCounts>& entries() const { return entries_; }
  // {"calls", "decisions": {decision: n}, "conversations", "handed_over", "resolved", "resolution": share or null,
  //  "refusal": share or null, "reviewed", "wrong", "wrong_share": share or null, "up", "down", "hits", "misses",
  //  "entries": [{"intent", "calls", "hits", "misses", "up", "down", "corrected_away"}]}, entries of most calls first.
  OrderedJson to_json() const;

 private:
  std::int64_t calls_ = 0, reviewed_ = 0, wrong_ = 0;
  std::map<std::string, std::int64_t> decisions_;
  std::map<std::string, EntryCounts> entries_;
  std::set<std::string> conversations_, handed_over_;
};

// A row of a CSV file (RFC 4180), with its line end. A cell that a spreadsheet would take for a formula begins with an
// apostrophe.
std::string csv_line(const OrderedJson& row);
// The names of the same row's columns.
std::string csv_head(const OrderedJson& row);

}  // namespace yupu::feedback
