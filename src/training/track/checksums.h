// The two cyclic redundancy checks of record files, bitwise reflected, initial and final exclusive-or all ones.
//   crc32   polynomial 0xEDB88320 (zip, W&B's log);  crc32("123456789") = cbf43926
//   crc32c  polynomial 0x82F63B78 (Castagnoli: iSCSI, RFC 3720 appendix B.4);  crc32c("123456789") = e3069283
#pragma once

#include <cstdint>
#include <string_view>

namespace yupu::training {

std::uint32_t crc32(std::string_view bytes);
std::uint32_t crc32c(std::string_view bytes);

// How TFRecord files store a check, so that the check of bytes that hold checks stays a good one: rotated right by 15
// and moved by a constant.
std::uint32_t masked(std::uint32_t check);

}  // namespace yupu::training
