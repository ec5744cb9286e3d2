#include "training/embed/embed_training.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "tasks/embed/evaluate.h"
#include "training/first_update_testing.h"
#include "training/killed_testing.h"
#include "training/ranks_testing.h"

namespace yupu::training {
namespace {

using tasks::TextRow;
using tasks::TextSet;
using tasks::TextSetKind;
using ::testing::HasSubstr;

const std::vector<std::string> kTopics = {"parcel",   "refund", "invoice", "password", "coupon", "address",
                                          "warranty", "colour", "size",    "会员",     "快递",   "发票"};

// Asked in one set of words, answered in another: what belongs together has no word in common.
TextSet make_set(TextSetKind kind, int count, std::uint64_t seed) {
  const std::vector<std::string> ask = {"where is", "how do i get", "tell me about", "我要问"};
  Rng rng(seed);
  TextSet set{.path = "set.csv", .kind = kind, .rows = {}};
  for (int i = 0; i < count; ++i) {
    const std::size_t topic = rng.below(kTopics.size());
    TextRow row;
    row.line = i + 2;
    row.text = ask[rng.below(ask.size())] + " " + kTopics[topic] + " no" + std::to_string(rng.below(30));
    const auto answer = [](std::size_t t) { return "answer" + std::string(t + 1, 'x') + " page " + std::to_string(t); };
    if (kind == TextSetKind::kPairs) row.other = answer(topic);
    if (kind == TextSetKind::kScored) {
      const bool alike = rng.below(2) == 0;
      row.score = alike ? 5.0 : 1.0;
      row.other = answer(alike ? topic : (topic + 1 + rng.below(kTopics.size() - 1)) % kTopics.size());
    }
    if (kind == TextSetKind::kLabels) row.label = "topic" + std::to_string(topic);
    set.rows.push_back(std::move(row));
  }
  return set;
}

EmbedOptions quick_options(const std::string& out, TextSetKind kind = TextSetKind::kPairs) {
  EmbedOptions options;
  options.train = make_set(kind, 160, 1);
  options.valid = make_set(kind, 60, 2);
  options.test = make_set(kind, 60, 3);
  options.loop.out = out;
  options.loop.epochs = 6;
  options.loop.lr = 2e-3;
  options.loop.batch_size = 8;
  options.loop.batch_tokens = 4096;
  options.loop.vocab_size = 300;
  options.loop.max_length = 24;
  options.loop.threads = 2;
  return options;
}

TEST(EmbedTraining, LearnsFromPairsScoresAndLabelsAndSavesWhatItJudged) {
  handoff::SilentProgress progress;
  for (const TextSetKind kind : {TextSetKind::kPairs, TextSetKind::kScored, TextSetKind::kLabels}) {
    const yupu::testing::TempDir dir;
    const EmbedOptions options = quick_options(dir.file("model"), kind);
    const auto result = train_embedder(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    const std::string figure = "test." + std::string(tasks::figure_name(kind));
    EXPECT_GT(result->figures.at(figure), 0.8) << figure;
    EXPECT_LT(result->epochs.back().train_loss, result->epochs.front().train_loss);
    const auto embedder = tasks::Embedder::load(options.loop.out);
    ASSERT_TRUE(embedder.ok()) << embedder.status().to_string();
    EXPECT_EQ((*embedder)->weights_sha256(), result->weights_sha256);
    engine::ExecutionContext context(1);
    const auto again = tasks::evaluate(**embedder, context, options.test);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->figure(), result->figures.at(figure));
    EXPECT_EQ((*embedder)->lineage()["options"]["task"], "embed");
    EXPECT_EQ((*embedder)->lineage()["learning_curve"].size(), result->epochs.size());
    EXPECT_FALSE(file_exists(options.loop.out + "/.state"));
  }
}

TEST(EmbedTraining, EveryWayOfTrainingDecidesTheWeights) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  std::set<std::string> hashes;
  const auto train_once = [&](const auto& change) {
    EmbedOptions options = quick_options(dir.file("model"));
    options.loop.epochs = 1;
    change(options);
    const auto result = train_embedder(options, progress);
    EXPECT_TRUE(result.ok()) << result.status().to_string();
    hashes.insert(result->weights_sha256);
  };
  train_once([](EmbedOptions&) {});
  train_once([](EmbedOptions& options) { options.loop.threads = 1; });  // changes nothing
  EXPECT_EQ(hashes.size(), 1u);
  train_once([](EmbedOptions& options) { options.symmetric = true; });
  train_once([](EmbedOptions& options) { options.scale = 5.0; });
  train_once([](EmbedOptions& options) { options.pooling = tasks::Pooling::kCls; });
  train_once([](EmbedOptions& options) { options.loop.batch_size = 12; });
  train_once([](EmbedOptions& options) { options.loop.seed = 2; });
  train_once([](EmbedOptions& options) {
    for (std::size_t i = 0; i < options.train.rows.size(); ++i)
      options.train.rows[i].negative = "nothing of the kind " + std::to_string(i);
  });
  EXPECT_EQ(hashes.size(), 7u);
}

// However little is computed at a time, every row of the batch is told apart from every other; dropout included.
TEST(EmbedTraining, ABatchInPartsIsTheBatch) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  for (const TextSetKind kind : {TextSetKind::kPairs, TextSetKind::kScored, TextSetKind::kLabels}) {
    std::vector<testing::FirstUpdate> seen;
    for (const std::int64_t batch_tokens : {1 << 16, 64, 1}) {
      testing::FirstUpdate observer;
      EmbedOptions options = quick_options(dir.file("model" + std::to_string(batch_tokens)), kind);
      options.loop.epochs = 1;
      options.loop.batch_size = 12;
      options.loop.batch_tokens = batch_tokens;
      options.loop.dropout = 0.3;
      options.loop.token_dropout = 0.1;
      options.loop.observer = &observer;
      const auto result = train_embedder(options, progress);
      ASSERT_TRUE(result.ok()) << result.status().to_string();
      seen.push_back(observer);
    }
    EXPECT_GT(seen[0].norm, 0.0);
    for (std::size_t i = 1; i < seen.size(); ++i) {
      EXPECT_NEAR(seen[i].norm, seen[0].norm, 1e-4 * seen[0].norm) << tasks::kind_name(kind);
      EXPECT_NEAR(seen[i].loss, seen[0].loss, 1e-4 * seen[0].loss) << tasks::kind_name(kind);
    }
  }
}

TEST(EmbedTraining, KilledAnywhereItGoesOnToTheSameWeights) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  EmbedOptions options = quick_options(dir.file("whole"));
  options.loop.epochs = 2;
  options.loop.batch_tokens = 64;  // in parts
  options.loop.checkpoint_steps = 2;
  options.loop.token_dropout = 0.1;
  const auto whole = train_embedder(options, progress);
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();
  options.loop.out = dir.file("cut");
  testing::die_at_each({1, 3, whole->steps - 1}, options.loop,
                       [&](handoff::Progress& p) { return train_embedder(options, p); });
  const auto cut = train_embedder(options, progress);
  ASSERT_TRUE(cut.ok()) << cut.status().to_string();
  EXPECT_GT(cut->resumed_at_step, 0);
  EXPECT_EQ(cut->weights_sha256, whole->weights_sha256);
  EXPECT_EQ(cut->figures.at("test.mrr@10"), whole->figures.at("test.mrr@10"));
}

TEST(EmbedTraining, RanksLearnWhatOneDoes) {
  const yupu::testing::TempDir dir;
  const auto loss_on = [&](int ranks) {
    return testing::figure_on_ranks(ranks, "train.loss", [&](engine::Collective& collective) {
      EmbedOptions options = quick_options(dir.file("model" + std::to_string(ranks)));
      options.loop.epochs = 2;
      options.loop.batch_tokens = 128;
      options.loop.threads = 1;
      options.loop.collective = &collective;
      handoff::SilentProgress progress;
      return train_embedder(options, progress);
    });
  };
  const double alone = loss_on(1);
  EXPECT_NEAR(loss_on(2), alone, 1e-4 * alone);
  EXPECT_NEAR(loss_on(3), alone, 1e-4 * alone);
}

TEST(EmbedTraining, BadInputIsNamed) {
  const yupu::testing::TempDir dir;
  handoff::SilentProgress progress;
  const auto refused = [&](const auto& change) {
    EmbedOptions options = quick_options(dir.file("model"));
    change(options);
    const auto result = train_embedder(options, progress);
    EXPECT_EQ(result.status().code(), Code::kInvalidArgument);
    return result.status().message();
  };
  EXPECT_THAT(refused([](EmbedOptions& options) { options.train.rows.resize(1); }),
              HasSubstr("set.csv: fewer than two different pairs"));
  EXPECT_THAT(refused([](EmbedOptions& options) {
                for (auto& row : options.valid.rows) row.other = "same";
              }),
              HasSubstr("set.csv: every row has the same second text"));
  EXPECT_THAT(refused([](EmbedOptions& options) { options.test = make_set(TextSetKind::kScored, 20, 3); }),
              HasSubstr("set.csv: scores, but the training rows are pairs"));
  EXPECT_THAT(refused([](EmbedOptions& options) {  // each row asks what the other answers
                options.train.rows.resize(2);
                options.train.rows[0].text = options.train.rows[1].other = "a";
                options.train.rows[1].text = options.train.rows[0].other = "b";
              }),
              HasSubstr("no two rows"));
  EXPECT_THAT(refused([](EmbedOptions& options) { options.loop.method = "lora"; }), HasSubstr("method"));
  EXPECT_THAT(refused([](EmbedOptions& options) { options.loop.batch_size = 1; }), HasSubstr("batch_size"));
  EXPECT_THAT(refused([](EmbedOptions& options) { options.loop.grad_accumulation = 2; }),
              HasSubstr("grad_accumulation"));
  EXPECT_THAT(refused([](EmbedOptions& options) { options.temperature = 0.0; }), HasSubstr("temperature"));
  EXPECT_THAT(refused([](EmbedOptions& options) { options.scale = -1.0; }), HasSubstr("scale"));
  EXPECT_FALSE(file_exists(dir.file("model/yupu.json")));
}

}  // namespace
}  // namespace yupu::training
