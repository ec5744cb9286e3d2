// The part of [train] that says what trains: the whole model, or an adapter of a base that stays as it is.
// Only for .cc files of this room.
#pragma once

#include "strategy/strategy.h"
#include "strategy/toml_reader.h"

namespace yupu::strategy {

// Reads `method` and its options; the reader keeps the error: an option of another method, no base for an adapter.
void read_train_method(TomlReader& reader, TrainPlan& train);

}  // namespace yupu::strategy
