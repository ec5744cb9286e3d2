// Gradients of all ranks summed while backward still runs: each bucket's sum is begun when its last gradient is
// complete. Li et al. 2020, "PyTorch Distributed", arXiv:2006.15704, section 3.2.
//
//   GradientBuckets buckets(collective, optimizer.parameters());
//   for (micro-batch of this rank)                      // as many as this rank has, none included
//     tape.backward(loss, 1.0f / rows_of_all_ranks, is_last ? buckets.watch() : nullptr);
//   YUPU_RETURN_IF_ERROR(buckets.finish());             // every gradient is now the sum over ranks
//
// Layout    the gradients of the trainable parameters are views of one array, in reverse order of the parameters:
//           backward completes the last first.  A bucket is a stretch of it of at least kBucketBytes (one parameter is
//           never cut), so nothing is copied.
//   | head | pooler | layer L | ... | layer 1 | embeddings |        each begins at 64 bytes, the gaps are zero
//   |--- bucket 0 ---|--- bucket 1 ---|  ...                        begun in this order on every rank
// A parameter without a gradient on this rank counts as zero.  With one rank nothing at all happens.
// Threads   the trainer's.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "engine/autograd/tape.h"
#include "engine/collective/collective.h"

namespace yupu::engine {

class GradientBuckets {
 public:
  static constexpr std::size_t kBucketBytes = std::size_t{4} << 20;

  // The parameters stay the caller's and must not be given other gradient tensors.  REQUIRES: no gradient is there yet.
  GradientBuckets(Collective& collective, const std::vector<Parameter*>& parameters,
                  std::size_t bucket_bytes = kBucketBytes);
  ~GradientBuckets();
  GradientBuckets(const GradientBuckets&) = delete;
  GradientBuckets& operator=(const GradientBuckets&) = delete;

  // For the last backward of an update on this rank.  Null with one rank.
  BackwardObserver* watch();
  // Begins what was not begun and waits for all sums.  Errors  those of Collective; the gradients are then worthless.
  Status finish();
  std::size_t bucket_count() const { return buckets_.size(); }

 private:
  struct Watcher;
  struct Bucket {
    std::size_t begin, end;  // elements of flat_
    std::vector<Parameter*> parameters;
    std::size_t incomplete;  // parameters whose gradient is still growing
  };
  void complete(const Parameter& parameter);
  void begin_ready(bool all);

  Collective& collective_;
  std::unique_ptr<Watcher> watcher_;
  Tensor flat_;
  std::vector<Bucket> buckets_;
  std::unordered_map<const Parameter*, std::size_t> bucket_of_;
  std::size_t begun_ = 0;
  Status status_;
};

}  // namespace yupu::engine
