#include "model/adapters/adalora/allocator.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/device/cpu/gemm.h"

namespace yupu::model::adalora {
namespace {

using engine::Parameter;
using engine::Tensor;

constexpr double kNormGuard = 1e-12;

double score_of(const Tensor& mean, const Tensor& uncertainty, std::int64_t index) {
  return static_cast<double>(mean.f32()[index]) * static_cast<double>(uncertainty.f32()[index]);
}

// ||G - I||_F of the Gram matrix G, which becomes weight * 2 (G - I) / ||G - I||_F.
double gram_to_slope(const Tensor& gram, double weight) {
  const std::int64_t rank = gram.size(0);
  double squares = 0.0;
  for (std::int64_t i = 0; i < rank; ++i) {
    gram.f32()[i * rank + i] -= 1.0f;
    for (std::int64_t j = 0; j < rank; ++j) {
      const auto value = static_cast<double>(gram.f32()[i * rank + j]);
      squares += value * value;
    }
  }
  const double norm = std::sqrt(squares);
  const auto factor = static_cast<float>(2.0 * weight / std::max(norm, kNormGuard));
  for (float& value : gram.values()) value *= factor;
  return norm;
}

engine::GradSlot gradient_of(Parameter& parameter) {
  const bool fresh = !parameter.has_grad;
  if (!parameter.grad.defined()) parameter.grad = Tensor::empty(parameter.value.shape());
  parameter.has_grad = true;
  return {parameter.grad, fresh};
}

}  // namespace

std::int64_t Budget::live(std::int64_t step) const {
  const std::int64_t all = matrices * rank;
  const std::int64_t target = matrices * target_rank;
  if (step <= warmup_steps) return all;
  if (is_final(step)) return target;
  const double left =
      1.0 - static_cast<double>(step - warmup_steps) / static_cast<double>(total_steps - final_steps - warmup_steps);
  return static_cast<std::int64_t>(static_cast<double>(target) +
                                   static_cast<double>(all - target) * left * left * left);
}

bool Budget::masks(std::int64_t step) const {
  if (step == total_steps - final_steps) return true;
  return step > warmup_steps && !is_final(step) && step % interval == 0;
}

std::vector<bool> select_live(std::span<const double> scores, std::int64_t count) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::vector<bool> live(scores.size(), false);
  for (std::size_t i = 0; i < order.size() && static_cast<std::int64_t>(i) < count; ++i) live[order[i]] = true;
  return live;
}

Allocator::Allocator(Adapter& adapter)
    : adapter_(adapter),
      gamma_(adapter.config().orthogonality),
      beta1_(adapter.config().beta1),
      beta2_(adapter.config().beta2) {
  const AdapterConfig& config = adapter.config();
  const auto track = [](Parameter* parameter) {
    return Importance{parameter, Tensor::zeros(parameter->value.shape()), Tensor::zeros(parameter->value.shape())};
  };
  for (const ModuleAt at : adapter.adapted()) {
    const LowRank& change = adapter.low_rank(at);
    CHECK(change.diagonal != nullptr, "an allocator needs the singular-value form");
    matrices_.push_back({at, track(change.up), track(change.down), track(change.diagonal),
                         Tensor::full(change.diagonal->value.shape(), 1.0f)});
  }
  budget_ = {.matrices = static_cast<std::int64_t>(matrices_.size()),
             .rank = config.rank,
             .target_rank = config.target_rank,
             .warmup_steps = config.warmup_steps,
             .final_steps = config.final_steps,
             .total_steps = config.total_steps,
             .interval = config.interval};
  CHECK(budget_.total_steps > budget_.warmup_steps + budget_.final_steps, "no updates are left to prune in");
}

double Allocator::add_orthogonality(engine::ExecutionContext& context) {
  if (gamma_ <= 0.0) return 0.0;
  const double weight = gamma_ / static_cast<double>(2 * matrices_.size());
  double total = 0.0;
  for (const Matrix& matrix : matrices_) {
    Parameter& left = *matrix.left.parameter;
    Parameter& right = *matrix.right.parameter;
    const std::int64_t rank = left.value.size(1);
    const std::int64_t out = left.value.size(0);
    const std::int64_t in = right.value.size(1);
    const Tensor gram = context.empty({rank, rank});
    engine::gemm(context, {rank, rank, out}, {left.value.f32(), rank, true}, {left.value.f32(), rank, false},
                 {gram.f32(), rank, false});
    total += weight * gram_to_slope(gram, weight);
    const engine::GradSlot to_left = gradient_of(left);
    engine::gemm(context, {out, rank, rank}, {left.value.f32(), rank, false}, {gram.f32(), rank, false},
                 {to_left.tensor.f32(), rank, !to_left.fresh});
    engine::gemm(context, {rank, rank, in}, {right.value.f32(), in, false}, {right.value.f32(), in, true},
                 {gram.f32(), rank, false});
    total += weight * gram_to_slope(gram, weight);
    const engine::GradSlot to_right = gradient_of(right);
    engine::gemm(context, {rank, in, rank}, {gram.f32(), rank, false}, {right.value.f32(), in, false},
                 {to_right.tensor.f32(), in, !to_right.fresh});
  }
  return total;
}

void Allocator::update_importance(Importance& importance, float gradient_scale) const {
  const Parameter& parameter = *importance.parameter;
  const auto b1 = static_cast<float>(beta1_);
  const auto b2 = static_cast<float>(beta2_);
  for (std::int64_t i = 0; i < parameter.value.element_count(); ++i) {
    const float gradient = parameter.grad.defined() ? parameter.grad.f32()[i] * gradient_scale : 0.0f;
    const float now = std::fabs(parameter.value.f32()[i] * gradient);
    float& mean = importance.mean.f32()[i];
    float& uncertainty = importance.uncertainty.f32()[i];
    mean = b1 * mean + (1.0f - b1) * now;
    uncertainty = b2 * uncertainty + (1.0f - b2) * std::fabs(now - mean);
  }
}

std::vector<double> Allocator::scores(const Matrix& matrix) const {
  const std::int64_t rank = matrix.mask.element_count();
  const std::int64_t out = matrix.left.mean.size(0);
  const std::int64_t in = matrix.right.mean.size(1);
  std::vector<double> scores;
  for (std::int64_t i = 0; i < rank; ++i) {
    double of_left = 0.0;
    double of_right = 0.0;
    for (std::int64_t j = 0; j < out; ++j) of_left += score_of(matrix.left.mean, matrix.left.uncertainty, j * rank + i);
    for (std::int64_t j = 0; j < in; ++j) of_right += score_of(matrix.right.mean, matrix.right.uncertainty, i * in + j);
    scores.push_back(score_of(matrix.diagonal.mean, matrix.diagonal.uncertainty, i) +
                     of_left / static_cast<double>(out) + of_right / static_cast<double>(in));
  }
  return scores;
}

void Allocator::choose(std::int64_t count) {
  std::vector<double> all;
  for (const Matrix& matrix : matrices_) {
    const std::vector<double> own = scores(matrix);
    all.insert(all.end(), own.begin(), own.end());
  }
  const std::vector<bool> live = select_live(all, count);
  double least = HUGE_VAL;
  std::size_t next = 0;
  for (const Matrix& matrix : matrices_) {
    for (float& flag : matrix.mask.values()) {
      if (live[next]) least = std::min(least, all[next]);
      flag = live[next++] ? 1.0f : 0.0f;
    }
  }
  threshold_.f32()[0] = static_cast<float>(least);
}

void Allocator::apply_mask() {
  for (const Matrix& matrix : matrices_) {
    Parameter& diagonal = *matrix.diagonal.parameter;
    for (std::int64_t i = 0; i < diagonal.value.element_count(); ++i) {
      if (matrix.mask.f32()[i] == 0.0f) diagonal.value.f32()[i] = 0.0f;
    }
    diagonal.value_changed();
  }
}

void Allocator::after_update(std::int64_t step, float gradient_scale) {
  if (!budget_.is_final(step)) {
    for (Matrix& matrix : matrices_) {
      for (Importance* importance : {&matrix.left, &matrix.right, &matrix.diagonal})
        update_importance(*importance, gradient_scale);
    }
  }
  if (budget_.masks(step)) choose(budget_.live(step));
  if (budget_.masks(step) || budget_.is_final(step)) apply_mask();
}

std::int64_t Allocator::live() const {
  std::int64_t count = 0;
  for (const auto& [path, live] : live_per_matrix()) count += live;
  return count;
}

std::vector<std::pair<std::string, std::int64_t>> Allocator::live_per_matrix() const {
  std::vector<std::pair<std::string, std::int64_t>> live;
  for (const Matrix& matrix : matrices_) {
    const auto flags = matrix.mask.values();
    live.emplace_back(module_path(matrix.at), std::count(flags.begin(), flags.end(), 1.0f));
  }
  return live;
}

std::vector<std::pair<std::string, Tensor>> Allocator::state() const {
  std::vector<std::pair<std::string, Tensor>> tensors;
  for (const Matrix& matrix : matrices_) {
    for (const Importance* importance : {&matrix.left, &matrix.right, &matrix.diagonal}) {
      tensors.emplace_back(importance->parameter->name + ".importance", importance->mean);
      tensors.emplace_back(importance->parameter->name + ".uncertainty", importance->uncertainty);
    }
    tensors.emplace_back(matrix.diagonal.parameter->name + ".mask", matrix.mask);
  }
  tensors.emplace_back("adalora.threshold", threshold_);
  return tensors;
}

void Allocator::compact() {
  for (const Matrix& matrix : matrices_) {
    std::vector<bool> kept;
    for (const float flag : matrix.mask.values()) kept.push_back(flag != 0.0f);
    adapter_.keep_ranks(matrix.at, kept);
  }
  matrices_.clear();
}

}  // namespace yupu::model::adalora
