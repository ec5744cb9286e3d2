// What is odd about a classifier's rows, before anything is learned from them: said, counted, and refused where nothing
// could be learned.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "handoff/progress.h"
#include "tasks/classify/classifier.h"
#include "training/training.h"

namespace yupu::training {

// Outcomes  kInvalidArgument: all training rows with a label have one and the same text.
Status require_texts_that_differ(const TrainOptions& options);

// Says how many training rows have a text that stands under another label too, and where the first is; they are
// learned from all the same.  Returns their number.
std::int64_t tell_conflicts(const TrainOptions& options, handoff::Progress& progress);

// Says which labels of the validation and test rows the classifier does not have.
void tell_unknown_labels(const TrainOptions& options, const tasks::Classifier& classifier, handoff::Progress& progress);

}  // namespace yupu::training
