#include "engine/autograd/row_gradient.h"

#include <algorithm>
#include <utility>

#include "engine/device/cpu/elementwise.h"

namespace yupu::engine {
namespace {

// The place of each id among `rows` (ascending, all ids in it).
std::vector<std::int32_t> places_in(const std::vector<std::int32_t>& rows, std::span<const std::int32_t> ids) {
  std::vector<std::int32_t> places(ids.size());
  std::transform(ids.begin(), ids.end(), places.begin(), [&](std::int32_t id) {
    return static_cast<std::int32_t>(std::lower_bound(rows.begin(), rows.end(), id) - rows.begin());
  });
  return places;
}

}  // namespace

void bring_up_rows(const Var& table, std::span<const std::int32_t> ids) {
  if (!table.defined() || table.parameter() == nullptr || table.parameter()->late == nullptr) return;
  table.parameter()->late->bring_up(table.tape().team(), ids);
}

bool has_row_gradient(const Node* node) { return node->parameter != nullptr && !node->parameter->grad.defined(); }

RowGradient open_row_gradient(Tape& tape, Parameter& parameter, std::span<const std::int32_t> ids) {
  std::vector<std::int32_t> rows(ids.begin(), ids.end());
  rows.insert(rows.end(), parameter.grad_rows.begin(), parameter.grad_rows.end());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  const std::int64_t columns = parameter.value.size(1);
  RowGradient open{.sums = tape.empty({static_cast<std::int64_t>(rows.size()), columns}),
                   .places = places_in(rows, ids)};
  zero_fill(tape.team(), open.sums.f32(), open.sums.element_count());
  if (parameter.row_grad.defined()) {
    std::int64_t at = 0;
    for (const std::int32_t place : places_in(rows, parameter.grad_rows)) {
      open.sums.rows(place, place + 1).copy_from(parameter.row_grad.rows(at, at + 1));
      ++at;
    }
  }
  parameter.row_grad = open.sums;
  parameter.grad_rows = std::move(rows);
  return open;
}

}  // namespace yupu::engine
