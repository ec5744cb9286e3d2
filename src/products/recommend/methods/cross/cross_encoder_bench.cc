// What a list costs with its first candidates read again by a cross-encoder: random weights, fifty candidates of some
// sixty tokens with their query, lists of strangers (nothing remembered) and of who comes again; and what arrives by a
// deadline.
//   recommend_cross_encoder_bench [LAYERS] [WIDTH] [LISTS] [DEADLINE_MS]     default 2 128 200 60
// CSV: layers,width,weights,pairs,lists,ms_p50,ms_p99,again_ms_p50,in_time_of_deadline
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/rng.h"
#include "base/testing.h"
#include "products/recommend/methods/cross/cross_encoder.h"
#include "products/recommend/methods/cross/query.h"
#include "products/recommend/methods/cross/testing.h"

namespace {

using namespace yupu;             // NOLINT(google-build-using-namespace): a program of one file
using namespace yupu::recommend;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kWords = 200;

std::vector<std::string> words(Rng& rng) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < kWords; ++i) {
    std::string word;
    for (int letter = 0; letter < 6; ++letter) word += static_cast<char>('a' + rng.below(26));
    all.push_back(std::move(word));
  }
  return all;
}

std::string text_of(const std::vector<std::string>& words, std::size_t count, Rng& rng) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += words[rng.below(words.size())] + " ";
  return text;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

struct Timed {
  std::vector<double> first, again;
  std::size_t in_time = 0;
  bool same = true;
};

Timed time_lists(const CrossEncoder& cross, const std::vector<std::string>& vocabulary, std::size_t lists,
                 std::int64_t deadline_ms, Rng& rng) {
  const SystemClock clock;
  const auto ms_since = [&](std::int64_t begin) { return static_cast<double>(clock.monotonic_ns() - begin) / 1e6; };
  Timed timed;
  for (std::size_t list = 0; list < lists; ++list) {
    const std::string query = text_of(vocabulary, 20, rng), other = text_of(vocabulary, 20, rng);
    std::vector<std::string> owned;
    for (std::size_t i = 0; i < kCrossTop; ++i) owned.push_back(text_of(vocabulary, 30, rng));
    const std::vector<std::string_view> texts(owned.begin(), owned.end());
    const std::int64_t begin = clock.monotonic_ns();
    const auto scores = cross.scores(query, texts, INT64_MAX);
    timed.first.push_back(ms_since(begin));
    const std::int64_t again = clock.monotonic_ns();
    timed.same &= scores == cross.scores(query, texts, INT64_MAX);
    timed.again.push_back(ms_since(again));
    const auto by_then = cross.scores(other, texts, clock.monotonic_ns() + deadline_ms * 1'000'000);
    timed.in_time += kCrossTop - static_cast<std::size_t>(std::count(by_then.begin(), by_then.end(), std::nullopt));
  }
  return timed;
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at, std::int64_t otherwise) {
    return argc > at ? static_cast<std::int64_t>(std::strtoll(argv[at], nullptr, 10)) : otherwise;
  };
  model::EncoderConfig shape;
  shape.layer_count = number(1, 2);
  shape.hidden_size = number(2, 128);
  shape.head_count = std::max<std::int64_t>(1, shape.hidden_size / 32);
  shape.intermediate_size = 4 * shape.hidden_size;
  const auto lists = static_cast<std::size_t>(std::max<std::int64_t>(1, number(3, 200)));
  Rng rng(1);
  const std::vector<std::string> vocabulary = words(rng);
  const yupu::testing::TempDir dir;
  std::puts("layers,width,weights,pairs,lists,ms_p50,ms_p99,again_ms_p50,in_time_of_deadline");
  for (const bool int8 : {false, true}) {
    const auto model = recommend::testing::cross_model(shape, vocabulary);
    if (int8 && !model->classifier().quantise().ok()) return 1;
    if (!model->save(dir.file("m")).ok()) return 1;
    const auto cross = CrossEncoder::open(dir.file("m"));
    if (!cross.ok()) {
      std::puts(cross.status().to_string().c_str());
      return 1;
    }
    const Timed timed = time_lists(**cross, vocabulary, lists, number(4, 60), rng);
    if (!timed.same) return 1;
    std::puts(fmt::format("{},{},{},{},{},{:.1f},{:.1f},{:.2f},{:.3f}", shape.layer_count, shape.hidden_size,
                          int8 ? "int8" : "fp32", kCrossTop, lists, quantile(timed.first, 0.5),
                          quantile(timed.first, 0.99), quantile(timed.again, 0.5),
                          static_cast<double>(timed.in_time) / static_cast<double>(kCrossTop * lists))
                  .c_str());
  }
  return 0;
}
