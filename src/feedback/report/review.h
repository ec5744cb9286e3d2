// How many of a bot's answers are wrong, by people who look at answers drawn at random.
//
// Trace ids are random, so their order is a random order of the answers, the same for everybody: people are shown the
// first that nobody has judged, and the sample is the answers before it. What visitors vote down and agents correct is
// no such sample: it is where something went wrong.
//   wrong_at_most   Clopper and Pearson's upper bound of the true share, one-sided, of confidence 95 %
// Retention  a judgement goes with its trace (forget_reviews).        Threads  any.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "feedback/report/report.h"
#include "store/store.h"

namespace yupu::feedback {

struct DrawnAnswer {
  std::string trace_id, conversation, text, answer, intent;
  double score = 0;
  std::int64_t created_ns = 0;
  Json to_json() const;
};

struct Review {
  std::int64_t judged = 0, wrong = 0;  // of the sample
  std::vector<DrawnAnswer> drawn = {};
  double wrong_at_most() const;  // 1 where nothing is judged
  // {"judged", "wrong", "wrong_share": or null, "wrong_at_most", "drawn": [{"trace_id", "conversation", "created",
  //  "text", "answer", "intent", "score"}]}
  Json to_json() const;
};
// Of the answers of the period; the next `limit` that nobody has judged.
Result<Review> review(store::Store& store, const CallQuery& query, std::int64_t limit);

struct Judgement {
  std::string tenant_id, model, trace_id, reviewer = {};
  bool is_right = false;
};
// Judged again, the last one counts.  Errors: kNotFound, field "trace_id": no answer of this tenant's and model's.
Status judge_answer(store::Store& store, const Clock& clock, const Judgement& judgement);

Status forget_reviews(store::Transaction& transaction, const std::string& tenant_id,
                      std::span<const std::string> trace_ids);

}  // namespace yupu::feedback
