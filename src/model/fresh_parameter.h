// How the weights of a model begin.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/autograd/tape.h"

namespace yupu::model {

// Fills with N(0, deviation) cut at two deviations, from a stream of its own for each name.
void fill_truncated_normal(const engine::Tensor& tensor, float deviation, std::uint64_t seed, const std::string& name);

// A matrix that decays, filled so; kNotDrawn leaves its values uninitialised.
inline constexpr float kNotDrawn = -1.0f;
std::unique_ptr<engine::Parameter> fresh_matrix(const std::string& name, const engine::Shape& shape, float deviation,
                                                std::uint64_t seed);
// A bias or a gain, which do not decay: every element is `value`.
std::unique_ptr<engine::Parameter> fresh_vector(const std::string& name, std::int64_t size, float value);

}  // namespace yupu::model
