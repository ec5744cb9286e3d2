// Which instruction sets the kernels are compiled for: portable, SSE4, AVX2 with FMA, AVX-512.  Include before Highway.
// SSSE3 is left out: no machine of interest stops there, and every target costs build time.
#pragma once

#define HWY_DISABLED_TARGETS HWY_SSSE3
