// What an op needs to run: a team of threads and a pool for what it makes.  One per owner thread (a trainer, a serving
// worker).
#pragma once

#include "engine/device/cpu/thread_team.h"
#include "engine/pool.h"
#include "engine/precision.h"
#include "engine/tensor.h"

namespace yupu::engine {

class Profile;  // engine/profile.h

class ExecutionContext {
 public:
  // `thread_count` 0: as many as the machine has.
  explicit ExecutionContext(int thread_count, std::uint64_t pool_bytes_limit = Pool::kNoLimit)
      : pool_(pool_bytes_limit), team_(thread_count) {}
  ExecutionContext(int thread_count, Precision precision) : team_(thread_count), precision_(precision) {}

  ThreadTeam& team() { return team_; }
  Pool& pool() { return pool_; }
  Precision precision() const { return precision_; }
  // Whether inference packs a weight at its first product, because many follow (a server), or at the second only: a
  // process that answers once and goes would write every weight anew for nothing.
  bool packs_at_once() const { return packs_at_once_; }
  void set_packs_at_once(bool at_once) { packs_at_once_ = at_once; }
  // Whether products have a row or a few (a text written token by token): then reading the weights is what takes time,
  // and they are kept and multiplied as f32 where they would be taken apart for more rows (split_gemm.h).
  bool few_rows() const { return few_rows_; }
  void set_few_rows(bool few) { few_rows_ = few; }
  Tensor empty(const Shape& shape, DType dtype = DType::kF32) { return Tensor::empty(shape, dtype, &pool_); }
  Tensor zeros(const Shape& shape, DType dtype = DType::kF32) { return Tensor::zeros(shape, dtype, &pool_); }
  // For benches: who is told what the ops spend.  Not owned; null: nobody.
  Profile* profile() const { return profile_; }
  void set_profile(Profile* profile) { profile_ = profile; }

 private:
  Pool pool_;
  ThreadTeam team_;
  Precision precision_ = Precision::kF32;
  bool packs_at_once_ = false;
  bool few_rows_ = false;
  Profile* profile_ = nullptr;
};

// few_rows while it lives.
class FewRowsScope {
 public:
  explicit FewRowsScope(ExecutionContext& context) : context_(context), before_(context.few_rows()) {
    context.set_few_rows(true);
  }
  FewRowsScope(const FewRowsScope&) = delete;
  FewRowsScope& operator=(const FewRowsScope&) = delete;
  ~FewRowsScope() { context_.set_few_rows(before_); }

 private:
  ExecutionContext& context_;
  bool before_;
};

}  // namespace yupu::engine
