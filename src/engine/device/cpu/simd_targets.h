// Which instruction sets the kernels are compiled for.  Include before Highway.
//   x86-64   portable, SSE4, AVX2 with FMA, AVX-512.  SSSE3 is left out: no machine of interest stops there, and every
//            target costs build time.
//   aarch64  NEON, which every such machine has.  SVE is left out: its vectors have no fixed length, the kernels' tiles
//            do.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
