// The instruction set that the kernels dispatch to on this machine.
#pragma once

#include <string>

namespace yupu::engine {

std::string instruction_set();  // Highway's name of it: "AVX3", "AVX2", "SSE4", "NEON", ...

}  // namespace yupu::engine
