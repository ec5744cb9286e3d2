// Many tenants' adapters over one base, against the base alone, on mixed lengths (lognormal, mean 14 tokens, 4 to 60),
// random weights, one thread. The contenders alternate inside one run; process CPU time counts, the median of ratios
// is printed. Before the clock is read a mixed batch must give each tenant the bits it gets alone.
//   batch      64 texts of one whole model against 64 texts of 64 tenants (LoRA, r = 8): ratio base/mixed, 1 is free
//   resident   64 texts of 8 tenants against 64 texts of 64 out of 1,000 that are in memory
//   cold       one request's wait for an adapter that is not in memory (page cache warm), milliseconds of wall time
//   serving_tenants_bench [size] [rounds]      one CSV row per figure; size: 6x384 (default) or base
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <time.h>

#include "base/log.h"
#include "base/rng.h"
#include "base/testing.h"
#include "serving/adapter_pool.h"
#include "serving/classifier_model.h"
#include "tasks/classify/classifier.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::serving {
namespace {

constexpr std::int64_t kVocabulary = 2000;
constexpr std::size_t kTexts = 64;
constexpr std::size_t kOnDisk = 8;  // different adapters; others are loaded from the same directories
constexpr std::size_t kLabels = 10;
constexpr std::size_t kResident = 1000;

template <class T>
T take(Result<T> result) {
  CHECK(result.ok(), result.status().to_string());
  return std::move(result).value();
}

void require(const Status& status) { CHECK(status.ok(), status.to_string()); }

double cpu_ms() {
  timespec time = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

std::vector<std::string> labels() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kLabels; ++i) names.push_back("label" + std::to_string(i));
  return names;
}

void save_base(const std::string& directory, const std::string& size) {
  std::vector<std::string> vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]"};
  while (vocabulary.size() < kVocabulary) vocabulary.push_back("w" + std::to_string(vocabulary.size()));
  model::EncoderConfig config;
  config.vocab_size = kVocabulary;
  config.layer_count = size == "base" ? 12 : 6;
  config.hidden_size = size == "base" ? 768 : 384;
  config.head_count = 12;
  config.intermediate_size = 4 * config.hidden_size;
  const auto classifier = take(tasks::Classifier::create(config, take(text::make_wordpiece(vocabulary)),
                                                         {.labels = labels(), .seed = 1, .max_length = 64}));
  require(classifier->save(directory));
}

// kOnDisk LoRA adapters of rank 8 in `folder`.
void save_adapters(const std::string& base, const std::string& folder, const std::vector<std::string>& targets) {
  const auto classifier = take(tasks::Classifier::from_base(base, {.labels = labels(), .seed = 2, .max_length = 64}));
  model::AdapterConfig config;
  config.base = base;
  config.rank = 8;
  config.targets = targets;
  require(classifier->adapt(config, 3));
  for (std::size_t i = 0; i < kOnDisk; ++i) {
    Rng rng(i + 1);
    for (engine::Parameter* parameter : classifier->parameters()) {
      if (!parameter->trainable) continue;
      for (float& value : parameter->value.values()) value = 0.05f * static_cast<float>(rng.normal());
      parameter->value_changed();
    }
    require(classifier->save(folder + "/a" + std::to_string(i)));
  }
}

std::vector<text::Encoding> draw_texts(std::uint64_t seed) {
  constexpr double kMean = 14, kDeviation = 0.5;
  Rng rng(seed);
  std::vector<text::Encoding> texts(kTexts);
  for (text::Encoding& text : texts) {
    const double drawn = std::exp(std::log(kMean) - kDeviation * kDeviation / 2 + kDeviation * rng.normal());
    const auto length = std::clamp(static_cast<std::size_t>(std::lround(drawn)), std::size_t{4}, std::size_t{60});
    for (std::size_t i = 0; i < length; ++i) {
      text.ids.push_back(static_cast<std::int32_t>(rng.uniform() * static_cast<double>(kVocabulary)));
      text.type_ids.push_back(0);
    }
  }
  return texts;
}

using Models = std::vector<std::unique_ptr<TextModel>>;

std::vector<BatchText> batch_of(const std::vector<text::Encoding>& texts, const Models& models, std::size_t first,
                                std::size_t count) {
  std::vector<BatchText> batch;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    batch.push_back({models[(first + i % count) % models.size()].get(), texts[i]});
  }
  return batch;
}

double run(const std::vector<BatchText>& batch) {
  const double begin = cpu_ms();
  (void)take(batch.front().model->logits(batch));
  return cpu_ms() - begin;
}

bool is_right(const std::vector<BatchText>& batch) {
  const auto together = take(batch.front().model->logits(batch));
  for (std::size_t i = 0; i < batch.size(); i += 7) {
    if (take(batch[i].model->logits(std::span(&batch[i], 1)))[0] != together[i]) return false;
  }
  return true;
}

void print_ratio(const std::string& what, const std::string& size, const std::string& targets,
                 const std::vector<double>& ratios, double first_ms, bool right) {
  fmt::print("{},{},{},{:.3f},{:.3f},{:.3f},{:.2f}{}\n", what, size, targets, quantile(ratios, 0.5),
             quantile(ratios, 0.1), quantile(ratios, 0.9), first_ms, right ? "" : ",WRONG");
  std::fflush(stdout);
}

// The median of first/second over alternating runs, the order changing too.
void compare(const std::string& what, const std::string& size, const std::string& targets,
             const std::vector<BatchText>& first, const std::vector<BatchText>& second, int rounds) {
  const bool right = is_right(second);
  (void)run(first);
  std::vector<double> ratios, firsts;
  for (int round = 0; round < rounds; ++round) {
    double a = 0, b = 0;
    if (round % 2 == 0) a = run(first);
    b = run(second);
    if (round % 2 == 1) a = run(first);
    ratios.push_back(a / b);
    firsts.push_back(a);
  }
  print_ratio(what, size, targets, ratios, quantile(firsts, 0.5), right);
}

void measure_cold(const std::string& size, const std::string& targets, const std::string& folder,
                  const ModelLoader& loader) {
  constexpr std::size_t kNames = 200, kAsked = 600, kMemoryFor = 10;
  const SystemClock clock;
  Metrics metrics;
  for (std::size_t i = kOnDisk; i < kNames; ++i) {
    std::filesystem::copy(fmt::format("{}/a{}", folder, i % kOnDisk), fmt::format("{}/a{}", folder, i));
  }
  const auto bytes = static_cast<std::int64_t>(take(loader(folder + "/a0"))->own_bytes());
  AdapterPool pool(clock, metrics, folder_source(folder, loader), {.bytes_max = bytes * std::int64_t{kMemoryFor}});
  std::vector<double> cold, warm;
  for (std::size_t i = 0; i < kAsked; ++i) {
    const std::string name = "a" + std::to_string(i * 77 % kNames);
    for (std::vector<double>* times : {&cold, &warm}) {
      const auto begin = std::chrono::steady_clock::now();
      (void)take(pool.acquire(name, clock.monotonic_ns() + 60'000'000'000));
      times->push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
  }
  const std::vector<double> later(cold.begin() + kNames, cold.end());  // files read before
  fmt::print("cold,{},{},p50 {:.2f} ms,p99 {:.2f} ms,resident p99 {:.3f} ms,{:.2f} MB each\n", size, targets,
             quantile(later, 0.5), quantile(later, 0.99), quantile(warm, 0.99), static_cast<double>(bytes) * 1e-6);
}

void measure(const std::string& size, const std::string& targets_name, int rounds) {
  const yupu::testing::TempDir dir;
  const std::string base = dir.file("base");
  save_base(base, size);
  const std::vector<std::string> targets = targets_name == "all-linear" ? std::vector<std::string>{"all-linear"}
                                                                        : std::vector<std::string>{"query", "value"};
  save_adapters(base, dir.file("adapters"), targets);
  engine::ExecutionContext context(1);
  tasks::BaseCache bases;
  bases.keep(1);
  const ModelLoader loader = classifier_loader(context, bases);
  Models whole, tenants;
  whole.push_back(take(loader(base)));
  const auto grow = [&](std::size_t count) {
    while (tenants.size() < count) {
      tenants.push_back(take(loader(fmt::format("{}/a{}", dir.file("adapters"), tenants.size() % kOnDisk))));
    }
  };
  grow(kTexts);
  const auto texts = draw_texts(17);
  compare("batch", size, targets_name, batch_of(texts, whole, 0, 1), batch_of(texts, tenants, 0, kTexts), rounds);
  compare("batch of one tenant", size, targets_name, batch_of(texts, whole, 0, 1), batch_of(texts, tenants, 0, 1),
          rounds);
  if (size != "base") {
    grow(kResident);
    for (std::size_t i = 0; i < kResident; i += kTexts) (void)run(batch_of(texts, tenants, i, kTexts));  // packed now
    std::vector<double> ratios, few;
    for (int round = 0; round < rounds; ++round) {
      few.push_back(run(batch_of(texts, tenants, 0, 8)));
      ratios.push_back(few.back() / run(batch_of(texts, tenants, static_cast<std::size_t>(round) * 61, kTexts)));
    }
    print_ratio("resident", size, targets_name, ratios, quantile(few, 0.5), true);
  }
  measure_cold(size, targets_name, dir.file("adapters"), loader);
}

}  // namespace
}  // namespace yupu::serving

int main(int argc, char** argv) {
  yupu::log::set_level(yupu::log::Level::kNone);
  const std::string size = argc > 1 ? argv[1] : "6x384";
  const int rounds = argc > 2 ? std::max(3, std::atoi(argv[2])) : 15;
  fmt::print("figure,size,targets,median ratio,10 %,90 %,base CPU ms\n");
  for (const std::string targets : {"query+value", "all-linear"}) yupu::serving::measure(size, targets, rounds);
  return 0;
}
