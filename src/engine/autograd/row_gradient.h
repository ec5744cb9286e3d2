// The gradient of a table of which an op looks up some rows: Parameter::row_grad, so that a step costs what the rows
// cost that it reads, not what the table holds.
// Threads  the parameter's owner.   Errors  out of memory throws EngineError.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/autograd/tape.h"

namespace yupu::engine {

// Rows that are late and read now are written before they are read (RowUpdates).
void bring_up_rows(const Var& table, std::span<const std::int32_t> ids);

// Whether the rows of `node` have a gradient of their own.  A table that is also something else (the output layer of a
// masked language model) has a whole gradient already, and ranks that sum theirs have made room for it.
bool has_row_gradient(const Node* node);

// Room for the gradient of these rows, beside what earlier batches of the update have left there.
struct RowGradient {
  Tensor sums;                       // (rows, columns): what is there so far, else zeros; add to it
  std::vector<std::int32_t> places;  // of each id: its row in `sums`
};
// REQUIRES: has_row_gradient of the parameter's node.
RowGradient open_row_gradient(Tape& tape, Parameter& parameter, std::span<const std::int32_t> ids);

}  // namespace yupu::engine
