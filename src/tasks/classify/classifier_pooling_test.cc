// A classifier whose head reads the mean of the tokens' rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "base/file.h"
#include "base/testing.h"
#include "model/checkpoint/safetensors.h"
#include "tasks/classify/classifier.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kTexts = {"where is my parcel", "refund", "", "my my my my parcel is where is refund"};
const std::vector<std::string> kLabels = {"parcel", "refund", "other"};

std::unique_ptr<Classifier> classifier_with(Pooling pooling) {
  auto tokenizer =
      text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "my", "parcel", "refund", "where", "is"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  model::EncoderConfig config;
  config.vocab_size = 10;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 12;
  config.initializer_range = 0.3f;
  auto classifier = Classifier::create(config, std::move(*tokenizer),
                                       {.labels = kLabels, .seed = 1, .max_length = 10, .pooling = pooling});
  CHECK(classifier.ok(), classifier.status().message());
  return std::move(*classifier);
}

std::vector<std::vector<float>> mixed(const std::vector<std::pair<const Classifier*, std::string>>& asked) {
  engine::ExecutionContext context(1);
  std::vector<text::Encoding> encodings;
  for (const auto& [classifier, text] : asked) encodings.push_back(classifier->encode(text));
  std::vector<Classifier::Ask> asks;
  for (std::size_t i = 0; i < asked.size(); ++i) asks.push_back({asked[i].first, &encodings[i]});
  auto rows = Classifier::mixed_logits(context, asks);
  CHECK(rows.ok(), rows.status().message());
  return *rows;
}

std::vector<std::vector<float>> logits_of(const Classifier& classifier) {
  std::vector<std::pair<const Classifier*, std::string>> asked;
  for (const std::string& text : kTexts) asked.emplace_back(&classifier, text);
  return mixed(asked);
}

TEST(ClassifierPooling, TheHeadReadsTheMeanOfTheHiddenRows) {
  const auto classifier = classifier_with(Pooling::kMean);
  engine::ExecutionContext context(1);
  const text::Encoding encoding = classifier->encode(kTexts[0]);
  engine::PackedBatch packed;
  packed.append(encoding.ids, encoding.type_ids, 0);
  const model::EncoderBatch batch(std::move(packed));
  engine::Tape tape(context, engine::Tape::Mode::kInference);
  const engine::Tensor hidden = classifier->encoder()->hidden(tape, batch).value();
  const std::int64_t tokens = hidden.size(0), width = hidden.size(1);
  const engine::Tensor weight = classifier->tensors()[classifier->tensors().size() - 2].tensor;
  const std::vector<float> row = logits_of(*classifier)[0];
  for (std::size_t k = 0; k < kLabels.size(); ++k) {
    double z = 0.0;
    for (std::int64_t c = 0; c < width; ++c) {
      double mean = 0.0;
      for (std::int64_t t = 0; t < tokens; ++t) mean += hidden.values()[static_cast<std::size_t>(t * width + c)];
      z += mean / static_cast<double>(tokens) *
           weight.values()[k * static_cast<std::size_t>(width) + static_cast<std::size_t>(c)];
    }
    EXPECT_NEAR(row[k], z, 1e-5);  // a fresh bias is 0
  }
}

TEST(ClassifierPooling, IsKeptInTheDirectoryWithoutAPooler) {
  const yupu::testing::TempDir dir;
  const auto classifier = classifier_with(Pooling::kMean);
  ASSERT_TRUE(classifier->save(dir.file("m")).ok());
  const auto file = model::Safetensors::open(dir.file("m/model.safetensors"));
  ASSERT_TRUE(file.ok());
  for (const model::TensorEntry& entry : file->tensors()) EXPECT_THAT(entry.name, Not(HasSubstr("pooler")));
  const auto loaded = Classifier::load(dir.file("m"));
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ((*loaded)->pooling(), Pooling::kMean);
  EXPECT_EQ((*loaded)->weights_sha256(), classifier->weights_sha256());
  EXPECT_EQ(logits_of(**loaded), logits_of(*classifier));
  ASSERT_TRUE((*loaded)->quantise().ok());
  ASSERT_TRUE((*loaded)->save(dir.file("int8")).ok());
  const auto quantised = Classifier::load(dir.file("int8"));
  ASSERT_TRUE(quantised.ok()) << quantised.status().to_string();
  EXPECT_EQ(logits_of(**quantised), logits_of(**loaded));
  // A directory that says nothing has the first token's.
  ASSERT_TRUE(classifier_with(Pooling::kCls)->save(dir.file("cls")).ok());
  EXPECT_THAT(*read_file(dir.file("cls/yupu.json")), Not(HasSubstr("pooling")));
  EXPECT_EQ((*Classifier::load(dir.file("cls")))->pooling(), Pooling::kCls);
}

TEST(ClassifierPooling, AnotherNameIsRefused) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(classifier_with(Pooling::kMean)->save(dir.file("m")).ok());
  std::string text = *read_file(dir.file("m/yupu.json"));
  text.replace(text.find("\"mean\""), 6, "\"max\"");
  ASSERT_TRUE(write_file_atomic(dir.file("m/yupu.json"), text).ok());
  const Status refused = Classifier::load(dir.file("m")).status();
  EXPECT_EQ(refused.code(), Code::kInvalidArgument);
  EXPECT_THAT(refused.message(), HasSubstr("'pooling' is \"max\""));
}

TEST(ClassifierPooling, AdaptersOfBothKindsTravelInOneBatchEachAsAlone) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(classifier_with(Pooling::kCls)->save(dir.file("base")).ok());
  BaseCache bases;
  const LoadOptions options{.open_base = [&](const std::string& directory) { return bases.open(directory); }};
  std::vector<std::unique_ptr<Classifier>> adapters;
  for (const Pooling pooling : {Pooling::kMean, Pooling::kCls}) {
    const std::string name = dir.file(std::string(pooling_name(pooling)));
    auto fresh =
        Classifier::from_base(dir.file("base"), {.labels = kLabels, .seed = 5, .max_length = 10, .pooling = pooling});
    ASSERT_TRUE(fresh.ok()) << fresh.status().to_string();
    model::AdapterConfig lora;
    lora.method = "lora";
    lora.base = dir.file("base");
    ASSERT_TRUE((*fresh)->adapt(lora, 7).ok());
    ASSERT_TRUE((*fresh)->save(name).ok());
    auto loaded = Classifier::load(name, options);
    ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
    EXPECT_EQ((*loaded)->pooling(), pooling);
    EXPECT_EQ(logits_of(**loaded), logits_of(**fresh));
    adapters.push_back(std::move(*loaded));
  }
  ASSERT_EQ(adapters[0]->encoder(), adapters[1]->encoder());
  std::vector<std::pair<const Classifier*, std::string>> asked;
  for (const std::string& text : kTexts) {
    for (const auto& adapter : adapters) asked.emplace_back(adapter.get(), text);
  }
  const auto together = mixed(asked);
  for (std::size_t i = 0; i < asked.size(); ++i)
    EXPECT_EQ(together[i], logits_of(*asked[i].first)[i / 2]) << asked[i].second;
}

}  // namespace
}  // namespace yupu::tasks
