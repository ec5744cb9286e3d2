#include "engine/ops/linear_chain/linear_chain.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/ops/op.h"

namespace yupu::engine {
namespace {

double log_sum(const double* values, std::size_t count) {
  const double most = *std::max_element(values, values + count);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::exp(values[i] - most);
  return most + std::log(sum);
}

// What one sequence adds to the loss and to the gradients of the chain.
struct SequenceTerms {
  double loss = 0;
  std::vector<double> between, start, end;
};

// One sequence: T rows of x, its labels, where d_x goes (null: no gradient is wanted).
struct Sequence {
  const float* x;
  const std::int32_t* labels;
  float* d_x;
  std::size_t length;
};

class Chain {
 public:
  Chain(const Tensor& between, const Tensor& start, const Tensor& end)
      : tags_(static_cast<std::size_t>(start.size(0))), between_(between.f32()), start_(start.f32()), end_(end.f32()) {}

  SequenceTerms run(const Sequence& sequence) const {
    const std::vector<double> forward = sums_forward(sequence);
    const double* last = forward.data() + (sequence.length - 1) * tags_;
    std::vector<double> work(tags_);
    for (std::size_t k = 0; k < tags_; ++k) work[k] = last[k] + double{end_[k]};
    const double total = log_sum(work.data(), tags_);
    SequenceTerms terms;
    terms.loss = total - score(sequence);
    if (sequence.d_x != nullptr) add_gradients(sequence, forward, total, terms);
    return terms;
  }

 private:
  double step(std::size_t from, std::size_t to) const { return between_[from * tags_ + to]; }

  double score(const Sequence& sequence) const {
    double sum = 0;
    for (std::size_t t = 0; t < sequence.length; ++t) {
      const auto tag = static_cast<std::size_t>(sequence.labels[t]);
      sum += double{sequence.x[t * tags_ + tag]};
      sum += t == 0 ? double{start_[tag]} : step(static_cast<std::size_t>(sequence.labels[t - 1]), tag);
    }
    return sum + double{end_[sequence.labels[sequence.length - 1]]};
  }

  // (T,K): over all ways to a tag, with its own row.
  std::vector<double> sums_forward(const Sequence& sequence) const {
    std::vector<double> sums(sequence.length * tags_), work(tags_);
    for (std::size_t k = 0; k < tags_; ++k) sums[k] = double{start_[k]} + double{sequence.x[k]};
    for (std::size_t t = 1; t < sequence.length; ++t) {
      for (std::size_t k = 0; k < tags_; ++k) {
        for (std::size_t p = 0; p < tags_; ++p) work[p] = sums[(t - 1) * tags_ + p] + step(p, k);
        sums[t * tags_ + k] = log_sum(work.data(), tags_) + double{sequence.x[t * tags_ + k]};
      }
    }
    return sums;
  }

  // Walks back with the sums over all ways from a tag to the end.
  void add_gradients(const Sequence& sequence, const std::vector<double>& forward, double total,
                     SequenceTerms& terms) const {
    terms.between.assign(tags_ * tags_, 0.0);
    terms.start.assign(tags_, 0.0);
    std::vector<double> behind(end_, end_ + tags_), before(tags_), work(tags_);
    for (std::size_t t = sequence.length; t-- > 0;) {
      const auto label = static_cast<std::size_t>(sequence.labels[t]);
      const double* here = forward.data() + t * tags_;
      std::vector<double> marginal(tags_);
      for (std::size_t k = 0; k < tags_; ++k) marginal[k] = std::exp(here[k] + behind[k] - total);
      marginal[label] -= 1.0;
      for (std::size_t k = 0; k < tags_; ++k) sequence.d_x[t * tags_ + k] = static_cast<float>(marginal[k]);
      if (t + 1 == sequence.length) terms.end = marginal;
      if (t == 0) {
        terms.start = std::move(marginal);
        return;
      }
      const double* previous = here - tags_;
      for (std::size_t p = 0; p < tags_; ++p) {
        for (std::size_t k = 0; k < tags_; ++k) {
          work[k] = step(p, k) + double{sequence.x[t * tags_ + k]} + behind[k];
          terms.between[p * tags_ + k] += std::exp(previous[p] + work[k] - total);
        }
        before[p] = log_sum(work.data(), tags_);
      }
      terms.between[static_cast<std::size_t>(sequence.labels[t - 1]) * tags_ + label] -= 1.0;
      behind.swap(before);
    }
  }

  std::size_t tags_;
  const float* between_;
  const float* start_;
  const float* end_;
};

Tensor sum_of(Tape& tape, const Shape& shape, const std::vector<SequenceTerms>& all,
              std::vector<double> SequenceTerms::*member) {
  Tensor sum = tape.empty(shape);
  std::vector<double> exact(static_cast<std::size_t>(shape.element_count()), 0.0);
  for (const SequenceTerms& terms : all) {
    for (std::size_t i = 0; i < exact.size(); ++i) exact[i] += (terms.*member)[i];
  }
  for (std::size_t i = 0; i < exact.size(); ++i) sum.f32()[i] = static_cast<float>(exact[i]);
  return sum;
}

void scale_into(Tape& tape, Node* node, const Tensor& gradient, float factor) {
  if (node == nullptr) return;
  const GradSlot slot = tape.grad_slot(node);
  for (std::int64_t i = 0; i < gradient.element_count(); ++i) {
    const float term = factor * gradient.f32()[i];
    slot.tensor.f32()[i] = slot.fresh ? term : slot.tensor.f32()[i] + term;
  }
}

void check_inputs(const Var& x, const LinearChain& chain, std::span<const std::int32_t> cu_rows,
                  std::span<const std::int32_t> labels) {
  check_matrix(x.value(), "x of linear_chain_loss");
  const std::int64_t tags = x.size(1);
  check_matrix(chain.between.value(), "between of linear_chain_loss");
  CHECK(tags > 0 && chain.between.size(0) == tags && chain.between.size(1) == tags,
        fmt::format("between {} for x {}", chain.between.shape().to_text(), x.shape().to_text()));
  check_vector(chain.start.value(), tags, "start of linear_chain_loss");
  check_vector(chain.end.value(), tags, "end of linear_chain_loss");
  CHECK(cu_rows.size() >= 2 && cu_rows.front() == 0 && cu_rows.back() == x.size(0),
        fmt::format("cu_rows of {} entries for x {}", cu_rows.size(), x.shape().to_text()));
  for (std::size_t s = 0; s + 1 < cu_rows.size(); ++s)
    CHECK(cu_rows[s] < cu_rows[s + 1], fmt::format("sequence {} is empty", s));
  CHECK(static_cast<std::int64_t>(labels.size()) == x.size(0),
        fmt::format("{} labels for x {}", labels.size(), x.shape().to_text()));
  for (const std::int32_t label : labels) CHECK(label >= 0 && label < tags, fmt::format("label {} of {}", label, tags));
}

}  // namespace

Var linear_chain_loss(const Var& x, const LinearChain& chain, std::span<const std::int32_t> cu_rows,
                      std::span<const std::int32_t> labels) {
  Tape& tape = tape_of(x, chain.between, chain.start, chain.end);
  check_inputs(x, chain, cu_rows, labels);
  const bool wanted =
      x.requires_grad() || chain.between.requires_grad() || chain.start.requires_grad() || chain.end.requires_grad();
  const Tensor d_x = wanted ? tape.empty(x.shape()) : Tensor();
  const Chain numbers(chain.between.value(), chain.start.value(), chain.end.value());
  std::vector<SequenceTerms> all(cu_rows.size() - 1);
  const std::int64_t tags = x.size(1);
  tape.team().parallel_for(static_cast<std::int64_t>(all.size()), 1, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t s = begin; s < end; ++s) {
      const auto i = static_cast<std::size_t>(s);
      const std::int64_t row = cu_rows[i];
      all[i] = numbers.run({.x = x.value().f32() + row * tags,
                            .labels = labels.data() + row,
                            .d_x = wanted ? d_x.f32() + row * tags : nullptr,
                            .length = static_cast<std::size_t>(cu_rows[i + 1] - row)});
    }
  });
  double total = 0;
  for (const SequenceTerms& terms : all) total += terms.loss;
  Tensor loss = tape.empty({1});
  *loss.f32() = static_cast<float>(total);
  Var result = tape.result(std::move(loss), wanted);
  if (!result.requires_grad()) return result;
  tape.record(result, [&tape, d_x, d_between = sum_of(tape, {tags, tags}, all, &SequenceTerms::between),
                       d_start = sum_of(tape, {tags}, all, &SequenceTerms::start),
                       d_end = sum_of(tape, {tags}, all, &SequenceTerms::end), x_node = x.node(),
                       between_node = chain.between.node(), start_node = chain.start.node(),
                       end_node = chain.end.node()](const Tensor& d_loss) {
    const float factor = d_loss.item();
    scale_into(tape, x_node, d_x, factor);
    scale_into(tape, between_node, d_between, factor);
    scale_into(tape, start_node, d_start, factor);
    scale_into(tape, end_node, d_end, factor);
  });
  return result;
}

}  // namespace yupu::engine
