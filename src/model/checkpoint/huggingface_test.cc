#include "model/checkpoint/huggingface.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "model/checkpoint/safetensors.h"
#include "model/heads/classification/classification.h"

namespace yupu::model {
namespace {

using ::testing::HasSubstr;

const std::string kGolden = YUPU_TESTDATA("tests/golden/bert/model");
using Tensors = std::vector<std::pair<std::string, engine::Tensor>>;

EncoderConfig small_config() {
  EncoderConfig config;
  config.vocab_size = 11;
  config.hidden_size = 8;
  config.intermediate_size = 16;
  config.position_count = 6;
  config.layer_count = 1;
  return config;
}

// The golden model's tensors as a file has them, to be bent.
Tensors golden_tensors() {
  auto file = Safetensors::open(kGolden + "/model.safetensors");
  CHECK(file.ok(), file.status().message());
  Tensors tensors;
  for (const TensorEntry& entry : file->tensors()) {
    engine::Tensor tensor = engine::Tensor::zeros(engine::Shape(std::span<const std::int64_t>(entry.shape)));
    CHECK(copy_to_f32(entry, tensor.values(), "golden").ok(), "f32");
    tensors.emplace_back(entry.name, std::move(tensor));
  }
  return tensors;
}

struct Loaded {
  Status status;
  std::vector<std::string> absent;
};

Loaded load(const Tensors& tensors, std::vector<std::string_view> optional = {},
            std::vector<std::string_view> ignored = {}, bool with_head = true, std::vector<float>* word = nullptr) {
  const yupu::testing::TempDir dir;
  CHECK(write_safetensors(dir.file("model.safetensors"), tensors).ok(), "written");
  auto config = read_model_config(kGolden);
  CHECK(config.ok(), config.status().message());
  Encoder encoder(config->encoder, 1);
  ClassificationHead head(5, config->encoder, 1);
  std::vector<TensorBinding> bindings = encoder.tensors();
  if (with_head) {
    for (TensorBinding& binding : head.tensors()) bindings.push_back(binding);
  }
  auto absent = load_weights(dir.path(), bindings, optional, ignored);
  if (word != nullptr) word->assign(bindings[0].tensor.values().begin(), bindings[0].tensor.values().end());
  return {absent.status(), absent.ok() ? *absent : std::vector<std::string>()};
}

TEST(HuggingFace, ReadsTheReferenceLibrarysConfig) {
  auto config = read_model_config(kGolden);
  ASSERT_TRUE(config.ok()) << config.status().to_string();
  EXPECT_EQ(config->architecture, "BertForSequenceClassification");
  EXPECT_EQ(config->encoder.head_count, 3);
  EXPECT_EQ(config->labels, (std::vector<std::string>{"LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4"}));
}

TEST(HuggingFace, OldNamesAndBareNamesLoadTheSameWeights) {
  std::vector<float> word, word_old;
  EXPECT_TRUE(load(golden_tensors(), {}, {}, true, &word).status.ok());
  Tensors old = golden_tensors();
  for (auto& [name, tensor] : old) {
    if (name.starts_with("bert.")) name.erase(0, 5);
    if (name.ends_with("LayerNorm.weight")) name.replace(name.size() - 6, 6, "gamma");
    if (name.ends_with("LayerNorm.bias")) name.replace(name.size() - 4, 4, "beta");
  }
  old.emplace_back("cls.predictions.bias", engine::Tensor::zeros({50}));
  old.emplace_back("embeddings.position_ids", engine::Tensor::zeros({1, 24}));
  const Loaded loaded = load(old, {}, {}, true, &word_old);
  EXPECT_TRUE(loaded.status.ok()) << loaded.status.to_string();
  EXPECT_EQ(word, word_old);
}

TEST(HuggingFace, WrongWeightsAreNamedWithBothShapes) {
  Tensors missing = golden_tensors();
  std::erase_if(missing, [](const auto& t) { return t.first == "bert.encoder.layer.1.attention.self.key.bias"; });
  EXPECT_THAT(load(missing).status.message(), HasSubstr("\"encoder.layer.1.attention.self.key.bias\" [24] is missing"));

  Tensors extra = golden_tensors();
  extra.emplace_back("bert.encoder.layer.2.output.dense.bias", engine::Tensor::zeros({24}));
  EXPECT_THAT(load(extra).status.message(), HasSubstr("\"bert.encoder.layer.2.output.dense.bias\" [24] has no place"));

  Tensors shape = golden_tensors();
  for (auto& [name, tensor] : shape) {
    if (name == "classifier.weight") tensor = engine::Tensor::zeros({7, 24});
  }
  const std::string message = load(shape).status.message();
  EXPECT_THAT(message, HasSubstr("\"classifier.weight\" has shape [7, 24], config.json asks for [5, 24]"));

  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Tensors damaged = golden_tensors();
    for (auto& [name, tensor] : damaged) {
      if (name == "bert.pooler.dense.bias") tensor.f32()[3] = bad;
    }
    EXPECT_THAT(load(damaged).status.message(), HasSubstr("\"bert.pooler.dense.bias\" holds"));
  }

  Tensors twice = golden_tensors();
  twice.emplace_back("pooler.dense.bias", engine::Tensor::zeros({24}));
  EXPECT_THAT(load(twice).status.message(), HasSubstr("are the same weight"));
}

TEST(HuggingFace, ABareEncoderKeepsTheFreshHeadAndSaysSo) {
  Tensors bare = golden_tensors();
  std::erase_if(
      bare, [](const auto& t) { return t.first.starts_with("classifier.") || t.first.starts_with("bert.pooler."); });
  EXPECT_THAT(load(bare).status.message(), HasSubstr("is missing"));
  const Loaded loaded = load(bare, {"pooler.", "classifier."});
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.to_string();
  EXPECT_EQ(loaded.absent, (std::vector<std::string>{"pooler.dense.weight", "pooler.dense.bias", "classifier.weight",
                                                     "classifier.bias"}));
  EXPECT_TRUE(load(golden_tensors(), {}, {"classifier."}, false).status.ok());
}

TEST(HuggingFace, SavedModelReadsBackBitForBit) {
  const yupu::testing::TempDir dir;
  const EncoderConfig config = small_config();
  Encoder encoder(config, 3);
  ASSERT_TRUE(
      write_model_config(dir.path(),
                         {.encoder = config, .architecture = "BertForSequenceClassification", .labels = {"a", "b\"中"}})
          .ok());
  ASSERT_TRUE(save_weights(dir.path(), encoder.tensors()).ok());
  auto read = read_model_config(dir.path());
  ASSERT_TRUE(read.ok()) << read.status().to_string();
  EXPECT_EQ(read->labels[1], "b\"中");
  Encoder again(read->encoder, 4);
  const auto first = encoder.tensors();
  const auto second = again.tensors();
  EXPECT_NE(first[0].tensor.f32()[0], second[0].tensor.f32()[0]);
  ASSERT_TRUE(load_weights(dir.path(), second, {}, {}).ok());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_TRUE(std::equal(first[i].tensor.values().begin(), first[i].tensor.values().end(),
                           second[i].tensor.values().begin()));
  }
  auto file = Safetensors::open(dir.file("model.safetensors"));
  ASSERT_TRUE(file.ok());
  EXPECT_NE(file->find("bert.encoder.layer.0.attention.self.value.weight"), nullptr);
}

// An encoder loaded from `directory`, and where its word table lay before.
struct Mapped {
  explicit Mapped(const std::string& directory, Placement placement = Placement::kMapped)
      : encoder(small_config(), 0, FreshWeights::kLoaded) {
    const auto bindings = encoder.tensors();
    const void* const before = encoder.word_embeddings().value.bytes();
    status = load_weights(directory, bindings, {}, {}, placement).status();
    in_place = encoder.word_embeddings().value.bytes() != before;
  }
  Encoder encoder;
  Status status;
  bool in_place = false;
};

bool same_values(const Encoder& a, const Encoder& b) {
  const auto first = a.tensors();
  const auto second = b.tensors();
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (!std::equal(first[i].tensor.values().begin(), first[i].tensor.values().end(),
                    second[i].tensor.values().begin())) {
      return false;
    }
  }
  return true;
}

TEST(HuggingFace, MappedWeightsAreTheFilesAndOutliveItsReplacement) {
  const yupu::testing::TempDir dir;
  const Encoder encoder(small_config(), 3);
  const Encoder other(small_config(), 4);
  ASSERT_TRUE(save_weights(dir.path(), encoder.tensors()).ok());
  const Mapped mapped(dir.path());
  ASSERT_TRUE(mapped.status.ok()) << mapped.status.to_string();
  EXPECT_TRUE(mapped.in_place);
  EXPECT_FALSE(Mapped(dir.path(), Placement::kCopied).in_place);
  ASSERT_TRUE(save_weights(dir.path(), other.tensors()).ok());
  EXPECT_TRUE(same_values(mapped.encoder, encoder));
  const Mapped again(dir.path());
  EXPECT_TRUE(same_values(again.encoder, other));
  again.encoder.word_embeddings().value.f32()[0] += 1;  // in this process alone
  EXPECT_TRUE(same_values(Mapped(dir.path()).encoder, other));
}

TEST(HuggingFace, AFileOfOddAlignmentIsCopied) {
  const yupu::testing::TempDir dir;
  const Encoder encoder(small_config(), 3);
  ASSERT_TRUE(save_weights(dir.path(), encoder.tensors()).ok());
  const std::string path = dir.file("model.safetensors");
  std::string bytes = *read_file(path);
  bytes.insert(8 + static_cast<unsigned char>(bytes[0]) + (static_cast<unsigned char>(bytes[1]) << 8), " ");
  bytes[0] = static_cast<char>(bytes[0] + 1);  // a header longer by one space
  ASSERT_TRUE(write_file_atomic(path, bytes).ok());
  const Mapped loaded(dir.path());
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.to_string();
  EXPECT_FALSE(loaded.in_place);
  EXPECT_TRUE(same_values(loaded.encoder, encoder));
}

TEST(HuggingFace, DamagedWeightsAreFoundWhereverTheyLie) {
  const yupu::testing::TempDir dir;
  for (const Placement placement : {Placement::kMapped, Placement::kCopied}) {
    Encoder encoder(small_config(), 3);
    encoder.word_embeddings().value.f32()[77] = std::numeric_limits<float>::infinity();
    ASSERT_TRUE(save_weights(dir.path(), encoder.tensors()).ok());
    EXPECT_THAT(Mapped(dir.path(), placement).status.message(),
                HasSubstr("\"bert.embeddings.word_embeddings.weight\" holds inf at element 77"));
    const std::string bytes = *read_file(dir.file("model.safetensors"));
    ASSERT_TRUE(write_file_atomic(dir.file("model.safetensors"), bytes.substr(0, bytes.size() - 1)).ok());
    const Status cut = Mapped(dir.path(), placement).status;
    EXPECT_EQ(cut.code(), Code::kInvalidArgument);
    EXPECT_THAT(cut.message(), HasSubstr("cut short"));
  }
}

TEST(HuggingFace, MissingFilesAreNotFoundAndBadLabelsInvalid) {
  const yupu::testing::TempDir dir;
  EXPECT_EQ(read_model_config(dir.file("nowhere")).status().code(), Code::kNotFound);
  EXPECT_EQ(load_weights(dir.path(), {}, {}, {}).status().code(), Code::kNotFound);
  ASSERT_TRUE(write_file_atomic(dir.file("pytorch_model.bin"), "x").ok());
  EXPECT_THAT(load_weights(dir.path(), {}, {}, {}).status().message(), HasSubstr("safetensors first"));
  const std::string base =
      R"("model_type":"bert","vocab_size":9,"hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,
    "intermediate_size":8,"max_position_embeddings":8,"type_vocab_size":2)";
  for (const char* labels : {R"({"0":"a","2":"b"})", R"({"0":"a","1":"a"})", R"(["a"])"}) {
    ASSERT_TRUE(write_file_atomic(dir.file("config.json"), "{" + base + ",\"id2label\":" + labels + "}").ok());
    auto config = read_model_config(dir.path());
    EXPECT_EQ(config.status().code(), Code::kInvalidArgument);
    EXPECT_THAT(config.status().message(), HasSubstr("id2label"));
  }
}

}  // namespace
}  // namespace yupu::model
