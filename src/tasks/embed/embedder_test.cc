#include "tasks/embed/embedder.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "model/checkpoint/safetensors.h"
#include "tasks/embed/evaluate.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<text::Tokenizer> small_tokenizer() {
  auto tokenizer = text::make_wordpiece(
      {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "where", "is", "my", "parcel", "##s", "快", "递", "?"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  return std::move(*tokenizer);
}

std::unique_ptr<Embedder> small_embedder(Pooling pooling, bool normalize) {
  model::EncoderConfig config;
  config.vocab_size = 13;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 12;
  config.initializer_range = 0.3f;
  auto embedder = Embedder::create(config, small_tokenizer(),
                                   {.seed = 1, .max_length = 10, .pooling = pooling, .normalize = normalize});
  CHECK(embedder.ok(), embedder.status().message());
  return std::move(*embedder);
}

const std::vector<std::string> kTexts = {"where is my parcel?", "快递", "", "parcels", std::string(60, '?')};

std::vector<std::vector<float>> vectors_of(const Embedder& embedder, std::span<const std::string> texts) {
  std::vector<text::Encoding> encodings;
  for (const std::string& text : texts) encodings.push_back(embedder.encode(text));
  engine::ExecutionContext context(1);
  auto vectors = embedder.embed(context, encodings);
  CHECK(vectors.ok(), vectors.status().message());
  return *vectors;
}

double length_of(const std::vector<float>& vector) {
  double square = 0;
  for (const float value : vector) square += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(square);
}

TEST(Embedder, EveryTextIsAnsweredAsAlone) {
  for (const Pooling pooling : {Pooling::kMean, Pooling::kCls}) {
    for (const bool normalize : {true, false}) {
      const auto embedder = small_embedder(pooling, normalize);
      const auto together = vectors_of(*embedder, kTexts);
      for (std::size_t i = 0; i < kTexts.size(); ++i) {
        EXPECT_EQ(together[i].size(), 16u);
        EXPECT_EQ(vectors_of(*embedder, std::span(kTexts).subspan(i, 1))[0], together[i]) << i;
        EXPECT_EQ(std::fabs(length_of(together[i]) - 1.0) < 1e-6, normalize);
      }
      EXPECT_NE(together[0], together[1]);
    }
  }
  EXPECT_NE(vectors_of(*small_embedder(Pooling::kMean, true), kTexts)[0],
            vectors_of(*small_embedder(Pooling::kCls, true), kTexts)[0]);
}

TEST(Embedder, SavedModelGivesTheSameBitsAndKeepsEverything) {
  for (const Pooling pooling : {Pooling::kMean, Pooling::kCls}) {
    for (const bool normalize : {true, false}) {
      const yupu::testing::TempDir dir;
      const auto embedder = small_embedder(pooling, normalize);
      embedder->set_lineage({{"who", "test"}});
      ASSERT_TRUE(embedder->save(dir.path()).ok());
      EXPECT_EQ(file_exists(dir.file("2_Normalize")), normalize);
      const auto loaded = Embedder::load(dir.path());
      ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
      EXPECT_EQ((*loaded)->pooling(), pooling);
      EXPECT_EQ((*loaded)->normalizes(), normalize);
      EXPECT_EQ((*loaded)->max_length(), 10);
      EXPECT_EQ((*loaded)->lineage()["who"], "test");
      EXPECT_EQ((*loaded)->weights_sha256(), embedder->weights_sha256());
      EXPECT_EQ(vectors_of(**loaded, kTexts), vectors_of(*embedder, kTexts));
    }
  }
}

TEST(Embedder, TheFilesAreTheReferenceLibrarys) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(small_embedder(Pooling::kMean, true)->save(dir.path()).ok());
  const auto weights = model::Safetensors::open(dir.file("model.safetensors"));
  ASSERT_TRUE(weights.ok());
  EXPECT_NE(weights->find("embeddings.word_embeddings.weight"), nullptr);  // BertModel: no "bert." in front
  EXPECT_NE(weights->find("pooler.dense.weight"), nullptr);
  EXPECT_EQ(model::read_model_config(dir.path())->architecture, "BertModel");
  const Json modules = *parse_json(*read_file(dir.file("modules.json")));
  ASSERT_EQ(modules.size(), 3u);
  EXPECT_EQ(modules[1]["path"], "1_Pooling");
  EXPECT_EQ(modules[2]["type"], "sentence_transformers.models.Normalize");
  const Json pooling = *parse_json(*read_file(dir.file("1_Pooling/config.json")));
  EXPECT_EQ(pooling["word_embedding_dimension"], 16);
  EXPECT_EQ(pooling["pooling_mode_mean_tokens"], true);
  EXPECT_EQ(pooling["pooling_mode_cls_token"], false);
  EXPECT_EQ((*parse_json(*read_file(dir.file("sentence_bert_config.json"))))["max_seq_length"], 10);
}

// What version 6 of the reference library writes: other module names, "pooling_mode", no max_seq_length.
TEST(Embedder, NewerDirectoriesOpen) {
  const yupu::testing::TempDir dir;
  const auto embedder = small_embedder(Pooling::kCls, true);
  ASSERT_TRUE(embedder->save(dir.path()).ok());
  const auto write = [&](const std::string& file, const std::string& content) {
    ASSERT_TRUE(write_file_atomic(dir.file(file), content).ok());
  };
  write("modules.json",
        R"([{"idx":0,"name":"0","path":"","type":"sentence_transformers.base.modules.transformer.Transformer"},
    {"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.sentence_transformer.modules.pooling.Pooling"},
    {"idx":2,"name":"2","path":"2_Normalize","type":"sentence_transformers.base.modules.normalize.Normalize"}])");
  write("1_Pooling/config.json", R"({"embedding_dimension":16,"pooling_mode":"cls","include_prompt":true})");
  write("sentence_bert_config.json", R"({"transformer_task":"feature-extraction"})");
  write("tokenizer_config.json", R"({"do_lower_case":true,"model_max_length":9})");
  ASSERT_TRUE(remove_tree(dir.file("yupu.json")).ok());
  const auto loaded = Embedder::load(dir.path());
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ((*loaded)->pooling(), Pooling::kCls);
  EXPECT_TRUE((*loaded)->normalizes());
  EXPECT_EQ((*loaded)->max_length(), 9);
  EXPECT_EQ(vectors_of(**loaded, std::span(kTexts).first(1)), vectors_of(*embedder, std::span(kTexts).first(1)));
}

TEST(Embedder, ABaseGivesItsPoolingUnlessToldOtherwise) {
  const yupu::testing::TempDir dir;
  const auto trained = small_embedder(Pooling::kCls, false);
  ASSERT_TRUE(trained->save(dir.path()).ok());
  const auto same = Embedder::from_base(dir.path(), {.max_length = 500}, 0.25f);
  ASSERT_TRUE(same.ok()) << same.status().to_string();
  EXPECT_EQ((*same)->pooling(), Pooling::kCls);
  EXPECT_FALSE((*same)->normalizes());
  EXPECT_EQ((*same)->max_length(), 12);
  EXPECT_EQ((*same)->config().hidden_dropout, 0.25f);
  EXPECT_EQ((*same)->weights_sha256(), trained->weights_sha256());
  const auto other = Embedder::from_base(dir.path(), {.max_length = 8, .pooling = Pooling::kMean, .normalize = true});
  ASSERT_TRUE(other.ok());
  EXPECT_EQ((*other)->pooling(), Pooling::kMean);
  EXPECT_TRUE((*other)->normalizes());
  ASSERT_TRUE(remove_tree(dir.file("modules.json")).ok());  // an encoder of any kind
  EXPECT_TRUE((*Embedder::from_base(dir.path(), {.max_length = 8}))->normalizes());
}

TEST(Embedder, DamagedAndForeignDirectoriesAreRefusedByName) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(small_embedder(Pooling::kMean, true)->save(dir.path()).ok());
  const auto broken = [&](const std::string& file, const std::string& content) {
    const std::string kept = *read_file(dir.file(file));
    EXPECT_TRUE(write_file_atomic(dir.file(file), content).ok());
    const Status status = Embedder::load(dir.path()).status();
    EXPECT_TRUE(write_file_atomic(dir.file(file), kept).ok());
    EXPECT_EQ(status.code(), Code::kInvalidArgument) << file;
    EXPECT_THAT(status.message(), HasSubstr(file));
    return status.message();
  };
  const std::string head = R"([{"path":"","type":"x.Transformer"},)";
  EXPECT_THAT(broken("modules.json", "[]"), HasSubstr("Transformer, Pooling"));
  EXPECT_THAT(broken("modules.json", head + R"({"path":"2_Dense","type":"x.Dense"}])"), HasSubstr("\"x.Dense\""));
  EXPECT_THAT(broken("modules.json", R"([{"path":"0_BERT","type":"x.Transformer"},{"path":"p","type":"x.Pooling"}])"),
              HasSubstr("\"0_BERT\""));
  EXPECT_THAT(broken("1_Pooling/config.json", R"({"pooling_mode":"max"})"), HasSubstr("\"max\""));
  EXPECT_THAT(broken("1_Pooling/config.json", R"({"pooling_mode_max_tokens":true})"), HasSubstr("max_tokens"));
  EXPECT_THAT(broken("1_Pooling/config.json", R"({"pooling_mode_mean_tokens":true,"pooling_mode_cls_token":true})"),
              HasSubstr("one at a time"));
  EXPECT_THAT(broken("1_Pooling/config.json", R"({})"), HasSubstr("is not said"));
  EXPECT_THAT(broken("config_sentence_transformers.json", R"({"default_prompt_name":"query"})"), HasSubstr("prompt"));
  EXPECT_THAT(broken("yupu.json", R"({"format":1,"task":"tokens"})"), HasSubstr("\"tokens\""));
  EXPECT_THAT(broken("model.safetensors", ""), HasSubstr("model.safetensors"));
  EXPECT_EQ(Embedder::load(dir.file("nowhere")).status().code(), Code::kNotFound);
  ASSERT_TRUE(remove_tree(dir.file("modules.json")).ok());
  EXPECT_THAT(Embedder::load(dir.path()).status().message(), HasSubstr("modules.json is missing"));
}

TEST(Embedder, PredictionLinesReadBackToTheSameFloats) {
  const std::vector<float> vector = {0.1f, -1.0f, 1e-7f, 0.0f, 0.33333334f};
  const auto line = parse_json(embedding_line("say \"hi\"\n", vector));
  ASSERT_TRUE(line.ok()) << line.status().to_string();
  EXPECT_EQ((*line)["text"], "say \"hi\"\n");
  EXPECT_EQ((*line)["embedding"].get<std::vector<float>>(), vector);
}

}  // namespace
}  // namespace yupu::tasks
