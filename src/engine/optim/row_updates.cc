#include "engine/optim/row_updates.h"

#include <algorithm>
#include <utility>

namespace yupu::engine {
namespace {

constexpr std::int64_t kGrainElements = 4096;
constexpr std::size_t kMostPasses = 1024;  // then every row is brought up: the list stays short

std::int64_t grain_rows(std::int64_t columns) {
  return std::max<std::int64_t>(1, kGrainElements / std::max<std::int64_t>(1, columns));
}

}  // namespace

RowUpdates::RowUpdates(Parameter& parameter, Tensor m, Tensor v)
    : parameter_(parameter), m_(std::move(m)), v_(std::move(v)), columns_(parameter.value.size(1)) {}

RowUpdates::~RowUpdates() {
  ThreadTeam alone(1);
  settle(alone);
}

void RowUpdates::find_idle(ThreadTeam& team) {
  if (!idle_.empty()) return;
  const std::int64_t rows = parameter_.value.size(0);
  idle_.resize(static_cast<std::size_t>(rows));
  team.parallel_for(rows, grain_rows(columns_), [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t row = begin; row < end; ++row) {
      const bool zeros = all_zero(m_.f32() + row * columns_, columns_) && all_zero(v_.f32() + row * columns_, columns_);
      idle_[static_cast<std::size_t>(row)] = zeros ? 1 : 0;
    }
  });
}

void RowUpdates::update(std::int64_t row, const float* gradient, const AdamWPass& pass) {
  const std::int64_t at = row * columns_;
  std::uint8_t& idle = idle_[static_cast<std::size_t>(row)];
  if (idle != 0 && gradient != nullptr && !all_zero(gradient, columns_)) idle = 0;
  if (idle == 0) {
    adamw_range(pass, columns_, gradient, parameter_.value.f32() + at, m_.f32() + at, v_.f32() + at);
  } else if (pass.shrink != 0.0f) {
    decay_range(pass.shrink, columns_, parameter_.value.f32() + at);
  }
}

void RowUpdates::replay(std::int64_t row, std::size_t end) {
  const auto r = static_cast<std::size_t>(row);
  const std::span<const AdamWPass> passes(passes_.data() + done_[r], passes_.data() + end);
  const std::int64_t at = row * columns_;
  if (idle_[r] == 0) {
    adamw_replay(passes, columns_, parameter_.value.f32() + at, m_.f32() + at, v_.f32() + at);
  } else {
    decay_replay(passes, columns_, parameter_.value.f32() + at);
  }
  done_[r] = static_cast<std::uint32_t>(end);
}

void RowUpdates::step_all(ThreadTeam& team, const AdamWPass& pass) {
  const float* const gradient = parameter_.has_grad ? parameter_.grad.f32() : nullptr;
  team.parallel_for(parameter_.value.size(0), grain_rows(columns_), [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t row = begin; row < end; ++row) {
      update(row, gradient != nullptr ? gradient + row * columns_ : nullptr, pass);
    }
  });
}

void RowUpdates::step_rows(ThreadTeam& team, const AdamWPass& pass) {
  if (done_.empty()) done_.resize(static_cast<std::size_t>(parameter_.value.size(0)));
  parameter_.late = this;
  const std::size_t before = passes_.size();
  passes_.push_back(pass);
  const auto touched = static_cast<std::int64_t>(parameter_.grad_rows.size());
  team.parallel_for(touched, grain_rows(columns_), [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t row = parameter_.grad_rows[static_cast<std::size_t>(i)];
      replay(row, before);
      update(row, parameter_.row_grad.f32() + i * columns_, pass);
      done_[static_cast<std::size_t>(row)] = static_cast<std::uint32_t>(before + 1);
    }
  });
  if (passes_.size() == kMostPasses) settle(team);
}

void RowUpdates::step(ThreadTeam& team, const AdamWPass& pass) {
  find_idle(team);
  // Without any gradient a table that has late rows waits as a whole.
  if (parameter_.row_grad.defined() || (parameter_.late != nullptr && !parameter_.has_grad)) {
    step_rows(team, pass);
  } else {
    settle(team);
    step_all(team, pass);
  }
}

void RowUpdates::bring_up(ThreadTeam& team, std::span<const std::int32_t> rows) {
  late_now_.clear();
  const auto end = static_cast<std::uint32_t>(passes_.size());
  for (const std::int32_t row : rows) {
    if (done_[static_cast<std::size_t>(row)] != end) late_now_.push_back(row);
  }
  std::sort(late_now_.begin(), late_now_.end());
  late_now_.erase(std::unique(late_now_.begin(), late_now_.end()), late_now_.end());
  team.parallel_for(static_cast<std::int64_t>(late_now_.size()), 1, [&](std::int64_t first, std::int64_t last, int) {
    for (std::int64_t i = first; i < last; ++i) replay(late_now_[static_cast<std::size_t>(i)], passes_.size());
  });
}

void RowUpdates::settle(ThreadTeam& team) {
  if (parameter_.late == nullptr) return;
  team.parallel_for(parameter_.value.size(0), grain_rows(columns_), [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t row = begin; row < end; ++row) replay(row, passes_.size());
  });
  passes_.clear();
  std::fill(done_.begin(), done_.end(), 0u);
  parameter_.late = nullptr;
  parameter_.value_changed();
}

}  // namespace yupu::engine
