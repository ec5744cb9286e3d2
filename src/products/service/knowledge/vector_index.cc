#include "products/service/knowledge/vector_index.h"

#include <algorithm>
#include <cmath>
#include <exception>

// Without this hnswlib 0.6 prefetches the neighbour behind the last one of a list, and reads its number past the list's
// end to do so.  Its loops over SSE go with the prefetches; the compiler's own take their place.
#define NO_MANUAL_VECTORIZATION
#include <hnswlib/hnswlib.h>

#include "base/check.h"

namespace yupu::products {
namespace {

constexpr std::uint64_t kSeed = 1;

double product(std::span<const float> a, std::span<const float> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

std::vector<float> unit(std::span<const float> vector) {
  const double length = std::sqrt(product(vector, vector));
  std::vector<float> out(vector.begin(), vector.end());
  if (length > 0.0) {
    for (float& value : out) value = static_cast<float>(static_cast<double>(value) / length);
  }
  return out;
}

}  // namespace

double cosine(std::span<const float> a, std::span<const float> b) {
  const double lengths = std::sqrt(product(a, a) * product(b, b));
  return lengths > 0.0 ? product(a, b) / lengths : 0.0;
}

// Nodes are labelled by id.  Removed ones stay in the graph as steps on the way, are never answers, and are left out
// when they are half of it and it is built anew.
struct VectorIndex::Graph {
  Graph(std::size_t width, std::size_t capacity, const VectorIndexOptions& options)
      : space(width), nodes(&space, capacity, options.links, options.build_breadth, kSeed) {}

  hnswlib::InnerProductSpace space;
  hnswlib::HierarchicalNSW<float> nodes;
  std::size_t removed_count = 0;
};

VectorIndex::VectorIndex(std::size_t width, VectorIndexOptions options) : width_(width), options_(options) {
  CHECK(width > 0, "a vector has numbers");
}
VectorIndex::~VectorIndex() = default;

// hnswlib tells of memory that is not there by exceptions.
Status VectorIndex::build_graph() {
  graph_.reset();
  try {
    auto graph = std::make_unique<Graph>(width_, 2 * ids_.size(), options_);
    graph->nodes.setEf(options_.search_breadth);
    for (std::size_t i = 0; i < ids_.size(); ++i)
      graph->nodes.addPoint(row(i).data(), static_cast<hnswlib::labeltype>(ids_[i]));
    graph_ = std::move(graph);
  } catch (const std::exception& error) {
    return {Code::kResourceExhausted, std::string("the graph of vectors: ") + error.what()};
  }
  return ok_status();
}

Status VectorIndex::add(std::int64_t id, std::span<const float> vector) {
  CHECK(vector.size() == width_, "a vector as wide as the index");
  CHECK(!rows_.contains(id), "an id once");
  const std::vector<float> values = unit(vector);
  rows_[id] = ids_.size();
  ids_.push_back(id);
  values_.insert(values_.end(), values.begin(), values.end());
  if (graph_ == nullptr) return size() > options_.exact_max ? build_graph() : ok_status();
  try {
    if (graph_->nodes.cur_element_count >= graph_->nodes.max_elements_)
      graph_->nodes.resizeIndex(2 * graph_->nodes.max_elements_);
    graph_->nodes.addPoint(values.data(), static_cast<hnswlib::labeltype>(id));
  } catch (const std::exception& error) {
    return {Code::kResourceExhausted, std::string("the graph of vectors: ") + error.what()};
  }
  return ok_status();
}

Status VectorIndex::remove(std::int64_t id) {
  const auto found = rows_.find(id);
  if (found == rows_.end()) return ok_status();
  const std::size_t gap = found->second, last = ids_.size() - 1;
  rows_.erase(found);
  if (gap != last) {
    ids_[gap] = ids_[last];
    rows_[ids_[gap]] = gap;
    std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(last * width_), width_,
                values_.begin() + static_cast<std::ptrdiff_t>(gap * width_));
  }
  ids_.pop_back();
  values_.resize(last * width_);
  if (graph_ == nullptr) return ok_status();
  if (size() <= options_.exact_max / 2) {
    graph_.reset();
    return ok_status();
  }
  graph_->nodes.markDelete(static_cast<hnswlib::labeltype>(id));
  ++graph_->removed_count;
  return graph_->removed_count > size() ? build_graph() : ok_status();
}

std::vector<Ranked> VectorIndex::nearest(std::span<const float> query, std::size_t count) const {
  CHECK(query.size() == width_, "a query as wide as the index");
  const std::vector<float> wanted = unit(query);
  count = std::min(count, size());
  std::vector<Ranked> found;
  if (count == 0) return found;
  if (graph_ == nullptr) {
    found.reserve(size());
    for (std::size_t i = 0; i < size(); ++i) found.push_back({ids_[i], product(wanted, row(i))});
  } else {
    auto nodes = graph_->nodes.searchKnn(wanted.data(), count);
    for (; !nodes.empty(); nodes.pop()) {
      const auto id = static_cast<std::int64_t>(nodes.top().second);
      found.push_back({id, product(wanted, row(rows_.at(id)))});
    }
  }
  count = std::min(count, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count), found.end(), is_better);
  found.resize(count);
  return found;
}

}  // namespace yupu::products
