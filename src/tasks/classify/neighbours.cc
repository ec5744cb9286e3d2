#include "tasks/classify/neighbours.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/file.h"
#include "model/checkpoint/safetensors.h"
#include "tasks/classify/scope_matrix.h"
#include "tasks/unit_rows.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kFile = "/neighbours.safetensors";
constexpr const char* kCountKey = "k";

std::vector<float> at_length_one(std::span<const float> vector) {
  double squares = 0.0;
  for (const float value : vector) squares += double{value} * value;
  const double length = std::max(std::sqrt(squares), 1e-12);
  std::vector<float> unit;
  unit.reserve(vector.size());
  for (const float value : vector) unit.push_back(static_cast<float>(value / length));
  return unit;
}

Result<std::size_t> read_count(const model::Safetensors& file, std::size_t vector_count) {
  const auto it = file.metadata().find(kCountKey);
  const std::string text = it == file.metadata().end() ? std::string() : it->second;
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size() && count >= 1 && count <= vector_count) return count;
  return invalid_argument(
      fmt::format("{}: '{}' is \"{}\", must be 1 to {}", file.where(), kCountKey, text, vector_count), kCountKey);
}

}  // namespace

Neighbours Neighbours::fit(const std::vector<std::vector<float>>& vectors, std::span<const std::int32_t> labels) {
  CHECK(!vectors.empty() && vectors.size() == labels.size(), "a label a vector");
  Neighbours neighbours;
  neighbours.width_ = vectors.front().size();
  const std::size_t kept = std::min(vectors.size(), kVectorsMax);
  std::set<std::int32_t> classes;
  for (std::size_t i = 0; i < kept; ++i) {
    const std::size_t from = i * vectors.size() / kept;
    const std::vector<float> unit = at_length_one(vectors[from]);
    neighbours.vectors_.insert(neighbours.vectors_.end(), unit.begin(), unit.end());
    classes.insert(labels[from]);
  }
  neighbours.k_ = std::clamp<std::size_t>(kept / (2 * classes.size()), 1, kFarthest);
  return neighbours;
}

double Neighbours::score(std::span<const float> vector) const {
  CHECK(vector.size() == width_, "a vector of another model");
  std::vector<float> cosines(vector_count());
  dot_rows(at_length_one(vector), vectors_, cosines);
  const auto kth = cosines.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
  std::nth_element(cosines.begin(), kth, cosines.end(), std::greater<>());
  return std::clamp(double{*kth}, -1.0, 1.0);
}

Status Neighbours::save(const std::string& directory) const {
  const std::pair<std::string, engine::Tensor> tensors[] = {{"neighbours.vectors", scope_matrix(vectors_, width_)}};
  return model::write_safetensors(directory + std::string(kFile), tensors, {{kCountKey, std::to_string(k_)}});
}

Status Neighbours::remove(const std::string& directory) { return remove_tree(directory + std::string(kFile)); }

Result<Neighbours> Neighbours::load(const std::string& directory, std::int64_t width) {
  YUPU_ASSIGN_OR_RETURN(const model::Safetensors file, model::Safetensors::open(directory + std::string(kFile)));
  Neighbours neighbours;
  neighbours.width_ = static_cast<std::size_t>(width);
  YUPU_ASSIGN_OR_RETURN(neighbours.vectors_, read_scope_matrix(file, "neighbours.vectors", width, false));
  YUPU_ASSIGN_OR_RETURN(neighbours.k_, read_count(file, neighbours.vector_count()));
  return neighbours;
}

}  // namespace yupu::tasks
