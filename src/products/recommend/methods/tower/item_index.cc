#include "products/recommend/methods/tower/item_index.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "engine/device/cpu/int8_gemm.h"
#include "engine/tensor.h"
#include "tasks/unit_rows.h"

namespace yupu::recommend {
namespace {

bool is_before(const Scored& a, const Scored& b) { return a.score != b.score ? a.score > b.score : a.item < b.item; }

// The first `count`, in order.
std::vector<Scored> first_of(std::vector<Scored> all, std::size_t count) {
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(count, all.size()));
  if (end != all.end()) std::nth_element(all.begin(), end, all.end(), is_before);
  all.erase(end, all.end());
  std::sort(all.begin(), all.end(), is_before);
  return all;
}

std::vector<Scored> open_ones(std::span<const float> scores, std::span<const std::uint8_t> open) {
  std::vector<Scored> all;
  all.reserve(scores.size());
  for (std::uint32_t item = 0; item < scores.size(); ++item) {
    if (open[item] != 0) all.push_back({.item = item, .score = scores[item]});
  }
  return all;
}

// One a thread: a context has one owner, and a team of one costs nothing to keep.
engine::ExecutionContext& own_context() {
  thread_local engine::ExecutionContext context(1);
  return context;
}

engine::PackedInt8Weight packed(const ItemVectors& vectors, std::size_t size) {
  const auto rows = static_cast<std::int64_t>(size), width = static_cast<std::int64_t>(vectors.width);
  const engine::Tensor codes = engine::Tensor::empty({rows, width}, engine::DType::kI8);
  const engine::Tensor scales = engine::Tensor::empty({rows});
  for (std::size_t item = 0; item < size; ++item) {
    scales.f32()[item] = engine::quantise_channel(vectors.row(item).data(), width, codes.i8() + item * vectors.width);
  }
  return {own_context(), codes, scales};
}

}  // namespace

struct ItemIndex::Codes {
  engine::PackedInt8Weight weight;
};

ItemIndex::ItemIndex(const ItemVectors& vectors)
    : vectors_(vectors), size_(vectors.width == 0 ? 0 : vectors.values.size() / vectors.width) {
  if (size_ > 0) codes_ = std::make_unique<Codes>(Codes{.weight = packed(vectors_, size_)});
}

ItemIndex::~ItemIndex() = default;

std::size_t ItemIndex::bytes() const { return size_ * (vectors_.width + sizeof(float) + sizeof(std::int32_t)); }

std::vector<Scored> ItemIndex::nearest(std::span<const float> query, std::size_t count,
                                       std::span<const std::uint8_t> open) const {
  if (size_ == 0) return {};
  CHECK(query.size() == vectors_.width && open.size() == size_, "a query and marks of the index's own shape");
  engine::ExecutionContext& context = own_context();
  std::vector<float> rough(size_);
  engine::int8_gemm(context, 1, query.data(), static_cast<std::int64_t>(query.size()), codes_->weight,
                    {.data = rough.data(), .stride = static_cast<std::int64_t>(size_)});
  std::vector<Scored> again = first_of(open_ones(rough, open), kAgainTimes * count + kAgainMore);
  for (Scored& near : again) tasks::dot_rows(query, vectors_.row(near.item), std::span(&near.score, 1));
  return first_of(std::move(again), count);
}

std::vector<Scored> exact_nearest(const ItemVectors& vectors, std::span<const float> query, std::size_t count,
                                  std::span<const std::uint8_t> open) {
  std::vector<float> scores(open.size());
  tasks::dot_rows(query, vectors.values, scores);
  return first_of(open_ones(scores, open), count);
}

}  // namespace yupu::recommend
