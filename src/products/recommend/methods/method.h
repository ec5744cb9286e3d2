// A way to score items for a user, as evaluation and serving see it.  One folder a method, one row in methods.cc.
//
// fit() is given the behaviour before a time and nothing later.  score() is asked at a moment: it may read what the
// moment's log has before the moment's time, the user's history among it, and nothing else; evaluate/leak_check.h
// proves it by taking the future away.
// Threads  fit: one owner; score: one owner of the context.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

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

struct Moment {
  const tasks::BehaviourLog& log;
  std::int64_t time_ns = 0;
  std::span<const tasks::Behaviour> history;  // of the user, before the time
};

struct FitData {
  const tasks::BehaviourLog& log;  // ends before the time of fitting
  tasks::KindWeights weights;
  tasks::BehaviourKind relevant;  // kinds from this one on are what is to be foretold
  std::uint64_t seed = 1;
  engine::ExecutionContext& context;
};

class Method {
 public:
  virtual ~Method() = default;
  // Outcomes  kTooLarge: more items than this method can hold.
  virtual Status fit(const FitData& data) = 0;
  // One score an item, more is better.  All equal: the method has nothing to say about this user.
  // REQUIRES: fitted; `scores` has a place for every item.
  virtual void score(const Moment& moment, std::span<float> scores) const = 0;
};

// What is tuned, by name.
using Settings = std::map<std::string, double>;

}  // namespace yupu::recommend
