// The updates of a matrix row by row, for AdamW.  Where a step's gradient is that of a few looked-up rows
// (Parameter::row_grad: word tables), only these rows are written.  The others are late: their updates, whose gradient
// is zero, are taken in order when the row is read next, with the same operations, so every bit is that of an
// optimiser that writes all rows every step.  A row that has never had a gradient has moments of zero and decays alone.
// Threads  one owner.   Errors  out of memory throws EngineError.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/autograd/tape.h"
#include "engine/optim/adamw_kernel.h"

namespace yupu::engine {

class RowUpdates final : public LateRows {
 public:
  // m and v: the moments, of the parameter's shape; memory is shared with the caller.
  RowUpdates(Parameter& parameter, Tensor m, Tensor v);
  ~RowUpdates() override;  // settles
  RowUpdates(const RowUpdates&) = delete;
  RowUpdates& operator=(const RowUpdates&) = delete;

  // One update with the parameter's gradient, which stays.  REQUIRES: pass.gradient_scale is finite.
  void step(ThreadTeam& team, const AdamWPass& pass);
  // No row is late afterwards.
  void settle(ThreadTeam& team);
  // The moments were written from outside.  REQUIRES: settled.
  void moments_changed() { idle_.clear(); }

  void bring_up(ThreadTeam& team, std::span<const std::int32_t> rows) override;
  void bring_up_all(ThreadTeam& team) override { settle(team); }

 private:
  void find_idle(ThreadTeam& team);
  void step_all(ThreadTeam& team, const AdamWPass& pass);
  void step_rows(ThreadTeam& team, const AdamWPass& pass);
  void update(std::int64_t row, const float* gradient, const AdamWPass& pass);
  // The passes row `row` has not seen, of the first `end`.
  void replay(std::int64_t row, std::size_t end);

  Parameter& parameter_;
  Tensor m_, v_;
  std::int64_t columns_;
  std::vector<std::uint8_t> idle_;      // of each row: m and v are zeros; empty: to be looked up
  std::vector<AdamWPass> passes_;       // since the last time no row was late
  std::vector<std::uint32_t> done_;     // of each row: how many of them it has seen
  std::vector<std::int32_t> late_now_;  // scratch of bring_up
};

}  // namespace yupu::engine
