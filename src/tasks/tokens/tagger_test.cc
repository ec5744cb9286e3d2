#include "tasks/tokens/tagger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<text::Tokenizer> small_tokenizer() {
  auto tokenizer = text::make_wordpiece(
      {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "anna", "lives", "in", "xi", "##shan", "青", "石", "镇"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  return std::move(*tokenizer);
}

model::EncoderConfig small_config() {
  model::EncoderConfig config;
  config.vocab_size = 13;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 12;
  config.initializer_range = 0.3f;
  return config;
}

Tagger::Fresh fresh(Scheme scheme = Scheme::kIob2, bool crf = false) {
  return {.tags = complete_tags({"LOC", "PER"}, scheme), .scheme = scheme, .crf = crf, .seed = 1, .max_length = 10};
}

std::unique_ptr<Tagger> small_tagger(const Tagger::Fresh& wanted) {
  auto tagger = Tagger::create(small_config(), small_tokenizer(), wanted);
  CHECK(tagger.ok(), tagger.status().message());
  for (engine::Parameter* parameter : (*tagger)->parameters()) {  // a CRF begins at 0
    if (!parameter->name.starts_with("crf.")) continue;
    Rng rng(7);
    for (float& value : parameter->value.values()) value = static_cast<float>(rng.normal());
  }
  return std::move(*tagger);
}

const std::vector<std::vector<std::string>> kSentences = {
    {"Anna", "lives", "in", "Xishan"}, {"青", "石", "镇"}, {}, std::vector<std::string>(30, "xishan"), {"unknown"},
};

std::vector<std::vector<float>> emissions_of(const Tagger& tagger, const std::vector<std::vector<std::string>>& texts) {
  std::vector<WordEncoding> encodings;
  for (const auto& words : texts) encodings.push_back(tagger.encode(words));
  engine::ExecutionContext context(1);
  auto emissions = tagger.emissions(context, encodings);
  CHECK(emissions.ok(), emissions.status().message());
  return *emissions;
}

TEST(Tagger, EverySentenceIsAnsweredWholeAndAsAlone) {
  const auto tagger = small_tagger(fresh());
  const auto together = emissions_of(*tagger, kSentences);
  for (std::size_t i = 0; i < kSentences.size(); ++i) {
    EXPECT_EQ(together[i].size(), kSentences[i].size() * tagger->tags().size());
    EXPECT_EQ(emissions_of(*tagger, {kSentences[i]})[0], together[i]) << "sentence " << i << " depends on its batch";
  }
}

TEST(Tagger, WhatItSaysIsRightInItsScheme) {
  for (const bool crf : {false, true}) {
    for (const Scheme scheme : {Scheme::kIob2, Scheme::kIobes, Scheme::kBmes, Scheme::kIob1}) {
      const auto tagger = small_tagger(fresh(scheme, crf));
      Rng rng(3);
      for (int round = 0; round < 20; ++round) {
        std::vector<float> emission(12 * tagger->tags().size());
        for (float& value : emission) value = static_cast<float>(3.0 * rng.normal());
        const auto tags = tagger->tags_of_sequence(tagger->decode(emission));
        EXPECT_FALSE(first_broken(tags, scheme)) << scheme_name(scheme);
        const auto spans = tagger->spans(emission);
        ASSERT_EQ(spans.size(), lenient_spans(tags).size());
        for (const ScoredSpan& scored : spans) {
          EXPECT_GT(scored.score, 0.0);
          EXPECT_LE(scored.score, 1.0 + 1e-12);
        }
      }
    }
  }
}

TEST(Tagger, SavedModelGivesTheSameBitsAndKeepsEverything) {
  for (const bool crf : {false, true}) {
    const yupu::testing::TempDir dir;
    const auto tagger = small_tagger(fresh(Scheme::kBmes, crf));
    tagger->set_lineage({{"who", "test"}});
    ASSERT_TRUE(tagger->save(dir.path()).ok());
    EXPECT_EQ(file_exists(dir.file("crf.safetensors")), crf);
    const auto loaded = Tagger::load(dir.path());
    ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
    EXPECT_EQ((*loaded)->tags(), tagger->tags());
    EXPECT_EQ((*loaded)->scheme(), Scheme::kBmes);
    EXPECT_EQ((*loaded)->max_length(), 10);
    EXPECT_EQ((*loaded)->lineage()["who"], "test");
    EXPECT_EQ((*loaded)->weights_sha256(), tagger->weights_sha256());
    const auto before = emissions_of(*tagger, kSentences);
    EXPECT_EQ(emissions_of(**loaded, kSentences), before);
    EXPECT_EQ((*loaded)->decode(before[0]), tagger->decode(before[0]));
  }
}

// A tagger whose wide branch has learned something, so that forgetting it shows.
std::unique_ptr<Tagger> wide_tagger(const Tagger::Fresh& wanted) {
  auto tagger = small_tagger(wanted);
  std::vector<TaggedWords> sentences;
  for (const auto& words : kSentences) sentences.push_back({.words = words, .tags = {}, .lines = {}});
  tagger->add_wide(sentences, {.features_max = 1000, .documents_min = 1});
  float value = 0.1f;
  for (float& weight : tagger->wide()->weight().value.values()) weight = value = -0.97f * value + 0.01f;
  return tagger;
}

TEST(Tagger, TheWideBranchAddsToEveryWordAndIsSaved) {
  for (const bool crf : {false, true}) {
    const yupu::testing::TempDir dir;
    const auto tagger = wide_tagger(fresh(Scheme::kIob2, crf));
    const auto plain = small_tagger(fresh(Scheme::kIob2, crf));
    const auto emissions = emissions_of(*tagger, kSentences);
    const auto deep = emissions_of(*plain, kSentences);
    std::vector<WordEncoding> encodings;
    for (const auto& words : kSentences) encodings.push_back(tagger->encode(words));
    engine::ExecutionContext context(1);
    const auto wide = tagger->wide_emissions(context, encodings).value();
    ASSERT_EQ(wide.size(), kSentences.size());
    for (std::size_t i = 0; i < kSentences.size(); ++i) {
      EXPECT_EQ(encodings[i].features.row_count(), static_cast<std::int64_t>(kSentences[i].size()));
      EXPECT_EQ(emissions_of(*tagger, {kSentences[i]})[0], emissions[i]) << "sentence " << i << " depends on its batch";
      ASSERT_EQ(wide[i].size(), deep[i].size());
      for (std::size_t k = 0; k < deep[i].size(); ++k) EXPECT_EQ(emissions[i][k], deep[i][k] + wide[i][k]);
    }
    EXPECT_NE(emissions[0], deep[0]);
    EXPECT_NE(emissions[3], deep[3]) << "in windows";
    EXPECT_NE(tagger->weights_sha256(), plain->weights_sha256());

    ASSERT_TRUE(tagger->save(dir.path()).ok());
    const auto loaded = Tagger::load(dir.path(), model::Placement::kMapped);
    ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
    EXPECT_EQ((*loaded)->wide()->feature_count(), tagger->wide()->feature_count());
    EXPECT_EQ(emissions_of(**loaded, kSentences), emissions);
    EXPECT_EQ((*loaded)->weights_sha256(), tagger->weights_sha256());
    // The same directory taken over by a tagger without the branch.
    ASSERT_TRUE(plain->save(dir.path()).ok());
    EXPECT_FALSE(file_exists(dir.file("wide.safetensors")));
    EXPECT_EQ((*Tagger::load(dir.path()))->wide(), nullptr);
  }
}

TEST(Tagger, SentencesThatShareNothingGiveNoWideBranch) {
  const yupu::testing::TempDir dir;
  const auto tagger = small_tagger(fresh());
  tagger->add_wide(std::vector<TaggedWords>{{.words = {"Anna"}, .tags = {}, .lines = {}}});
  EXPECT_EQ(tagger->wide(), nullptr);
  ASSERT_TRUE(tagger->save(dir.path()).ok());
  EXPECT_FALSE(Json::parse(*read_file(dir.file("yupu.json"))).contains("wide"));
  EXPECT_TRUE(Tagger::load(dir.path()).ok());
}

TEST(Tagger, ADamagedWideBranchIsNamed) {
  const yupu::testing::TempDir dir;
  const auto tagger = wide_tagger(fresh());
  ASSERT_TRUE(tagger->save(dir.path()).ok());
  const auto message = [&] { return Tagger::load(dir.path()).status().message(); };
  OrderedJson record = OrderedJson::parse(*read_file(dir.file("yupu.json")));
  record["wide"] = tagger->wide()->feature_count() + 1;
  ASSERT_TRUE(write_file_atomic(dir.file("yupu.json"), record.dump()).ok());
  EXPECT_THAT(message(), HasSubstr("yupu.json: 'wide' is"));
  record["wide"] = "many";
  ASSERT_TRUE(write_file_atomic(dir.file("yupu.json"), record.dump()).ok());
  EXPECT_THAT(message(), HasSubstr("wide"));
  record["wide"] = tagger->wide()->feature_count();
  ASSERT_TRUE(write_file_atomic(dir.file("yupu.json"), record.dump()).ok());
  ASSERT_TRUE(write_file_atomic(dir.file("wide.safetensors"), "").ok());
  EXPECT_THAT(message(), HasSubstr("wide.safetensors"));
  // Of another number of tags.
  const yupu::testing::TempDir other;
  ASSERT_TRUE(wide_tagger({.tags = complete_tags({"LOC"}, Scheme::kIob2), .max_length = 10})->save(other.path()).ok());
  ASSERT_TRUE(write_file_atomic(dir.file("wide.safetensors"), *read_file(other.file("wide.safetensors"))).ok());
  EXPECT_THAT(message(), HasSubstr("wide.weight"));
  ASSERT_TRUE(remove_tree(dir.file("wide.safetensors")).ok());
  EXPECT_EQ(Tagger::load(dir.path()).status().code(), Code::kNotFound);
}

TEST(Tagger, DamagedDirectoriesAreRefusedByName) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(small_tagger(fresh(Scheme::kIob2, true))->save(dir.path()).ok());
  const auto broken = [&](const std::string& file, const std::string& content) {
    const std::string kept = *read_file(dir.file(file));
    EXPECT_TRUE(write_file_atomic(dir.file(file), content).ok());
    const Status status = Tagger::load(dir.path()).status();
    EXPECT_TRUE(write_file_atomic(dir.file(file), kept).ok());
    EXPECT_EQ(status.code(), Code::kInvalidArgument) << file;
    return status.message();
  };
  EXPECT_THAT(broken("yupu.json", R"({"format":1,"task":"classify","max_length":8})"), HasSubstr("\"classify\""));
  EXPECT_THAT(broken("yupu.json", R"({"format":2,"task":"tokens","max_length":8})"), HasSubstr("format 2"));
  EXPECT_THAT(broken("yupu.json", R"({"format":1,"task":"tokens","scheme":"x","max_length":8})"), HasSubstr("\"x\""));
  EXPECT_THAT(broken("yupu.json", R"({"format":1,"task":"tokens","scheme":"iob2","max_length":80})"),
              HasSubstr("max_length"));
  EXPECT_THAT(broken("yupu.json", R"({"format":1,"task":"tokens","scheme":"bmes","max_length":8})"),
              HasSubstr("id2label"));
  EXPECT_THAT(broken("crf.safetensors", ""), HasSubstr("crf.safetensors"));
  EXPECT_THAT(broken("model.safetensors", ""), HasSubstr("model.safetensors"));
  EXPECT_EQ(Tagger::load(dir.file("nowhere")).status().code(), Code::kNotFound);
}

TEST(Tagger, ABaseGivesItsEncoderAndAFreshHead) {
  const yupu::testing::TempDir dir;
  const auto trained = small_tagger(fresh());
  ASSERT_TRUE(trained->save(dir.path()).ok());
  const auto next = Tagger::from_base(
      dir.path(), {.tags = complete_tags({"X"}, Scheme::kIobes), .scheme = Scheme::kIobes, .max_length = 500}, 0.25f);
  ASSERT_TRUE(next.ok()) << next.status().to_string();
  EXPECT_EQ((*next)->max_length(), 12);
  EXPECT_EQ((*next)->config().hidden_dropout, 0.25f);
  EXPECT_EQ((*next)->labels().size(), 5u);
  const auto ours = (*next)->tensors()[0].tensor.values();
  EXPECT_TRUE(std::equal(ours.begin(), ours.end(), trained->tensors()[0].tensor.values().begin()));
}

TEST(Tagger, TagsThatCannotBeLearnedAreRefused) {
  const auto refused = [](std::vector<Tag> tags) {
    return Tagger::create(small_config(), small_tokenizer(), {.tags = std::move(tags), .max_length = 10}).status();
  };
  EXPECT_THAT(refused({Tag{}}).message(), HasSubstr("nothing to find"));
  EXPECT_THAT(refused({{Prefix::kBegin, "A"}, {Prefix::kInside, "A"}}).message(), HasSubstr("no \"O\""));
  EXPECT_THAT(refused({Tag{}, Tag{}}).message(), HasSubstr("twice"));
}

TEST(Tagger, ACrfNeverExpectsWhatIsForbidden) {
  const auto tagger = small_tagger(fresh(Scheme::kIob2, true));
  const WordEncoding sentence = tagger->encode(kSentences[0]);
  const WordEncoding* const sentences[] = {&sentence};
  const std::uint32_t ids[] = {0};
  const WordBatch batch(sentences, ids);
  engine::ExecutionContext context(1);
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  const std::vector<std::int32_t> labels = {3, 0, 0, 1};  // B-PER O O B-LOC
  tape.backward(tagger->loss(tagger->forward(tape, batch), batch, labels));
  const Transitions legal = legal_transitions(tagger->tags(), tagger->scheme());
  int forbidden = 0, learned = 0;
  for (const engine::Parameter* parameter : tagger->parameters()) {
    if (parameter->name != "crf.between") continue;
    for (std::size_t i = 0; i < legal.between.size(); ++i) {
      const bool allowed = std::isfinite(legal.between[i]);
      (allowed ? learned : forbidden) += 1;
      EXPECT_EQ(parameter->grad.values()[i] != 0.0f, allowed) << i;
    }
  }
  EXPECT_GT(forbidden, 5);
  EXPECT_GT(learned, 5);
}

}  // namespace
}  // namespace yupu::tasks
