#include "training/pretrain/pretrainer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "training/batch_share.h"
#include "training/ranks.h"

namespace yupu::training {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr std::int64_t kSpecialTokens = 2;  // [CLS] and [SEP]

std::int64_t monotonic_ns() { return SystemClock().monotonic_ns(); }

engine::AdamW make_optimizer(const PretrainOptions& options, const tasks::MaskedModel& model) {
  // Shorter memory than fine-tuning's 0.999: gradients change fast at first (Liu et al. 2019, arXiv:1907.11692).
  return engine::AdamW(model.parameters(),
                       {.beta2 = 0.98f, .epsilon = 1e-6f, .weight_decay = static_cast<float>(options.weight_decay)});
}

std::string before_decay(const StateFolder& state) { return state.path() + "/before-decay.safetensors"; }
std::string current(const StateFolder& state) { return state.path() + "/state.safetensors"; }

Status keep_before_decay(const StateFolder& state) {
  std::error_code error;
  const std::string staged = before_decay(state) + ".part";
  std::filesystem::copy_file(current(state), staged, std::filesystem::copy_options::overwrite_existing, error);
  if (error) return errno_status(error.value(), "copy " + current(state));
  return replace_file(staged, before_decay(state));
}

}  // namespace

struct Pretrainer::MaskedBatch {
  model::EncoderBatch batch;
  std::vector<std::int32_t> rows;    // of the masked tokens, and of first tokens asked for words
  std::vector<std::int32_t> labels;  // what stood there, and those words
};

Pretrainer::Pretrainer(const PretrainOptions& options, tasks::MaskedModel& model, const Corpora& corpora,
                       engine::ExecutionContext& context, engine::Collective& collective, StateFolder state,
                       handoff::Progress& progress)
    : options_(options),
      model_(model),
      corpora_(corpora),
      context_(context),
      collective_(collective),
      state_(std::move(state)),
      progress_(progress),
      masking_(model.tokenizer(),
               {.probability = options.mask_probability, .whole_word = options.whole_word, .seed = options.seed}),
      optimizer_(make_optimizer(options, model)),
      buckets_(collective, optimizer_.parameters()),
      tape_(context, engine::Tape::Mode::kTraining) {
  if (corpora_.valid.token_count() > 0) valid_epoch_ = plan(corpora_.valid, 0);
}

Pretrainer::Epoch Pretrainer::plan(const Corpus& corpus, std::int64_t epoch) const {
  Epoch planned;
  planned.sequences = corpus.cut(
      {.tokens_max = options_.max_length - kSpecialTokens, .short_share = options_.short_share}, options_.seed, epoch);
  planned.lengths.reserve(planned.sequences.size());
  for (const Corpus::Sequence& sequence : planned.sequences)
    planned.lengths.push_back(sequence.length + kSpecialTokens);
  planned.batches = plan_epoch(planned.lengths, {.tokens = options_.batch_tokens}, options_.seed, epoch);
  return planned;
}

Pretrainer::MaskedBatch Pretrainer::make_batch(const Corpus& corpus, const Epoch& epoch,
                                               std::span<const std::uint32_t> rows, std::int64_t epoch_number,
                                               std::int64_t first_token_words) const {
  const text::SpecialIds& special = model_.tokenizer().special_ids();
  engine::PackedBatch packed;
  std::vector<std::int32_t> masked_rows, labels;
  for (const std::uint32_t row : rows) {
    const std::span<const std::int32_t> text = corpus.tokens(epoch.sequences[row]);
    std::vector<std::int32_t> ids;
    ids.reserve(text.size() + kSpecialTokens);
    ids.push_back(special.cls);
    ids.insert(ids.end(), text.begin(), text.end());
    ids.push_back(special.sep);
    const auto begin = static_cast<std::int32_t>(packed.token_count());
    for (const std::int32_t word :
         masking_.some_of(ids, first_token_words, static_cast<std::uint64_t>(epoch_number), row)) {
      masked_rows.push_back(begin);
      labels.push_back(word);
    }
    const MaskedTokens masked = masking_.apply(ids, static_cast<std::uint64_t>(epoch_number), row);
    for (const std::int32_t position : masked.positions) masked_rows.push_back(begin + position);
    labels.insert(labels.end(), masked.labels.begin(), masked.labels.end());
    packed.append(ids, {}, row);
  }
  return {.batch = model::EncoderBatch(std::move(packed)), .rows = std::move(masked_rows), .labels = std::move(labels)};
}

void Pretrainer::set_schedule() {
  std::int64_t decay = options_.decay_steps;
  if (decay < 0) decay = std::max<std::int64_t>(1, total_ / 10);
  if (position_.decay_from) total_ = *position_.decay_from + decay;
  const std::int64_t longest_warmup = std::min<std::int64_t>(1000, total_ * 6 / 100);
  schedule_ = {.kind = options_.schedule == PretrainSchedule::kStable ? engine::ScheduleKind::kStableDecay
                                                                      : engine::ScheduleKind::kLinear,
               .warmup_steps = options_.warmup_steps >= 0 ? options_.warmup_steps : longest_warmup,
               .total_steps = total_,
               .decay_steps = std::min(decay, total_)};
}

Status Pretrainer::begin_decay_if_due() {
  if (options_.schedule != PretrainSchedule::kStable || position_.decay_from) return ok_status();
  const bool by_plan = position_.step >= schedule_.total_steps - schedule_.decay_steps;
  if (!by_plan && !(options_.decay_now && position_.step >= resumed_at_step_)) return ok_status();
  // Kept as it is, so that a longer run can go on from here.
  YUPU_RETURN_IF_ERROR(checkpoint());
  if (collective_.is_root()) YUPU_RETURN_IF_ERROR(keep_before_decay(state_));
  position_.decay_from = position_.step;
  set_schedule();
  progress_.note(fmt::format("the learning rate falls from update {} to {}", position_.step, total_));
  return checkpoint();
}

Status Pretrainer::run() {
  total_ = options_.steps;
  if (total_ == 0) {
    for (std::int64_t epoch = 0; epoch < options_.epochs; ++epoch)
      total_ += static_cast<std::int64_t>(plan(corpora_.train, epoch).batches.size());
  }
  std::optional<Position> restored;
  if (collective_.is_root()) {
    YUPU_ASSIGN_OR_RETURN(restored, state_.restore(optimizer_));
  }
  YUPU_RETURN_IF_ERROR(share_restored(collective_, optimizer_, restored, {}));
  if (restored) {
    position_ = std::move(*restored);
    resumed_at_step_ = position_.step;
    seconds_before_ = position_.seconds;
  }
  set_schedule();
  if (restored) progress_.note(fmt::format("going on at update {} of {}", position_.step, total_));
  began_ns_ = checkpoint_ns_ = monotonic_ns();
  progress_.begin("pre-training", total_, position_.step);
  YUPU_RETURN_IF_ERROR(begin_decay_if_due());
  while (position_.step < total_) YUPU_RETURN_IF_ERROR(run_epoch());
  return finish();
}

Status Pretrainer::run_epoch() {
  const Epoch epoch = plan(corpora_.train, position_.epoch);
  if (epoch.batches.empty()) {
    return invalid_argument("the corpus has no two words next to each other: nothing can be learned", "corpus");
  }
  while (position_.update_in_epoch < static_cast<std::int64_t>(epoch.batches.size()) && position_.step < total_) {
    YUPU_RETURN_IF_ERROR(update(epoch, epoch.batches[static_cast<std::size_t>(position_.update_in_epoch)]));
    YUPU_RETURN_IF_ERROR(begin_decay_if_due());
    if (position_.step % options_.eval_steps == 0 && position_.step < total_) YUPU_RETURN_IF_ERROR(show());
    YUPU_RETURN_IF_ERROR(checkpoint_if_due());
    if (options_.after_step) options_.after_step(position_.step);
    auto stop = engine::any_rank(collective_, options_.stop_requested && options_.stop_requested());
    if (!stop.ok()) return keep_then(stop.status());
    if (*stop) {
      YUPU_RETURN_IF_ERROR(checkpoint());
      YUPU_RETURN_IF_ERROR(save_model());
      return unavailable(
          fmt::format("pre-training stopped at update {}; the same command goes on from there", position_.step));
    }
  }
  if (position_.update_in_epoch < static_cast<std::int64_t>(epoch.batches.size())) return ok_status();
  progress_.note(fmt::format("epoch {}: loss {:.4f}", position_.epoch + 1,
                             position_.loss_sum / static_cast<double>(position_.loss_count)));
  position_.epoch += 1;
  position_.update_in_epoch = 0;
  if (position_.step < total_) {
    position_.loss_sum = 0.0;
    position_.loss_count = 0;
  }
  return ok_status();
}

double Pretrainer::forward_backward(const MaskedBatches& mine, std::int64_t count) {
  double loss_sum = 0.0;
  for (const auto& masked : mine) {
    if (masked->labels.empty()) continue;
    const engine::Var loss = model_.loss(tape_, masked->batch, masked->rows, masked->labels,
                                         {.seed = options_.seed, .step = static_cast<std::uint64_t>(position_.step)});
    loss_sum += double{loss.value().item()};
    tape_.backward(loss, 1.0f / static_cast<float>(count), masked == mine.back() ? buckets_.watch() : nullptr);
    tape_.clear();
  }
  return loss_sum;
}

Status Pretrainer::update(const Epoch& epoch, const std::vector<std::uint32_t>& rows) {
  MaskedBatches mine;
  double masked_count = 0.0;
  for (const auto& share : share_of(std::span(&rows, 1), epoch.lengths, {.tokens = options_.batch_tokens},
                                    {.rank = collective_.rank(), .size = collective_.size()})) {
    mine.emplace_back(
        new MaskedBatch(make_batch(corpora_.train, epoch, share, position_.epoch, options_.first_token_words)));
    masked_count += static_cast<double>(mine.back()->labels.size());
  }
  if (Status status = collective_.sum(std::span(&masked_count, 1)); !status.ok()) return keep_then(status);
  const auto count = static_cast<std::int64_t>(masked_count);
  if (count > 0) {
    double loss_sum = forward_backward(mine, count);
    if (Status status = buckets_.finish(); !status.ok()) return keep_then(status);
    if (Status status = collective_.sum(std::span(&loss_sum, 1)); !status.ok()) return keep_then(status);
    const double norm = engine::gradient_norm(context_, optimizer_.parameters());
    if (!std::isfinite(loss_sum) || !std::isfinite(norm)) {
      return internal_error(
          fmt::format("update {}: the loss is {} and the norm of the gradient {}: training has diverged; try a smaller "
                      "learning rate or a longer warm-up (the last good checkpoint is kept in {})",
                      position_.step + 1, loss_sum / static_cast<double>(count), norm, state_.path()));
    }
    const auto lr = static_cast<float>(options_.lr * schedule_.factor(position_.step));
    optimizer_.step(context_, lr, engine::clip_scale(norm, options_.clip_norm));
    position_.loss_sum += loss_sum;
    position_.loss_count += count;
    const double mean = loss_sum / static_cast<double>(count);
    smooth_loss_ = smooth_loss_ == 0.0 ? mean : 0.99 * smooth_loss_ + 0.01 * mean;
  }
  position_.step += 1;
  position_.update_in_epoch += 1;
  std::int64_t tokens = 0;
  for (const std::uint32_t row : rows) tokens += epoch.lengths[row];
  report(smooth_loss_, tokens);
  return ok_status();
}

void Pretrainer::report(double loss, std::int64_t tokens) {
  tokens_seen_ += tokens;
  position_.tokens += tokens;
  const double seconds = static_cast<double>(monotonic_ns() - began_ns_) / kNsPerSecond;
  std::string detail = fmt::format("epoch {}  loss {:.4f}  {:.0f} tokens/s", position_.epoch + 1, loss,
                                   static_cast<double>(tokens_seen_) / std::max(seconds, 1e-9));
  if (valid_.masked > 0) detail += fmt::format("  held out {:.4f}", valid_.loss);
  progress_.update(position_.step, detail);
}

Status Pretrainer::evaluate() {
  valid_ = {};
  std::int64_t hits = 0;
  std::array<double, 3> sums{};  // loss, masked, hits
  const auto ranks = static_cast<std::size_t>(collective_.size());
  for (auto i = static_cast<std::size_t>(collective_.rank()); i < valid_epoch_.batches.size(); i += ranks) {
    const MaskedBatch masked = make_batch(corpora_.valid, valid_epoch_, valid_epoch_.batches[i], 0, 0);
    engine::Tape tape(context_, engine::Tape::Mode::kInference);
    sums[0] += double{model_.loss(tape, masked.batch, masked.rows, masked.labels, {}, &hits).value().item()};
    sums[1] += static_cast<double>(masked.labels.size());
  }
  sums[2] = static_cast<double>(hits);
  YUPU_RETURN_IF_ERROR(collective_.sum(sums));
  valid_.masked = static_cast<std::int64_t>(sums[1]);
  if (valid_.masked == 0) return ok_status();
  valid_.loss = sums[0] / sums[1];
  valid_.accuracy = sums[2] / sums[1];
  return ok_status();
}

Status Pretrainer::show() {
  optimizer_.settle(context_.team());
  if (Status status = require_equal_weights(collective_, optimizer_); !status.ok()) return keep_then(status);
  if (Status status = evaluate(); !status.ok()) return keep_then(status);
  std::string line = fmt::format("update {} ({:.1f} M tokens): loss {:.4f}", position_.step,
                                 static_cast<double>(position_.tokens) * 1e-6, smooth_loss_);
  if (valid_.masked > 0) {
    line += fmt::format(", held out {:.4f} (perplexity {:.1f}, {:.2f} % of {} masked tokens right)", valid_.loss,
                        std::exp(valid_.loss), 100.0 * valid_.accuracy, valid_.masked);
  }
  progress_.note(line);
  return save_model();
}

Status Pretrainer::save_model() {
  if (!collective_.is_root()) return ok_status();
  Json lineage = options_.lineage;
  lineage["steps"] = position_.step;
  lineage["tokens"] = position_.tokens;
  if (valid_.masked > 0) {
    lineage["valid"] = {{"loss", valid_.loss}, {"accuracy", valid_.accuracy}, {"masked", valid_.masked}};
  }
  return model_.save(options_.out, lineage, options_.floats);
}

Status Pretrainer::keep_then(const Status& error) {
  if (error.code() != Code::kUnavailable) return error;
  YUPU_RETURN_IF_ERROR(checkpoint());
  return error.with_context(fmt::format("update {}", position_.step + 1));
}

Status Pretrainer::checkpoint() {
  if (!collective_.is_root()) return ok_status();
  optimizer_.settle(context_.team());
  const std::int64_t began = monotonic_ns();
  position_.seconds = seconds_before_ + static_cast<double>(began - began_ns_) / kNsPerSecond;
  YUPU_RETURN_IF_ERROR(state_.save(optimizer_, position_));
  checkpoint_ns_ = monotonic_ns();
  checkpoint_cost_ns_ = checkpoint_ns_ - began;
  return ok_status();
}

Status Pretrainer::checkpoint_if_due() {
  constexpr std::int64_t kCostShare = 20;  // a checkpoint takes at most one part in 20 of the time
  const std::int64_t since_ns = monotonic_ns() - checkpoint_ns_;
  const bool due = static_cast<double>(since_ns) >= options_.checkpoint_seconds * kNsPerSecond &&
                   since_ns >= kCostShare * checkpoint_cost_ns_;
  return due ? checkpoint() : ok_status();
}

Status Pretrainer::finish() {
  position_.seconds = seconds_before_ + static_cast<double>(monotonic_ns() - began_ns_) / kNsPerSecond;
  progress_.end(
      fmt::format("{} updates, {:.1f} M tokens", position_.step, static_cast<double>(position_.tokens) * 1e-6));
  YUPU_RETURN_IF_ERROR(show());
  if (!collective_.is_root()) return ok_status();
  if (position_.decay_from) return replace_file(before_decay(state_), current(state_));
  return state_.remove();
}

}  // namespace yupu::training
