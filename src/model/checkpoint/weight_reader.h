// Puts the tensors of a file where a model keeps them, and checks on the way that every value is a number.
// All checks that need no data (shape, dtype) are made when a tensor is added; the data is read once, by several
// threads, in `run`.  Internal to model/checkpoint.
// Threads  one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/checkpoint/huggingface.h"
#include "model/checkpoint/safetensors.h"
#include "model/encoder/encoder.h"

namespace yupu::model {

class WeightReader {
 public:
  // `file` outlives the reader.
  WeightReader(const Safetensors& file, Placement placement) : file_(file), placement_(placement) {}

  // Outcomes  kInvalidArgument: another shape (both in the message) or dtype.
  Status add(const TensorEntry& entry, const TensorBinding& binding);
  // Outcomes  kInvalidArgument: a value that is not finite, or -128 in an int8 tensor; the first in the order of
  // adding.
  Status run();

 private:
  // Elements [begin, begin + count) of an entry; `target` is null where they stay in the file's memory.
  struct Piece {
    const TensorEntry* entry;
    std::int64_t begin, count;
    std::byte* target;
    bool int8;
  };
  bool use_in_place(const TensorEntry& entry, const TensorBinding& binding) const;
  // The index of the first bad element of the entry, -1 when there is none.
  std::int64_t read(const Piece& piece) const;

  const Safetensors& file_;
  const Placement placement_;
  std::vector<Piece> pieces_;
  std::size_t bytes_ = 0;
};

}  // namespace yupu::model
