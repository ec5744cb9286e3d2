// Fine-tuning by adapters, end to end: train on a base, write, open again, merge, be killed and go on.
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "model/checkpoint/safetensors.h"
#include "training/training.h"

namespace yupu::training {
namespace {

using ::testing::HasSubstr;

std::vector<handoff::Row> make_rows(int per_label, std::uint64_t seed, bool other_labels) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> words = {
      {"parcel", {"parcel", "delivery", "where", "late", "包裹"}},
      {"refund", {"refund", "money", "back", "return", "退款"}},
      {"greeting", {"hello", "hi", "morning", "dear", "你好"}}};
  const std::vector<std::string> noise = {"the", "my", "please", "is", "for"};
  Rng rng(seed);
  std::vector<handoff::Row> rows;
  for (int i = 0; i < per_label; ++i) {
    for (const auto& [label, own] : words) {
      std::string text;
      for (int word = 0; word < 5; ++word) {
        const auto& from = word < 2 ? own : noise;
        text += from[rng.below(from.size())] + " ";
      }
      const std::string two = label == "greeting" ? "chat" : "order";  // the tenant's own task
      rows.push_back({.text = text, .label = other_labels ? two : label, .lang = "en", .source = {}});
    }
  }
  return rows;
}

TrainOptions quick_options(const std::string& out) {
  TrainOptions options;
  options.train = make_rows(20, 1, false);
  options.valid = make_rows(6, 2, false);
  options.test = make_rows(6, 3, false);
  options.out = out;
  options.epochs = 4;
  options.batch_tokens = 64;
  options.vocab_size = 120;
  options.wide = false;  // the adapters alone
  options.max_length = 16;
  options.threads = 2;
  return options;
}

class Methods : public ::testing::Test {
 protected:
  void SetUp() override {
    auto base = train(quick_options(dir_.file("base")), progress_);
    ASSERT_TRUE(base.ok()) << base.status().to_string();
  }

  TrainOptions adapter_options(const std::string& method, const std::string& out) const {
    TrainOptions options = quick_options(dir_.file(out));
    for (auto* rows : {&options.train, &options.valid, &options.test}) {
      for (handoff::Row& row : *rows) row.label = row.label == "greeting" ? "chat" : "order";
    }
    options.method = method;
    options.base = dir_.file("base");
    options.epochs = 8;
    options.lr = 5e-3;
    options.adapter.rank = 4;
    options.adapter.target_rank = 2;
    options.adapter.bottleneck = 8;
    options.adapter.interval = 3;
    options.adapter.targets = {"query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"};
    return options;
  }

  yupu::testing::TempDir dir_;
  handoff::SilentProgress progress_;
};

Result<std::vector<std::vector<float>>> logits_of(const tasks::Classifier& classifier) {
  engine::ExecutionContext context(2);
  std::vector<text::Encoding> texts;
  for (const handoff::Row& row : make_rows(4, 9, false)) texts.push_back(classifier.encode(row.text));
  return classifier.logits(context, texts);
}

TEST_F(Methods, EveryMethodLearnsAndItsDirectoryOpens) {
  auto base_sha256 = file_sha256(dir_.file("base/model.safetensors"));
  ASSERT_TRUE(base_sha256.ok());
  for (const std::string method : {"lora", "adalora", "houlsby"}) {
    TrainOptions options = adapter_options(method, method);
    options.epochs = 16;  // houlsby begins close to the identity
    auto result = train(options, progress_);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    EXPECT_GE(result->figures.at("test.accuracy"), 0.9) << method;
    EXPECT_LT(result->figures.at("adapter.trained_parameters"), 0.2 * result->figures.at("model.parameters"));
    EXPECT_TRUE(file_exists(options.out + "/adapter_config.json"));
    EXPECT_FALSE(file_exists(options.out + "/model.safetensors"));
    auto model = tasks::Classifier::load(options.out);
    ASSERT_TRUE(model.ok()) << model.status().to_string();
    EXPECT_EQ((*model)->weights_sha256(), result->weights_sha256) << method;
    EXPECT_THAT((*model)->labels(), ::testing::ElementsAre("chat", "order"));
    EXPECT_TRUE((*model)->calibration().has_value());
  }
  EXPECT_EQ(*file_sha256(dir_.file("base/model.safetensors")), *base_sha256);  // the base is as it was
}

TEST_F(Methods, AdaLoraEndsWithinItsBudget) {
  const TrainOptions options = adapter_options("adalora", "adalora");
  ASSERT_TRUE(train(options, progress_).ok());
  auto model = tasks::Classifier::load(options.out);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  const model::Adapter& adapter = *(*model)->adapter();
  std::int64_t live = 0;
  for (const model::ModuleAt at : adapter.adapted()) live += adapter.low_rank(at).down->value.size(0);
  EXPECT_EQ(live, 12 * options.adapter.target_rank);  // 6 modules of 2 layers
  EXPECT_EQ(adapter.config().rank_pattern.size(), 12u);
}

// Dies after given updates, then goes on: the weights of a run that was never cut, bit for bit.
TEST_F(Methods, KilledAnywhereItGoesOnToTheSameWeights) {
  for (const std::string method : {"lora", "adalora", "houlsby"}) {
    TrainOptions options = adapter_options(method, method + "-whole");
    options.adapter.dropout = 0.1;
    options.epochs = 5;
    options.checkpoint_steps = 2;
    auto whole = train(options, progress_);
    ASSERT_TRUE(whole.ok()) << whole.status().to_string();
    options.out = dir_.file(method + "-cut");
    for (const std::int64_t kill_at : {whole->steps / 8, whole->steps / 3, whole->steps / 2 + 1, whole->steps - 2}) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        options.after_step = [kill_at](std::int64_t step) {
          if (step == kill_at) ::kill(::getpid(), SIGKILL);
        };
        (void)train(options, progress_);
        ::_exit(0);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFSIGNALED(status));
    }
    auto cut = train(options, progress_);
    ASSERT_TRUE(cut.ok()) << cut.status().to_string();
    EXPECT_GT(cut->resumed_at_step, 0);
    EXPECT_EQ(cut->weights_sha256, whole->weights_sha256) << method;
  }
}

// A frozen base is neither in the optimiser's state nor in the checkpoint.
TEST_F(Methods, TheCheckpointHoldsWhatTrains) {
  TrainOptions options = adapter_options("lora", "stopped");
  options.stop_requested = [] { return true; };
  EXPECT_EQ(train(options, progress_).status().code(), Code::kUnavailable);
  const auto state = model::Safetensors::open(options.out + "/.state/state.safetensors");
  ASSERT_TRUE(state.ok());
  for (const auto& entry : state->tensors()) {
    EXPECT_TRUE(entry.name.find("lora_") != std::string::npos || entry.name.starts_with("classifier.")) << entry.name;
  }
  EXPECT_EQ(state->tensors().size(), 3u * (2 * 12 + 2));
}

TEST_F(Methods, MergedIsAWholeModelOfTheSameAnswers) {
  const TrainOptions options = adapter_options("lora", "lora");
  ASSERT_TRUE(train(options, progress_).ok());
  auto model = tasks::Classifier::load(options.out);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  const auto adapted = logits_of(**model);
  ASSERT_TRUE(adapted.ok());
  ASSERT_TRUE((*model)->merge_adapter().ok());
  ASSERT_TRUE((*model)->save(dir_.file("merged")).ok());
  auto whole = tasks::Classifier::load(dir_.file("merged"));
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();
  EXPECT_EQ((*whole)->adapter(), nullptr);
  const auto merged = logits_of(**whole);
  ASSERT_TRUE(merged.ok());
  for (std::size_t i = 0; i < adapted->size(); ++i) {
    for (std::size_t k = 0; k < 2; ++k) EXPECT_NEAR((*merged)[i][k], (*adapted)[i][k], 1e-5);
  }
}

TEST_F(Methods, MovedTogetherTheyOpenAndAnotherBaseIsRefused) {
  const TrainOptions options = adapter_options("lora", "lora");
  ASSERT_TRUE(train(options, progress_).ok());
  std::filesystem::create_directories(dir_.file("elsewhere"));
  for (const std::string name : {"base", "lora"})
    std::filesystem::rename(dir_.file(name), dir_.file("elsewhere/" + name));
  EXPECT_TRUE(tasks::Classifier::load(dir_.file("elsewhere/lora")).ok());

  std::filesystem::rename(dir_.file("elsewhere/base"), dir_.file("elsewhere/gone"));
  const Status absent = tasks::Classifier::load(dir_.file("elsewhere/lora")).status();
  EXPECT_EQ(absent.code(), Code::kNotFound);
  EXPECT_THAT(absent.message(), HasSubstr("looked for config.json in"));

  TrainOptions other = quick_options(dir_.file("elsewhere/base"));
  other.seed = 2;
  other.epochs = 1;
  ASSERT_TRUE(train(other, progress_).ok());
  const Status refused = tasks::Classifier::load(dir_.file("elsewhere/lora")).status();
  EXPECT_EQ(refused.code(), Code::kInvalidArgument);
  EXPECT_THAT(refused.message(), HasSubstr("an adapter of another base"));
}

TEST_F(Methods, ABaseWithoutPoolerGetsOneOfTheAdapters) {
  auto file = model::Safetensors::open(dir_.file("base/model.safetensors"));
  ASSERT_TRUE(file.ok());
  std::vector<std::pair<std::string, engine::Tensor>> kept;
  for (const auto& entry : file->tensors()) {
    if (entry.name.starts_with("bert.pooler.")) continue;
    engine::Tensor tensor = engine::Tensor::empty(engine::Shape(std::span<const std::int64_t>(entry.shape)));
    ASSERT_TRUE(model::copy_to_f32(entry, tensor.values(), "base").ok());
    kept.emplace_back(entry.name, tensor);
  }
  ASSERT_TRUE(model::write_safetensors(dir_.file("base/model.safetensors"), kept).ok());
  const TrainOptions options = adapter_options("lora", "lora");
  auto result = train(options, progress_);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_GE(result->figures.at("test.accuracy"), 0.8);  // of 18 rows and 3 labels
  auto model = tasks::Classifier::load(options.out);
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_NE((*model)->adapter()->pooler().gain, nullptr);
  engine::ExecutionContext context(2);
  auto again = tasks::evaluate(**model, context, options.test);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->report.accuracy, result->figures.at("test.accuracy"));
}

TEST_F(Methods, BadOptionsAreNamed) {
  TrainOptions options = adapter_options("lora", "x");
  options.base.clear();
  EXPECT_THAT(train(options, progress_).status().message(), HasSubstr("name one (base)"));
  options = adapter_options("prefix", "x");
  EXPECT_THAT(train(options, progress_).status().message(), HasSubstr("\"prefix\" is unknown"));
  options = adapter_options("adalora", "x");
  options.prune_after_steps = 1'000'000;
  EXPECT_THAT(train(options, progress_).status().message(), HasSubstr("nothing is left to prune in"));
  options = adapter_options("lora", "x");
  options.adapter.rank = 0;
  EXPECT_THAT(train(options, progress_).status().message(), HasSubstr("rank is 0"));
}

}  // namespace
}  // namespace yupu::training
