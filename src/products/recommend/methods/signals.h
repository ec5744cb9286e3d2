// Which events a method counts, and how much: the user-item matrix of collaborative filtering.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "products/recommend/methods/method.h"

namespace yupu::recommend {

// kAll: every item the user touched counts 1.  kRelevant: only those touched in a kind that is to be foretold.
enum class Signal : std::uint8_t { kAll, kRelevant };

class Signals {
 public:
  Signals(Signal signal, tasks::BehaviourKind relevant) : signal_(signal), relevant_(relevant) {}
  bool counts(const tasks::Behaviour& event) const { return signal_ == Signal::kAll || event.kind >= relevant_; }
  // The items that count, ascending, each once.
  std::vector<std::uint32_t> items_of(std::span<const tasks::Behaviour> history) const;
  // The same of every user.
  std::vector<std::vector<std::uint32_t>> rows_of(const tasks::BehaviourLog& log) const;

 private:
  Signal signal_;
  tasks::BehaviourKind relevant_;
};

// The setting "relevant_only".
Signal signal_of(const Settings& settings);

}  // namespace yupu::recommend
