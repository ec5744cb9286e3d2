#include "model/checkpoint/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"

namespace yupu::model {
namespace {

constexpr std::uint64_t kHeaderBytesMax = 100'000'000;
constexpr std::size_t kBufferAlignment = 64;

struct DTypeRow {
  std::string_view name;
  std::uint64_t bits;
};
constexpr std::array kDTypes = {
    DTypeRow{"BOOL", 8},    DTypeRow{"U8", 8},   DTypeRow{"I8", 8},   DTypeRow{"F8_E5M2", 8}, DTypeRow{"F8_E4M3", 8},
    DTypeRow{"F8_E8M0", 8}, DTypeRow{"I16", 16}, DTypeRow{"U16", 16}, DTypeRow{"F16", 16},    DTypeRow{"BF16", 16},
    DTypeRow{"I32", 32},    DTypeRow{"U32", 32}, DTypeRow{"F32", 32}, DTypeRow{"F64", 64},    DTypeRow{"I64", 64},
    DTypeRow{"U64", 64},    DTypeRow{"C64", 64}, DTypeRow{"F4", 4},   DTypeRow{"F6_E2M3", 6}, DTypeRow{"F6_E3M2", 6},
};

std::optional<std::uint64_t> dtype_bits(std::string_view name) {
  for (const DTypeRow& row : kDTypes) {
    if (row.name == name) return row.bits;
  }
  return std::nullopt;
}

// a * b, or nothing when it does not fit 63 bits (so that it is an int64 too).
std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product) || product > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return product;
}

Result<std::uint64_t> unsigned_number(const Json& value, std::string_view what) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
    return invalid_argument(fmt::format("{} must be a whole number from 0 on", what));
  }
  return value.get<std::uint64_t>();
}

struct Interval {
  std::uint64_t begin;
  std::uint64_t end;
  const std::string* name;
};

Result<std::uint64_t> bytes_needed(const TensorEntry& entry) {
  const auto bits = dtype_bits(entry.dtype);
  if (!bits) return invalid_argument(fmt::format("unknown dtype \"{}\"", entry.dtype));
  std::optional<std::uint64_t> total = *bits;
  for (const std::int64_t size : entry.shape) {
    if (total) total = multiply(*total, static_cast<std::uint64_t>(size));
  }
  if (!total) return invalid_argument(fmt::format("shape {} is too large", shape_text(entry.shape)));
  if (*total % 8 != 0)
    return invalid_argument(fmt::format("shape {} of {} is not whole bytes", shape_text(entry.shape), entry.dtype));
  return *total / 8;
}

// One member of the header, checked against the buffer.
Result<Interval> parse_entry(const Json& value, std::string_view buffer, TensorEntry& entry) {
  if (!value.is_object()) return invalid_argument("must be a JSON object");
  YUPU_RETURN_IF_ERROR(json_known_keys(value, {"dtype", "shape", "data_offsets"}, "entry"));
  YUPU_ASSIGN_OR_RETURN(entry.dtype, json_string(value, "dtype", "entry"));
  const auto shape = value.find("shape");
  if (shape == value.end() || !shape->is_array()) return invalid_argument("'shape' must be a list of sizes");
  for (const Json& size : *shape) {
    YUPU_ASSIGN_OR_RETURN(const std::uint64_t number, unsigned_number(size, "each size of 'shape'"));
    entry.shape.push_back(static_cast<std::int64_t>(number));
  }
  const auto offsets = value.find("data_offsets");
  if (offsets == value.end() || !offsets->is_array() || offsets->size() != 2) {
    return invalid_argument("'data_offsets' must be [begin, end]");
  }
  YUPU_ASSIGN_OR_RETURN(const std::uint64_t begin, unsigned_number((*offsets)[0], "'data_offsets'"));
  YUPU_ASSIGN_OR_RETURN(const std::uint64_t end, unsigned_number((*offsets)[1], "'data_offsets'"));
  if (begin > end || end > buffer.size()) {
    return invalid_argument(
        fmt::format("data_offsets [{}, {}] lie outside the buffer of {} bytes (is the file cut short?)", begin, end,
                    buffer.size()));
  }
  YUPU_ASSIGN_OR_RETURN(const std::uint64_t needed, bytes_needed(entry));
  if (end - begin != needed) {
    return invalid_argument(fmt::format("{} {} needs {} bytes, data_offsets give {}", entry.dtype,
                                        shape_text(entry.shape), needed, end - begin));
  }
  entry.bytes = buffer.substr(begin, end - begin);
  return Interval{begin, end, nullptr};
}

Status check_tiling(std::vector<Interval>& intervals, std::uint64_t buffer_bytes) {
  std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::uint64_t reached = 0;
  for (const Interval& interval : intervals) {
    if (interval.begin < reached) {
      return invalid_argument(
          fmt::format("tensor \"{}\" overlaps the one before it (begins at byte {}, that one ends at {})",
                      *interval.name, interval.begin, reached));
    }
    if (interval.begin > reached) {
      return invalid_argument(fmt::format("bytes {} to {} of the buffer, before tensor \"{}\", belong to no tensor",
                                          reached, interval.begin, *interval.name));
    }
    reached = interval.end;
  }
  if (reached != buffer_bytes) {
    return invalid_argument(fmt::format("{} bytes after the last tensor belong to none", buffer_bytes - reached));
  }
  return ok_status();
}

Status parse_metadata(const Json& value, std::map<std::string, std::string>& metadata) {
  if (!value.is_object()) return invalid_argument("\"__metadata__\" must be a JSON object");
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string())
      return invalid_argument(fmt::format("\"__metadata__\": value of \"{}\" must be a string", key));
    metadata[key] = text.get<std::string>();
  }
  return ok_status();
}

constexpr std::uint16_t kHalfInfinity = 0x7C00;

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1Fu;
  const std::uint32_t mantissa = half & 0x3FFu;
  if (exponent == 0) {  // zero and subnormals: mantissa * 2^-24
    const float value = static_cast<float>(mantissa) * 0x1.0p-24f;
    return sign != 0 ? -value : value;
  }
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000u | (mantissa << 13));
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

template <class T, class Convert>
void convert_all(std::string_view bytes, std::span<float> target, Convert convert) {
  for (std::size_t i = 0; i < target.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    target[i] = convert(value);
  }
}

}  // namespace

std::uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  constexpr std::uint32_t kInfinity = 0x7F800000u;
  constexpr std::uint32_t kTooLarge = 0x477FF000u;  // 65520, halfway to the power of two behind the last half
  constexpr std::uint32_t kNormal = 0x38800000u;    // 2^-14
  if (magnitude > kInfinity) return sign | kHalfInfinity | 0x200u;
  if (magnitude >= kTooLarge) return sign | kHalfInfinity;
  if (magnitude < kNormal) {  // a multiple of 2^-24; adding 0.5 lets the addition round at that place
    const float rounded = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<std::uint16_t>(sign |
                                      (std::bit_cast<std::uint32_t>(rounded) - std::bit_cast<std::uint32_t>(0.5f)));
  }
  const std::uint32_t odd = magnitude >> 13 & 1u;
  return static_cast<std::uint16_t>(sign | ((magnitude + 0xFFFu + odd - 0x38000000u) >> 13));
}

std::int64_t TensorEntry::element_count() const {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  return count;
}

std::string shape_text(std::span<const std::int64_t> shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

Result<Safetensors> Safetensors::open(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(MappedFile mapped, MappedFile::open(path, MappedFile::Access::kPrivate));
  auto file = std::make_shared<const MappedFile>(std::move(mapped));
  YUPU_ASSIGN_OR_RETURN(Safetensors parsed, parse(file->bytes(), path));
  parsed.file_ = std::move(file);
  return parsed;
}

Result<Safetensors> Safetensors::parse(std::string_view bytes, const std::string& where) {
  if (bytes.size() < 8)
    return invalid_argument(fmt::format("{}: {} bytes are too few for a safetensors file", where, bytes.size()));
  std::uint64_t header_bytes = 0;
  for (int i = 7; i >= 0; --i)
    header_bytes = header_bytes << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  if (header_bytes > kHeaderBytesMax) {
    return Status(Code::kTooLarge,
                  fmt::format("{}: a header of {} bytes, at most {} are taken (is this a safetensors file?)", where,
                              header_bytes, kHeaderBytesMax));
  }
  if (header_bytes > bytes.size() - 8) {
    return invalid_argument(
        fmt::format("{}: the header has {} bytes, the file only {} after its size (is it cut short?)", where,
                    header_bytes, bytes.size() - 8));
  }
  const std::string_view header = bytes.substr(8, header_bytes);
  const std::string_view buffer = bytes.substr(8 + header_bytes);
  if (!header.starts_with('{')) return invalid_argument(where + ": the header does not begin with '{'");
  auto json = parse_json(header, {.bytes_max = kHeaderBytesMax, .depth_max = 8});
  if (!json.ok()) return json.status().with_context(where + ": header");

  Safetensors parsed;
  parsed.where_ = where;
  parsed.tensors_.reserve(json->size());
  std::vector<Interval> intervals;
  for (const auto& [name, value] : json->items()) {
    if (name == "__metadata__") {
      const Status status = parse_metadata(value, parsed.metadata_);
      if (!status.ok()) return status.with_context(where);
      continue;
    }
    TensorEntry entry{.name = name, .dtype = {}, .shape = {}, .bytes = {}};
    auto interval = parse_entry(value, buffer, entry);
    if (!interval.ok()) return interval.status().with_context(fmt::format("{}: tensor \"{}\"", where, name));
    parsed.tensors_.push_back(std::move(entry));
    interval->name = &parsed.tensors_.back().name;  // reserved above: does not move
    intervals.push_back(*interval);
  }
  const Status tiling = check_tiling(intervals, buffer.size());
  if (!tiling.ok()) return tiling.with_context(where);
  return parsed;  // Json keeps its keys sorted, so the tensors are
}

const TensorEntry* Safetensors::find(std::string_view name) const {
  const auto it =
      std::lower_bound(tensors_.begin(), tensors_.end(), name,
                       [](const TensorEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return it != tensors_.end() && it->name == name ? &*it : nullptr;
}

Status check_float_dtype(const TensorEntry& entry, const std::string& where) {
  for (const std::string_view known : {"F32", "F16", "BF16", "F64"}) {
    if (entry.dtype == known) return ok_status();
  }
  return invalid_argument(fmt::format("{}: tensor \"{}\" has dtype {}; weights must be F32, F16, BF16 or F64", where,
                                      entry.name, entry.dtype));
}

void copy_to_f32(const TensorEntry& entry, std::int64_t begin, std::span<float> target) {
  CHECK(begin >= 0 && begin + static_cast<std::int64_t>(target.size()) <= entry.element_count(), "beyond the tensor");
  const auto first = static_cast<std::size_t>(begin);
  if (entry.dtype == "F32") {
    if (!target.empty()) std::memcpy(target.data(), entry.bytes.data() + first * sizeof(float), target.size_bytes());
  } else if (entry.dtype == "F16") {
    convert_all<std::uint16_t>(entry.bytes.substr(first * sizeof(std::uint16_t)), target, half_to_float);
  } else if (entry.dtype == "BF16") {
    convert_all<std::uint16_t>(entry.bytes.substr(first * sizeof(std::uint16_t)), target, [](std::uint16_t v) {
      return std::bit_cast<float>(static_cast<std::uint32_t>(v) << 16);
    });
  } else {
    CHECK(entry.dtype == "F64", "a dtype nobody has checked");
    convert_all<double>(entry.bytes.substr(first * sizeof(double)), target,
                        [](double v) { return static_cast<float>(v); });
  }
}

Status copy_to_f32(const TensorEntry& entry, std::span<float> target, const std::string& where) {
  CHECK(static_cast<std::int64_t>(target.size()) == entry.element_count(), "target of another size");
  YUPU_RETURN_IF_ERROR(check_float_dtype(entry, where));
  copy_to_f32(entry, 0, target);
  return ok_status();
}

namespace {

using NamedTensor = std::pair<std::string, engine::Tensor>;

struct WrittenType {
  const char* name;
  std::uint64_t bytes;
};

WrittenType written_type(engine::DType dtype, FloatFormat floats) {
  if (dtype == engine::DType::kI8) return {"I8", 1};
  if (dtype == engine::DType::kI32) return {"I32", 4};
  return floats == FloatFormat::kF16 ? WrittenType{"F16", 2} : WrittenType{"F32", 4};
}

// The header with its size in front, padded so that what follows is aligned.
Result<std::string> make_header(const std::vector<const NamedTensor*>& order,
                                const std::map<std::string, std::string>& metadata, FloatFormat floats) {
  OrderedJson header = OrderedJson::object();
  header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const NamedTensor* tensor : order) {
    const auto& [name, value] = *tensor;
    if (name == "__metadata__" || header.contains(name)) {
      return invalid_argument(fmt::format("tensor name \"{}\" is reserved or used twice", name));
    }
    std::vector<std::int64_t> shape;
    for (int axis = 0; axis < value.rank(); ++axis) shape.push_back(value.size(axis));
    const WrittenType type = written_type(value.dtype(), floats);
    const std::uint64_t end = offset + static_cast<std::uint64_t>(value.element_count()) * type.bytes;
    header[name] = {{"dtype", type.name}, {"shape", shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  text.append((kBufferAlignment - (8 + text.size()) % kBufferAlignment) % kBufferAlignment, ' ');
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(text.size() >> (8 * i) & 0xFF);
  return bytes + text;
}

Result<std::string> half_bytes(const NamedTensor& tensor) {
  const std::span<const float> values = tensor.second.values();
  std::string bytes(values.size() * sizeof(std::uint16_t), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t half = float_to_half(values[i]);
    if ((half & kHalfInfinity) == kHalfInfinity) {
      return invalid_argument(
          fmt::format("tensor \"{}\" holds {} at element {}, which F16 cannot (65504 at most); "
                      "write F32",
                      tensor.first, values[i], i));
    }
    std::memcpy(bytes.data() + i * sizeof(half), &half, sizeof(half));
  }
  return bytes;
}

Status write_parts(const std::string& path, std::string_view header, const std::vector<const NamedTensor*>& order,
                   FloatFormat floats) {
  YUPU_ASSIGN_OR_RETURN(FileWriter writer, FileWriter::create(path));
  YUPU_RETURN_IF_ERROR(writer.write(header));
  constexpr std::size_t kPieceBytes = 1 << 20;
  for (const NamedTensor* tensor : order) {
    if (floats == FloatFormat::kF16 && tensor->second.dtype() == engine::DType::kF32) {
      YUPU_ASSIGN_OR_RETURN(const std::string halves, half_bytes(*tensor));
      YUPU_RETURN_IF_ERROR(writer.write(halves));
      continue;
    }
    const std::string_view bytes(reinterpret_cast<const char*>(tensor->second.bytes()), tensor->second.byte_count());
    for (std::size_t at = 0; at < bytes.size(); at += kPieceBytes)
      YUPU_RETURN_IF_ERROR(writer.write(bytes.substr(at, kPieceBytes)));
  }
  return writer.close();
}

}  // namespace

Status write_safetensors(const std::string& path, std::span<const NamedTensor> tensors,
                         std::map<std::string, std::string> metadata, FloatFormat floats) {
  metadata.try_emplace("format", "pt");
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& tensor : tensors) {
    const engine::DType dtype = tensor.second.dtype();
    CHECK(dtype != engine::DType::kBF16, "only f32, i32 and i8 are written");
    order.push_back(&tensor);
  }
  std::sort(order.begin(), order.end(), [floats](const NamedTensor* a, const NamedTensor* b) {
    const std::uint64_t a_bytes = written_type(a->second.dtype(), floats).bytes;
    const std::uint64_t b_bytes = written_type(b->second.dtype(), floats).bytes;
    return a_bytes != b_bytes ? a_bytes > b_bytes : a->first < b->first;
  });
  YUPU_ASSIGN_OR_RETURN(const std::string header, make_header(order, metadata, floats));

  const std::string staged = path + ".part";
  Status status = write_parts(staged, header, order, floats);
  if (status.ok()) status = replace_file(staged, path);
  if (!status.ok()) (void)remove_tree(staged);
  return status;
}

}  // namespace yupu::model
