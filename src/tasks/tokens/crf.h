// The scores of a linear-chain CRF over tags (engine/ops/linear_chain), kept within what a scheme allows: a forbidden
// step scores -1e4 while learning, so that no probability is spent on it, and is impossible when decoding.
// Threads  as the tagger's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "engine/autograd/tape.h"
#include "tasks/tokens/transitions.h"

namespace yupu::tasks {

class Crf {
 public:
  // All scores 0.
  explicit Crf(Transitions legal);

  // REQUIRES: labels within what is legal.
  engine::Var loss(const engine::Var& emission, std::span<const std::int32_t> cu_words,
                   std::span<const std::int32_t> labels) const;
  // The scores as they stand, -infinity where it is forbidden.
  Transitions transitions() const;

  std::vector<engine::Parameter*> parameters() const { return {between_.get(), start_.get(), end_.get()}; }

  // DIRECTORY/crf.safetensors (docs/formats/crf.md).  Outcomes of load  kNotFound, kInvalidArgument: which tensor.
  Status save(const std::string& directory) const;
  Status load(const std::string& directory);
  static Status remove(const std::string& directory);

 private:
  Transitions legal_;
  engine::Tensor forbidden_between_, forbidden_start_, forbidden_end_;
  std::unique_ptr<engine::Parameter> between_, start_, end_;
};

}  // namespace yupu::tasks
