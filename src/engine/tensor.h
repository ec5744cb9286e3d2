// A contiguous row-major array of up to four dimensions over shared storage.
// A Tensor is a handle: copying it shares the data, as a pointer would; `clone` copies.  A default Tensor is empty
// (`defined()` is false).  Storage is 64-byte aligned; views made by `rows` begin where their row begins, those made by
// `over` where their memory does.
// Threads: handles may be copied and dropped on any thread; the data has no lock.
// Errors: wrong shape or dtype is a bug (CHECK); no memory throws EngineError.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>

#include "base/check.h"
#include "engine/pool.h"

namespace yupu::engine {

enum class DType : std::uint8_t { kF32, kI32, kI8, kBF16 };
std::size_t dtype_bytes(DType dtype);
const char* dtype_name(DType dtype);

// One to four sizes, outermost first.  A Shape of no dimensions belongs to the empty Tensor alone.
class Shape {
 public:
  static constexpr int kDimensionsMax = 4;

  Shape() = default;
  Shape(std::initializer_list<std::int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
  explicit Shape(std::span<const std::int64_t> sizes);

  int rank() const { return rank_; }
  // REQUIRES: -rank <= axis < rank; negative axes count from the back.
  std::int64_t operator[](int axis) const;
  std::int64_t element_count() const;
  std::string to_text() const;  // "(2,768)"
  bool operator==(const Shape&) const = default;

 private:
  std::array<std::int64_t, kDimensionsMax> sizes_{};
  int rank_ = 0;
};

class Tensor {
 public:
  Tensor() = default;
  Tensor(const Tensor& other) noexcept;
  Tensor(Tensor&& other) noexcept;
  Tensor& operator=(const Tensor& other) noexcept;
  Tensor& operator=(Tensor&& other) noexcept;
  ~Tensor();

  // From the system, or from `pool` when one is given.  `empty` leaves the data uninitialised.
  static Tensor empty(const Shape& shape, DType dtype = DType::kF32, Pool* pool = nullptr);
  // A view of memory that lasts as long as `keeper`: a weight in a mapped file.  Writing through it is as allowed as
  // writing there.  REQUIRES: `data` is aligned as the dtype asks.
  static Tensor over(const Shape& shape, DType dtype, void* data, std::shared_ptr<const void> keeper);
  static Tensor zeros(const Shape& shape, DType dtype = DType::kF32, Pool* pool = nullptr);
  static Tensor full(const Shape& shape, float value, Pool* pool = nullptr);
  // Copies.  REQUIRES: as many values as the shape has elements.
  static Tensor from(const Shape& shape, std::span<const float> values, Pool* pool = nullptr);
  static Tensor from(const Shape& shape, std::span<const std::int32_t> values, Pool* pool = nullptr);
  static Tensor from(const Shape& shape, std::initializer_list<float> values) {
    return from(shape, std::span<const float>(values.begin(), values.size()));
  }

  bool defined() const { return block_ != nullptr; }
  const Shape& shape() const { return shape_; }
  std::int64_t size(int axis) const { return shape_[axis]; }
  int rank() const { return shape_.rank(); }
  DType dtype() const { return dtype_; }
  std::int64_t element_count() const { return element_count_; }
  std::size_t byte_count() const { return static_cast<std::size_t>(element_count_) * dtype_bytes(dtype_); }

  // Typed access; the dtype must match.  Like a pointer, a const handle still gives writable data.
  float* f32() const;
  std::int32_t* i32() const;
  std::int8_t* i8() const;
  std::uint16_t* bf16() const;
  std::byte* bytes() const { return data_; }
  std::span<float> values() const { return {f32(), static_cast<std::size_t>(element_count_)}; }
  std::span<std::int32_t> ints() const { return {i32(), static_cast<std::size_t>(element_count_)}; }
  float item() const;  // REQUIRES: one f32 element

  // The same data under another shape of as many elements.
  Tensor reshape(const Shape& shape) const;
  // Rows [begin, end) of the outermost axis, sharing the data.
  Tensor rows(std::int64_t begin, std::int64_t end) const;
  Tensor clone(Pool* pool = nullptr) const;
  void copy_from(const Tensor& other) const;  // REQUIRES: same shape and dtype
  void fill(float value) const;
  void zero() const;

 private:
  void* typed(DType wanted) const;
  void swap(Tensor& other) noexcept;

  Block* block_ = nullptr;
  std::byte* data_ = nullptr;
  std::int64_t element_count_ = 0;
  Shape shape_;
  DType dtype_ = DType::kF32;
};

}  // namespace yupu::engine
