// Texts with any number of labels in, a model out (tasks/multilabel/multilabel_model.h): the loop, checkpoints,
// adapters, wide branch and ranks of training.h.  The best epoch is the one with the highest `metric` on the validation
// rows; temperature and thresholds are fitted to the same rows at the end.
// Threads  one owner.
#pragma once

#include "tasks/multilabel/label_set.h"
#include "tasks/multilabel/thresholds.h"
#include "training/training.h"

namespace yupu::training {

struct MultilabelOptions {
  // How it is trained.  Its rows are not read, nor is what belongs to one label per text: target_precision,
  // learn_out_of_scope, class weights.  metric: one of MultilabelEvaluation::figure; while training goes on every label
  // is said from 0.5 on.
  TrainOptions loop;
  tasks::MultilabelSet train, valid, test;                          // valid, test: may be without rows
  tasks::ThresholdRule thresholds = tasks::ThresholdRule::kShared;  // without validation rows: 0.5 for all
};

Json deciding_options(const MultilabelOptions& options);

// TrainResult::figures has "valid.micro_f1", "test.average_precision", "test.exact_match", ...
// Outcomes  those of train(), and kInvalidArgument: no row with a label; "FILE: line N: field 'COLUMN': ..." for a
//           validation or test label that no training row has; a label that every training row has.
Result<TrainResult> train_multilabel(const MultilabelOptions& options, handoff::Progress& progress);

}  // namespace yupu::training
