#include "model/encoder/encoder_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::model {
namespace {

using ::testing::HasSubstr;

Json bert_base() {
  return Json::parse(R"({"architectures":["BertModel"],"model_type":"bert","vocab_size":30522,"hidden_size":768,
    "num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072,"hidden_act":"gelu",
    "hidden_dropout_prob":0.2,"attention_probs_dropout_prob":0.1,"max_position_embeddings":512,"type_vocab_size":2,
    "layer_norm_eps":1e-12,"initializer_range":0.02,"pad_token_id":0,"classifier_dropout":null})");
}

TEST(EncoderConfig, ReadsWhatItWrites) {
  auto config = EncoderConfig::from_json(bert_base(), "config.json");
  ASSERT_TRUE(config.ok()) << config.status().to_string();
  EXPECT_EQ(config->layer_count, 12);
  EXPECT_EQ(config->hidden_dropout, 0.2f);
  EXPECT_EQ(config->classifier_dropout, 0.2f);  // null: as hidden_dropout_prob
  OrderedJson json;
  config->write_to(json);
  EXPECT_EQ(json["hidden_dropout_prob"].dump(), "0.2");
  auto again = EncoderConfig::from_json(Json::parse(json.dump()), "config.json");
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  OrderedJson json2;
  again->write_to(json2);
  EXPECT_EQ(json.dump(), json2.dump());
}

TEST(EncoderConfig, EachBadMemberIsNamed) {
  struct Case {
    const char* key;
    Json value;
    const char* message;
  };
  const std::vector<Case> table = {
      {"model_type", "roberta", "supported: bert"},
      {"hidden_act", "swish", "gelu_new"},
      {"hidden_size", 770, "multiple"},
      {"hidden_size", "768", "whole number"},
      {"num_hidden_layers", 0, "must be 1 to"},
      {"hidden_dropout_prob", 1.0, "below 1"},
      {"hidden_dropout_prob", -0.1, "from 0"},
      {"vocab_size", -1, "vocab_size"},
      {"vocab_size", 1e300, "whole number"},
      {"max_position_embeddings", 1, "must be 2"},
      {"position_embedding_type", "relative_key", "absolute"},
      {"is_decoder", true, "encoder"},
      {"layer_norm_eps", "x", "number"},
  };
  for (const Case& row : table) {
    Json json = bert_base();
    json[row.key] = row.value;
    auto config = EncoderConfig::from_json(json, "dir/config.json");
    ASSERT_FALSE(config.ok()) << row.key;
    EXPECT_THAT(config.status().message(), HasSubstr(row.message));
    EXPECT_THAT(config.status().message(), HasSubstr("dir/config.json"));
  }
  for (const char* key : {"model_type", "vocab_size", "hidden_size", "num_attention_heads"}) {
    Json json = bert_base();
    json.erase(key);
    EXPECT_THAT(EncoderConfig::from_json(json, "c").status().message(), HasSubstr(key));
  }
  EXPECT_FALSE(EncoderConfig::from_json(Json::array(), "c").ok());
}

TEST(EncoderConfig, PresetsAreValidOnceTheVocabularyIsKnown) {
  for (const EncoderPreset& preset : encoder_presets()) {
    auto config = preset_config(preset.name);
    ASSERT_TRUE(config.ok());
    EXPECT_FALSE(config->validate("x").ok());
    config->vocab_size = 100;
    EXPECT_TRUE(config->validate("x").ok()) << preset.name;
  }
  EXPECT_THAT(preset_config("huge").status().message(), HasSubstr("tiny, mini, small, medium, base"));
}

TEST(EncoderConfig, CountsTheParametersOfBertBase) {
  auto config = EncoderConfig::from_json(bert_base(), "c");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(parameter_count(*config), 109'482'240);
}

}  // namespace
}  // namespace yupu::model
