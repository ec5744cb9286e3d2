// A classifier with a background output: what it does to rows and scores, on disk, in 8 bits and as an adapter.
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/classify/classifier.h"
#include "tasks/classify/evaluate.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kTexts = {"where is my parcel", "hello hello", "refund my parcel", "where"};

std::unique_ptr<Classifier> background_classifier(bool background = true) {
  auto tokenizer = text::make_wordpiece(
      {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "my", "parcel", "refund", "where", "is", "hello"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  model::EncoderConfig config;
  config.vocab_size = 11;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 12;
  config.initializer_range = 0.3f;
  auto classifier = Classifier::create(
      config, std::move(*tokenizer),
      {.labels = {"greeting", "parcel", "refund"}, .seed = 3, .max_length = 10, .background = background});
  CHECK(classifier.ok(), classifier.status().message());
  return std::move(*classifier);
}

std::vector<std::vector<float>> rows_of(const Classifier& classifier) {
  engine::ExecutionContext context(1);
  std::vector<text::Encoding> encodings;
  for (const std::string& text : kTexts) encodings.push_back(classifier.encode(text));
  auto rows = classifier.logits(context, encodings);
  CHECK(rows.ok(), rows.status().message());
  return *rows;
}

ScopeGate combined_gate() {
  return {
      .score = ScopeScore::kCombined,
      .threshold = 0.0,
      .combination = ScopeCombination{.signs = {ScopeSign::kProbability, ScopeSign::kBackground, ScopeSign::kAgreement},
                                      .weights = {1.0, 0.5, 2.0},
                                      .bias = -1.0}};
}

TEST(ClassifierBackground, TakesProbabilityAndIsNeverAnAnswer) {
  const auto classifier = background_classifier();
  EXPECT_EQ(classifier->output_count(), 4u);
  EXPECT_EQ(classifier->row_width(), 4u);
  const std::vector<float> row = {1.0f, 2.0f, 0.0f, 9.0f};  // the background is far ahead
  const auto ranked = classifier->rank(row, 10);
  ASSERT_EQ(ranked.size(), 3u);
  EXPECT_EQ(ranked[0].label, 1);
  EXPECT_LT(ranked[0].score, 0.01);
  double sum = 0.0;
  for (const Answer& answer : ranked) sum += answer.score;
  const double background = std::exp(9.0) / (std::exp(9.0) + std::exp(1.0) + std::exp(2.0) + 1.0);
  EXPECT_NEAR(sum, 1.0 - background, 1e-12);
  const LabelledLogits read = classifier->read_row(row);
  EXPECT_EQ(read.background, 9.0f);
  EXPECT_THAT(read.logits, ElementsAre(1.0f, 2.0f, 0.0f));
  EXPECT_NEAR(scope_score_of(read, {.score = ScopeScore::kBackground}, 1.0), std::log((1.0 - background) / background),
              1e-9);
}

TEST(ClassifierBackground, IsOnDiskAndInEightBitsWhatItWasInMemory) {
  const yupu::testing::TempDir dir;
  auto classifier = background_classifier();
  classifier->add_wide(std::vector<std::string>{"my parcel", "my refund", "hello my parcel", "hello"});
  ASSERT_NE(classifier->wide(), nullptr);
  auto& weights = classifier->wide()->weight().value;
  for (float& value : weights.values()) value = 0.25f;
  weights.values()[1] = 3.0f;
  classifier->wide()->weight().value_changed();
  classifier->set_calibration(Calibration{.temperature = 1.5, .answer_threshold = 0.2, .gate = combined_gate()});
  classifier->show_agreement(true);
  const auto rows = rows_of(*classifier);
  ASSERT_EQ(rows[0].size(), 5u);
  EXPECT_GT(rows[0].back(), 0.0f);
  ASSERT_TRUE(classifier->save(dir.file("m")).ok());
  const auto config = model::read_model_config(dir.file("m"));
  ASSERT_TRUE(config.ok()) << config.status().to_string();
  EXPECT_THAT(config->labels, ElementsAre("greeting", "parcel", "refund", "out_of_scope"));

  auto loaded = Classifier::load(dir.file("m"));
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_TRUE((*loaded)->has_background());
  EXPECT_THAT((*loaded)->labels(), ElementsAre("greeting", "parcel", "refund"));
  EXPECT_EQ(rows_of(**loaded), rows);
  EXPECT_EQ((*loaded)->scope_score(rows[0]), classifier->scope_score(rows[0]));
  EXPECT_EQ((*loaded)->weights_sha256(), classifier->weights_sha256());

  ASSERT_TRUE((*loaded)->quantise().ok());
  ASSERT_TRUE((*loaded)->save(dir.file("int8")).ok());
  const auto quantised = Classifier::load(dir.file("int8"));
  ASSERT_TRUE(quantised.ok()) << quantised.status().to_string();
  EXPECT_TRUE((*quantised)->has_background());
  EXPECT_EQ(rows_of(**quantised), rows_of(**loaded));
  EXPECT_TRUE((*quantised)->scope_score(rows_of(**quantised)[1]).has_value());
}

TEST(ClassifierBackground, AnAdapterBringsItsOwn) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(background_classifier(false)->save(dir.file("base")).ok());
  auto classifier =
      Classifier::from_base(dir.file("base"), {.labels = {"a", "b"}, .seed = 5, .max_length = 10, .background = true});
  ASSERT_TRUE(classifier.ok()) << classifier.status().to_string();
  model::AdapterConfig lora;
  lora.base = dir.file("base");
  ASSERT_TRUE((*classifier)->adapt(lora, 1).ok());
  ASSERT_TRUE((*classifier)->save(dir.file("lora")).ok());
  const auto loaded = Classifier::load(dir.file("lora"));
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_TRUE((*loaded)->has_background());
  EXPECT_THAT((*loaded)->labels(), ElementsAre("a", "b"));
  EXPECT_EQ(rows_of(**loaded), rows_of(**classifier));
  EXPECT_EQ(rows_of(**loaded)[0].size(), 3u);
}

TEST(ClassifierBackground, AGateThatReadsWhatIsNotThereIsNamed) {
  const yupu::testing::TempDir dir;
  auto classifier = background_classifier(false);
  classifier->set_calibration(Calibration{.gate = ScopeGate{.score = ScopeScore::kBackground}});
  ASSERT_TRUE(classifier->save(dir.file("m")).ok());
  EXPECT_THAT(Classifier::load(dir.file("m")).status().message(), HasSubstr("reads a background output"));
  classifier = background_classifier();
  classifier->set_calibration(Calibration{.gate = combined_gate()});
  ASSERT_TRUE(classifier->save(dir.file("m")).ok());
  EXPECT_THAT(Classifier::load(dir.file("m")).status().message(), HasSubstr("reads a wide branch"));
  classifier->set_calibration(std::nullopt);
  ASSERT_TRUE(classifier->save(dir.file("m")).ok());
  const auto text = read_file(dir.file("m/yupu.json"));
  Json json = Json::parse(*text);
  json["background"] = "yes";
  ASSERT_TRUE(write_file_atomic(dir.file("m/yupu.json"), json.dump()).ok());
  EXPECT_THAT(Classifier::load(dir.file("m")).status().message(), HasSubstr("'background' must be true or false"));
}

}  // namespace
}  // namespace yupu::tasks
