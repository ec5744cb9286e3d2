// How much of what comparing all items finds the index of 8-bit vectors finds too, and how fast each is.
//   recommend_item_index_bench [ITEMS] [WIDTH] [QUERIES] [SEED]     default 100000 128 200 1
// Vectors as a tower gives them: topics, and within a topic items that differ a little (each the topic's direction with
// 0.5 of noise of the same length), queries near items.  One thread.  The index is made, asked, and asked again after
// items have come: it is made anew from all vectors, which is what a new item costs.
// CSV: items,width,queries,recall@200,first@1,made_ms,index_ms_p50,index_ms_p99,exact_ms_p50,exact_ms_p99,index_mb
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/rng.h"
#include "products/recommend/methods/tower/item_index.h"

namespace {

using namespace yupu;             // NOLINT(google-build-using-namespace): a program of one file
using namespace yupu::recommend;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kCount = 200, kTopics = 500;

double ms_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

// A row of length one: the centre's direction, with noise.
std::vector<float> near(Rng& rng, std::span<const float> centre, double noise) {
  std::vector<float> row(centre.begin(), centre.end());
  double square = 0.0;
  for (float& value : row) {
    value += static_cast<float>(noise * rng.normal() / std::sqrt(static_cast<double>(row.size())));
    square += static_cast<double>(value) * static_cast<double>(value);
  }
  for (float& value : row) value /= static_cast<float>(std::sqrt(square));
  return row;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at, std::size_t otherwise) {
    return argc > at ? static_cast<std::size_t>(std::strtoull(argv[at], nullptr, 10)) : otherwise;
  };
  const std::size_t items = number(1, 100'000), width = number(2, 128), queries = number(3, 200);
  Rng rng(number(4, 1));
  const std::vector<float> zeros(width, 0.0f);
  std::vector<std::vector<float>> topics;
  for (std::size_t topic = 0; topic < kTopics; ++topic) topics.push_back(near(rng, zeros, 1.0));
  std::vector<float> values;
  values.reserve(items * width);
  for (std::size_t item = 0; item < items; ++item) {
    const std::vector<float> row = near(rng, topics[rng.below(kTopics)], 0.5);
    values.insert(values.end(), row.begin(), row.end());
  }
  const ItemVectors vectors{.values = values, .width = width};
  auto begin = std::chrono::steady_clock::now();
  const ItemIndex index(vectors);
  const double made_ms = ms_since(begin);
  const std::vector<std::uint8_t> open(items, 1);
  std::size_t found = 0, first = 0;
  std::vector<double> index_ms, exact_ms;
  for (std::size_t q = 0; q < queries; ++q) {
    const std::vector<float> query = near(rng, vectors.row(rng.below(items)), 0.5);
    begin = std::chrono::steady_clock::now();
    const auto got = index.nearest(query, kCount, open);
    index_ms.push_back(ms_since(begin));
    begin = std::chrono::steady_clock::now();
    const auto exact = exact_nearest(vectors, query, kCount, open);
    exact_ms.push_back(ms_since(begin));
    std::set<std::uint32_t> wanted;
    for (const Scored& one : exact) wanted.insert(one.item);
    for (const Scored& one : got) found += wanted.contains(one.item) ? 1 : 0;
    first += got[0].item == exact[0].item ? 1 : 0;
  }
  const double recall = static_cast<double>(found) / static_cast<double>(queries * std::min(kCount, items));
  std::puts(
      "items,width,queries,recall@200,first@1,made_ms,index_ms_p50,index_ms_p99,exact_ms_p50,exact_ms_p99,index_mb");
  std::puts(fmt::format("{},{},{},{:.4f},{:.4f},{:.0f},{:.2f},{:.2f},{:.2f},{:.2f},{:.1f}", items, width, queries,
                        recall, static_cast<double>(first) / static_cast<double>(queries), made_ms,
                        quantile(index_ms, 0.5), quantile(index_ms, 0.99), quantile(exact_ms, 0.5),
                        quantile(exact_ms, 0.99), static_cast<double>(index.bytes()) / 1e6)
                .c_str());
  return recall >= 0.98 ? 0 : 1;
}
