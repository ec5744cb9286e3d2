// Texts in, a model that writes out: GPT-2's causal language modelling, from a directory of the reference library or
// from random weights with a vocabulary of its own, through the loop of every other task (training.h).
//   whole texts          every token is guessed from those before it
//   prompts and answers  the answer alone
// The best epoch is the one whose held-out texts are likeliest; a run that was cut off ends with the same weights, bit
// for bit.   Threads  one owner.
#pragma once

#include <string_view>

#include "tasks/generate/passages.h"
#include "training/training.h"

namespace yupu::training {

struct GenerateTraining {
  // Of the loop's options, those of rows, the wide branch, adapters, metric, token_dropout and label_smoothing are not
  // read or must stay as they are: full, 0.  max_length: the longest sequence, and a fresh model's positions.
  TrainOptions loop;
  tasks::PassageSet train, valid, test;  // valid, test: may be without rows
};

// By which epochs are chosen: the mean log-likelihood of a held-out token, in nats; exp(-it) is the perplexity.
inline constexpr std::string_view kLogLikelihood = "log_likelihood";

Json deciding_options(const GenerateTraining& options);

// TrainResult::figures has "valid.perplexity", "valid.loss", "valid.log_likelihood", "valid.accuracy" and, where no
// text was cut, "valid.bits_per_byte"; the same of "test.". Outcomes  those of train().
Result<TrainResult> train_generator(const GenerateTraining& options, handoff::Progress& progress);

}  // namespace yupu::training
