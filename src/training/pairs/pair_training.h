// Pairs of texts in, a cross-encoder out (tasks/pairs/pair_model.h): the loop, checkpoints, adapters and ranks of
// training.h.  The best epoch is the one with the highest `metric` on the validation pairs.
// Threads  one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tasks/pairs/pair_set.h"
#include "training/training.h"

namespace yupu::training {

inline constexpr const char* kAutoMetric = "auto";

// What a pair is learned from.
enum class PairLoss : std::uint8_t {
  kRows,   // its own label or score
  kLists,  // its place among the candidates of its query (tasks/pairs/list_loss.h); wants groups, and a target that
           // ranks
};

struct PairOptions {
  // How it is trained.  Its rows are not read, nor is what belongs to labels of whole texts: wide, wide_lr,
  // target_precision, learn_out_of_scope.  metric: one of PairEvaluation::figure, or "auto": average_precision for two
  // classes, accuracy for more, spearman for a score; mrr of lists, when the validation pairs have groups.
  TrainOptions loop;
  tasks::PairSet train, valid, test;        // valid, test: may be without rows
  std::optional<tasks::PairTarget> target;  // unset: detect_target of the training pairs
  std::string positive;                     // classes: the label by which candidates are ranked; empty: the last of two
  // Every pair is seen as (a, b) and as (b, a), by turns from epoch to epoch: for likeness, which has no direction.
  bool symmetric = false;
  PairLoss loss = PairLoss::kRows;
  std::int64_t list_size = 8;  // rows of a list: a right one and the first wrong ones of its group; 2 to 128
  // Of pairs made of what people did: where the behaviour ends, ns UTC; said in the model's lineage, so that it is not
  // judged by what it has learned from.  Unset: of no behaviour.
  std::optional<std::int64_t> end_ns = {};
};

Json deciding_options(const PairOptions& options);

// The scale of a score is what the training pairs span.
// TrainResult::figures has "valid.accuracy", "valid.auroc", "test.spearman", "test.mrr@10", "test.bm25.mrr@10", ...
// Outcomes  those of train(), and kInvalidArgument: labels that are all alike; a metric the target does not have;
// "FILE:
//           line N: field 'COLUMN': ..." for a validation or test label that no training pair has, and for a score that
//           is no number; of lists those of pair_lists.
Result<TrainResult> train_pairs(const PairOptions& options, handoff::Progress& progress);

}  // namespace yupu::training
