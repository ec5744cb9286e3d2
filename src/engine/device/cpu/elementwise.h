// Passes over whole arrays, cut over the team.  Every element belongs to one index, so results do not depend on the
// team; sums over rows run down each column in row order.
#pragma once

#include <cstdint>

#include "engine/activation.h"
#include "engine/device/cpu/thread_team.h"

namespace yupu::engine {

void add_into(ThreadTeam& team, float* target, const float* x, std::int64_t count);        // target += x
void add(ThreadTeam& team, float* y, const float* a, const float* b, std::int64_t count);  // y = a + b
void scale(ThreadTeam& team, float* y, const float* x, float factor, std::int64_t count);  // y = factor x
void scale_into(ThreadTeam& team, float* target, const float* x, float factor,
                std::int64_t count);  // target += factor x
void zero_fill(ThreadTeam& team, float* target, std::int64_t count);
// sums[c] = or += sum over r of x[r,c].
void column_sums(ThreadTeam& team, float* sums, const float* x, std::int64_t rows, std::int64_t columns,
                 bool accumulate);
// y = activation(x); d_x = or += d_y * activation'(x), x the pre-activation.
void activation_forward(ThreadTeam& team, Activation activation, float* y, const float* x, std::int64_t count);
void activation_backward(ThreadTeam& team, Activation activation, float* d_x, const float* d_y, const float* x,
                         std::int64_t count, bool accumulate);

// The index of the first NaN or infinity, or -1.  On the calling thread alone.
std::int64_t first_not_finite(const float* x, std::int64_t count);

}  // namespace yupu::engine
