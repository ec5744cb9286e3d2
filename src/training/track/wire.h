// Bytes as others read them: little-endian numbers, and messages of the protocol-buffer wire format
// (protobuf.dev/programming-guides/encoding), written field by field.  Enough to write; nothing here reads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace yupu::training {

void append_le16(std::string& out, std::uint16_t value);
void append_le32(std::string& out, std::uint32_t value);
void append_le64(std::string& out, std::uint64_t value);

// Fields stand in the order they are added; a default value is written like any other (leave the call out instead).
class WireMessage {
 public:
  WireMessage& integer(std::uint32_t field, std::int64_t value);  // varint: int32, int64, bool, enum
  WireMessage& real(std::uint32_t field, double value);           // 64 bits
  WireMessage& real32(std::uint32_t field, float value);          // 32 bits
  WireMessage& text(std::uint32_t field, std::string_view bytes);
  WireMessage& message(std::uint32_t field, const WireMessage& inner) { return text(field, inner.bytes_); }
  WireMessage& reals(std::uint32_t field, std::span<const double> values);  // packed
  const std::string& bytes() const { return bytes_; }

 private:
  void key(std::uint32_t field, std::uint32_t wire_type);
  void varint(std::uint64_t value);
  std::string bytes_;
};

}  // namespace yupu::training
