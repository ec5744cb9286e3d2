// The end of a fine-tuning run, behind training.h: thresholds, and what the result says.
// On several ranks everybody calls these, with logits that the ranks compute together (ranks.h).
#pragma once

#include "handoff/progress.h"
#include "tasks/classify/evaluate.h"
#include "training/trainer.h"
#include "training/training.h"

namespace yupu::training {

// Fits the scores to the validation rows; without any the classifier stays uncalibrated and answers everything.
Status calibrate(const TrainOptions& options, const tasks::LogitsSource& logits, tasks::Classifier& classifier,
                 handoff::Progress& progress);

// Judges the trained classifier on the validation and test rows and puts the figures together.
Result<TrainResult> conclude(const TrainOptions& options, const tasks::LogitsSource& logits, const Trainer& trainer,
                             tasks::Classifier& classifier);

}  // namespace yupu::training
