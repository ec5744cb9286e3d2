// Many tenants over one base, with real encoders: saved adapters, paged in, asked in crowded batches.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/testing.h"
#include "model/adapters/adapter.h"
#include "serving/adapter_pool.h"
#include "serving/classifier_model.h"
#include "tasks/classify/classifier.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::serving {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kTexts = {"tea", "cup tea", "refund order", "茶", "order order order cup", ""};
constexpr std::size_t kTenants = 12;

std::unique_ptr<tasks::Classifier> base_classifier(std::uint64_t seed) {
  auto tokenizer = text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "tea", "cup", "refund", "order", "茶"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  auto config = model::preset_config("tiny");
  CHECK(config.ok(), config.status().message());
  config->vocab_size = (*tokenizer)->vocab_size();
  config->position_count = 16;
  auto made = tasks::Classifier::create(*config, std::move(*tokenizer),
                                        {.labels = {"a", "b", "c"}, .seed = seed, .max_length = 16});
  CHECK(made.ok(), made.status().message());
  return std::move(*made);
}

// Tenant t's adapter of `base`: methods, ranks, targets and labels differ; every third has a wide branch.
void save_tenant(const std::string& base, const std::string& directory, std::size_t t) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < 2 + t % 4; ++i) labels.push_back("t" + std::to_string(t) + "_" + std::to_string(i));
  auto made = tasks::Classifier::from_base(base, {.labels = labels, .seed = t + 1, .max_length = 16});
  CHECK(made.ok(), made.status().message());
  tasks::Classifier& classifier = **made;
  model::AdapterConfig config;
  config.method = t % 5 == 4 ? "houlsby" : t % 5 == 3 ? "adalora" : "lora";
  config.base = base;
  config.rank = static_cast<std::int64_t>(1 + t * t % 33);
  config.target_rank = 1;
  config.bottleneck = 4 + static_cast<std::int64_t>(t);
  if (t % 2 == 1) config.targets = {"all-linear"};
  const Status adapted = classifier.adapt(config, t);
  CHECK(adapted.ok(), adapted.message());
  if (t % 3 == 0) classifier.add_wide(std::vector<std::string>{"tea order", "tea cup", "order cup tea"});
  Rng rng(t + 77);
  for (engine::Parameter* parameter : classifier.parameters()) {
    if (!parameter->trainable) continue;
    for (float& value : parameter->value.values()) value += 0.2f * static_cast<float>(rng.normal());
    parameter->value_changed();
  }
  const Status saved = classifier.save(directory);
  CHECK(saved.ok(), saved.message());
}

std::string tenant_name(std::size_t t) { return "tenant" + std::to_string(t); }

class Tenants : public ::testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kNone);
    ASSERT_TRUE(base_classifier(3)->save(dir_.file("base")).ok());
    for (std::size_t t = 0; t < kTenants; ++t) save_tenant(dir_.file("base"), dir_.file(tenant_name(t)), t);
  }
  std::int64_t soon() const { return clock_.monotonic_ns() + 60'000'000'000; }
  // What a process that serves nothing else answers.
  std::vector<float> alone(const std::string& directory, const std::string& text) {
    auto classifier = tasks::Classifier::load(directory);
    CHECK(classifier.ok(), classifier.status().message());
    const text::Encoding encoding = (*classifier)->encode(text);
    auto rows = (*classifier)->logits(own_, std::span(&encoding, 1));
    CHECK(rows.ok(), rows.status().message());
    return (*rows)[0];
  }
  std::unique_ptr<AdapterPool> pool(std::int64_t bytes_max) {
    bases_.keep(1);
    return std::make_unique<AdapterPool>(clock_, metrics_, folder_source(dir_.path(), loader_),
                                         AdapterPoolOptions{.bytes_max = bytes_max});
  }

  const yupu::testing::TempDir dir_;
  const SystemClock clock_{};
  Metrics metrics_;
  engine::ExecutionContext context_{2};
  engine::ExecutionContext own_{1};
  tasks::BaseCache bases_;
  const ModelLoader loader_ = classifier_loader(context_, bases_);
};

TEST_F(Tenants, AMixedBatchGivesEachWhatItWouldGetAlone) {
  std::vector<std::unique_ptr<TextModel>> models;
  std::vector<BatchText> batch;
  std::vector<std::vector<float>> expected;
  for (std::size_t t = 0; t < kTenants; ++t) {
    auto model = loader_(dir_.file(tenant_name(t)));
    ASSERT_TRUE(model.ok()) << model.status().to_string();
    models.push_back(std::move(*model));
    EXPECT_EQ(models[t]->batch_group(), models[0]->batch_group()) << "one encoder for all";
  }
  for (std::size_t i = 0; i < 60; ++i) {  // the tenants' texts lie scattered
    const std::size_t t = i * 7 % kTenants;
    const std::string& text = kTexts[i * i % kTexts.size()];
    batch.push_back({models[t].get(), models[t]->encode(text)});
    if (text.empty()) batch.back().encoding.ids = {2};  // a segment of one token
    if (text.empty()) batch.back().encoding.type_ids = {0};
    expected.push_back(text.empty() ? std::vector<float>() : alone(dir_.file(tenant_name(t)), text));
    if (!text.empty()) continue;
    const auto one = models[t]->logits(std::span(&batch.back(), 1));
    ASSERT_TRUE(one.ok());
    expected.back() = (*one)[0];
  }
  const auto rows = models[0]->logits(batch);
  ASSERT_TRUE(rows.ok()) << rows.status().to_string();
  for (std::size_t i = 0; i < batch.size(); ++i) EXPECT_EQ((*rows)[i], expected[i]) << i;
  EXPECT_EQ((*rows)[0].size(), models[0]->card().labels.size());
  // All of one tenant.
  std::vector<BatchText> same;
  for (const std::string& text : kTexts) same.push_back({models[1].get(), models[1]->encode(text)});
  const auto uniform = models[1]->logits(same);
  ASSERT_TRUE(uniform.ok());
  for (std::size_t i = 0; i + 1 < same.size(); ++i) {
    EXPECT_EQ((*uniform)[i], alone(dir_.file(tenant_name(1)), kTexts[i]));
  }
}

TEST_F(Tenants, EachIsCalibratedByItsOwnTemperature) {
  const std::vector<double> temperatures = {0.5, 4.0};
  std::vector<std::unique_ptr<TextModel>> models;
  std::vector<BatchText> batch;
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    auto classifier = tasks::Classifier::load(dir_.file(tenant_name(t)));
    ASSERT_TRUE(classifier.ok()) << classifier.status().to_string();
    (*classifier)->set_calibration(tasks::Calibration{.temperature = temperatures[t]});
    ASSERT_TRUE((*classifier)->save(dir_.file(tenant_name(t))).ok());
    auto model = loader_(dir_.file(tenant_name(t)));
    ASSERT_TRUE(model.ok()) << model.status().to_string();
    models.push_back(std::move(*model));
    batch.push_back({models[t].get(), models[t]->encode("refund order")});
  }
  const auto rows = models[0]->logits(batch);
  ASSERT_TRUE(rows.ok()) << rows.status().to_string();
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    const std::vector<float>& row = (*rows)[t];
    const double best = *std::max_element(row.begin(), row.end());
    double sum = 0.0;
    for (const float logit : row) sum += std::exp((logit - best) / temperatures[t]);
    EXPECT_NEAR(scored_text(models[t]->card(), row).ranked[0].score, 1.0 / sum, 1e-9) << t;
  }
}

TEST_F(Tenants, TextsOfManyTenantsTravelTogetherThroughTheWorker) {
  const auto adapters = pool(std::int64_t{1} << 30);
  EngineWorker worker(metrics_, {.batch_tokens = 256});
  std::vector<std::vector<float>> expected;
  for (std::size_t t = 0; t < kTenants; ++t) {
    expected.push_back(alone(dir_.file(tenant_name(t)), kTexts[t % kTexts.size()]));
  }
  std::atomic<int> right{0};
  std::vector<std::thread> crowd;
  for (std::size_t t = 0; t < kTenants; ++t) {
    crowd.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const auto model = adapters->acquire(tenant_name(t), soon());
        if (!model.ok()) return;
        const auto shared = std::shared_ptr<TextModel>(*model, (*model)->model.get());
        const auto outcome =
            worker.run({.model = shared, .texts = {shared->encode(kTexts[t % kTexts.size()])}, .deadline_ns = soon()});
        right += outcome.ok() && outcome->logits[0] == expected[t];
      }
    });
  }
  for (std::thread& thread : crowd) thread.join();
  EXPECT_EQ(right, 20 * static_cast<int>(kTenants));
  const std::string metrics = metrics_.prometheus({});
  EXPECT_THAT(metrics, HasSubstr("serving_adapters_resident 12"));
}

TEST_F(Tenants, AThousandAdaptersPassThroughMemoryForTen) {
  constexpr std::size_t kAdapters = 1000;
  const std::string folder = dir_.file("many");
  for (std::size_t i = 0; i < kAdapters; ++i) {
    const std::string one = folder + "/m" + std::to_string(i);
    std::filesystem::create_directories(one);
    for (const auto& file : std::filesystem::directory_iterator(dir_.file(tenant_name(i % kTenants)))) {
      if (file.path().filename() == "yupu.json") continue;  // its base is named from where it was
      std::filesystem::create_symlink(file.path(), one + "/" + file.path().filename().string());
    }
  }
  bases_.keep(1);
  const std::int64_t most = static_cast<std::int64_t>((*loader_(dir_.file("tenant11")))->own_bytes());
  AdapterPool adapters(clock_, metrics_, folder_source(folder, loader_), {.bytes_max = 10 * most});
  std::atomic<int> right{0};
  std::vector<std::thread> crowd;
  for (std::size_t c = 0; c < 4; ++c) {
    crowd.emplace_back([&, c] {
      for (std::size_t i = c; i < 2 * kAdapters; i += 4) {
        const auto model = adapters.acquire("m" + std::to_string(i * 7919 % kAdapters), soon());
        right += model.ok() && adapters.bytes() <= 10 * most;
      }
    });
  }
  for (std::thread& thread : crowd) thread.join();
  EXPECT_EQ(right, 2 * static_cast<int>(kAdapters));
  EXPECT_LT(adapters.resident().size(), kAdapters);
  EXPECT_GE(adapters.resident().size(), 10u);
}

TEST_F(Tenants, WhatDoesNotLoadIsItsOwnTenantsError) {
  const auto adapters = pool(std::int64_t{1} << 30);
  const auto status = [&](const std::string& name) { return adapters->acquire(name, soon()).status(); };
  EXPECT_EQ(status("nobody").code(), Code::kNotFound);
  EXPECT_EQ(status("../base").code(), Code::kNotFound);
  EXPECT_EQ(status("").code(), Code::kNotFound);
  EXPECT_EQ(status("base").code(), Code::kNotFound) << "a whole model is no adapter";
  std::filesystem::resize_file(dir_.file("tenant2") + "/adapter_model.safetensors", 40);
  EXPECT_THAT(status("tenant2").message(), HasSubstr("adapter_model.safetensors"));
  // The base under another's feet.
  ASSERT_TRUE(base_classifier(4)->save(dir_.file("base2")).ok());
  const std::string config = dir_.file("tenant3") + "/yupu.json";
  std::string text = *read_file(config);
  text.replace(text.find("../base"), 7, "../base2");
  ASSERT_TRUE(write_file_atomic(config, text).ok());
  EXPECT_THAT(status("tenant3").message(), HasSubstr("another base"));
  EXPECT_TRUE(status("tenant4").ok());
}

TEST_F(Tenants, CopiesOfABaseShareOneEncoderAndAnotherBaseTravelsAlone) {
  std::filesystem::copy(dir_.file("base"), dir_.file("copy"));
  save_tenant(dir_.file("copy"), dir_.file("of_copy"), 1);
  ASSERT_TRUE(base_classifier(4)->save(dir_.file("base2")).ok());
  save_tenant(dir_.file("base2"), dir_.file("of_other"), 1);
  const auto first = loader_(dir_.file("tenant1"));
  const auto copied = loader_(dir_.file("of_copy"));
  const auto other = loader_(dir_.file("of_other"));
  ASSERT_TRUE(first.ok() && copied.ok() && other.ok());
  EXPECT_EQ((*first)->batch_group(), (*copied)->batch_group());
  EXPECT_NE((*first)->batch_group(), (*other)->batch_group());
}

TEST_F(Tenants, ABaseInEightBitsTakesTheAdaptersOfItsOriginal) {
  auto base = tasks::Classifier::load(dir_.file("base"));
  ASSERT_TRUE(base.ok());
  Json lineage = (*base)->lineage();
  lineage["quantized_from_base_sha256"] = model::base_fingerprint(*(*base)->encoder());
  ASSERT_TRUE((*base)->quantise().ok());
  ASSERT_TRUE((*base)->save(dir_.file("nameless")).ok());
  (*base)->set_lineage(lineage);
  ASSERT_TRUE((*base)->save(dir_.file("int8")).ok());
  const std::string config = dir_.file("tenant1") + "/yupu.json";
  const std::string text = *read_file(config);
  const auto over = [&](const std::string& name) {
    std::string changed = text;
    changed.replace(changed.find("../base"), 7, "../" + name);
    CHECK(write_file_atomic(config, changed).ok(), "written");
    return loader_(dir_.file("tenant1"));
  };
  const std::vector<float> f32 = alone(dir_.file("tenant1"), "refund order");
  EXPECT_THAT(over("nameless").status().message(), HasSubstr("does not say from which weights"));
  const auto model = over("int8");
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  std::vector<BatchText> batch;
  for (const std::string& one : kTexts) batch.push_back({model->get(), (*model)->encode(one)});
  const auto rows = (*model)->logits(batch);
  ASSERT_TRUE(rows.ok()) << rows.status().to_string();
  const std::vector<float>& int8 = (*rows)[2];
  EXPECT_NE(int8, f32);
  for (std::size_t i = 0; i < f32.size(); ++i) EXPECT_NEAR(int8[i], f32[i], 0.1) << i;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    EXPECT_EQ((*(*model)->logits(std::span(&batch[i], 1)))[0], (*rows)[i]) << "an answer depends on its batch";
  }
}

}  // namespace
}  // namespace yupu::serving
