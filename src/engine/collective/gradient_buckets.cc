#include "engine/collective/gradient_buckets.h"

#include <fmt/format.h>

namespace yupu::engine {
namespace {
constexpr std::int64_t kAlignment = 64 / sizeof(float);
}

struct GradientBuckets::Watcher final : BackwardObserver {
  explicit Watcher(GradientBuckets& owner) : buckets(owner) {}
  void gradient_complete(Parameter& parameter) override { buckets.complete(parameter); }
  void op_done() override { buckets.collective_.progress(); }
  GradientBuckets& buckets;
};

GradientBuckets::GradientBuckets(Collective& collective, const std::vector<Parameter*>& parameters,
                                 std::size_t bucket_bytes)
    : collective_(collective) {
  if (collective.size() == 1) return;
  watcher_ = std::make_unique<Watcher>(*this);
  std::vector<std::int64_t> begins;
  std::int64_t total = 0;
  for (auto it = parameters.rbegin(); it != parameters.rend(); ++it) {
    if (!(*it)->trainable) continue;
    CHECK(!(*it)->has_grad, fmt::format("{} has a gradient already", (*it)->name));
    begins.push_back(total);
    const bool full = buckets_.empty() || (buckets_.back().end - buckets_.back().begin) * sizeof(float) >= bucket_bytes;
    if (full) buckets_.push_back({static_cast<std::size_t>(total), 0, {}, 0});
    total += ((*it)->value.element_count() + kAlignment - 1) / kAlignment * kAlignment;
    buckets_.back().parameters.push_back(*it);
    buckets_.back().end = static_cast<std::size_t>(total);
    bucket_of_[*it] = buckets_.size() - 1;
  }
  if (total == 0) return;
  flat_ = Tensor::zeros({total});
  auto begin = begins.begin();
  for (Bucket& bucket : buckets_) {
    bucket.incomplete = bucket.parameters.size();
    for (Parameter* parameter : bucket.parameters) {
      parameter->grad = flat_.rows(*begin, *begin + parameter->value.element_count()).reshape(parameter->value.shape());
      ++begin;
    }
  }
}

GradientBuckets::~GradientBuckets() = default;

BackwardObserver* GradientBuckets::watch() { return watcher_.get(); }

void GradientBuckets::complete(const Parameter& parameter) {
  const auto found = bucket_of_.find(&parameter);
  CHECK(found != bucket_of_.end(), fmt::format("{} is trained but in no bucket", parameter.name));
  buckets_[found->second].incomplete -= 1;
  begin_ready(false);
}

void GradientBuckets::begin_ready(bool all) {
  for (; status_.ok() && begun_ < buckets_.size() && (all || buckets_[begun_].incomplete == 0); ++begun_) {
    const Bucket& bucket = buckets_[begun_];
    for (Parameter* parameter : bucket.parameters) {
      if (!parameter->has_grad) parameter->grad.zero();
      parameter->has_grad = true;
    }
    status_ = collective_.begin_sum(flat_.values().subspan(bucket.begin, bucket.end - bucket.begin));
  }
}

Status GradientBuckets::finish() {
  begin_ready(true);
  YUPU_RETURN_IF_ERROR(status_);
  YUPU_RETURN_IF_ERROR(status_ = collective_.finish_sums());
  begun_ = 0;
  for (Bucket& bucket : buckets_) bucket.incomplete = bucket.parameters.size();
  return ok_status();
}

}  // namespace yupu::engine
