#include "products/recommend/methods/methods.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "products/recommend/methods/ease/ease.h"
#include "products/recommend/methods/signals.h"
#include "products/recommend/methods/text/item_vectors.h"
#include "products/recommend/methods/tower/tower.h"
#include "products/recommend/testing.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::recommend {
namespace {

using tasks::Behaviour;
using tasks::BehaviourKind;
using tasks::BehaviourLog;
using testing::kDayNs;

// Users 0: items 0 1 2, 1: 0 1, 2: 1 2 3, 3: 3; item 4 nobody's.
BehaviourLog five_items() {
  const std::vector<std::vector<std::uint32_t>> rows = {{0, 1, 2}, {0, 1}, {1, 2, 3}, {3}};
  std::vector<Behaviour> events;
  for (std::uint32_t user = 0; user < rows.size(); ++user) {
    for (const std::uint32_t item : rows[user])
      events.push_back({.user = user, .item = item, .time_ns = user + item * kDayNs, .kind = BehaviourKind::kClick});
  }
  return {events, rows.size(), 5};
}

std::vector<float> scored(const MethodRow& row, const Settings& settings, const BehaviourLog& log,
                          std::span<const Behaviour> history, const Tools& tools = {}) {
  engine::ExecutionContext context(1);
  const auto method = row.make(settings, tools);
  const Status fit =
      method->fit({.log = log, .weights = {}, .relevant = BehaviourKind::kClick, .seed = 1, .context = context});
  EXPECT_TRUE(fit.ok()) << fit.to_string();
  std::vector<float> scores(log.item_count(), -7.0f);
  method->score({.log = log, .time_ns = 10 * kDayNs, .history = history}, scores);
  return scores;
}

TEST(Popularity, CountsUsersInTheWindow) {
  const MethodRow& row = *find_method("popularity");
  EXPECT_EQ(scored(row, {{"window_days", 0}}, five_items(), {}), (std::vector<float>{2, 3, 2, 2, 0}));
  // Eight days back from day ten: items 2 and 3 alone.
  EXPECT_EQ(scored(row, {{"window_days", 8}}, five_items(), {}), (std::vector<float>{0, 0, 2, 2, 0}));
  // A thousand clicks of one user are one user.
  std::vector<Behaviour> events(1000, {.user = 0, .item = 4, .time_ns = 5, .kind = BehaviourKind::kClick});
  for (std::size_t i = 0; i < events.size(); ++i) events[i].time_ns += static_cast<std::int64_t>(i);
  EXPECT_EQ(scored(row, {{"window_days", 0}}, {events, 1, 5}, {}), (std::vector<float>{0, 0, 0, 0, 1}));
}

TEST(ItemKnn, LikenessByHand) {
  const BehaviourLog log = five_items();
  const MethodRow& row = *find_method("item-knn");
  const Settings all = {{"neighbours", 100}, {"shrink", 0}, {"relevant_only", 0}};
  const auto scores = scored(row, all, log, log.of_user(1));  // items 0 and 1
  // sim(0,1) = 2/sqrt(2*3), sim(0,2) = 1/sqrt(2*2), sim(1,2) = 2/sqrt(3*2), sim(1,3) = 1/sqrt(3*2)
  EXPECT_NEAR(scores[2], 0.5 + 2.0 / std::sqrt(6.0), 1e-6);
  EXPECT_NEAR(scores[3], 1.0 / std::sqrt(6.0), 1e-6);
  EXPECT_NEAR(scores[0], 2.0 / std::sqrt(6.0), 1e-6);
  EXPECT_EQ(scores[4], 0.0f);
  Settings shrunk = all;
  shrunk["shrink"] = 1;
  EXPECT_NEAR(scored(row, shrunk, log, log.of_user(1))[3], 1.0 / (std::sqrt(6.0) + 1.0), 1e-6);
  Settings one = all;
  one["neighbours"] = 1;  // of item 1: of 0 and 2, equally alike, the lower number
  EXPECT_EQ(scored(row, one, log, log.of_user(1))[3], 0.0f);
  EXPECT_NEAR(scored(row, one, log, log.of_user(1))[0], 2.0 / std::sqrt(6.0), 1e-6);
}

// (X^T X + lambda I)^-1 by Gauss and Jordan in 64 bits, then the paper's closed form.
std::vector<std::vector<double>> ease_by_hand(const BehaviourLog& log, double lambda) {
  const std::size_t n = log.item_count();
  std::vector<std::vector<double>> a(n, std::vector<double>(2 * n, 0.0));
  for (const auto& items : Signals(Signal::kAll, BehaviourKind::kClick).rows_of(log)) {
    for (const auto i : items) {
      for (const auto j : items) a[i][j] += 1.0;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    a[i][i] += lambda;
    a[i][n + i] = 1.0;
  }
  for (std::size_t k = 0; k < n; ++k) {
    const double pivot = a[k][k];
    for (double& value : a[k]) value /= pivot;
    for (std::size_t i = 0; i < n; ++i) {
      const double factor = a[i][k];
      if (i == k || factor == 0.0) continue;
      for (std::size_t j = 0; j < 2 * n; ++j) a[i][j] -= factor * a[k][j];
    }
  }
  std::vector<std::vector<double>> b(n, std::vector<double>(n, 0.0));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) b[i][j] = i == j ? 0.0 : -a[i][n + j] / a[j][n + j];
  }
  return b;
}

TEST(Ease, IsItsClosedForm) {
  const Collection shop = testing::shop();
  const BehaviourLog small = five_items();
  for (const BehaviourLog* log : {&small, &shop.log}) {
    for (const double lambda : {0.5, 10.0}) {
      const auto b = ease_by_hand(*log, lambda);
      const auto scores =
          scored(*find_method("ease"), {{"lambda", lambda}, {"relevant_only", 0}}, *log, log->of_user(1));
      for (std::size_t j = 0; j < scores.size(); ++j) {
        double expected = 0.0;
        for (const auto i : Signals(Signal::kAll, BehaviourKind::kClick).items_of(log->of_user(1))) expected += b[i][j];
        EXPECT_NEAR(static_cast<double>(scores[j]), expected, 1e-5) << j;
      }
    }
  }
}

TEST(Ease, WhatDoesNotFitIsRefused) {
  engine::ExecutionContext context(1);
  const BehaviourLog wide({}, 1, kEaseItemsMax + 1);
  const auto method = find_method("ease")->make({{"lambda", 1}, {"relevant_only", 0}}, {});
  EXPECT_EQ(method->fit({.log = wide, .weights = {}, .relevant = BehaviourKind::kClick, .seed = 1, .context = context})
                .code(),
            Code::kTooLarge);
}

TEST(Next, ByHand) {
  const auto click = [](std::uint32_t user, std::uint32_t item, std::int64_t time_ns) {
    return Behaviour{.user = user, .item = item, .time_ns = time_ns, .kind = BehaviourKind::kClick};
  };
  // User 0: 0, 1, 2; user 1: 0, then 1 and 2 at one instant; user 2: 2, 0.
  const BehaviourLog log({click(0, 0, 1), click(0, 1, 2), click(0, 2, 3), click(1, 0, 1), click(1, 1, 5),
                          click(1, 2, 5), click(2, 2, 1), click(2, 0, 2)},
                         3, 3);
  const Settings settings = {{"reach", 2}, {"shrink", 1}, {"relevant_only", 0}};
  // After 0 (three users): 1 at distance 1 twice; 2 at distance 2 twice.  After 1: 2 once, since one instant says
  // nothing.
  const std::vector<Behaviour> last_0 = {click(0, 0, 9)}, both = {click(0, 1, 8), click(0, 0, 9)};
  const auto after_0 = scored(*find_method("next"), settings, log, last_0);
  EXPECT_NEAR(after_0[1], 2.0 / 4.0, 1e-6);
  EXPECT_NEAR(after_0[2], 1.0 / 4.0, 1e-6);
  EXPECT_EQ(after_0[0], 0.0f);
  const auto after_both = scored(*find_method("next"), settings, log, both);  // 1 stands one step back: half
  EXPECT_NEAR(after_both[2], 1.0 / 4.0 + 0.5 * 1.0 / 3.0, 1e-6);
}

TEST(Bpr, LearnsWhoLikesWhatAndRepeats) {
  const Collection shop = testing::shop();
  const MethodRow& row = *find_method("bpr");
  const Settings settings = row.grid().front();
  int right = 0;
  for (std::uint32_t user = 0; user < shop.users.size(); ++user) {
    const auto scores = scored(row, settings, shop.log, shop.log.of_user(user));
    EXPECT_EQ(scores, scored(row, settings, shop.log, shop.log.of_user(user)));
    const auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
    right += best / 12 == static_cast<std::ptrdiff_t>(user % 4) ? 1 : 0;  // twelve items a topic
    if (user >= 7) break;
  }
  EXPECT_GE(right, 7);
  const auto nobody = scored(row, settings, shop.log, {});
  EXPECT_EQ(*std::min_element(nobody.begin(), nobody.end()), *std::max_element(nobody.begin(), nobody.end()));
}

TEST(Words, ByHand) {
  const BehaviourLog log({{.user = 0, .item = 0, .time_ns = 1, .kind = BehaviourKind::kClick}}, 1, 3);
  const std::vector<std::string> texts = {"green tea", "tea", "black coffee"};
  const auto scores = scored(*find_method("words"), {{"half_life_events", 0}, {"half_life_days", 0}}, log,
                             log.of_user(0), {.texts = texts});
  const double green = std::log(4.0 / 2.0), tea = std::log(4.0 / 3.0);
  const double length = std::hypot(green, tea);
  const double weight = 2.0;  // of a click
  EXPECT_NEAR(scores[0], weight, 1e-6);
  EXPECT_NEAR(scores[1], weight * tea / length, 1e-6);
  EXPECT_EQ(scores[2], 0.0f);
}

TEST(Text, TheNearestVectorIsTheBestAndOldThingsCountLess) {
  const std::vector<float> values = {1, 0, 0, 1, 0.6f, 0.8f};
  const ItemVectors vectors{.values = values, .width = 2};
  std::vector<Behaviour> events = {{.user = 0, .item = 0, .time_ns = 0, .kind = BehaviourKind::kClick},
                                   {.user = 0, .item = 1, .time_ns = 9 * kDayNs, .kind = BehaviourKind::kClick}};
  const BehaviourLog log(events, 1, 3);
  const MethodRow& row = *find_method("text");
  const Tools tools{.texts = {}, .vectors = &vectors};
  const Settings plain = {{"centred", 0}, {"half_life_events", 0}, {"half_life_days", 0}};
  const auto even = scored(row, plain, log, log.of_user(0), tools);
  EXPECT_NEAR(even[2], 1.4 / std::sqrt(2.0), 1e-6);
  Settings decayed = plain;
  decayed["half_life_events"] = 1;  // weights 1 and 1/2
  EXPECT_NEAR(scored(row, decayed, log, log.of_user(0), tools)[2], (0.5 * 0.6 + 0.8) / std::hypot(0.5, 1.0), 1e-6);
  decayed = plain;
  decayed["half_life_days"] = 9;  // asked on day ten: ages 10 and 1 days
  const double old = std::exp2(-10.0 / 9.0), young = std::exp2(-1.0 / 9.0);
  EXPECT_NEAR(scored(row, decayed, log, log.of_user(0), tools)[2], (old * 0.6 + young * 0.8) / std::hypot(old, young),
              1e-6);
  EXPECT_EQ(row.make(plain, {}), nullptr);
  const auto nobody = scored(row, plain, log, {}, tools);
  EXPECT_EQ(nobody, (std::vector<float>{0, 0, 0}));
}

TEST(Tower, TakesVectorsOfItsEncoderAndProjectsThem) {
  model::EncoderConfig config;
  config.vocab_size = 8;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 16;
  auto tokenizer =
      text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "tea", "bread", "green"}).value();
  auto embedder = tasks::Embedder::create(config, std::move(tokenizer), {.seed = 1, .max_length = 16}).value();
  const auto recommender = tasks::Recommender::create(std::move(embedder), {.width_max = 4});
  engine::ExecutionContext context(1);
  const std::vector<std::string> texts = {"tea", "green tea", "bread", ""};
  const OwnedItemVectors own = embed_items(*recommender, context, texts).value();
  const OwnedItemVectors wide = embed_items(recommender->embedder(), context, texts).value();
  ASSERT_EQ(own.width, 4u);
  ASSERT_EQ(wide.width, 16u);
  const BehaviourLog log({{.user = 0, .item = 0, .time_ns = 0, .kind = BehaviourKind::kClick}}, 1, 4);
  const Moment moment{.log = log, .time_ns = kDayNs, .history = log.of_user(0)};
  std::vector<float> a(4), b(4);
  make_tower(*recommender, own.view())->score(moment, a);
  make_tower(*recommender, wide.view())->score(moment, b);
  for (std::size_t item = 0; item < 4; ++item) EXPECT_NEAR(a[item], b[item], 1e-5);
  EXPECT_NEAR(a[0], 1.0f, 1e-5);
  EXPECT_EQ(b[3], 0.0f) << "nothing is said of it";
}

TEST(Methods, NobodyTriesMoreThanTheOthers) {
  for (const MethodRow& row : methods()) {
    const std::size_t least = row.is_baseline ? kTrialsMax : 1;
    EXPECT_GE(row.grid().size(), least) << row.name;
    EXPECT_LE(row.grid().size(), kTrialsMax) << row.name;
    EXPECT_EQ(find_method(row.name), &row);
  }
  EXPECT_EQ(find_method("magic"), nullptr);
}

}  // namespace
}  // namespace yupu::recommend
