// Tagged sentences in, a tagger out (tasks/tokens/tagger.h): the loop, checkpoints and ranks of training.h, with spans
// as what is judged.  The best epoch is the one with the highest span F1 on the validation sentences (micro, as
// CoNLL-2003 counts).
// The tagger speaks the scheme of the training file; iob1 is learned as iob2, because a B that depends on its neighbour
// is hard to learn and says the same spans.
// Threads  one owner.
#pragma once

#include "tasks/tokens/tagged.h"
#include "training/training.h"

namespace yupu::training {

struct TagOptions {
  // How it is trained.  Its rows are not read, nor is what belongs to labels of whole texts: metric, target_precision,
  // learn_out_of_scope; method must be "full".  The wide branch is of words (tasks/tokens/word_features.h).
  TrainOptions loop;
  tasks::TagSet train, valid, test;  // valid, test: may be without sentences
  bool crf = false;                  // a linear-chain CRF on top (tasks/tokens/crf.h)
  double crf_lr = 1e-2;              // its own learning rate, on the same schedule
  bool cased = true;                 // capitals stay, in a vocabulary trained here; a base has its own
};

Json deciding_options(const TagOptions& options);

// TrainResult::figures has "valid.span_f1", "valid.span_f1.PER", "valid.token_accuracy", ..., "train.repaired_tags".
// Outcomes  those of train(), and kInvalidArgument "FILE: line N: ...": a type in the validation or test sentences that
//           no training sentence has; training sentences without a single span.
Result<TrainResult> train_tagger(const TagOptions& options, handoff::Progress& progress);

}  // namespace yupu::training
