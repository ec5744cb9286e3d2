#include "tasks/recommend/user_tower.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "base/testing.h"
#include "tasks/recommend/recommender.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

TEST(Attention, ByHand) {
  TowerWeights weights{.query = {2.0, 0.0}, .bias = {}};
  weights.bias[static_cast<std::size_t>(BehaviourKind::kBuy)] = 1.0;
  weights.bias[kBehaviourKindCount] = 0.5;       // of the age
  weights.bias[kBehaviourKindCount + 1] = 0.25;  // of the rank
  const std::vector<double> first = {1.0, 0.0}, second = {0.0, 1.0};
  const std::vector<Touch> history = {{.item = 0, .kind = BehaviourKind::kView, .log_age = 2.0, .log_rank = 0.0},
                                      {.item = 1, .kind = BehaviourKind::kBuy, .log_age = 0.0, .log_rank = 4.0}};
  const std::vector<std::span<const double>> vectors = {first, second};
  const auto a = attention(weights, history, vectors);
  // Logits 2 - 1 = 1 and 1 - 1 = 0.
  EXPECT_NEAR(a[0], std::exp(1.0) / (std::exp(1.0) + 1.0), 1e-12);
  EXPECT_NEAR(a[0] + a[1], 1.0, 1e-12);
}

struct Example {
  std::vector<BehaviourExample> rows;
  std::vector<const BehaviourExample*> pointers;
  std::vector<std::uint32_t> items = {0, 1, 2, 3, 5};
  std::vector<double> vectors, log_popularity;
  std::size_t width = 3;
  TowerWeights weights;

  Example() {
    Rng rng(3);
    const auto random = [&rng] { return rng.normal(); };
    for (std::size_t i = 0; i < items.size() * width; ++i) vectors.push_back(random());
    for (int i = 0; i < 6; ++i) log_popularity.push_back(std::log(0.1 * (i + 1)));
    for (std::size_t c = 0; c < width; ++c) weights.query.push_back(random());
    for (double& bias : weights.bias) bias = random();
    rows.push_back({.history = {{.item = 0, .kind = BehaviourKind::kView, .log_age = 0.3, .log_rank = 0.0},
                                {.item = 5, .kind = BehaviourKind::kBuy, .log_age = 1.7, .log_rank = 0.7}},
                    .touched = {0, 5},
                    .target = 1,
                    .weight = 0.8});
    rows.push_back({.history = {{.item = 1, .kind = BehaviourKind::kClick, .log_age = 0.1, .log_rank = 0.0},
                                {.item = 2, .kind = BehaviourKind::kShare, .log_age = 0.9, .log_rank = 0.7},
                                {.item = 1, .kind = BehaviourKind::kView, .log_age = 2.0, .log_rank = 1.1}},
                    .touched = {1, 2},  // 1 is no wrong answer to this row
                    .target = 3,
                    .weight = 1.2});
    rows.push_back({.history = {{.item = 3, .kind = BehaviourKind::kComment, .log_age = 0.2, .log_rank = 0.0}},
                    .touched = {3},
                    .target = 1,
                    .weight = 1.0});
    for (const BehaviourExample& row : rows) pointers.push_back(&row);
  }
  TowerLoss loss() const {
    return tower_loss(
        weights,
        {.examples = pointers, .items = items, .vectors = vectors, .width = width, .log_popularity = log_popularity},
        5.0);
  }
};

TEST(TowerLoss, ByHand) {
  // One touch each, so that the user is that item; two targets.
  Example e;
  e.rows = {{.history = {{.item = 0}}, .touched = {0}, .target = 1, .weight = 1.0},
            {.history = {{.item = 0}}, .touched = {0}, .target = 2, .weight = 1.0}};
  e.pointers = {&e.rows[0], &e.rows[1]};
  e.vectors = {2, 0, 0, 0, 3, 0, 0.6, 0.8, 0, 0, 0, 1, 0, 0, 1};  // any length; cosines 0 and 0.6
  const double one = -std::log(0.2), two = 5.0 * 0.6 - std::log(0.3);
  const double lse = std::log(std::exp(one) + std::exp(two));
  EXPECT_NEAR(e.loss().value, (lse - one) + (lse - two), 1e-9);
}

TEST(TowerLoss, GradientsAreThoseOfFiniteDifferences) {
  Example e;
  const TowerLoss loss = e.loss();
  constexpr double kStep = 1e-6;
  const auto slope = [&e](double& value) {
    const double kept = value;
    value = kept + kStep;
    const double above = e.loss().value;
    value = kept - kStep;
    const double below = e.loss().value;
    value = kept;
    return (above - below) / (2 * kStep);
  };
  for (std::size_t i = 0; i < e.vectors.size(); ++i) EXPECT_NEAR(loss.d_vectors[i], slope(e.vectors[i]), 1e-6) << i;
  for (std::size_t i = 0; i < e.width; ++i) EXPECT_NEAR(loss.d_weights.query[i], slope(e.weights.query[i]), 1e-6) << i;
  for (std::size_t i = 0; i < kTowerBiases; ++i)
    EXPECT_NEAR(loss.d_weights.bias[i], slope(e.weights.bias[i]), 1e-6) << i;
}

TEST(Examples, AreWhatWasKnownThen) {
  constexpr std::int64_t kDay = 86'400'000'000'000;
  const BehaviourLog log({{.user = 0, .item = 1, .time_ns = 1 * kDay, .kind = BehaviourKind::kClick},
                          {.user = 0, .item = 2, .time_ns = 2 * kDay, .kind = BehaviourKind::kView},
                          {.user = 0, .item = 3, .time_ns = 5 * kDay, .kind = BehaviourKind::kBuy},
                          {.user = 0, .item = 1, .time_ns = 6 * kDay, .kind = BehaviourKind::kBuy},
                          {.user = 0, .item = 0, .time_ns = 9 * kDay, .kind = BehaviourKind::kClick}},
                         1, 4);
  const auto examples = examples_of(log, 0, 9 * kDay, {.history_max = 1});
  ASSERT_EQ(examples.size(), 1u);  // no first event, no view, nothing touched before, nothing at the end
  EXPECT_EQ(examples[0].target, 3u);
  EXPECT_EQ(examples[0].touched, (std::vector<std::uint32_t>{1, 2}));
  ASSERT_EQ(examples[0].history.size(), 1u);
  EXPECT_EQ(examples[0].history[0].item, 2u);
  EXPECT_NEAR(examples[0].history[0].log_age, std::log(4.0), 1e-12);
  const auto both = examples_of(log, 0, 10 * kDay, {});
  ASSERT_EQ(both.size(), 2u);
  EXPECT_NEAR(both[0].weight, 5.0 / 3.5, 1e-12);  // buy over the mean of buy and click
  EXPECT_EQ(both[1].history.size(), 4u);
  EXPECT_TRUE(examples_of(log, 10 * kDay, 20 * kDay, {}).empty());
}

TEST(Examples, KnowWhatWasPassedOver) {
  constexpr std::int64_t kMinute = 60'000'000'000;
  const BehaviourLog log({{.user = 0, .item = 0, .time_ns = 100 * kMinute, .kind = BehaviourKind::kClick},
                          {.user = 0, .item = 1, .time_ns = 210 * kMinute, .kind = BehaviourKind::kClick},
                          {.user = 0, .item = 2, .time_ns = 225 * kMinute, .kind = BehaviourKind::kView},
                          {.user = 1, .item = 3, .time_ns = 1, .kind = BehaviourKind::kClick}},
                         2, 6);
  std::vector<ShownList> shown = {
      {.user = 0, .time_ns = 200 * kMinute, .items = {4, 1, 0, 2}},  // 0 touched before, 2 a quarter of an hour later
      {.user = 0, .time_ns = 150 * kMinute, .items = {1, 5}},        // an hour ago
      {.user = 0, .time_ns = 205 * kMinute, .items = {3, 5}},        // without the target
      {.user = 1, .time_ns = 200 * kMinute, .items = {1, 5}},        // somebody else's
  };
  sort_shown(shown);
  const auto examples = examples_of(log, 0, 1000 * kMinute, {}, shown);
  ASSERT_EQ(examples.size(), 1u);
  EXPECT_EQ(examples[0].negatives, (std::vector<std::uint32_t>{4}));
  // Before the view of item 2 nobody knows that it will be touched.
  EXPECT_EQ(examples_of(log, 0, 220 * kMinute, {}, shown)[0].negatives, (std::vector<std::uint32_t>{2, 4}));
  EXPECT_TRUE(examples_of(log, 0, 1000 * kMinute, {})[0].negatives.empty());
}

TEST(Recommender, IsSavedAndOpenedAndScoresAsItsParts) {
  model::EncoderConfig config;
  config.vocab_size = 8;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 16;
  auto tokenizer =
      text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "tea", "bread", "green"}).value();
  auto embedder = Embedder::create(config, std::move(tokenizer), {.seed = 1, .max_length = 16}).value();
  const auto model = Recommender::create(std::move(embedder), {.history_max = 7, .scale = 12.0});
  model->query().value.f32()[3] = 0.25f;
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(model->save(dir.file("model")).ok());
  EXPECT_TRUE(Recommender::recognises(dir.file("model")));
  const auto opened = Recommender::load(dir.file("model"));
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  EXPECT_EQ((*opened)->weights_sha256(), model->weights_sha256());
  EXPECT_EQ((*opened)->shape().history_max, 7u);
  EXPECT_EQ((*opened)->shape().scale, 12.0);
  EXPECT_TRUE(Embedder::load(dir.file("model")).ok());

  const std::vector<float> vectors = {1, 0, 0, 1, 0.6f, 0.8f};
  TowerWeights weights{.query = {0.0, 0.0}, .bias = {}};
  std::vector<float> scores(3, -1.0f);
  tower_scores(weights, std::vector<Touch>{{.item = 0}, {.item = 1}}, vectors, 2, scores);
  EXPECT_NEAR(scores[2], 1.4 / std::sqrt(2.0), 1e-6);
  tower_scores(weights, {}, vectors, 2, scores);
  EXPECT_EQ(scores, (std::vector<float>{0, 0, 0}));
}

std::unique_ptr<Embedder> small_embedder() {
  model::EncoderConfig config;
  config.vocab_size = 8;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 16;
  auto tokenizer =
      text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "tea", "bread", "green"}).value();
  return Embedder::create(config, std::move(tokenizer), {.seed = 1, .max_length = 16}).value();
}

TEST(Recommender, ANarrowerTowerProjectsAndIsSavedWithIt) {
  const auto model = Recommender::create(small_embedder(), {.width_max = 5}, 3);
  ASSERT_TRUE(model->projects());
  EXPECT_EQ(model->width(), 5);
  EXPECT_EQ(model->tower().query.size(), 5u);
  // Rows at right angles, of length one.
  const auto parameters = model->parameters();
  const std::span<const float> w = parameters.back()->value.values();
  for (std::size_t a = 0; a < 5; ++a) {
    for (std::size_t b = 0; b < 5; ++b) {
      double sum = 0.0;
      for (std::size_t c = 0; c < 16; ++c) sum += static_cast<double>(w[a * 16 + c] * w[b * 16 + c]);
      EXPECT_NEAR(sum, a == b ? 1.0 : 0.0, 1e-6);
    }
  }
  engine::ExecutionContext context(1);
  const std::vector<text::Encoding> texts = {model->embedder().encode("green tea"), model->embedder().encode("bread")};
  const auto whole = model->embedder().embed(context, texts).value();
  const auto narrow = model->embed(context, texts).value();
  ASSERT_EQ(narrow[1].size(), 5u);
  double by_hand = 0.0;
  for (std::size_t c = 0; c < 16; ++c) by_hand += static_cast<double>(w[2 * 16 + c] * whole[1][c]);
  EXPECT_NEAR(narrow[1][2], by_hand, 1e-5);

  const yupu::testing::TempDir dir;
  ASSERT_TRUE(model->save(dir.file("model")).ok());
  const auto opened = Recommender::load(dir.file("model"));
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  EXPECT_EQ((*opened)->weights_sha256(), model->weights_sha256());
  EXPECT_EQ((*opened)->embed(context, texts).value(), narrow);
  EXPECT_FALSE(Recommender::create(small_embedder(), {.width_max = 16})->projects()) << "no narrower";
}

}  // namespace
}  // namespace yupu::tasks
