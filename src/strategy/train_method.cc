#include "strategy/train_method.h"

#include <algorithm>

#include <fmt/format.h>

namespace yupu::strategy {
namespace {

constexpr std::int64_t kAdaLoraRank = 12;
constexpr std::int64_t kStepsMax = 1'000'000'000;

// A key that means something to some methods alone.
struct MethodKey {
  std::string_view key;
  std::string_view methods;
};
constexpr MethodKey kKeys[] = {{"rank", "lora adalora"},     {"alpha", "lora adalora"},
                               {"targets", "lora adalora"},  {"adapter_dropout", "lora adalora"},
                               {"rslora", "lora"},           {"bottleneck", "houlsby"},
                               {"target_rank", "adalora"},   {"deltaT", "adalora"},
                               {"orthogonality", "adalora"}, {"tinit", "adalora"},
                               {"tfinal", "adalora"}};

bool is_one_of(const std::string& word, std::string_view words) {
  return fmt::format(" {} ", words).find(fmt::format(" {} ", word)) != std::string::npos;
}

void read_options(TomlReader& reader, TrainPlan& train) {
  model::AdapterConfig& adapter = train.adapter;
  if (train.method == "adalora") adapter.rank = kAdaLoraRank;
  reader.integer("rank", adapter.rank, 1, 1024);
  reader.number("alpha", adapter.alpha, 1e-6, 1e6);
  reader.number("adapter_dropout", adapter.dropout, 0.0, 0.95);
  reader.texts("targets", adapter.targets);
  reader.boolean("rslora", adapter.rslora);
  reader.integer("bottleneck", adapter.bottleneck, 1, 4096);
  adapter.target_rank = std::max<std::int64_t>(1, adapter.rank * 2 / 3);
  reader.integer("target_rank", adapter.target_rank, 1, adapter.rank);
  reader.integer("deltaT", adapter.interval, 1, 1'000'000);
  reader.number("orthogonality", adapter.orthogonality, 0.0, 100.0);
  std::int64_t steps = 0;
  reader.integer("tinit", steps, 0, kStepsMax);
  if (reader.has("tinit")) train.prune_after_steps = steps;
  reader.integer("tfinal", steps, 1, kStepsMax);
  if (reader.has("tfinal")) train.prune_final_steps = steps;
}

}  // namespace

void read_train_method(TomlReader& reader, TrainPlan& train) {
  reader.one_of("method", train.method, {"full", "lora", "adalora", "houlsby"});
  read_options(reader, train);
  for (const MethodKey& row : kKeys) {
    if (!reader.has(row.key) || is_one_of(train.method, row.methods)) continue;
    reader.fail(row.key, fmt::format("belongs to method {}, and method is \"{}\"", row.methods, train.method));
  }
  if (train.method == "full") return;
  if (train.base.empty()) {
    reader.fail("method",
                fmt::format("\"{}\" adapts a model that is there: name its directory in 'base'", train.method));
  }
  if (train.adapter.targets.empty()) reader.fail("targets", "must name a linear layer, or \"all-linear\"");
}

}  // namespace yupu::strategy
