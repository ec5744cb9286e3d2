// Our matrix product, in f32 and of operands rounded to bf16, beside OpenBLAS and oneDNN's sgemm, on the shapes of a
// small (384/1536) and a base (768/3072) encoder. The libraries are opened at run time if the machine has them; none is
// needed.  Contenders alternate inside one run and the median counts.  With one thread the clock is processor time, so
// a busy machine does not decide; with more it is wall time.
//   engine_gemm_bench [threads]     one CSV row per shape and form: GFLOP/s of each
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <dlfcn.h>
#include <fmt/format.h>
#include <time.h>

#include "base/rng.h"
#include "engine/device/cpu/bf16_gemm.h"
#include "engine/device/cpu/gemm.h"
#include "engine/device/cpu/split_gemm.h"

namespace yupu::engine {
namespace {

using CblasSgemm = void (*)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float* a,
                            int lda, const float* b, int ldb, float beta, float* c, int ldc);
using DnnlSgemm = int (*)(char trans_a, char trans_b, std::int64_t m, std::int64_t n, std::int64_t k, float alpha,
                          const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float beta, float* c,
                          std::int64_t ldc);

struct Libraries {
  CblasSgemm blas = nullptr;
  DnnlSgemm dnnl = nullptr;

  explicit Libraries(int threads) {
    ::setenv("OMP_NUM_THREADS", std::to_string(threads).c_str(), 1);
    if (void* library = ::dlopen("libopenblas.so.0", RTLD_NOW)) {
      blas = reinterpret_cast<CblasSgemm>(::dlsym(library, "cblas_sgemm"));
    }
    if (void* library = ::dlopen("libdnnl.so.2", RTLD_NOW)) {
      dnnl = reinterpret_cast<DnnlSgemm>(::dlsym(library, "dnnl_sgemm"));
    }
  }
};

double now_s(bool processor_time) {
  timespec time{};
  ::clock_gettime(processor_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Tensor random_matrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  Rng rng(seed);
  Tensor tensor = Tensor::empty({rows, columns});
  for (float& value : tensor.values()) value = static_cast<float>(rng.uniform() - 0.5);
  return tensor;
}

struct Contender {
  const char* name;
  std::function<void()> run;
  std::vector<double> seconds = {};
};

// C (m,n) = op(A) op(B); a and b as stored.
struct Form {
  const char* name;
  std::int64_t m, n, k;
  bool a_transposed, b_transposed;
};

double largest_difference(const Tensor& a, const Tensor& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(a.values()[i]) - b.values()[i]));
  }
  return largest;
}

void measure(ExecutionContext& context, const Libraries& libraries, const std::string& size, const Form& form) {
  const auto [name, m, n, k, ta, tb] = form;
  const Tensor a = ta ? random_matrix(k, m, 1) : random_matrix(m, k, 1);
  const Tensor b = tb ? random_matrix(n, k, 2) : random_matrix(k, n, 2);
  const Tensor c = Tensor::zeros({m, n});
  const Tensor other = Tensor::zeros({m, n});
  const std::int64_t lda = ta ? m : k;
  const std::int64_t ldb = tb ? k : n;
  std::vector<Contender> contenders;
  contenders.push_back(
      {"yupu", [&, rows = m, columns = n, depth = k, at = ta, bt = tb] {
         gemm(context, {rows, columns, depth}, {a.f32(), lda, at}, {b.f32(), ldb, bt}, {c.f32(), columns, false});
       }});
  contenders.push_back(
      {"yupu f32", [&, rows = m, columns = n, depth = k, at = ta, bt = tb] {
         const WithoutSplitGemm f32;
         gemm(context, {rows, columns, depth}, {a.f32(), lda, at}, {b.f32(), ldb, bt}, {c.f32(), columns, false});
       }});
  std::unique_ptr<PackedWeight> packed;
  if (tb) {
    packed = std::make_unique<PackedWeight>(context, b);
    contenders.push_back({"yupu packed", [&, rows = m, columns = n, depth = k] {
                            gemm(context, rows, {a.f32(), depth, false}, *packed, {c.f32(), columns, false});
                          }});
    contenders.push_back({"yupu f32 packed", [&, rows = m, columns = n, depth = k] {
                            const WithoutSplitGemm f32;
                            gemm(context, rows, {a.f32(), depth, false}, *packed, {c.f32(), columns, false});
                          }});
  }
  // bfloat16 operands; not comparable in precision, compared in rate.
  const Tensor rounded = Tensor::zeros({m, n});
  contenders.push_back(
      {"bf16", [&, rows = m, columns = n, depth = k, at = ta, bt = tb] {
         bf16_gemm(context, {rows, columns, depth}, {a.f32(), lda, at}, {b.f32(), ldb, bt}, {rounded.f32(), columns});
       }});
  std::unique_ptr<PackedBf16Weight> packed_bf16;
  if (tb) {
    packed_bf16 = std::make_unique<PackedBf16Weight>(context, b);
    contenders.push_back({"bf16 packed", [&, rows = m, columns = n, depth = k] {
                            bf16_gemm(context, rows, {a.f32(), depth, false}, *packed_bf16, {rounded.f32(), columns});
                          }});
  }
  if (libraries.blas != nullptr) {
    contenders.push_back({"openblas", [&, rows = m, columns = n, depth = k, at = ta, bt = tb] {
                            libraries.blas(101, at ? 112 : 111, bt ? 112 : 111, static_cast<int>(rows),
                                           static_cast<int>(columns), static_cast<int>(depth), 1.0f, a.f32(),
                                           static_cast<int>(lda), b.f32(), static_cast<int>(ldb), 0.0f, other.f32(),
                                           static_cast<int>(columns));
                          }});
  }
  if (libraries.dnnl != nullptr) {
    contenders.push_back({"onednn", [&, rows = m, columns = n, depth = k, at = ta, bt = tb] {
                            libraries.dnnl(at ? 'T' : 'N', bt ? 'T' : 'N', rows, columns, depth, 1.0f, a.f32(), lda,
                                           b.f32(), ldb, 0.0f, other.f32(), columns);
                          }});
  }
  const double flops = 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  const int repeats = std::max(1, static_cast<int>(1e8 / flops));
  const bool processor_time = context.team().size() == 1;
  for (int round = 0; round < 9; ++round) {
    for (Contender& contender : contenders) {
      if (round == 0) contender.run();
      const double begin = now_s(processor_time);
      for (int i = 0; i < repeats; ++i) contender.run();
      contender.seconds.push_back((now_s(processor_time) - begin) / repeats);
    }
  }
  std::string row = fmt::format("{},{},{},{},{}", size, name, m, n, k);
  std::map<std::string_view, double> rates;
  for (Contender& contender : contenders) {
    std::nth_element(contender.seconds.begin(), contender.seconds.begin() + 4, contender.seconds.end());
    rates[contender.name] = flops / contender.seconds[4] * 1e-9;
    row += fmt::format(",{}={:.1f}", contender.name, rates[contender.name]);
  }
  row += fmt::format(",bf16/yupu={:.2f}", rates["bf16"] / rates["yupu"]);
  if (tb) row += fmt::format(",bf16 packed/yupu packed={:.2f}", rates["bf16 packed"] / rates["yupu packed"]);
  const bool compared = libraries.blas != nullptr || libraries.dnnl != nullptr;
  if (compared && largest_difference(c, other) > 1e-3) row += ",WRONG";
  // Operands of at most 1/2, each rounded by 2^-9 of itself at most: the errors of a sum grow as the root of its
  // length.
  if (largest_difference(c, rounded) > 2e-3 * std::sqrt(static_cast<double>(k))) row += ",WRONG bf16";
  fmt::print("{}\n", row);
}

}  // namespace
}  // namespace yupu::engine

int main(int argc, char** argv) {
  using namespace yupu::engine;
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  const Libraries libraries(threads);
  ExecutionContext context(threads);
  fmt::print("size,form,m,n,k,GFLOP/s of each ({} thread{})\n", threads, threads == 1 ? "" : "s");
  for (const std::int64_t width : {384, 768}) {
    const std::string size = width == 384 ? "small" : "base";
    for (const std::int64_t tokens : {1, 16, 64, 224, 320}) {
      measure(context, libraries, size, {"forward", tokens, width, width, false, true});
      measure(context, libraries, size, {"forward", tokens, 4 * width, width, false, true});
      measure(context, libraries, size, {"forward", tokens, width, 4 * width, false, true});
      if (tokens < 64) continue;
      measure(context, libraries, size, {"dX", tokens, width, 4 * width, false, false});
      measure(context, libraries, size, {"dW", 4 * width, width, tokens, true, false});
    }
  }
  return 0;
}
