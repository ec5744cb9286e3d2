// Which rows meet in an update, when every row of it is a wrong answer to every other (tasks/embed/contrastive.h).
//
// pairs    No text may stand twice in a batch, on whatever side: a row's right answer would count as a wrong one for
//          its twin.  The rows in random order; each into the earliest batch that is not full and stands behind every
//          batch that has one of its texts.  So batches fill up as long as the texts allow.
// labels   Rows of a label in random order, two by two (three at the end of an odd count), these groups in random
//          order: every row whose label another row has meets one of them, and rows of other labels.
// scores   Rows in random order.
// A batch of one row has nothing to be told apart from and is left out of its epoch, unless it brings a negative.
// A pure function of rows, size, seed and epoch.
#pragma once

#include <cstdint>
#include <vector>

#include "tasks/embed/text_set.h"
#include "training/batches.h"

namespace yupu::training {

class ContrastBatches {
 public:
  explicit ContrastBatches(const tasks::TextSet& set);
  // REQUIRES: size > 1.
  std::vector<Batch> plan(std::int64_t size, std::uint64_t seed, std::int64_t epoch) const;

 private:
  std::vector<Batch> of_pairs(const Batch& order, std::size_t size) const;
  std::vector<Batch> of_labels(const Batch& order, Rng& rng, std::size_t size) const;

  tasks::TextSetKind kind_;
  std::size_t least_;                              // rows of a batch that is kept
  std::vector<std::vector<std::uint32_t>> texts_;  // pairs: of each row, its texts by number
  std::size_t text_count_ = 0;
  std::vector<std::uint32_t> labels_;  // labels: of each row, by number
  std::size_t label_count_ = 0;
};

}  // namespace yupu::training
