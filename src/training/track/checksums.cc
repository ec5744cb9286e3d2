#include "training/track/checksums.h"

#include <array>
#include <bit>

namespace yupu::training {
namespace {

using Table = std::array<std::uint32_t, 256>;

constexpr Table table_of(std::uint32_t polynomial) {
  Table table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? polynomial : 0);
    table[byte] = rest;
  }
  return table;
}

constexpr Table kZip = table_of(0xEDB88320u);
constexpr Table kCastagnoli = table_of(0x82F63B78u);

std::uint32_t check(std::string_view bytes, const Table& table) {
  std::uint32_t rest = 0xFFFFFFFFu;
  for (const char byte : bytes) rest = (rest >> 8) ^ table[(rest ^ static_cast<unsigned char>(byte)) & 0xFF];
  return rest ^ 0xFFFFFFFFu;
}

}  // namespace

std::uint32_t crc32(std::string_view bytes) { return check(bytes, kZip); }
std::uint32_t crc32c(std::string_view bytes) { return check(bytes, kCastagnoli); }
std::uint32_t masked(std::uint32_t check) { return std::rotr(check, 15) + 0xA282EAD8u; }

}  // namespace yupu::training
