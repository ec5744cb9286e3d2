// A cross-encoder in a release and in what serves, without sockets.
#include <cmath>
#include <memory>

#include <gtest/gtest.h>

#include "base/testing.h"
#include "products/recommend/event_store.h"
#include "products/recommend/methods/cross/testing.h"
#include "products/recommend/serve/lists.h"
#include "products/recommend/serve/retraining.h"
#include "products/recommend/testing.h"
#include "store/testing.h"

namespace yupu::recommend {
namespace {

using testing::kBeginNs;
using testing::kDayNs;

constexpr std::int64_t kNowNs = kBeginNs + 101 * kDayNs, kTestNs = kBeginNs + 92 * kDayNs;

class CrossServingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
    store_ = store::open_store(yupu::testing::fresh_url()).value();
    const Collection shop = testing::shop();
    std::vector<Item> items;
    for (std::size_t item = 0; item < shop.items.size(); ++item)
      items.push_back(testing::item(shop.items[item], shop.texts[item]));
    std::vector<Event> events;
    for (const tasks::Behaviour& one : shop.log.events())
      events.push_back(testing::event(shop.users[one.user], shop.items[one.item], one.time_ns, one.kind));
    for (const char* tenant : {"t", "other"}) {
      ASSERT_TRUE(import_items(*store_, clock_, tenant, items).ok());
      ASSERT_TRUE(import_events(*store_, clock_, tenant, events).ok());
    }
    save_model(kTestNs, 1);
  }
  void save_model(std::int64_t end_ns, std::uint64_t seed) {
    ASSERT_TRUE(testing::cross_model(testing::small_shape(), {"number"}, end_ns, seed)->save(model()).ok());
  }
  std::string model() const { return dir_.file("m"); }
  static RetrainOptions options(std::optional<std::string> cross) {
    RetrainOptions options{.changes = {{"questions_min", 10}, {"trees", 20}, {"slice", 0.3}},
                           .cross = std::move(cross)};
    options.rule.split.test_ns = kTestNs;
    options.rule.loss_max = 1.0;
    options.rule.users_min = 1;
    return options;
  }

  yupu::testing::TempDir dir_;
  FakeClock clock_{kNowNs};
  std::unique_ptr<store::Store> store_;
};

TEST_F(CrossServingTest, IsReleasedReadInListsAndMissedByADeadline) {
  const auto done = retrain(*store_, clock_, "t", options(model()));
  ASSERT_TRUE(done.ok()) << done.status().to_string();
  ASSERT_TRUE(done->is_live) << done->verdict.why;
  EXPECT_NE(done->verdict.learned.find("the first read again"), std::string::npos) << done->verdict.learned;
  const Release kept = release_of(*store_, "t", done->release.id).value();
  EXPECT_EQ(kept.cross, model());
  EXPECT_EQ(kept.cross_sha256.size(), 64U);
  EXPECT_EQ(kept.settings.at("cross_top"), 50.0);
  EXPECT_EQ(releases_json(*store_, "t").value().at("releases").at(0).at("cross_encoder"), model());

  Shop shop(*store_, clock_, "t");
  ASSERT_TRUE(shop.look().ok());
  const auto record = shop.ready();
  ASSERT_NE(record->fitted->cross, nullptr);
  const auto& names = record->fitted->ranker->feature_names();
  EXPECT_EQ(names.back(), record->fitted->cross->name() + ".share");
  const List list = list_for(*record, {}, {.user = "u100"}, kNowNs);
  ASSERT_EQ(list.items.size(), 10U);
  for (const ListedItem& item : list.items) EXPECT_TRUE(std::isfinite(item.features.back()));
  const List late = list_for(*record, {}, {.user = "u101", .deadline_ns = 0}, kNowNs);
  ASSERT_EQ(late.items.size(), 10U);
  for (const ListedItem& item : late.items) {
    EXPECT_TRUE(std::isnan(item.features.back()));
    EXPECT_TRUE(std::isfinite(item.score));
  }

  // The next release has it too, until it is taken out.
  clock_.advance_ns(kDayNs);
  const auto next = retrain(*store_, clock_, "t", options({}));
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(next->release.cross_sha256, kept.cross_sha256);
  clock_.advance_ns(kDayNs);
  const auto without = retrain(*store_, clock_, "t", options(""));
  ASSERT_TRUE(without.ok());
  EXPECT_EQ(without->release.cross, "");
  EXPECT_FALSE(without->release.settings.contains("cross_top"));
  ASSERT_TRUE(shop.look().ok());
  EXPECT_EQ(shop.ready()->fitted->cross, nullptr);
}

TEST_F(CrossServingTest, OneThatKnowsTheAnswersOrIsAnotherByNowIsRefused) {
  save_model(kTestNs + 1, 1);
  EXPECT_EQ(retrain(*store_, clock_, "t", options(model())).status().field(), "--cross-encoder");
  save_model(kTestNs, 1);
  ASSERT_TRUE(retrain(*store_, clock_, "t", options(model()))->is_live);
  save_model(kTestNs, 2);
  Shop shop(*store_, clock_, "t");
  EXPECT_EQ(shop.look().code(), Code::kConflict);
}

TEST_F(CrossServingTest, TheStrategyNamesOneWhereNoReleaseServes) {
  ListRules rules;
  rules.cross = {.model = model(), .top = 7};
  Shop shop(*store_, clock_, "other", rules);
  ASSERT_TRUE(shop.look().ok());
  const auto first = shop.ready();
  ASSERT_NE(first->fitted->cross, nullptr);
  EXPECT_EQ(first->fitted->release.settings.at("cross_top"), 7.0);
  EXPECT_EQ(list_for(*first, {}, {.user = "u100"}, kNowNs).items.size(), 10U) << "with too little to learn an order";
  clock_.advance_ns(kDayNs);
  ASSERT_TRUE(import_items(*store_, clock_, "other", std::vector{testing::item("new", "something new")}).ok());
  ASSERT_TRUE(shop.look().ok());
  ASSERT_NE(shop.ready()->fitted, first->fitted);
  EXPECT_EQ(shop.ready()->fitted->cross, first->fitted->cross) << "opened once, with what it remembers";
}

}  // namespace
}  // namespace yupu::recommend
