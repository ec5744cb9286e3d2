// Intel AMX: eight registers per thread, each a tile of 16 rows by 64 bytes, and products of tiles (Intel,
// "Architecture Instruction Set Extensions Programming Reference", chapter 3).  Linux gives a process the tiles on
// request alone.
#pragma once

#include <cstdint>

namespace yupu::engine {

inline constexpr std::int64_t kTileRows = 16;
inline constexpr std::int64_t kTileBytes = 64;  // of a row

// Whether the processor multiplies tiles of this kind and the system lets this process use them: the first call asks.
bool amx_bf16_usable();
bool amx_int8_usable();

// Gives the calling thread eight tiles of full size, and frees them: a thread that keeps tiles has 8 KB more to save at
// every switch.  REQUIRES: amx_bf16_usable() or amx_int8_usable().
void amx_begin();
void amx_end();

}  // namespace yupu::engine
