// Which adapter reads which sequences of a batch.
#pragma once

#include <cstdint>
#include <span>

namespace yupu::model {

class Adapter;

// Sequences [sequence_begin, sequence_end) of a batch go through `adapter`; null: the base alone.
struct AdapterSegment {
  const Adapter* adapter = nullptr;
  std::int64_t sequence_begin = 0;
  std::int64_t sequence_end = 0;
};

// In ascending order, without overlap; sequences in no segment read the base alone.  In training at most one segment,
// over the whole batch.
using AdapterSegments = std::span<const AdapterSegment>;

}  // namespace yupu::model
