// The end of a fine-tuning run, behind training.h: thresholds, and what the result says.
// On several ranks everybody calls these, with logits that the ranks compute together (ranks.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "handoff/progress.h"
#include "tasks/classify/evaluate.h"
#include "training/trainer.h"
#include "training/training.h"

namespace yupu::training {

// Who computes numbers for the classifier, on this rank or on several.
struct Sources {
  tasks::LogitsSource logits;  // Classifier::logits
  tasks::LogitsSource pooled;  // Classifier::pooled
};

// Fits the scores to the validation rows; without any the classifier stays uncalibrated and answers everything.  Where
// there are rows out of scope the classifier is given class distances, fitted to the training rows.
// Outcomes  kInvalidArgument: a promise or a gate without validation rows.
Status calibrate(const TrainOptions& options, const Sources& sources, tasks::Classifier& classifier,
                 handoff::Progress& progress);

// Has any of the rows a label that is learned?
bool has_labelled(const std::vector<handoff::Row>& rows, const TrainOptions& options);
// Puts what a run's record says of rows of one split under "PREFIXaccuracy", ...
void add_figures(const std::string& prefix, const tasks::Evaluation& evaluation,
                 std::map<std::string, double>& figures);

// Judges the trained classifier on the validation and test rows and puts the figures together.
Result<TrainResult> conclude(const TrainOptions& options, const tasks::LogitsSource& logits, const Trainer& trainer,
                             tasks::Classifier& classifier);

}  // namespace yupu::training
