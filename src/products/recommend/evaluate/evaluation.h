// Methods compared on what users did next: fitted before a time, tuned on a validation span before the test, judged
// once on the test.
//
//   1. the record is cut by time (time_split.h)
//   2. every method tries its settings (methods.h, at most kTrialsMax each): fitted before valid_ns, judged by nDCG@10
//      on questions of the validation; the best settings, of equal ones the first, are fitted again before test_ns
//   3. every method answers the questions of the test over the whole catalogue (asking.h), and is checked for leaks
// The fallback of all is recent popularity with the window that was best on the validation.
// Slices    warm       the user had cold_user_events or more before the question, the item an event before test_ns
//           cold_user  fewer
//           new_user   no event before test_ns, and 3 to 9 relevant ones by the question: what a session tells
//           cold_item  no event of the item before test_ns: its text is all there is
//           head, tail the items with the most events before test_ns, head_share of those that have one, and the others
// The same seed gives the same report, bit for bit, on any number of threads.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/recommend/collection.h"
#include "products/recommend/evaluate/figures.h"
#include "products/recommend/evaluate/leak_check.h"
#include "products/recommend/evaluate/marked_lists.h"
#include "products/recommend/evaluate/questions.h"
#include "products/recommend/evaluate/time_split.h"
#include "products/recommend/evaluate/variety.h"
#include "products/recommend/methods/methods.h"

namespace yupu::recommend {

enum class Slice : std::uint8_t { kAll, kWarm, kColdUser, kNewUser, kColdItem, kHead, kTail };
inline constexpr std::size_t kSliceCount = 7;
// Of kNewUser: relevant events before the question, from the first to the last of these.
inline constexpr std::ptrdiff_t kNewUserLeast = 3, kNewUserMost = 9;
std::string_view slice_name(Slice slice);

struct EvaluationOptions {
  SplitRule split;
  Protocol protocol = Protocol::kNext;
  tasks::BehaviourKind relevant = tasks::BehaviourKind::kClick;
  tasks::KindWeights weights;
  std::vector<std::string> only;  // names of methods; empty: all
  std::uint64_t seed = 1;
  std::size_t valid_questions_max = 2000;
  std::size_t test_questions_max = SIZE_MAX;
  std::size_t resamples = 1000;
  std::size_t cold_user_events = kColdUserEvents;
  double head_share = 0.2;
  std::size_t leak_questions = 16;
  ListRules rules;  // by which lists are varied, to say what that costs (variety.h)
  // Marked lists, judged beside the questions where they were shown in the test (marked_lists.h); lent.
  std::span<const NumberedList> lists = {};
};

struct SliceFigures {
  std::size_t users = 0;
  std::int64_t questions = 0;
  Interval recall, ndcg, mrr;
};

struct MethodReport {
  std::string name = {}, summary = {};
  bool is_baseline = true;
  std::string skipped = {};  // why it has no figures; else empty
  Settings settings = {};
  std::size_t trials = 0;
  double valid_ndcg = 0.0;
  std::array<SliceFigures, kSliceCount> slices = {};
  CatalogueFigures catalogue = {};
  VarietyFigures variety = {};
  std::int64_t fallback_answers = 0;
  Interval above_best_baseline = {};  // nDCG@10, users paired, all questions; zeros for that baseline itself
  bool is_combined = false;
  Interval above_best_single = {};  // the same, against the best method that is not combined; of combined ones alone
  std::optional<Leak> leak = {};
  std::optional<MarkedReport> lists = {};  // unset: there are none
};

struct EvaluationReport {
  std::int64_t users = 0, items = 0, events = 0, undescribed_items = 0;
  TimeSplit split;
  EvaluationOptions options;
  std::int64_t valid_questions = 0, test_questions = 0;
  std::string best_baseline;                 // by validation
  std::string best_single;                   // of all methods that are not combined, by validation
  std::optional<MarkedReport> random_lists;  // scores drawn at random over the marked lists
  std::vector<MethodReport> methods;

  bool leaks() const;
  std::string to_text() const;
  OrderedJson to_json() const;
};

// `tell`: a line when a method is done.
// Outcomes  those of split_by_time; kInvalidArgument: no such method, no question in validation or test, a recommender
//           or a cross-encoder that has learned from the test; of a method's fit, but for kTooLarge, which skips it.
Result<EvaluationReport> evaluate(const Collection& collection, const Tools& tools, engine::ExecutionContext& context,
                                  const EvaluationOptions& options,
                                  const std::function<void(const std::string&)>& tell);

}  // namespace yupu::recommend
