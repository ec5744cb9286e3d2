#include "training/trainer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/clock.h"
#include "training/batch_share.h"
#include "training/layer_decay.h"
#include "training/ranks.h"

namespace yupu::training {
namespace {

constexpr double kNsPerSecond = 1e9;

std::int64_t monotonic_ns() { return SystemClock().monotonic_ns(); }

engine::AdamW make_optimizer(const TrainOptions& options, const Learner& learner) {
  const std::vector<engine::Parameter*> parameters = learner.parameters();
  scale_by_depth(parameters, options.layer_decay);
  engine::AdamWOptions adamw{.weight_decay = static_cast<float>(options.weight_decay)};
  for (const engine::Parameter* parameter : parameters) {
    if (parameter->name == "wide.weight" && options.wide_decay != 0.0)
      adamw.own_decays.emplace_back(parameter, static_cast<float>(options.wide_decay));
  }
  return engine::AdamW(parameters, std::move(adamw));
}

}  // namespace

Trainer::Trainer(const TrainOptions& options, Learner& learner, engine::ExecutionContext& context,
                 engine::Collective& collective, StateFolder state, handoff::Progress& progress)
    : options_(options),
      learner_(learner),
      context_(context),
      collective_(collective),
      state_(std::move(state)),
      progress_(progress),
      observer_(collective.is_root() ? options.observer : nullptr),
      optimizer_(make_optimizer(options, learner)),
      buckets_(collective, optimizer_.parameters()),
      tape_(context, engine::Tape::Mode::kTraining) {}

BatchLimits Trainer::limits() const {
  return {.tokens = options_.batch_tokens, .rows = options_.batch_size > 0 ? options_.batch_size : INT64_MAX};
}

model::DropoutStep Trainer::dropout() const {
  return {.seed = options_.seed, .step = static_cast<std::uint64_t>(position_.step)};
}

Trainer::Plan Trainer::plan(std::int64_t epoch) const {
  return learner_.plan({.limits = limits(), .grad_accumulation = options_.grad_accumulation, .seed = options_.seed},
                       epoch);
}

Status Trainer::plan_ranks(std::int64_t total) {
  if (options_.method != "adalora") return ok_status();
  constexpr std::int64_t kWarmupShare = 10;  // one part in ten
  constexpr std::int64_t kFinalTenths = 3;
  const std::int64_t warmup = options_.prune_after_steps.value_or(total / kWarmupShare);
  const std::int64_t final = options_.prune_final_steps.value_or(std::max<std::int64_t>(1, total * kFinalTenths / 10));
  if (warmup < 0 || final < 1 || total <= warmup + final) {
    return invalid_argument(fmt::format("adalora: {} updates in all, {} before pruning (tinit) and {} after it "
                                        "(tfinal, at least 1): nothing is left to prune in; train longer or set them",
                                        total, warmup, final),
                            "tinit");
  }
  learner_.adapter()->set_schedule(warmup, final, total);
  allocator_ = std::make_unique<model::adalora::Allocator>(*learner_.adapter());
  allocator_state_ = allocator_->state();
  return ok_status();
}

Status Trainer::restore(std::int64_t total) {
  std::optional<Position> restored;
  if (collective_.is_root()) {
    YUPU_ASSIGN_OR_RETURN(restored, state_.restore(optimizer_, allocator_state_));
  }
  YUPU_RETURN_IF_ERROR(share_restored(collective_, optimizer_, restored, allocator_state_));
  if (!restored) return ok_status();
  position_ = std::move(*restored);
  resumed_at_step_ = position_.step;
  seconds_before_ = position_.seconds;
  progress_.note(fmt::format("going on at step {} of {} (epoch {})", position_.step, total, position_.epoch + 1));
  return ok_status();
}

Status Trainer::run() {
  std::int64_t total = 0;
  for (std::int64_t epoch = 0; epoch < options_.epochs; ++epoch) total += static_cast<std::int64_t>(plan(epoch).size());
  schedule_ = {.kind = engine::ScheduleKind::kLinear,
               .warmup_steps = static_cast<std::int64_t>(options_.warmup_ratio * static_cast<double>(total)),
               .total_steps = total};
  YUPU_RETURN_IF_ERROR(plan_ranks(total));
  YUPU_RETURN_IF_ERROR(restore(total));
  if (observer_ != nullptr) {
    observer_->run_started(
        {.options = learner_.deciding_options(), .resumed_at_step = resumed_at_step_, .total_steps = total});
  }
  began_ns_ = checkpoint_ns_ = monotonic_ns();
  checkpoint_step_ = position_.step;
  progress_.begin("training", total, position_.step);
  while (position_.epoch < options_.epochs) {
    const bool patience_used = options_.patience > 0 && position_.without_gain >= options_.patience;
    if (learner_.has_validation() && patience_used) {
      progress_.note(
          fmt::format("no gain in {} epochs: stopping after epoch {}", position_.without_gain, position_.epoch));
      break;
    }
    if (options_.pause_after_epoch > 0 && position_.epoch >= options_.pause_after_epoch) {
      paused_ = true;
      progress_.end(fmt::format("paused after epoch {}", position_.epoch));
      return ok_status();
    }
    YUPU_RETURN_IF_ERROR(run_epoch());
    if (diverged_at_step_) break;
    YUPU_RETURN_IF_ERROR(evaluate_epoch());
  }
  return finish();
}

Status Trainer::run_epoch() {
  const Plan updates = plan(position_.epoch);
  while (position_.update_in_epoch < static_cast<std::int64_t>(updates.size())) {
    YUPU_RETURN_IF_ERROR(update(updates[static_cast<std::size_t>(position_.update_in_epoch)]));
    if (diverged_at_step_) return ok_status();
    YUPU_RETURN_IF_ERROR(checkpoint_if_due());
    if (options_.after_step) options_.after_step(position_.step);
    auto stop = engine::any_rank(collective_, options_.stop_requested && options_.stop_requested());
    if (!stop.ok()) return keep_then(stop.status());
    if (*stop) {
      YUPU_RETURN_IF_ERROR(checkpoint());
      return unavailable(
          fmt::format("training stopped at step {}; the same command goes on from there", position_.step));
    }
  }
  return ok_status();
}

double Trainer::forward_backward(const Batch& batch, std::int64_t targets, bool is_last) {
  const engine::Var loss = learner_.loss(tape_, batch, position_.epoch, dropout());
  const auto loss_sum = double{loss.value().item()};
  // The mean over all targets of the update, however many batches and ranks they came in.
  tape_.backward(loss, 1.0f / static_cast<float>(targets), is_last ? buckets_.watch() : nullptr);
  tape_.clear();
  return loss_sum;
}

Status Trainer::update(std::span<const Batch> batches) {
  const std::span<const std::int64_t> lengths = learner_.lengths();
  std::int64_t targets = 0;
  std::int64_t tokens = 0;
  for (const auto& batch : batches) {
    for (const std::uint32_t row : batch) {
      targets += learner_.target_count(row);
      tokens += lengths[row];
    }
  }
  const auto mine = share_of(batches, lengths, limits(), {.rank = collective_.rank(), .size = collective_.size()});
  if (Status status =
          learner_.begin_update(tape_, collective_, {.whole = batches, .mine = mine}, position_.epoch, dropout());
      !status.ok())
    return keep_then(status);
  double loss_sum = 0.0;
  for (std::size_t b = 0; b < mine.size(); ++b) loss_sum += forward_backward(mine[b], targets, b + 1 == mine.size());
  if (Status status = buckets_.finish(); !status.ok()) return keep_then(status);
  if (Status status = collective_.sum(std::span(&loss_sum, 1)); !status.ok()) return keep_then(status);
  if (allocator_) orthogonality_ = allocator_->add_orthogonality(context_);
  const double norm = engine::gradient_norm(context_, optimizer_.parameters());
  if (!std::isfinite(loss_sum) || !std::isfinite(norm))
    return stop_diverged(loss_sum / static_cast<double>(targets), norm);
  const auto lr = static_cast<float>(options_.lr * schedule_.factor(position_.step));
  const float clip = engine::clip_scale(norm, options_.clip_norm);
  optimizer_.step(context_, lr, clip);
  if (allocator_) allocator_->after_update(position_.step, clip);
  position_.step += 1;
  position_.update_in_epoch += 1;
  position_.loss_sum += loss_sum;
  position_.loss_count += targets;
  report({.loss = loss_sum / static_cast<double>(targets),
          .learning_rate = double{lr},
          .gradient_norm = norm,
          .tokens = tokens});
  if (!allocator_ || !allocator_->budget().masks(position_.step - 1)) return ok_status();
  return require_equal_masks(collective_, allocator_state_);
}

Status Trainer::stop_diverged(double loss, double norm) {
  const std::string what = fmt::format("step {}: the loss is {} and the norm of the gradient {}: training has diverged",
                                       position_.step + 1, loss, norm);
  const std::string best = position_.best_figure
                               ? fmt::format("the best epoch so far, {} ({} {:.4f})", position_.best_epoch,
                                             options_.metric, *position_.best_figure)
                               : std::string();
  if (options_.best_on_divergence && position_.best_figure) {
    optimizer_.settle(context_.team());  // no late row is written after the best weights are back
    diverged_at_step_ = position_.step + 1;
    progress_.note(fmt::format("{}; stopping with {}", what, best));
    return ok_status();
  }
  std::string kept = checkpoint_step_ > 0
                         ? fmt::format("the checkpoint of step {} is kept in {}", checkpoint_step_, state_.path())
                         : std::string("no checkpoint was due before it");
  if (position_.best_figure)
    kept += fmt::format("; {}, becomes the model when it is called again with on-divergence best", best);
  return internal_error(fmt::format("{}; try a smaller learning rate ({})", what, kept));
}

void Trainer::report(const UpdateFigures& update) {
  tokens_seen_ += update.tokens;
  const double seconds = static_cast<double>(monotonic_ns() - began_ns_) / kNsPerSecond;
  std::string detail = fmt::format("epoch {}/{}  loss {:.4f}  {:.0f} tokens/s", position_.epoch + 1, options_.epochs,
                                   update.loss, static_cast<double>(tokens_seen_) / std::max(seconds, 1e-9));
  if (position_.best_figure) detail += fmt::format("  best {} {:.4f}", options_.metric, *position_.best_figure);
  progress_.update(position_.step, detail);
  if (observer_ == nullptr) return;
  const Figure figures[] = {{"train/loss", update.loss},
                            {"train/learning_rate", update.learning_rate},
                            {"train/grad_norm", update.gradient_norm}};
  observer_->figures(position_.step, figures);
}

void Trainer::report_epoch(const EpochFigures& figures) const {
  if (observer_ == nullptr) return;
  const std::string metric = "eval/" + options_.metric;
  std::vector<Figure> told = {{"train/epoch_loss", figures.train_loss},
                              {"train/epoch", static_cast<double>(figures.epoch)}};
  if (learner_.has_validation()) told.push_back({metric, figures.valid_figure});
  observer_->figures(position_.step, told);
  if (!observer_->wants_histograms()) return;
  for (const engine::Parameter* parameter : optimizer_.parameters())
    observer_->histogram(position_.step, "weights/" + parameter->name, parameter->value.values());
}

Status Trainer::evaluate_epoch() {
  optimizer_.settle(context_.team());
  if (Status status = require_equal_weights(collective_, optimizer_); !status.ok()) return keep_then(status);
  EpochFigures figures{.epoch = position_.epoch + 1,
                       .train_loss = position_.loss_sum / static_cast<double>(position_.loss_count)};
  std::string line = fmt::format("epoch {}: loss {:.4f}", figures.epoch, figures.train_loss);
  bool improved = false;
  if (learner_.has_validation()) {
    auto figure = learner_.validation_figure(collective_, context_);
    if (!figure.ok()) return keep_then(figure.status());
    figures.valid_figure = *figure;
    // While ranks are still being pruned no epoch can be the best: its weights would be above the budget.
    const bool counts = !allocator_ || allocator_->budget().is_final(position_.step - 1);
    improved = counts && (!position_.best_figure || figures.valid_figure > *position_.best_figure);
    if (!counts) position_.without_gain = -1;
    line += fmt::format(", validation {} {:.4f}{}", options_.metric, figures.valid_figure,
                        improved ? " (best so far)" : "");
  }
  if (allocator_) {
    line +=
        fmt::format("; {} of {} ranks live (least score {:.2e}), orthogonality {:.4f}", allocator_->live(),
                    allocator_->budget().matrices * allocator_->budget().rank, allocator_->threshold(), orthogonality_);
  }
  progress_.note(line);
  report_epoch(figures);
  position_.epoch += 1;
  position_.update_in_epoch = 0;
  position_.loss_sum = 0.0;
  position_.loss_count = 0;
  position_.without_gain = improved ? 0 : position_.without_gain + 1;
  position_.history.push_back(figures);
  if (improved) {
    position_.best_figure = figures.valid_figure;
    position_.best_epoch = figures.epoch;
    position_.best_step = position_.step;
    if (collective_.is_root()) YUPU_RETURN_IF_ERROR(state_.save_best(optimizer_, position_.step));
  }
  YUPU_RETURN_IF_ERROR(checkpoint());
  if (improved && collective_.is_root()) state_.forget_other_bests(position_.best_step);
  return ok_status();
}

Status Trainer::keep_then(const Status& error) {
  if (error.code() != Code::kUnavailable) return error;
  YUPU_RETURN_IF_ERROR(checkpoint());
  return error.with_context(fmt::format("step {}", position_.step + 1));
}

Status Trainer::checkpoint() {
  if (!collective_.is_root()) return ok_status();
  optimizer_.settle(context_.team());
  const std::int64_t began = monotonic_ns();
  position_.seconds = seconds_before_ + static_cast<double>(began - began_ns_) / kNsPerSecond;
  YUPU_RETURN_IF_ERROR(state_.save(optimizer_, position_, allocator_state_));
  checkpoint_ns_ = monotonic_ns();
  checkpoint_cost_ns_ = checkpoint_ns_ - began;
  checkpoint_step_ = position_.step;
  return ok_status();
}

Status Trainer::checkpoint_if_due() {
  constexpr std::int64_t kCostShare = 20;  // a checkpoint takes at most one part in 20 of the time
  const std::int64_t since_ns = monotonic_ns() - checkpoint_ns_;
  const bool by_time = static_cast<double>(since_ns) >= options_.checkpoint_seconds * kNsPerSecond &&
                       since_ns >= kCostShare * checkpoint_cost_ns_;
  const bool by_steps = options_.checkpoint_steps > 0 && position_.step - checkpoint_step_ >= options_.checkpoint_steps;
  return by_time || by_steps ? checkpoint() : ok_status();
}

Status Trainer::finish() {
  position_.seconds = seconds_before_ + static_cast<double>(monotonic_ns() - began_ns_) / kNsPerSecond;
  progress_.end(fmt::format("{} updates in {} epochs", position_.step, position_.epoch));
  if (position_.best_figure) YUPU_RETURN_IF_ERROR(load_best());
  if (allocator_) allocator_->compact();
  return ok_status();
}

Status Trainer::load_best() {
  if (collective_.is_root()) YUPU_RETURN_IF_ERROR(state_.load_best(optimizer_, position_.best_step));
  YUPU_RETURN_IF_ERROR(share_weights(collective_, optimizer_));
  YUPU_ASSIGN_OR_RETURN(const double again, learner_.validation_figure(collective_, context_));
  if (again != *position_.best_figure) {
    return internal_error(
        fmt::format("the best weights (epoch {}) give {} = {} now and {} when they were kept: {} is damaged",
                    position_.best_epoch, options_.metric, again, *position_.best_figure, state_.path()));
  }
  return ok_status();
}

}  // namespace yupu::training
