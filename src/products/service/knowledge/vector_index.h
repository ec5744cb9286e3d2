// The nearest of many vectors, by cosine.
//   up to `exact_max` vectors   every one is compared: exact
//   above                        a hierarchical navigable small world graph (hnswlib).  Malkov, Yashunin 2016,
//                                arXiv:1603.09320
// What is removed is gone at once, from either.  Equal vectors are ordered by id; the graph is built with a fixed seed
// in the order of adding, so the same calls give the same answers. Outcomes  kResourceExhausted: no memory. Threads one
// owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "products/service/knowledge/fusion.h"

namespace yupu::products {

struct VectorIndexOptions {
  std::size_t exact_max = 4096;
  std::size_t links = 16;            // the paper's M: neighbours of a node; more finds more and takes more memory
  std::size_t build_breadth = 200;   // efConstruction: candidates looked at while a node is linked in
  std::size_t search_breadth = 200;  // ef: candidates looked at while searching
};

// Of two vectors of one width; 0 when either is of zeros.
double cosine(std::span<const float> a, std::span<const float> b);

class VectorIndex {
 public:
  // REQUIRES: width > 0.
  explicit VectorIndex(std::size_t width, VectorIndexOptions options = {});
  ~VectorIndex();

  std::size_t width() const { return width_; }
  std::size_t size() const { return ids_.size(); }
  bool contains(std::int64_t id) const { return rows_.contains(id); }
  bool is_exact() const { return graph_ == nullptr; }
  std::vector<std::int64_t> ids() const { return ids_; }

  // The vector is kept at length one; one of zeros has cosine 0 with all.  REQUIRES: width() numbers; an id that is
  // new, and was never removed.
  Status add(std::int64_t id, std::span<const float> vector);
  // An id that is not there is fine.
  Status remove(std::int64_t id);
  // At most `count`, best first; the score is the cosine.  REQUIRES: width() numbers.
  std::vector<Ranked> nearest(std::span<const float> query, std::size_t count) const;

 private:
  struct Graph;
  std::span<const float> row(std::size_t index) const { return std::span(values_).subspan(index * width_, width_); }
  Status build_graph();

  const std::size_t width_;
  const VectorIndexOptions options_;
  std::vector<std::int64_t> ids_;  // of each row
  std::unordered_map<std::int64_t, std::size_t> rows_;
  std::vector<float> values_;  // (size, width)
  std::unique_ptr<Graph> graph_;
};

}  // namespace yupu::products
