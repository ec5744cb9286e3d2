// AdaLoRA's allocator: which singular values live.  Zhang et al. 2023, arXiv:2303.10512, sections 3.2 and 3.3,
// algorithm 1; where the paper and the published code differ, the code (QingruZhang/AdaLoRA, huggingface/peft).
//
//   importance of a scalar w:  I = |w dL/dw|;  Ibar = b1 Ibar + (1-b1) I;  Ubar = b2 Ubar + (1-b2) |I - Ibar|;  s =
//   Ibar Ubar of singular value i of a matrix:  S_i = s(lambda_i) + mean_j s(P[j,i]) + mean_j s(Q[i,j]) budget at
//   update t (from 0), T updates, n matrices, b0 = n * rank, bT = n * target rank:
//     t <= ti            b0, nothing is masked
//     ti < t < T - tf    m = 1 - (t-ti)/(T-tf-ti);  b = int(bT + (b0-bT) m^3), masked when t is a multiple of the
//     interval t == T - tf        bT, masked; the pattern is final t >  T - tf        the pattern is applied again
//     after every update
// Masked values are set to zero and keep receiving gradients until the pattern is final, so they can come back.
// Departure from the code: exactly b values live, ties going to the earlier (matrix, index), where kthvalue can remove
// more; a budget of everything masks nothing.
// The regulariser gamma * mean over all P and Q of ||P^T P - I||_F (un-squared, as the code has it) is added to the
// gradients here, once per update.
// Threads  one owner: the trainer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/execution_context.h"
#include "model/adapters/adapter.h"

namespace yupu::model::adalora {

struct Budget {
  std::int64_t matrices = 0, rank = 0, target_rank = 0;
  std::int64_t warmup_steps = 0, final_steps = 0, total_steps = 0, interval = 1;

  std::int64_t live(std::int64_t step) const;  // singular values that may live at update `step`
  bool masks(std::int64_t step) const;         // whether a new mask is made at `step`
  bool is_final(std::int64_t step) const { return step >= total_steps - final_steps; }
};

// The `count` greatest scores live; of equal ones the earlier.
std::vector<bool> select_live(std::span<const double> scores, std::int64_t count);

class Allocator {
 public:
  // REQUIRES: an adalora adapter whose schedule is set, total_steps > warmup_steps + final_steps.  It stays the
  // caller's.
  explicit Allocator(Adapter& adapter);

  // Adds the regulariser's gradient to the gradients that are there and returns its value (times gamma).  Call after
  // backward, before clipping.
  double add_orthogonality(engine::ExecutionContext& context);
  // After the optimiser's update number `step` (from 0): importance from the new weights and the gradients the
  // optimiser used (still in Parameter::grad) times `gradient_scale`, then the mask.
  void after_update(std::int64_t step, float gradient_scale);

  const Budget& budget() const { return budget_; }
  std::int64_t live() const;  // singular values alive under the last mask
  std::vector<std::pair<std::string, std::int64_t>> live_per_matrix() const;
  double threshold() const {
    return static_cast<double>(threshold_.item());
  }  // the least score that lived at the last mask

  // What a checkpoint has to keep, sharing memory: importance, uncertainty, mask, threshold.
  std::vector<std::pair<std::string, engine::Tensor>> state() const;
  // Drops the dead ranks from the adapter for good.  Call once, when training has ended.
  void compact();

 private:
  struct Importance {
    engine::Parameter* parameter;
    engine::Tensor mean, uncertainty;
  };
  struct Matrix {
    ModuleAt at;
    Importance left, right, diagonal;  // P, Q, lambda
    engine::Tensor mask;               // (rank,1) of 1 and 0
  };

  void update_importance(Importance& importance, float gradient_scale) const;
  std::vector<double> scores(const Matrix& matrix) const;
  void choose(std::int64_t count);
  void apply_mask();

  Adapter& adapter_;
  Budget budget_;
  double gamma_, beta1_, beta2_;
  std::vector<Matrix> matrices_;
  engine::Tensor threshold_ = engine::Tensor::zeros({1});
};

}  // namespace yupu::model::adalora
