// The int8 product of every path this machine has beside our fp32 product with packed weights and oneDNN's
// gemm_u8s8s32 (integer part alone: no quantising of rows, no scales), on the layers of a small (384) and a base (768)
// encoder.  oneDNN is opened at run time if the machine has it.  Contenders alternate inside one run and the median
// counts.  With one thread the clock is processor time, with more wall time.  Every path must give the scalar path's
// bits, and those must lie within 2 % of fp32.
//   engine_int8_gemm_bench [threads]     one CSV row per shape: 10^9 operations per second of each
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <fmt/format.h>
#include <time.h>

#include "base/rng.h"
#include "engine/device/cpu/int8_gemm.h"
#include "engine/device/cpu/int8_kernel.h"

namespace yupu::engine {
namespace {

using DnnlGemm = int (*)(char trans_a, char trans_b, char offset_c, std::int64_t m, std::int64_t n, std::int64_t k,
                         float alpha, const std::uint8_t* a, std::int64_t lda, std::uint8_t ao, const std::int8_t* b,
                         std::int64_t ldb, std::int8_t bo, float beta, std::int32_t* c, std::int64_t ldc,
                         const std::int32_t* co);

double now_s(bool processor_time) {
  timespec time{};
  ::clock_gettime(processor_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Tensor random_matrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  Rng rng(seed);
  Tensor tensor = Tensor::empty({rows, columns});
  for (float& value : tensor.values()) value = static_cast<float>(rng.normal());
  return tensor;
}

struct Contender {
  std::string name;
  std::function<void()> run;
  std::vector<double> seconds = {};
};

// The medians of alternating rounds, as CSV.
std::string race(std::vector<Contender>& contenders, double operations, bool processor_time) {
  constexpr int kRounds = 7;
  const int repeats = std::max(1, static_cast<int>(2e8 / operations));
  for (int round = 0; round < kRounds; ++round) {
    for (Contender& contender : contenders) {
      const bool slow = contender.name == "scalar";  // the reference: one product tells enough
      if (slow && round > 0) continue;
      if (round == 0) contender.run();
      const int times = slow ? 1 : repeats;
      const double begin = now_s(processor_time);
      for (int i = 0; i < times; ++i) contender.run();
      contender.seconds.push_back((now_s(processor_time) - begin) / times);
    }
  }
  std::string row;
  for (Contender& contender : contenders) {
    std::sort(contender.seconds.begin(), contender.seconds.end());
    row +=
        fmt::format(",{}={:.1f}", contender.name, operations / contender.seconds[contender.seconds.size() / 2] * 1e-9);
  }
  return row;
}

double relative_error(const Tensor& y, const Tensor& exact) {
  double error = 0, total = 0;
  for (std::size_t i = 0; i < y.values().size(); ++i) {
    error += std::pow(static_cast<double>(y.values()[i]) - exact.values()[i], 2);
    total += std::pow(static_cast<double>(exact.values()[i]), 2);
  }
  return std::sqrt(error / total);
}

void measure(ExecutionContext& context, DnnlGemm dnnl, const std::string& size, std::int64_t m, std::int64_t n,
             std::int64_t k) {
  const Tensor x = random_matrix(m, k, 1);
  const Tensor w = random_matrix(n, k, 2);
  const Tensor exact = Tensor::zeros({m, n});
  const PackedWeight packed(context, w);
  const Tensor weight = Tensor::empty({n, k}, DType::kI8);
  const Tensor scale = Tensor::empty({n});
  for (std::int64_t i = 0; i < n; ++i) scale.f32()[i] = quantise_channel(w.f32() + i * k, k, weight.i8() + i * k);
  const PackedInt8Weight packed8(context, weight, scale);
  std::vector<Contender> contenders;
  contenders.push_back({"fp32", [&] { gemm(context, m, {x.f32(), k, false}, packed, {exact.f32(), n, false}); }});
  std::vector<Tensor> results;
  for (const Int8Path& path : int8_paths()) {
    if (!path.supported()) continue;
    const Tensor y = Tensor::zeros({m, n});
    results.push_back(y);
    contenders.push_back({std::string(path.name), [&, y] {
                            force_int8_path(&path);
                            int8_gemm(context, m, x.f32(), k, packed8, {y.f32(), n, false});
                          }});
  }
  const std::vector<std::uint8_t> bytes(static_cast<std::size_t>(m * k), 77);
  std::vector<std::int32_t> sums(static_cast<std::size_t>(m * n));
  const std::int32_t offset = 0;
  if (dnnl != nullptr) {
    contenders.push_back({"onednn core", [&] {
                            dnnl('N', 'T', 'F', m, n, k, 1.0f, bytes.data(), k, 0, weight.i8(), k, 0, 0.0f, sums.data(),
                                 n, &offset);
                          }});
  }
  const double operations = 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  const std::string rates = race(contenders, operations, context.team().size() == 1);
  bool right = relative_error(results.back(), exact) < 0.02;
  for (const Tensor& y : results) {
    right = right && std::memcmp(y.bytes(), results.back().bytes(), y.byte_count()) == 0;
  }
  fmt::print("{},{},{},{}{}{}\n", size, m, n, k, rates, right ? "" : ",WRONG");
}

}  // namespace
}  // namespace yupu::engine

int main(int argc, char** argv) {
  using namespace yupu::engine;
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  ::setenv("OMP_NUM_THREADS", std::to_string(threads).c_str(), 1);
  DnnlGemm dnnl = nullptr;
  if (void* library = ::dlopen("libdnnl.so.2", RTLD_NOW)) {
    dnnl = reinterpret_cast<DnnlGemm>(::dlsym(library, "dnnl_gemm_u8s8s32"));
  }
  ExecutionContext context(threads);
  fmt::print("size,m,n,k,10^9 operations/s of each ({} thread{})\n", threads, threads == 1 ? "" : "s");
  for (const std::int64_t width : {384, 768}) {
    const std::string size = width == 384 ? "small" : "base";
    for (const std::int64_t tokens : {16, 64, 320}) {
      measure(context, dnnl, size, tokens, width, width);
      measure(context, dnnl, size, tokens, 3 * width, width);
      measure(context, dnnl, size, tokens, 4 * width, width);
      measure(context, dnnl, size, tokens, width, 4 * width);
    }
  }
  return 0;
}
