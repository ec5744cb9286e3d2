// safetensors: the file format weights travel in.  Layout (github.com/huggingface/safetensors, README "Format"):
//
//   u64 little endian N | N bytes of UTF-8 JSON, beginning with '{', spaces may follow | byte buffer
//   JSON: name -> {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, offsets from the buffer's begin;
//         "__metadata__": string -> string
//
// Invariants of a file that was opened (each broken one is an error naming the file and the tensor)
//  1. N <= 100 MB and 8 + N <= file size; the JSON is strict: one object, no key twice, no member unknown.
//  2. Every dtype is known; shape and byte size do not overflow; end - begin is exactly what dtype and shape need.
//  3. Sorted by begin, the intervals tile the buffer from 0 to its end: no hole, no overlap, nothing behind.
// NaN and infinity are legal here; whoever loads a model refuses them (huggingface.h).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "engine/tensor.h"

namespace yupu::model {

struct TensorEntry {
  std::string name;
  std::string dtype;                // as written: "F32", "BF16", ...
  std::vector<std::int64_t> shape;  // empty: a scalar
  std::string_view bytes;           // into the file's memory; any alignment
  std::int64_t element_count() const;
};

// "[2, 3]": a shape as the format writes it.
std::string shape_text(std::span<const std::int64_t> shape);

// A parsed file, sorted by name.  The entries point into the map (open) or into the caller's bytes (parse).  The map is
// private: whoever keeps `memory` may write into it (base/file.h says what a map does not survive).
// Threads: any, once opened.
class Safetensors {
 public:
  // Outcomes  kNotFound, kPermissionDenied: the file; kInvalidArgument: an invariant above; kTooLarge: the header.
  static Result<Safetensors> open(const std::string& path);
  // The same over bytes the caller keeps alive; `where` names them in errors.
  static Result<Safetensors> parse(std::string_view bytes, const std::string& where);

  const std::vector<TensorEntry>& tensors() const { return tensors_; }
  const TensorEntry* find(std::string_view name) const;  // nullptr when absent
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const std::string& where() const { return where_; }
  // The map, for those who use it in place; null when there is none that may be written.
  std::shared_ptr<const void> memory() const { return file_ != nullptr && file_->writable() ? file_ : nullptr; }

 private:
  Safetensors() = default;
  std::shared_ptr<const MappedFile> file_;
  std::string where_;
  std::vector<TensorEntry> tensors_;
  std::map<std::string, std::string> metadata_;
};

// kInvalidArgument unless the entry is one of the kinds of floats that copy_to_f32 reads: F32, F16, BF16, F64.
Status check_float_dtype(const TensorEntry& entry, const std::string& where);
// Copies elements [begin, begin + target.size()) of an entry into f32 values.
// REQUIRES: they exist, and check_float_dtype is OK.
void copy_to_f32(const TensorEntry& entry, std::int64_t begin, std::span<float> target);
// Both for a whole entry.
// REQUIRES: target.size() == entry.element_count().
Status copy_to_f32(const TensorEntry& entry, std::span<float> target, const std::string& where);

// How f32 tensors are written.  kF16: half the bytes, rounded to the nearest (ties to even), 11 bits of precision; for
// weights that are shipped.
enum class FloatFormat : std::uint8_t { kF32, kF16 };

// The half-precision bits of `value`: round to nearest even; a value beyond 65504 after rounding becomes infinity.
std::uint16_t float_to_half(float value);

// Writes f32, i32 and i8 tensors: largest alignment first, then by name; the buffer begins at a multiple of 64.  The
// reference library opens nothing without "format" = "pt" in the metadata, which is added when absent.  Written beside
// `path` and renamed over it, so a crash or a full disk leaves the old file.
// Outcomes  kInvalidArgument: a name twice or reserved; under kF16 a value that f16 cannot hold (tensor and element in
// the message); kResourceExhausted: the disk is full.
Status write_safetensors(const std::string& path, std::span<const std::pair<std::string, engine::Tensor>> tensors,
                         std::map<std::string, std::string> metadata = {}, FloatFormat floats = FloatFormat::kF32);

}  // namespace yupu::model
