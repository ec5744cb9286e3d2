#include "engine/tensor.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace yupu::engine {

std::size_t dtype_bytes(DType dtype) {
  switch (dtype) {
    case DType::kF32:
    case DType::kI32:
      return 4;
    case DType::kBF16:
      return 2;
    case DType::kI8:
      return 1;
  }
  CHECK(false, "unknown dtype");
}

const char* dtype_name(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return "f32";
    case DType::kI32:
      return "i32";
    case DType::kI8:
      return "i8";
    case DType::kBF16:
      return "bf16";
  }
  CHECK(false, "unknown dtype");
}

Shape::Shape(std::span<const std::int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
  CHECK(!sizes.empty() && sizes.size() <= kDimensionsMax,
        fmt::format("a shape has 1 to 4 sizes, not {}", sizes.size()));
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    CHECK(sizes[i] >= 0, fmt::format("size {} of a shape is {}", i, sizes[i]));
    sizes_[i] = sizes[i];
  }
}

std::int64_t Shape::operator[](int axis) const {
  const int index = axis < 0 ? axis + rank_ : axis;
  CHECK(index >= 0 && index < rank_, fmt::format("axis {} of shape {}", axis, to_text()));
  return sizes_[static_cast<std::size_t>(index)];
}

std::int64_t Shape::element_count() const {
  std::int64_t count = 1;
  for (int i = 0; i < rank_; ++i) count *= sizes_[static_cast<std::size_t>(i)];
  return count;
}

std::string Shape::to_text() const {
  std::string text = "(";
  for (int i = 0; i < rank_; ++i) text += fmt::format("{}{}", i == 0 ? "" : ",", sizes_[static_cast<std::size_t>(i)]);
  return text + ")";
}

Tensor::Tensor(const Tensor& other) noexcept
    : block_(other.block_),
      data_(other.data_),
      element_count_(other.element_count_),
      shape_(other.shape_),
      dtype_(other.dtype_) {
  if (block_ != nullptr) retain(block_);
}

Tensor::Tensor(Tensor&& other) noexcept
    : block_(std::exchange(other.block_, nullptr)),
      data_(std::exchange(other.data_, nullptr)),
      element_count_(std::exchange(other.element_count_, 0)),
      shape_(std::exchange(other.shape_, Shape())),
      dtype_(other.dtype_) {}

Tensor& Tensor::operator=(const Tensor& other) noexcept {
  Tensor copy(other);
  swap(copy);
  return *this;
}

Tensor& Tensor::operator=(Tensor&& other) noexcept {
  Tensor moved(std::move(other));
  swap(moved);
  return *this;
}

void Tensor::swap(Tensor& other) noexcept {
  std::swap(block_, other.block_);
  std::swap(data_, other.data_);
  std::swap(element_count_, other.element_count_);
  std::swap(shape_, other.shape_);
  std::swap(dtype_, other.dtype_);
}

Tensor::~Tensor() {
  if (block_ != nullptr) release(block_);
}

Tensor Tensor::empty(const Shape& shape, DType dtype, Pool* pool) {
  CHECK(shape.rank() > 0, "a tensor needs a shape");
  Tensor tensor;
  tensor.shape_ = shape;
  tensor.dtype_ = dtype;
  tensor.element_count_ = shape.element_count();
  const std::size_t bytes = tensor.byte_count();
  tensor.block_ = pool != nullptr ? pool->take(bytes) : take_from_system(bytes);
  tensor.data_ = data_of(tensor.block_);
  return tensor;
}

Tensor Tensor::over(const Shape& shape, DType dtype, void* data, std::shared_ptr<const void> keeper) {
  CHECK(shape.rank() > 0, "a tensor needs a shape");
  CHECK(reinterpret_cast<std::uintptr_t>(data) % dtype_bytes(dtype) == 0, "a view of memory of another alignment");
  Tensor tensor;
  tensor.shape_ = shape;
  tensor.dtype_ = dtype;
  tensor.element_count_ = shape.element_count();
  tensor.block_ = keep_foreign(std::move(keeper));
  tensor.data_ = static_cast<std::byte*>(data);
  return tensor;
}

Tensor Tensor::zeros(const Shape& shape, DType dtype, Pool* pool) {
  Tensor tensor = empty(shape, dtype, pool);
  tensor.zero();
  return tensor;
}

Tensor Tensor::full(const Shape& shape, float value, Pool* pool) {
  Tensor tensor = empty(shape, DType::kF32, pool);
  tensor.fill(value);
  return tensor;
}

Tensor Tensor::from(const Shape& shape, std::span<const float> values, Pool* pool) {
  Tensor tensor = empty(shape, DType::kF32, pool);
  CHECK(static_cast<std::int64_t>(values.size()) == tensor.element_count_,
        fmt::format("{} values for shape {}", values.size(), shape.to_text()));
  std::copy(values.begin(), values.end(), tensor.f32());
  return tensor;
}

Tensor Tensor::from(const Shape& shape, std::span<const std::int32_t> values, Pool* pool) {
  Tensor tensor = empty(shape, DType::kI32, pool);
  CHECK(static_cast<std::int64_t>(values.size()) == tensor.element_count_,
        fmt::format("{} values for shape {}", values.size(), shape.to_text()));
  std::copy(values.begin(), values.end(), tensor.i32());
  return tensor;
}

void* Tensor::typed(DType wanted) const {
  CHECK(defined(), "data of an empty tensor");
  CHECK(dtype_ == wanted,
        fmt::format("tensor {} is {}, not {}", shape_.to_text(), dtype_name(dtype_), dtype_name(wanted)));
  return data_;
}

float* Tensor::f32() const { return static_cast<float*>(typed(DType::kF32)); }
std::int32_t* Tensor::i32() const { return static_cast<std::int32_t*>(typed(DType::kI32)); }
std::int8_t* Tensor::i8() const { return static_cast<std::int8_t*>(typed(DType::kI8)); }
std::uint16_t* Tensor::bf16() const { return static_cast<std::uint16_t*>(typed(DType::kBF16)); }

float Tensor::item() const {
  CHECK(element_count_ == 1, "item() of a tensor of shape " + shape_.to_text());
  return *f32();
}

Tensor Tensor::reshape(const Shape& shape) const {
  CHECK(shape.element_count() == element_count_, fmt::format("reshape of {} to {}", shape_.to_text(), shape.to_text()));
  Tensor tensor(*this);
  tensor.shape_ = shape;
  return tensor;
}

Tensor Tensor::rows(std::int64_t begin, std::int64_t end) const {
  CHECK(begin >= 0 && begin <= end && end <= shape_[0],
        fmt::format("rows [{}, {}) of shape {}", begin, end, shape_.to_text()));
  std::array<std::int64_t, Shape::kDimensionsMax> sizes{};
  for (int i = 0; i < rank(); ++i) sizes[static_cast<std::size_t>(i)] = shape_[i];
  const std::int64_t row_elements = shape_[0] == 0 ? 0 : element_count_ / shape_[0];
  sizes[0] = end - begin;
  Tensor tensor(*this);
  tensor.shape_ = Shape(std::span<const std::int64_t>(sizes.data(), static_cast<std::size_t>(rank())));
  tensor.element_count_ = tensor.shape_.element_count();
  tensor.data_ = data_ + static_cast<std::size_t>(begin * row_elements) * dtype_bytes(dtype_);
  return tensor;
}

Tensor Tensor::clone(Pool* pool) const {
  if (!defined()) return {};
  Tensor tensor = empty(shape_, dtype_, pool);
  std::memcpy(tensor.data_, data_, byte_count());
  return tensor;
}

void Tensor::copy_from(const Tensor& other) const {
  CHECK(defined() && other.defined() && shape_ == other.shape_ && dtype_ == other.dtype_,
        fmt::format("copy of {} {} into {} {}", dtype_name(other.dtype_), other.shape_.to_text(), dtype_name(dtype_),
                    shape_.to_text()));
  std::memcpy(data_, other.data_, byte_count());
}

void Tensor::fill(float value) const {
  float* data = f32();
  std::fill(data, data + element_count_, value);
}

void Tensor::zero() const {
  CHECK(defined(), "zero() of an empty tensor");
  std::memset(data_, 0, byte_count());
}

}  // namespace yupu::engine
