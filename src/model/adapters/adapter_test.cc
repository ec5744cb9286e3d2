// Adapters on the golden base: the PEFT library's own numbers (tests/golden/peft), and what must hold besides.
#include "model/adapters/adapter.h"

#include <cmath>
#include <cstring>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/testing.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
#include "engine/optim/adamw.h"
#include "model/adapters/adalora/allocator.h"
#include "model/adapters/files.h"
#include "model/adapters/merge.h"
#include "model/checkpoint/huggingface.h"
#include "model/heads/classification/classification.h"

namespace yupu::model {
namespace {

using engine::Parameter;
using engine::Tape;
using engine::Tensor;
using engine::Var;
using ::testing::HasSubstr;

const std::string kBert = YUPU_TESTDATA("tests/golden/bert");
const std::string kPeft = YUPU_TESTDATA("tests/golden/peft");
constexpr float kForwardTolerance = 1e-5f;
constexpr float kGradientTolerance = 1e-4f;
const std::vector<std::string> kSixTargets = {
    "query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"};

float largest_difference(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) return INFINITY;
  float largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const float difference = std::fabs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

Json read_json(const std::string& path) {
  auto text = read_file(path);
  CHECK(text.ok(), path);
  auto json = parse_json(*text);
  CHECK(json.ok(), path);
  return *json;
}

// The golden base, frozen, and its batch of five sequences.
class Adapters : public ::testing::Test {
 protected:
  void SetUp() override {
    auto config = read_model_config(kBert + "/model");
    ASSERT_TRUE(config.ok()) << config.status().to_string();
    encoder_ = std::make_unique<Encoder>(config->encoder, 1);
    head_ = std::make_unique<ClassificationHead>(5, config->encoder, 1);
    std::vector<TensorBinding> all = encoder_->tensors();
    for (TensorBinding& binding : head_->tensors()) all.push_back(binding);
    auto absent = load_weights(kBert + "/model", all, {}, {});
    ASSERT_TRUE(absent.ok()) << absent.status().to_string();
    for (Parameter* parameter : encoder_->parameters()) parameter->trainable = false;
    auto expected = Safetensors::open(kPeft + "/expected.safetensors");
    ASSERT_TRUE(expected.ok()) << expected.status().to_string();
    expected_ = std::make_unique<Safetensors>(std::move(*expected));
    engine::PackedBatch packed;
    const Json cases = read_json(kBert + "/cases.json");
    for (const Json& sequence : cases["sequences"]) {
      sequences_.push_back(sequence["ids"].get<std::vector<std::int32_t>>());
      types_.push_back(sequence["types"].get<std::vector<std::int32_t>>());
      packed.append(sequences_.back(), types_.back(), sequences_.size());
      labels_.push_back(sequence["label"].get<std::int32_t>());
    }
    batch_ = std::make_unique<EncoderBatch>(std::move(packed));
  }

  std::vector<float> expected(const std::string& name) const {
    const TensorEntry* entry = expected_->find(name);
    CHECK(entry != nullptr, name);
    std::vector<float> values(static_cast<std::size_t>(entry->element_count()));
    CHECK(copy_to_f32(*entry, values, "golden").ok(), name);
    return values;
  }

  std::unique_ptr<Adapter> open(const std::string& directory) const {
    auto files = AdapterFiles::open(directory);
    CHECK(files.ok(), files.status().to_string());
    auto adapter = files->read(encoder_->config(), head_->tensors());
    CHECK(adapter.ok(), adapter.status().to_string());
    return std::move(*adapter);
  }

  // With every tensor of the adapter away from its beginning, so that it changes the numbers.
  std::unique_ptr<Adapter> fresh(const AdapterConfig& config, std::uint64_t seed, float noise) const {
    auto adapter = Adapter::create(config, *encoder_, seed);
    CHECK(adapter.ok(), adapter.status().to_string());
    Rng rng(seed);
    for (Parameter* parameter : (*adapter)->parameters()) {
      for (float& value : parameter->value.values()) value += noise * static_cast<float>(rng.normal());
    }
    return std::move(*adapter);
  }

  Var pooled(Tape& tape, const EncoderBatch& batch, const Adapter* adapter) const {
    const AdapterSegment whole{adapter, 0, batch.packed.sequence_count()};
    return encoder_->pooled(tape, batch, {}, {&whole, 1});
  }
  Var logits(Tape& tape, const Adapter* adapter) const {
    return head_->logits(tape, pooled(tape, *batch_, adapter), batch_->sequences, 0);
  }
  Tensor inferred(const Adapter* adapter) {
    Tape tape(context_, Tape::Mode::kInference);
    return logits(tape, adapter).value().clone();
  }
  Var loss(Tape& tape, const Adapter* adapter) const { return engine::cross_entropy(logits(tape, adapter), labels_); }

  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<ClassificationHead> head_;
  std::unique_ptr<Safetensors> expected_;
  std::unique_ptr<EncoderBatch> batch_;
  std::vector<std::vector<std::int32_t>> sequences_, types_;
  std::vector<std::int32_t> labels_;
  engine::ExecutionContext context_{2};
};

AdapterConfig config_of(const std::string& method) {
  AdapterConfig config;
  config.method = method;
  config.base = "base";
  config.rank = 4;
  config.target_rank = 2;
  config.alpha = 8;
  config.targets = kSixTargets;
  config.bottleneck = 6;
  return config;
}

TEST_F(Adapters, LoraOfPeftGivesItsLogitsAndGradients) {
  const auto adapter = open(kPeft + "/lora");
  EXPECT_EQ(adapter->adapted().size(), 6u);
  EXPECT_LE(largest_difference(inferred(adapter.get()).values(), expected("lora.logits")), kForwardTolerance);
  Tape tape(context_, Tape::Mode::kTraining);
  tape.backward(loss(tape, adapter.get()));
  std::vector<Parameter*> trained = adapter->parameters();
  for (Parameter* parameter : head_->parameters()) trained.push_back(parameter);
  for (const Parameter* parameter : trained) {
    ASSERT_TRUE(parameter->has_grad) << parameter->name;
    EXPECT_LE(largest_difference(parameter->grad.values(), expected("lora.grad." + parameter->name)),
              kGradientTolerance)
        << parameter->name;
  }
  for (const Parameter* parameter : encoder_->parameters()) {
    EXPECT_FALSE(parameter->has_grad) << "frozen " << parameter->name;
  }
}

TEST_F(Adapters, AdaLoraOfPeftOpensWithRanksOfNothing) {
  const auto adapter = open(kPeft + "/adalora");
  EXPECT_EQ(adapter->low_rank({1, Module::kQuery}).down->value.size(0), 0);
  EXPECT_EQ(adapter->low_rank({1, Module::kIntermediate}).down->value.size(0), 4);
  EXPECT_LE(largest_difference(inferred(adapter.get()).values(), expected("adalora.logits")), kForwardTolerance);
}

// Twenty-four updates with PEFT's settings: the same loss and the same mask after every one of them.
TEST_F(Adapters, AdaLoraTrainsAsPeftDoes) {
  const Json cases = read_json(kPeft + "/cases.json");
  const Json& schedule = cases["adalora"];
  AdapterConfig config = config_of("adalora");
  config.rank = schedule["init_r"];
  config.target_rank = schedule["target_r"];
  config.warmup_steps = schedule["tinit"];
  config.final_steps = schedule["tfinal"];
  config.interval = schedule["deltaT"];
  config.total_steps = schedule["total_step"];
  config.beta1 = schedule["beta1"];
  config.beta2 = schedule["beta2"];
  config.orthogonality = schedule["orth_reg_weight"];
  config.alpha = schedule["lora_alpha"];
  const auto adapter = fresh(config, 1, 0.0f);
  std::vector<Parameter*> trained = adapter->parameters();
  for (Parameter* parameter : head_->parameters()) trained.push_back(parameter);
  for (Parameter* parameter : trained) {
    const std::vector<float> start = expected("adalora.start." + parameter->name);
    std::copy(start.begin(), start.end(), parameter->value.values().begin());
    parameter->decay = true;  // as PyTorch's AdamW over all of them
  }
  const Json& adamw = cases["adamw"];
  engine::AdamW optimizer(trained, {.beta1 = adamw["beta1"],
                                    .beta2 = adamw["beta2"],
                                    .epsilon = adamw["eps"],
                                    .weight_decay = adamw["weight_decay"]});
  adalora::Allocator allocator(*adapter);
  const std::vector<float> masks = expected("adalora.masks");
  const std::vector<float> losses = expected("adalora.losses");
  const auto width = static_cast<std::size_t>(12 * config.rank);
  for (std::size_t step = 0; step < losses.size(); ++step) {
    Tape tape(context_, Tape::Mode::kTraining);
    const Var task = loss(tape, adapter.get());
    tape.backward(task);
    const double all = static_cast<double>(task.value().item()) + allocator.add_orthogonality(context_);
    EXPECT_NEAR(all, static_cast<double>(losses[step]), 2e-4) << step;
    optimizer.step(context_, adamw["lr"]);
    allocator.after_update(static_cast<std::int64_t>(step), 1.0f);
    std::vector<float> live;
    for (const ModuleAt at : adapter->adapted()) {
      for (const float value : adapter->low_rank(at).diagonal->value.values()) live.push_back(value != 0.0f ? 1 : 0);
    }
    EXPECT_EQ(live, std::vector<float>(masks.begin() + static_cast<std::ptrdiff_t>(step * width),
                                       masks.begin() + static_cast<std::ptrdiff_t>((step + 1) * width)))
        << "after update " << step;
  }
  EXPECT_EQ(allocator.live(), 12 * config.target_rank);
  const Tensor before = inferred(adapter.get());
  allocator.compact();
  EXPECT_EQ(adapter->low_rank({1, Module::kQuery}).up->value.size(1), 0);
  EXPECT_LE(largest_difference(inferred(adapter.get()).values(), before.values()), 1e-6f);
  EXPECT_LE(largest_difference(before.values(), expected("adalora.logits")), 2e-3f);
}

TEST_F(Adapters, FreshOnesComputeWhatTheBaseDoes) {
  const Tensor base = inferred(nullptr);
  for (const std::string method : {"lora", "adalora"}) {
    const Tensor adapted = inferred(fresh(config_of(method), 5, 0.0f).get());
    EXPECT_EQ(largest_difference(adapted.values(), base.values()), 0.0f) << method;
  }
  const Tensor near = inferred(fresh(config_of("houlsby"), 5, 0.0f).get());
  EXPECT_LE(largest_difference(near.values(), base.values()), 1e-3f);
  EXPECT_GT(largest_difference(inferred(fresh(config_of("lora"), 5, 0.1f).get()).values(), base.values()), 1e-3f);
}

TEST_F(Adapters, AtTheStartOnlySingularValuesGetATaskGradient) {
  const auto adapter = fresh(config_of("adalora"), 5, 0.0f);
  Tape tape(context_, Tape::Mode::kTraining);
  tape.backward(loss(tape, adapter.get()));
  for (const ModuleAt at : adapter->adapted()) {
    const LowRank& change = adapter->low_rank(at);
    for (const float value : change.up->grad.values()) ASSERT_EQ(value, 0.0f);
    for (const float value : change.down->grad.values()) ASSERT_EQ(value, 0.0f);
  }
  EXPECT_NE(adapter->low_rank({0, Module::kValue}).diagonal->grad.values()[0], 0.0f);
}

// Central differences of the whole model, for a few elements of every trained tensor.
TEST_F(Adapters, GradientsOfEveryMethodByFiniteDifferences) {
  for (const std::string method : {"lora", "adalora", "houlsby"}) {
    const auto adapter = fresh(config_of(method), 9, 0.1f);
    Tape tape(context_, Tape::Mode::kTraining);
    tape.backward(loss(tape, adapter.get()));
    const auto value_of_loss = [&] {
      Tape again(context_, Tape::Mode::kInference);
      return static_cast<double>(loss(again, adapter.get()).value().item());
    };
    for (Parameter* parameter : adapter->parameters()) {
      ASSERT_TRUE(parameter->has_grad) << parameter->name;
      float largest = 0;
      for (const float value : parameter->grad.values()) largest = std::max(largest, std::fabs(value));
      const auto count = static_cast<std::size_t>(parameter->value.element_count());
      for (const std::size_t i : {std::size_t{0}, count / 2, count - 1}) {
        float& weight = parameter->value.values()[i];
        const float kept = weight;
        weight = kept + 5e-3f;
        parameter->value_changed();
        const double above = value_of_loss();
        weight = kept - 5e-3f;
        parameter->value_changed();
        const double below = value_of_loss();
        weight = kept;
        parameter->value_changed();
        EXPECT_NEAR(static_cast<double>(parameter->grad.values()[i]), (above - below) / 1e-2,
                    1e-4 + 0.02 * static_cast<double>(largest))
            << method << " " << parameter->name << " " << i;
      }
    }
  }
}

TEST_F(Adapters, MergedEqualsUnmergedAndBack) {
  for (const std::string method : {"lora", "adalora"}) {
    const auto adapter = fresh(config_of(method), 11, 0.1f);
    const Tensor unmerged = inferred(adapter.get());
    const Tensor base = inferred(nullptr);
    const std::string fingerprint = base_fingerprint(*encoder_);
    ASSERT_TRUE(merge(*adapter, *encoder_).ok());
    EXPECT_NE(base_fingerprint(*encoder_), fingerprint);
    EXPECT_LE(largest_difference(inferred(nullptr).values(), unmerged.values()), 1e-5f) << method;
    ASSERT_TRUE(unmerge(*adapter, *encoder_).ok());
    EXPECT_LE(largest_difference(inferred(nullptr).values(), base.values()), 1e-5f) << method;
  }
  const auto houlsby = fresh(config_of("houlsby"), 11, 0.1f);
  EXPECT_THAT(merge(*houlsby, *encoder_).to_string(), HasSubstr("cannot be merged"));
}

TEST_F(Adapters, LayersBelowTheFirstAdapterSkipBackward) {
  AdapterConfig config = config_of("lora");
  config.targets = {"layer.1.output.dense"};
  const auto adapter = fresh(config, 3, 0.1f);
  ASSERT_EQ(adapter->adapted().size(), 1u);
  Tape tape(context_, Tape::Mode::kTraining);
  const AdapterSegment whole{adapter.get(), 0, batch_->packed.sequence_count()};
  std::vector<Var> layers;
  encoder_->hidden(tape, *batch_, {}, &layers, {&whole, 1});
  EXPECT_FALSE(layers[0].requires_grad());
  EXPECT_FALSE(layers[1].requires_grad());
  EXPECT_TRUE(layers[2].requires_grad());
}

TEST_F(Adapters, BranchDropoutActsInTrainingAlone) {
  AdapterConfig config = config_of("lora");
  config.dropout = 0.5;
  const auto adapter = fresh(config, 3, 0.1f);
  Tape training(context_, Tape::Mode::kTraining);
  const Tensor dropped = logits(training, adapter.get()).value().clone();
  const Tensor again = logits(training, adapter.get()).value().clone();
  EXPECT_EQ(largest_difference(dropped.values(), again.values()), 0.0f);
  EXPECT_GT(largest_difference(dropped.values(), inferred(adapter.get()).values()), 1e-3f);
}

// Tenants of every method, and rows of the base, in one batch: each gets its numbers of a batch alone, bit for bit.
TEST_F(Adapters, ManyTenantsInOneBatchAreEachAlone) {
  AdapterConfig wide = config_of("lora");
  wide.rank = 33;
  AdapterConfig one = config_of("lora");
  one.rank = 1;
  one.targets = {"value", "pooler.dense"};
  std::vector<std::unique_ptr<Adapter>> adapters;
  adapters.push_back(fresh(wide, 21, 0.1f));
  adapters.push_back(fresh(config_of("houlsby"), 22, 0.1f));
  adapters.push_back(fresh(config_of("adalora"), 23, 0.1f));
  adapters.push_back(fresh(one, 24, 0.1f));
  auto with_pooler = Adapter::create(config_of("lora"), *encoder_, 25, true);
  ASSERT_TRUE(with_pooler.ok());
  (*with_pooler)->pooler().gain->value.values()[0] += 1.0f;
  adapters.push_back(std::move(*with_pooler));
  const int tenants[] = {0, 1, 1, -1, 2, 3, 4, 4, -1};  // who each sequence belongs to; -1: the base
  engine::PackedBatch packed;
  std::vector<AdapterSegment> segments;
  for (std::int64_t i = 0; i < 9; ++i) {
    const auto which = static_cast<std::size_t>(i) % sequences_.size();
    packed.append(sequences_[which], types_[which], static_cast<std::uint64_t>(i));
    const int tenant = tenants[i];
    const Adapter* adapter = tenant < 0 ? nullptr : adapters[static_cast<std::size_t>(tenant)].get();
    if (!segments.empty() && segments.back().adapter == adapter) {
      segments.back().sequence_end = i + 1;
    } else {
      segments.push_back({adapter, i, i + 1});
    }
  }
  const EncoderBatch mixed(std::move(packed));
  Tape tape(context_, Tape::Mode::kInference);
  const Tensor all = encoder_->pooled(tape, mixed, {}, segments).value();
  const Tensor hidden = encoder_->hidden(tape, mixed, {}, nullptr, segments).value();
  for (std::int64_t i = 0; i < 9; ++i) {
    const auto which = static_cast<std::size_t>(i) % sequences_.size();
    engine::PackedBatch own;
    own.append(sequences_[which], types_[which], 0);
    const EncoderBatch alone(std::move(own));
    const int tenant = tenants[i];
    const Adapter* adapter = tenant < 0 ? nullptr : adapters[static_cast<std::size_t>(tenant)].get();
    const Tensor expected_row = pooled(tape, alone, adapter).value();
    const Tensor row = all.rows(i, i + 1);
    EXPECT_EQ(std::memcmp(row.bytes(), expected_row.bytes(), row.byte_count()), 0) << "sequence " << i;
    const AdapterSegment whole{adapter, 0, 1};
    const Tensor expected_hidden = encoder_->hidden(tape, alone, {}, nullptr, {&whole, 1}).value();
    const auto& starts = mixed.packed.cu_seqlens;
    const Tensor rows = hidden.rows(starts[static_cast<std::size_t>(i)], starts[static_cast<std::size_t>(i) + 1]);
    EXPECT_EQ(std::memcmp(rows.bytes(), expected_hidden.bytes(), rows.byte_count()), 0) << "tokens of " << i;
  }
}

TEST_F(Adapters, FilesGoOutAndIn) {
  for (const std::string method : {"lora", "adalora", "houlsby"}) {
    const yupu::testing::TempDir dir;
    const auto adapter = fresh(config_of(method), 31, 0.1f);
    if (method == "adalora") adapter->keep_ranks({0, Module::kQuery}, {false, true, false, false});
    const Tensor before = inferred(adapter.get());
    ASSERT_TRUE(save_adapter(dir.path(), *adapter, head_->tensors()).ok());
    EXPECT_TRUE(is_adapter_directory(dir.path()));
    const auto again = open(dir.path());
    EXPECT_EQ(again->config().method, method);
    EXPECT_EQ(again->config().base, "base");
    EXPECT_EQ(again->config().rank_pattern, adapter->config().rank_pattern);
    EXPECT_EQ(largest_difference(inferred(again.get()).values(), before.values()), 0.0f) << method;
  }
}

// The file of PEFT, written again, holds the same tensors under the same names.
TEST_F(Adapters, WritesTheNamesPeftWrites) {
  for (const std::string name : {"lora", "adalora"}) {
    const yupu::testing::TempDir dir;
    ASSERT_TRUE(save_adapter(dir.path(), *open(kPeft + "/" + name), head_->tensors()).ok());
    const auto theirs = Safetensors::open(kPeft + "/" + name + "/adapter_model.safetensors");
    const auto ours = Safetensors::open(dir.file("adapter_model.safetensors"));
    ASSERT_TRUE(theirs.ok() && ours.ok());
    ASSERT_EQ(ours->tensors().size(), theirs->tensors().size());
    for (const TensorEntry& entry : theirs->tensors()) {
      const TensorEntry* own = ours->find(entry.name);
      ASSERT_NE(own, nullptr) << entry.name;
      EXPECT_EQ(own->shape, entry.shape) << entry.name;
      EXPECT_EQ(own->bytes, entry.bytes) << entry.name;
    }
  }
}

TEST_F(Adapters, AnotherBaseAndBadFilesAreClearErrors) {
  const yupu::testing::TempDir dir;
  const auto adapter = fresh(config_of("lora"), 31, 0.1f);
  ASSERT_TRUE(save_adapter(dir.path(), *adapter, head_->tensors()).ok());
  auto files = AdapterFiles::open(dir.path());
  ASSERT_TRUE(files.ok());
  EncoderConfig wider = encoder_->config();
  wider.hidden_size = 48;
  const auto shape = files->read(wider, {}).status();
  EXPECT_EQ(shape.code(), Code::kInvalidArgument);
  EXPECT_THAT(shape.message(), HasSubstr("[4, 24], the base asks for [4, 48]"));
  EncoderConfig shallow = encoder_->config();
  shallow.layer_count = 1;
  EXPECT_THAT(files->read(shallow, {}).status().message(), HasSubstr("no linear layer \"bert.encoder.layer.1"));

  Json config = read_json(dir.file("adapter_config.json"));
  const std::pair<Json, std::string> edits[] = {{{{"peft_type", "IA3"}}, "peft_type \"IA3\""},
                                                {{{"use_dora", true}}, "'use_dora'"},
                                                {{{"bias", "all"}}, "'bias'"},
                                                {{{"lora_alpha", "x"}}, "lora_alpha"}};
  for (const auto& [edit, message] : edits) {
    Json edited = config;
    edited.update(edit);
    ASSERT_TRUE(write_file_atomic(dir.file("adapter_config.json"), to_text(edited)).ok());
    EXPECT_THAT(AdapterFiles::open(dir.path()).status().to_string(), HasSubstr(message));
  }
  AdapterConfig unknown = config_of("lora");
  unknown.targets = {"query", "gate_proj"};
  EXPECT_THAT(Adapter::create(unknown, *encoder_, 1).status().message(), HasSubstr("\"gate_proj\" fits no linear"));
  unknown = config_of("adalora");
  unknown.target_rank = 9;
  EXPECT_THAT(Adapter::create(unknown, *encoder_, 1).status().message(), HasSubstr("target_rank 9 is above rank 4"));
}

}  // namespace
}  // namespace yupu::model
