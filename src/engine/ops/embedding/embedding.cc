#include "engine/ops/embedding/embedding.h"

#include <span>
#include <utility>

#include "engine/autograd/row_gradient.h"
#include "engine/device/cpu/elementwise.h"
#include "engine/ops/op.h"
#include "engine/profile.h"

namespace yupu::engine {
namespace {

constexpr std::int64_t kGrainRows = 16;
constexpr std::int64_t kGrainColumns = 64;

void check_table(const Var& table, std::int64_t columns, const std::vector<std::int32_t>& ids, const char* what) {
  if (!table.defined()) return;
  if (table.value().dtype() == DType::kI8) {
    CHECK(table.value().rank() == 2 && table.parameter() != nullptr && table.parameter()->scale.defined(),
          fmt::format("{} of i8 values is a Parameter with a scale per row", what));
  } else {
    check_matrix(table.value(), what);
  }
  CHECK(table.size(1) == columns,
        fmt::format("{} has shape {}, not {} columns", what, table.shape().to_text(), columns));
  const std::int64_t rows = table.size(0);
  for (const std::int32_t id : ids) CHECK(id >= 0 && id < rows, fmt::format("id {} in {} of {} rows", id, what, rows));
}

// Every thread owns some columns and adds the rows of d_y to the rows `ids` of `table` in token order.
void add_rows(ThreadTeam& team, const Tensor& d_y, std::span<const std::int32_t> ids, float* table) {
  const std::int64_t columns = d_y.size(1);
  const float* const rows = d_y.f32();
  team.parallel_for(columns, kGrainColumns, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::size_t n = 0; n < ids.size(); ++n) {
      float* to = table + ids[n] * columns;
      const float* from = rows + static_cast<std::int64_t>(n) * columns;
      for (std::int64_t c = begin; c < end; ++c) to[c] += from[c];
    }
  });
}

void scatter_add(Tape& tape, Node* node, const std::vector<std::int32_t>& ids, const Tensor& d_y) {
  if (node == nullptr) return;
  if (has_row_gradient(node)) {
    const RowGradient open = open_row_gradient(tape, *node->parameter, ids);
    add_rows(tape.team(), d_y, open.places, open.sums.f32());
    return;
  }
  const GradSlot slot = tape.grad_slot(node);
  if (slot.fresh) zero_fill(tape.team(), slot.tensor.f32(), slot.tensor.element_count());
  add_rows(tape.team(), d_y, ids, slot.tensor.f32());
}

// One row of the word table, as floats.
void copy_word(const Var& word, std::int32_t id, std::int64_t columns, float* row) {
  if (word.value().dtype() == DType::kF32) {
    const float* from = word.value().f32() + id * columns;
    for (std::int64_t c = 0; c < columns; ++c) row[c] = from[c];
    return;
  }
  const std::int8_t* from = word.value().i8() + id * columns;
  const float scale = word.parameter()->scale.f32()[id];
  for (std::int64_t c = 0; c < columns; ++c) row[c] = scale * static_cast<float>(from[c]);
}

}  // namespace

Var embedding(const Var& word, const Var& position, const Var& token_type, const PackedBatch& batch) {
  Tape& tape = tape_of(word, position, token_type);
  const ProfileScope scope(tape.context(), "embedding forward");
  const std::int64_t columns = word.size(1);
  const std::int64_t tokens = batch.token_count();
  CHECK(batch.positions.size() == batch.tokens.size() && batch.token_types.size() == batch.tokens.size(),
        "positions and token types must be as many as tokens");
  check_table(word, columns, batch.tokens, "the word table");
  check_table(position, columns, batch.positions, "the position table");
  check_table(token_type, columns, batch.token_types, "the token type table");
  bring_up_rows(word, batch.tokens);
  bring_up_rows(position, batch.positions);
  bring_up_rows(token_type, batch.token_types);

  Tensor y = tape.empty({tokens, columns});
  const float* const places = position.defined() ? position.value().f32() : nullptr;
  const float* const types = token_type.defined() ? token_type.value().f32() : nullptr;
  float* const out = y.f32();
  tape.team().parallel_for(tokens, kGrainRows, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t n = begin; n < end; ++n) {
      const auto i = static_cast<std::size_t>(n);
      float* row = out + n * columns;
      copy_word(word, batch.tokens[i], columns, row);
      if (places != nullptr) {
        const float* from = places + batch.positions[i] * columns;
        for (std::int64_t c = 0; c < columns; ++c) row[c] += from[c];
      }
      if (types != nullptr) {
        const float* from = types + batch.token_types[i] * columns;
        for (std::int64_t c = 0; c < columns; ++c) row[c] += from[c];
      }
    }
  });

  Var result =
      tape.result(std::move(y), word.requires_grad() || position.requires_grad() || token_type.requires_grad());
  if (result.requires_grad()) {
    tape.record(result, [&tape, &batch, word_node = word.node(), position_node = position.node(),
                         type_node = token_type.node()](const Tensor& d_y) {
      const ProfileScope backward_scope(tape.context(), "embedding backward");
      scatter_add(tape, word_node, batch.tokens, d_y);
      scatter_add(tape, position_node, batch.positions, d_y);
      scatter_add(tape, type_node, batch.token_types, d_y);
    });
  }
  return result;
}

}  // namespace yupu::engine
