#include "engine/optim/adamw.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/optim/adamw_kernel.h"
#include "engine/optim/row_updates.h"
#include "engine/profile.h"

namespace yupu::engine {
namespace {

constexpr std::int64_t kNormBlock = 16384;  // of a vector; fixed, so the norm does not depend on the team
constexpr std::int64_t kNormGrain = 16;
constexpr std::int64_t kGrain = 4096;

}  // namespace

double gradient_norm(ExecutionContext& context, const std::vector<Parameter*>& parameters) {
  const ProfileScope scope(context, "gradient norm");
  struct Part {
    const float* data;
    std::int64_t count;
  };
  std::vector<Part> parts;
  const auto add = [&parts](const Tensor& gradient, std::int64_t block) {
    const std::int64_t count = gradient.element_count();
    for (std::int64_t begin = 0; begin < count; begin += block) {
      parts.push_back({gradient.f32() + begin, std::min(block, count - begin)});
    }
  };
  for (const Parameter* parameter : parameters) {
    if (!parameter->trainable) continue;
    // A matrix by rows: those that are absent from row_grad would add zeros.
    const std::int64_t block = parameter->value.rank() == 2 ? parameter->value.size(1) : kNormBlock;
    if (parameter->row_grad.defined()) {
      add(parameter->row_grad, block);
    } else if (parameter->has_grad) {
      add(parameter->grad, block);
    }
  }
  std::vector<double> squares(parts.size());
  context.team().parallel_for(static_cast<std::int64_t>(parts.size()), kNormGrain,
                              [&](std::int64_t begin, std::int64_t end, int) {
                                for (std::int64_t i = begin; i < end; ++i) {
                                  const Part& part = parts[static_cast<std::size_t>(i)];
                                  squares[static_cast<std::size_t>(i)] = sum_of_squares(part.data, part.count);
                                }
                              });
  double total = 0;
  for (const double square : squares) total += square;
  return std::sqrt(total);
}

float clip_scale(double norm, double limit) {
  if (limit <= 0) return 1.0f;
  return static_cast<float>(std::min(1.0, limit / (norm + 1e-6)));
}

AdamW::AdamW(std::vector<Parameter*> parameters, AdamWOptions options)
    : parameters_(std::move(parameters)), options_(std::move(options)), moments_(parameters_.size()) {}

AdamW::~AdamW() = default;

AdamW::Moments& AdamW::moments(std::size_t index) {
  Moments& moments = moments_[index];
  if (!moments.m.defined()) {
    moments.m = Tensor::zeros(parameters_[index]->value.shape());
    moments.v = Tensor::zeros(parameters_[index]->value.shape());
    if (parameters_[index]->value.rank() == 2) {
      moments.rows = std::make_unique<RowUpdates>(*parameters_[index], moments.m, moments.v);
    }
  }
  return moments;
}

float AdamW::decay_of(const Parameter& parameter) const {
  for (const auto& [owner, decay] : options_.own_decays) {
    if (owner == &parameter) return decay;
  }
  return parameter.decay ? options_.weight_decay : 0.0f;
}

void AdamW::step(ExecutionContext& context, float learning_rate, float gradient_scale) {
  const ProfileScope scope(context, "AdamW");
  ++step_count_;
  const bool corrected = options_.variant == AdamVariant::kAdamW;
  const auto t = static_cast<double>(step_count_);
  const double correction1 = corrected ? 1.0 - std::pow(static_cast<double>(options_.beta1), t) : 1.0;
  const double correction2 = corrected ? 1.0 - std::pow(static_cast<double>(options_.beta2), t) : 1.0;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Parameter& parameter = *parameters_[i];
    if (!parameter.trainable) continue;
    Moments& state = moments(i);
    const double rate = static_cast<double>(learning_rate) * parameter.learning_rate_scale;
    const AdamWPass pass{.gradient_scale = gradient_scale,
                         .beta1 = options_.beta1,
                         .beta2 = options_.beta2,
                         .epsilon = options_.epsilon,
                         .step_size = static_cast<float>(rate / correction1),
                         .inverse_root_bias = static_cast<float>(1.0 / std::sqrt(correction2)),
                         .shrink = static_cast<float>(rate * decay_of(parameter))};
    if (state.rows != nullptr && std::isfinite(gradient_scale)) {
      state.rows->step(context.team(), pass);
    } else {
      if (state.rows != nullptr) state.rows->settle(context.team());
      parameter.make_grad_dense();
      const float* gradient = parameter.has_grad ? parameter.grad.f32() : nullptr;
      float* const weight = parameter.value.f32();
      float* const m = state.m.f32();
      float* const v = state.v.f32();
      context.team().parallel_for(parameter.value.element_count(), kGrain,
                                  [&](std::int64_t begin, std::int64_t end, int) {
                                    adamw_range(pass, end - begin, gradient != nullptr ? gradient + begin : nullptr,
                                                weight + begin, m + begin, v + begin);
                                  });
      if (state.rows != nullptr) state.rows->moments_changed();
    }
    parameter.drop_grad();
    parameter.value_changed();
  }
}

void AdamW::settle(ThreadTeam& team) {
  for (const Moments& state : moments_) {
    if (state.rows != nullptr) state.rows->settle(team);
  }
}

std::vector<std::pair<std::string, Tensor>> AdamW::state() {
  std::vector<std::pair<std::string, Tensor>> tensors;
  ThreadTeam alone(1);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (!parameters_[i]->trainable) continue;
    Moments& state = moments(i);
    if (state.rows != nullptr) {
      state.rows->settle(alone);
      state.rows->moments_changed();  // the caller may write into them
    }
    tensors.emplace_back(parameters_[i]->name + ".m", state.m);
    tensors.emplace_back(parameters_[i]->name + ".v", state.v);
  }
  return tensors;
}

}  // namespace yupu::engine
