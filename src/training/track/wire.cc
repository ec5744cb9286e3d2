#include "training/track/wire.h"

#include <bit>

namespace yupu::training {
namespace {

constexpr std::uint32_t kVarint = 0;
constexpr std::uint32_t kBits64 = 1;
constexpr std::uint32_t kLength = 2;
constexpr std::uint32_t kBits32 = 5;

void append_le(std::string& out, std::uint64_t value, int byte_count) {
  for (int byte = 0; byte < byte_count; ++byte) out += static_cast<char>((value >> (8 * byte)) & 0xFF);
}

}  // namespace

void append_le16(std::string& out, std::uint16_t value) { append_le(out, value, 2); }
void append_le32(std::string& out, std::uint32_t value) { append_le(out, value, 4); }
void append_le64(std::string& out, std::uint64_t value) { append_le(out, value, 8); }

void WireMessage::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7F) | 0x80);
  bytes_ += static_cast<char>(value);
}

void WireMessage::key(std::uint32_t field, std::uint32_t wire_type) { varint((field << 3) | wire_type); }

WireMessage& WireMessage::integer(std::uint32_t field, std::int64_t value) {
  key(field, kVarint);
  varint(static_cast<std::uint64_t>(value));
  return *this;
}

WireMessage& WireMessage::real(std::uint32_t field, double value) {
  key(field, kBits64);
  append_le64(bytes_, std::bit_cast<std::uint64_t>(value));
  return *this;
}

WireMessage& WireMessage::real32(std::uint32_t field, float value) {
  key(field, kBits32);
  append_le32(bytes_, std::bit_cast<std::uint32_t>(value));
  return *this;
}

WireMessage& WireMessage::text(std::uint32_t field, std::string_view bytes) {
  key(field, kLength);
  varint(bytes.size());
  bytes_ += bytes;
  return *this;
}

WireMessage& WireMessage::reals(std::uint32_t field, std::span<const double> values) {
  key(field, kLength);
  varint(values.size() * sizeof(double));
  for (const double value : values) append_le64(bytes_, std::bit_cast<std::uint64_t>(value));
  return *this;
}

}  // namespace yupu::training
