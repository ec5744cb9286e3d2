// Texts in, an embedder out (tasks/embed/embedder.h): the loop, checkpoints and ranks of training.h, with a loss over
// the whole of every batch.
//   pairs    multiple negatives ranking: each second text of the batch that is not a row's own is a wrong answer to it
//   scores   CoSENT: the cosines of a batch in the order of their scores
//   labels   supervised contrastive: rows of a label together, apart from the others
// loop.batch_size is the batch: which rows meet is settled by it alone (contrast_batches.h).  What does not fit
// loop.batch_tokens at once, or is shared among ranks, is embedded in parts and still one batch to the loss: every part
// is computed twice, once for its vectors and once for its gradient (Gao et al. 2021, arXiv:2101.06983, GradCache).
// The best epoch is the one with the highest tasks::figure_name of the validation rows.
// Threads  one owner.
#pragma once

#include <cstdint>
#include <optional>

#include "tasks/embed/embedder.h"
#include "tasks/embed/text_set.h"
#include "training/training.h"

namespace yupu::training {

struct EmbedOptions {
  // How it is trained.  Its rows are not read, nor is what belongs to labels of whole texts: wide, wide_lr, metric,
  // target_precision, learn_out_of_scope, label_smoothing; method must be "full", grad_accumulation 1, batch_size 2 or
  // more.
  TrainOptions loop;
  tasks::TextSet train, valid, test;      // of one kind; valid, test: may be without rows
  std::optional<tasks::Pooling> pooling;  // unset: the base's, else mean
  std::optional<bool> normalize;          // unset: the base's, else yes
  bool symmetric = false;                 // pairs: second texts look for their first ones as well
  double scale = 20.0;                    // pairs, scores: of cosines
  double temperature = 0.07;              // labels: what cosines are divided by
  bool cased = false;                     // capitals stay, in a vocabulary trained here; a base has its own
};

Json deciding_options(const EmbedOptions& options);

// TrainResult::figures has "valid.mrr@10", "valid.recall@1", ..., or "valid.spearman", or "valid.nearest@1".
// Outcomes  those of train(), and kInvalidArgument "FILE: ...": those of tasks::check_distinct; kinds that differ.
Result<TrainResult> train_embedder(const EmbedOptions& options, handoff::Progress& progress);

}  // namespace yupu::training
