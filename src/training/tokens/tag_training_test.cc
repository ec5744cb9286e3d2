#include "training/tokens/tag_training.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "tasks/tokens/evaluate.h"
#include "training/first_update_testing.h"
#include "training/killed_testing.h"
#include "training/ranks_testing.h"

namespace yupu::training {
namespace {

using tasks::Prefix;
using tasks::Scheme;
using tasks::Tag;
using ::testing::HasSubstr;

// Names stand behind "I am" or 我叫, places behind "in" or 住在: what a word is shows in its neighbours too.
tasks::TagSet make_set(int count, std::uint64_t seed) {
  const std::vector<std::string> first = {"Anna", "Reed", "Mei", "王"}, last = {"Littlewood", "Stone", "芳"};
  const std::vector<std::string> places = {"Newharbour", "Greenhill", "青石镇"};
  Rng rng(seed);
  tasks::TagSet set{.path = "set.conll", .scheme = Scheme::kIob2, .sentences = {}};
  for (int i = 0; i < count; ++i) {
    tasks::TaggedWords sentence;
    const auto add = [&](const std::string& word, Tag tag) {
      sentence.words.push_back(word);
      sentence.tags.push_back(std::move(tag));
      sentence.lines.push_back(static_cast<std::int64_t>(10 * i) + static_cast<std::int64_t>(sentence.words.size()));
    };
    add(i % 2 == 0 ? "I" : "我", {});
    add(i % 2 == 0 ? "am" : "叫", {});
    add(first[rng.below(first.size())], {Prefix::kBegin, "PER"});
    if (rng.below(2) == 0) add(last[rng.below(last.size())], {Prefix::kInside, "PER"});
    add(i % 2 == 0 ? "in" : "住在", {});
    add(places[rng.below(places.size())], {Prefix::kBegin, "LOC"});
    set.sentences.push_back(std::move(sentence));
  }
  return set;
}

TagOptions quick_options(const std::string& out) {
  TagOptions options;
  options.train = make_set(60, 1);
  options.valid = make_set(12, 2);
  options.test = make_set(12, 3);
  options.loop.out = out;
  options.loop.epochs = 6;
  options.loop.batch_tokens = 64;
  options.loop.vocab_size = 200;
  options.loop.max_length = 16;
  options.loop.threads = 2;
  return options;
}

TEST(TagTraining, LearnsWithAndWithoutACrfAndSavesWhatItJudged) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  for (const bool crf : {false, true}) {
    for (const Scheme scheme : {Scheme::kIob2, Scheme::kBmes, Scheme::kIob1}) {
      TagOptions options = quick_options(dir.file("model"));
      options.crf = crf;
      for (tasks::TagSet* set : {&options.train, &options.valid, &options.test}) {
        for (auto& sentence : set->sentences) sentence.tags = tasks::converted(sentence.tags, scheme);
        set->scheme = scheme;
      }
      const auto result = train_tagger(options, progress);
      ASSERT_TRUE(result.ok()) << result.status().to_string();
      EXPECT_GT(result->figures.at("test.span_f1"), 0.9) << tasks::scheme_name(scheme) << " crf " << crf;
      EXPECT_GT(result->figures.at("test.span_f1.PER"), 0.9);
      const auto tagger = tasks::Tagger::load(options.loop.out);
      ASSERT_TRUE(tagger.ok()) << tagger.status().to_string();
      EXPECT_EQ((*tagger)->crf() != nullptr, crf);
      EXPECT_EQ((*tagger)->scheme(), scheme == Scheme::kIob1 ? Scheme::kIob2 : scheme);
      EXPECT_EQ((*tagger)->weights_sha256(), result->weights_sha256);
      engine::ExecutionContext context(1);
      const auto again = tasks::evaluate(**tagger, context, options.test);
      ASSERT_TRUE(again.ok());
      EXPECT_EQ(again->spans.micro.f1, result->figures.at("test.span_f1"));
      EXPECT_EQ((*tagger)->lineage()["options"]["task"], "tokens");
      EXPECT_EQ((*tagger)->lineage()["learning_curve"].size(), result->epochs.size());
      EXPECT_FALSE(file_exists(options.loop.out + "/.state"));
    }
  }
}

// Three epochs at a tiny rate: too little for the encoder, enough for the wide branch.
TEST(TagTraining, TheWideBranchLearnsWhereTheEncoderCannot) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::map<bool, double> f1;
  for (const bool wide : {false, true}) {
    TagOptions options = quick_options(dir.file(wide ? "wide" : "deep"));
    options.loop.epochs = 3;
    options.loop.lr = 1e-6;
    options.loop.wide = wide;
    options.loop.wide_lr = 0.05;
    const auto result = train_tagger(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    f1[wide] = result->figures.at("test.span_f1");
    EXPECT_EQ(file_exists(options.loop.out + "/wide.safetensors"), wide);
    EXPECT_EQ(result->figures.contains("test.span_f1_wide_alone"), wide);
    if (wide) {
      EXPECT_LT(result->figures.at("test.span_f1_encoder_alone"), 0.5);
    }
  }
  EXPECT_GE(f1[true], 0.9);
  EXPECT_LE(f1[false], 0.5);
}

TEST(TagTraining, TheWideBranchIsPartOfWhatDecidesARun) {
  TagOptions options;
  const Json on = deciding_options(options);
  options.loop.wide_lr *= 2.0;
  EXPECT_NE(deciding_options(options), on);
  options.loop.wide_decay = 0.5;
  EXPECT_EQ(deciding_options(options)["wide_decay"], 0.5);
  options.loop.wide = false;
  const Json off = deciding_options(options);
  EXPECT_NE(off, on);
  options.loop.wide_lr *= 2.0;
  options.loop.wide_decay = 0.0;
  EXPECT_EQ(deciding_options(options), off);  // what nothing reads
}

TEST(TagTraining, SameSeedSameBitsWhateverTheThreads) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  for (const bool wide : {false, true}) {
    std::vector<std::string> hashes;
    for (const auto& [threads, seed] : std::vector<std::pair<int, std::uint64_t>>{{1, 1}, {2, 1}, {2, 2}}) {
      TagOptions options = quick_options(dir.file("model"));
      options.crf = true;
      options.loop.epochs = 2;
      options.loop.threads = threads;
      options.loop.seed = seed;
      options.loop.token_dropout = 0.1;
      options.loop.max_length = 8;  // windows
      options.loop.wide = wide;
      const auto result = train_tagger(options, progress);
      ASSERT_TRUE(result.ok()) << result.status().to_string();
      hashes.push_back(result->weights_sha256);
    }
    EXPECT_EQ(hashes[0], hashes[1]);
    EXPECT_NE(hashes[1], hashes[2]);
  }
}

TEST(TagTraining, KilledAnywhereItGoesOnToTheSameWeights) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  for (const bool wide : {false, true}) {
    TagOptions options = quick_options(dir.file(wide ? "whole-wide" : "whole"));
    options.crf = true;
    options.loop.epochs = 3;
    options.loop.grad_accumulation = 2;
    options.loop.checkpoint_steps = 2;
    options.loop.token_dropout = 0.1;
    options.loop.wide = wide;
    options.loop.wide_decay = 0.1;
    const auto whole = train_tagger(options, progress);
    ASSERT_TRUE(whole.ok()) << whole.status().to_string();
    options.loop.out = dir.file(wide ? "cut-wide" : "cut");
    testing::die_at_each({1, 3, whole->steps - 1}, options.loop,
                         [&](handoff::Progress& p) { return train_tagger(options, p); });
    const auto cut = train_tagger(options, progress);
    ASSERT_TRUE(cut.ok()) << cut.status().to_string();
    EXPECT_GT(cut->resumed_at_step, 0);
    EXPECT_EQ(cut->weights_sha256, whole->weights_sha256);
    EXPECT_EQ(cut->figures.at("test.span_f1"), whole->figures.at("test.span_f1"));
  }
}

TEST(TagTraining, GradientsAreOfTheMeanOverWordsHoweverTheyAreBatched) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::vector<double> norms;
  for (const std::int64_t batches : {1, 7}) {
    testing::FirstUpdate observer;
    TagOptions options = quick_options(dir.file("model" + std::to_string(batches)));
    options.loop.epochs = 1;
    options.loop.dropout = 0.0;
    options.loop.batch_tokens = 1 << 16;
    options.loop.batch_size = (60 + batches - 1) / batches;
    options.loop.grad_accumulation = batches;
    options.loop.observer = &observer;
    const auto result = train_tagger(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    EXPECT_EQ(result->steps, 1);
    norms.push_back(observer.norm);
  }
  EXPECT_GT(norms[0], 0.0);
  EXPECT_NEAR(norms[0], norms[1], 1e-4 * norms[0]);
}

TEST(TagTraining, TwoRanksLearnWhatOneDoes) {
  const yupu::testing::TempDir dir;
  const auto loss_on = [&](int ranks) {
    return testing::figure_on_ranks(ranks, "train.loss", [&](engine::Collective& collective) {
      TagOptions options = quick_options(dir.file("model" + std::to_string(ranks)));
      options.crf = true;
      options.loop.epochs = 2;
      options.loop.batch_tokens = 256;
      options.loop.threads = 1;
      options.loop.collective = &collective;
      handoff::SilentProgress progress;
      return train_tagger(options, progress);
    });
  };
  const double alone = loss_on(1);
  EXPECT_NEAR(loss_on(2), alone, 1e-4 * alone);
}

TEST(TagTraining, BadInputIsNamed) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto refused = [&](const TagOptions& options) {
    const auto result = train_tagger(options, progress);
    EXPECT_EQ(result.status().code(), Code::kInvalidArgument);
    return result.status().message();
  };
  TagOptions options = quick_options(dir.file("model"));
  options.valid.sentences[3].tags[2] = {Prefix::kBegin, "ORG"};
  options.valid.path = "valid.conll";
  EXPECT_THAT(refused(options), HasSubstr("valid.conll: line 33: tag \"B-ORG\": no training sentence has a \"ORG\""));

  options = quick_options(dir.file("model"));
  for (auto& sentence : options.train.sentences) sentence.tags.assign(sentence.words.size(), Tag{});
  EXPECT_THAT(refused(options), HasSubstr("set.conll: every tag is \"O\""));

  options = quick_options(dir.file("model"));
  options.train.sentences.clear();
  EXPECT_THAT(refused(options), HasSubstr("no training sentence"));

  options = quick_options(dir.file("model"));
  options.loop.method = "lora";
  EXPECT_THAT(refused(options), HasSubstr("method"));
  EXPECT_FALSE(file_exists(dir.file("model/yupu.json")));
}

}  // namespace
}  // namespace yupu::training
