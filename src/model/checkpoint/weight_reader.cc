#include "model/checkpoint/weight_reader.h"

#include <algorithm>
#include <cstring>
#include <thread>

#include <fmt/format.h>

#include "engine/device/cpu/elementwise.h"
#include "engine/device/cpu/thread_team.h"

namespace yupu::model {
namespace {

constexpr std::int64_t kPieceElements = 1 << 18;
// Memory gives no more to more threads, and below a few megabytes a thread costs more than it brings.
constexpr unsigned kThreadsMax = 8;
constexpr std::size_t kBytesPerThread = std::size_t{4} << 20;

std::vector<std::int64_t> shape_of(const engine::Tensor& tensor) {
  std::vector<std::int64_t> shape;
  for (int axis = 0; axis < tensor.rank(); ++axis) shape.push_back(tensor.size(axis));
  return shape;
}

bool is_aligned(const char* data, std::size_t unit) { return reinterpret_cast<std::uintptr_t>(data) % unit == 0; }

}  // namespace

// A view takes the place of a whole parameter of the same dtype; a part of one (query, key and value are one here) and
// the scales are copied.
bool WeightReader::use_in_place(const TensorEntry& entry, const TensorBinding& binding) const {
  const engine::Tensor& value = binding.parameter->value;
  return placement_ == Placement::kMapped && file_.memory() != nullptr && binding.tensor.bytes() == value.bytes() &&
         binding.tensor.shape() == value.shape() &&
         entry.dtype == (value.dtype() == engine::DType::kI8 ? "I8" : "F32") &&
         is_aligned(entry.bytes.data(), engine::dtype_bytes(value.dtype()));
}

Status WeightReader::add(const TensorEntry& entry, const TensorBinding& binding) {
  const std::vector<std::int64_t> wanted = shape_of(binding.tensor);
  if (entry.shape != wanted) {
    return invalid_argument(fmt::format("{}: tensor \"{}\" has shape {}, config.json asks for {}", file_.where(),
                                        entry.name, shape_text(entry.shape), shape_text(wanted)));
  }
  const engine::DType dtype = binding.tensor.dtype();
  const bool int8 = dtype == engine::DType::kI8;
  if (int8 && entry.dtype != "I8") {
    return invalid_argument(fmt::format("{}: tensor \"{}\" has dtype {}; config.json says int8 weights, which are I8",
                                        file_.where(), entry.name, entry.dtype));
  }
  if (!int8) YUPU_RETURN_IF_ERROR(check_float_dtype(entry, file_.where()));
  std::byte* target = binding.tensor.bytes();
  if (use_in_place(entry, binding)) {
    // The map is private: its pages may be written.
    binding.parameter->value =
        engine::Tensor::over(binding.tensor.shape(), dtype, const_cast<char*>(entry.bytes.data()), file_.memory());
    target = nullptr;
  }
  const std::int64_t count = entry.element_count();
  const auto width = static_cast<std::int64_t>(engine::dtype_bytes(dtype));
  for (std::int64_t begin = 0; begin < count; begin += kPieceElements) {
    pieces_.push_back({.entry = &entry,
                       .begin = begin,
                       .count = std::min(kPieceElements, count - begin),
                       .target = target != nullptr ? target + begin * width : nullptr,
                       .int8 = int8});
  }
  bytes_ += entry.bytes.size();
  binding.parameter->value_changed();
  return ok_status();
}

std::int64_t WeightReader::read(const Piece& piece) const {
  const auto count = static_cast<std::size_t>(piece.count);
  const char* const source = piece.entry->bytes.data();
  if (piece.int8) {
    const auto* values = reinterpret_cast<const std::int8_t*>(source) + piece.begin;
    if (piece.target != nullptr) {
      std::memcpy(piece.target, values, count);
      values = reinterpret_cast<const std::int8_t*>(piece.target);
    }
    const auto* const bad = static_cast<const std::int8_t*>(std::memchr(values, 0x80, count));
    return bad == nullptr ? -1 : piece.begin + (bad - values);
  }
  const float* values = nullptr;
  if (piece.target != nullptr) {
    auto* const target = reinterpret_cast<float*>(piece.target);
    copy_to_f32(*piece.entry, piece.begin, {target, count});
    values = target;
  } else {
    values = reinterpret_cast<const float*>(source) + piece.begin;
  }
  const std::int64_t bad = engine::first_not_finite(values, piece.count);
  return bad < 0 ? -1 : piece.begin + bad;
}

Status WeightReader::run() {
  const auto parts = static_cast<unsigned>(std::min<std::size_t>(kThreadsMax, 1 + bytes_ / kBytesPerThread));
  engine::ThreadTeam team(static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, parts)));
  std::vector<std::int64_t> bad(pieces_.size(), -1);
  team.parallel_for(static_cast<std::int64_t>(pieces_.size()), 1, [&](std::int64_t begin, std::int64_t end, int) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) bad[i] = read(pieces_[i]);
  });
  const auto first = std::find_if(bad.begin(), bad.end(), [](std::int64_t index) { return index >= 0; });
  if (first == bad.end()) return ok_status();
  const Piece& piece = pieces_[static_cast<std::size_t>(first - bad.begin())];
  if (piece.int8) {
    return invalid_argument(fmt::format("{}: tensor \"{}\" holds -128 at element {}, outside -127 to 127",
                                        file_.where(), piece.entry->name, *first));
  }
  float value = 0;
  copy_to_f32(*piece.entry, *first, {&value, 1});
  return invalid_argument(fmt::format("{}: tensor \"{}\" holds {} at element {}: the weights are damaged",
                                      file_.where(), piece.entry->name, value, *first));
}

}  // namespace yupu::model
