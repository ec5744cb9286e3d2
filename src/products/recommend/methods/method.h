// A way to score items for a user, as evaluation and serving see it.  One folder a method, one row in methods.cc.
//
// fit() is given the behaviour before a time and nothing later.  score() is asked at a moment: it may read what the
// moment's log has before the moment's time, the user's history among it, and nothing else; evaluate/leak_check.h
// proves it by taking the future away.
// Threads  fit: one owner; score: one owner of the context.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "engine/execution_context.h"
#include "tasks/recommend/behaviour.h"

namespace yupu::recommend {

// Vectors of items by their text, from a frozen encoder; lent.
struct ItemVectors {
  std::span<const float> values;  // (items, width), each of length one or zero
  std::size_t width = 0;
  std::span<const float> row(std::size_t item) const { return values.subspan(item * width, width); }
};

struct LoggedList;

struct Moment {
  const tasks::BehaviourLog& log;
  std::int64_t time_ns = 0;
  std::span<const tasks::Behaviour> history;  // of the user, before the time
  // Clock::monotonic_ns by which an answer is wanted; what may be left out is left out rather than come later.
  std::int64_t deadline_ns = INT64_MAX;
};

struct FitData {
  const tasks::BehaviourLog& log;  // ends before the time of fitting
  tasks::KindWeights weights;
  tasks::BehaviourKind relevant;  // kinds from this one on are what is to be foretold
  std::uint64_t seed = 1;
  engine::ExecutionContext& context;
  // Lists that were given, as rows of these features (ranker/logged_lists.h); unset: none.
  std::function<std::vector<LoggedList>(const std::vector<std::string>& feature_names)> lists = {};
};

// An item with its score.
struct Scored {
  std::uint32_t item = 0;
  float score = 0.0f;
};

// A method at a moment, where it need not score every item to say which come first.  Scores are at most 1.
class Glance {
 public:
  virtual ~Glance() = default;
  // The first `count` of the open items (1), best first.  REQUIRES: a mark an item.
  virtual std::vector<Scored> first(std::size_t count, std::span<const std::uint8_t> open) const = 0;
  virtual float score(std::uint32_t item) const = 0;
};

class Method {
 public:
  virtual ~Method() = default;
  // Outcomes  kTooLarge: more items than this method can hold.
  virtual Status fit(const FitData& data) = 0;
  // One score an item, more is better.  All equal: the method has nothing to say about this user.
  // REQUIRES: fitted; `scores` has a place for every item.
  virtual void score(const Moment& moment, std::span<float> scores) const = 0;
  // The same of some items alone, where that is less work or another question: scores of these, to order them by.
  // REQUIRES: a place for each.
  virtual void score_these(const Moment& moment, std::span<const std::uint32_t> items, std::span<float> scores) const;
  // Null: score() is all there is.  The moment must outlive it.
  virtual std::unique_ptr<Glance> glance(const Moment&) const { return nullptr; }
};

// What is tuned, by name.
using Settings = std::map<std::string, double>;

}  // namespace yupu::recommend
