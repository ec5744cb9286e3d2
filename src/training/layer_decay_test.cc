#include "training/layer_decay.h"

#include <cmath>
#include <memory>

#include <gtest/gtest.h>

#include "base/testing.h"
#include "model/checkpoint/safetensors.h"
#include "training/testing.h"

namespace yupu::training {
namespace {

TEST(LayerDecay, RatesOfEveryDepth) {
  const std::pair<const char*, double> rows[] = {{"bert.embeddings.word_embeddings.weight", 0.125},
                                                 {"bert.embeddings.LayerNorm.bias", 0.125},
                                                 {"bert.encoder.layer.0.attention.self.qkv.weight", 0.25},
                                                 {"bert.encoder.layer.1.output.dense.bias", 0.5},
                                                 {"bert.pooler.dense.weight", 1.0},
                                                 {"classifier.weight", 1.0},
                                                 {"wide.weight", 20.0}};
  std::vector<std::unique_ptr<engine::Parameter>> owned;
  std::vector<engine::Parameter*> parameters;
  for (const auto& [name, rate] : rows) {
    owned.push_back(std::make_unique<engine::Parameter>());
    owned.back()->name = name;
    parameters.push_back(owned.back().get());
  }
  parameters.back()->learning_rate_scale = 20.0f;  // the wide branch's own
  scale_by_depth(parameters, 0.5);
  for (std::size_t i = 0; i < parameters.size(); ++i)
    EXPECT_FLOAT_EQ(parameters[i]->learning_rate_scale, static_cast<float>(rows[i].second)) << rows[i].first;
  scale_by_depth(parameters, 1.0);
  EXPECT_FLOAT_EQ(parameters[0]->learning_rate_scale, 0.125f);
}

std::vector<float> tensor_of(const std::string& directory, std::string_view suffix) {
  const auto file = model::Safetensors::open(directory + "/model.safetensors");
  std::vector<float> values;
  if (!file.ok()) return values;
  for (const auto& entry : file->tensors()) {
    if (!entry.name.ends_with(suffix)) continue;
    values.resize(static_cast<std::size_t>(entry.element_count()));
    EXPECT_TRUE(model::copy_to_f32(entry, values, "model").ok());
  }
  return values;
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return std::sqrt(sum);
}

// Two updates from one start: the first layer hardly moves, the head as far as before; stopped and gone on with, the
// same bits.
TEST(LayerDecay, TheFirstLayersMoveLessAndARunGoesOnBitForBit) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto run = [&](const std::string& name, double decay, std::int64_t epochs, double lr) {
    TrainOptions options = testing::quick_options(dir.file(name));
    options.valid.clear();
    options.epochs = epochs;
    options.lr = lr;
    options.layer_decay = decay;
    return std::pair(options, train(options, progress));
  };
  ASSERT_TRUE(run("start", 1.0, 1, 1e-9).second.ok());
  ASSERT_TRUE(run("even", 1.0, 1, 1e-3).second.ok());
  const auto [options, whole] = run("decayed", 0.1, 1, 1e-3);
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();
  const auto moved = [&](const std::string& name, const char* suffix) {
    return distance(tensor_of(dir.file("start"), suffix), tensor_of(dir.file(name), suffix));
  };
  constexpr const char* kFirst = "encoder.layer.0.output.dense.weight";
  EXPECT_LT(moved("decayed", kFirst), 0.05 * moved("even", kFirst));
  EXPECT_GT(moved("decayed", "classifier.weight"), 0.5 * moved("even", "classifier.weight"));

  TrainOptions stopped = options;
  stopped.out = dir.file("stopped");
  std::int64_t steps = 0;
  stopped.after_step = [&](std::int64_t) { ++steps; };
  stopped.stop_requested = [&] { return steps == 2; };
  EXPECT_EQ(train(stopped, progress).status().code(), Code::kUnavailable);
  stopped.stop_requested = nullptr;
  const auto rest = train(stopped, progress);
  ASSERT_TRUE(rest.ok()) << rest.status().to_string();
  EXPECT_EQ(rest->resumed_at_step, 2);
  EXPECT_EQ(rest->weights_sha256, whole->weights_sha256);
}

}  // namespace
}  // namespace yupu::training
