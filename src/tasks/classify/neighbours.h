// How near a text lies to the training texts themselves: the scope score kNeighbours (scope.h).  Unlike a Mahalanobis
// distance it supposes nothing about the shape of a class.
//   score = the k-th largest of z . z_i,   z = x / |x| of the text's pooled vector, z_i those of the training texts
// Sun et al. 2022, arXiv:2204.06507, whose score is -|z - z_(k)| = -sqrt(2 - 2 z . z_(k)): the same order of texts.
//   z_i   at most kVectorsMax of them, evenly drawn from the training texts (the paper draws one in a hundred of a
//   large
//         set, and a smaller k with them)
//   k     10, but half of the vectors a class has, on average, where that is less: 1 at least
// On disk: neighbours.safetensors (docs/formats/calibration.md).
// Threads  const members any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"

namespace yupu::tasks {

class Neighbours {
 public:
  static constexpr std::size_t kVectorsMax = 4096;
  static constexpr std::size_t kFarthest = 10;

  // REQUIRES: vectors not empty and of one width, a label each.
  static Neighbours fit(const std::vector<std::vector<float>>& vectors, std::span<const std::int32_t> labels);

  double score(std::span<const float> vector) const;  // in [-1, 1]; of a vector of nothing 0
  std::size_t k() const { return k_; }
  std::size_t vector_count() const { return vectors_.size() / width_; }
  std::size_t byte_count() const { return sizeof(float) * vectors_.size(); }

  Status save(const std::string& directory) const;
  static Status remove(const std::string& directory);
  // `width`: of the model's pooled vectors.  Outcomes  kNotFound, kInvalidArgument naming file and what is wrong.
  static Result<Neighbours> load(const std::string& directory, std::int64_t width);

 private:
  std::size_t width_ = 1, k_ = 1;
  std::vector<float> vectors_;  // (M,C), each of length 1
};

}  // namespace yupu::tasks
