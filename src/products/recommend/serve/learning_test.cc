// What serves learns its order from the lists it gave: without sockets.
#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "products/recommend/event_store.h"
#include "products/recommend/serve/lists.h"
#include "products/recommend/serve/retraining.h"
#include "products/recommend/testing.h"
#include "store/testing.h"

namespace yupu::recommend {
namespace {

using testing::kBeginNs;
using testing::kDayNs;

constexpr std::size_t kItems = 60, kUsers = 150, kClicksOfUser = 8, kListsOfUser = 4, kShown = 10;
constexpr std::int64_t kNowNs = kBeginNs + 101 * kDayNs, kSecondNs = 1'000'000'000;

std::string item_id(std::size_t item) { return "i" + std::to_string(100 + item); }
std::string user_id(std::size_t user) { return "u" + std::to_string(100 + user); }
bool is_young(std::size_t item) { return item % 2 == 1; }

// Half of the items are young, and what users find by themselves, in the first 75 days, is of no age.  Lists, after
// that, have what is old on top, mostly; an item at rank k is looked at with chance 1/k, and clicked then: a young one
// four times in five, an old one twice in five.  So the old are clicked more often, and the young are what users want.
class LearningTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
    open_shop(11);
  }
  void open_shop(std::uint64_t seed) {
    rng_ = Rng(seed);
    stored_ = {};
    young_clicks_ = old_clicks_ = 0;
    store_ = store::open_store(yupu::testing::fresh_url()).value();
    for (std::size_t item = 0; item < kItems; ++item) {
      stored_.items.push_back(testing::item(item_id(item), "w" + std::to_string(rng_.next_u64())));
      stored_.items.back().created_ns = kBeginNs - (is_young(item) ? 10 : 300) * kDayNs;
    }
    for (std::size_t user = 0; user < kUsers; ++user) {
      for (std::size_t i = 0; i < kClicksOfUser; ++i) {
        const auto time_ns = static_cast<std::int64_t>(rng_.uniform() * 75.0 * static_cast<double>(kDayNs));
        stored_.events.push_back(testing::event(user_id(user), item_id(rng_.below(kItems)), kBeginNs + time_ns));
      }
    }
    give_lists();
    ASSERT_TRUE(import_items(*store_, clock_, "t", stored_.items).ok());
    ASSERT_TRUE(import_events(*store_, clock_, "t", stored_.events).ok());
    collection_ = std::make_shared<const Collection>(collect(stored_));
  }

  void give_lists() {
    const auto found = std::make_shared<const Collection>(collect(stored_));
    const auto plain = fit_release(*found, found->log, Release{}, kNowNs);
    ASSERT_TRUE(plain.ok()) << plain.status().to_string();
    for (std::size_t user = 0; user < kUsers; ++user) {
      for (std::size_t i = 0; i < kListsOfUser; ++i) {
        const std::int64_t time_ns = kBeginNs + static_cast<std::int64_t>(77 + 6 * i + user % 6) * kDayNs;
        give_list(found->log, *plain.value(), user, i, time_ns);
      }
    }
  }
  void give_list(const tasks::BehaviourLog& log, const Fitted& plain, std::size_t user, std::size_t number,
                 std::int64_t time_ns) {
    const Moment moment{
        .log = log, .time_ns = time_ns, .history = log.of_user_before(static_cast<std::uint32_t>(user), time_ns)};
    auto ranked = plain.ranker->rank(moment);
    rng_.shuffle(std::span(ranked));
    ranked.resize(kShown);
    for (auto& one : ranked) one.score = (is_young(one.item) ? 0.0f : 2.0f) + static_cast<float>(rng_.normal());
    std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
    GivenList list{.id = user_id(user) + "/" + std::to_string(number),
                   .user = user_id(user),
                   .surface = "home",
                   .time_ns = time_ns};
    const auto& names = plain.ranker->feature_names();
    for (std::size_t place = 0; place < ranked.size(); ++place) {
      const std::uint32_t item = ranked[place].item;
      OrderedJson features = OrderedJson::object();
      for (std::size_t f = 0; f < names.size(); ++f) features[names[f]] = ranked[place].features[f];
      list.items.push_back({{"item", item_id(item)}, {"position", place + 1}, {"features", std::move(features)}});
      if (rng_.uniform() >= (is_young(item) ? 0.8 : 0.4) / static_cast<double>(place + 1)) continue;
      (is_young(item) ? young_clicks_ : old_clicks_) += 1;
      stored_.events.push_back(testing::event(user_id(user), item_id(item), time_ns + kSecondNs));
    }
    ASSERT_TRUE(keep_list(*store_, "t", list).ok());
  }

  // Of the first ten of everybody's lists.
  static double young_share(const Ranker& ranker, const Collection& collection) {
    std::size_t young = 0;
    for (std::uint32_t user = 0; user < kUsers; ++user) {
      const Moment moment{.log = collection.log, .time_ns = kNowNs, .history = collection.log.of_user(user)};
      const auto ranked = ranker.rank(moment);
      for (std::size_t i = 0; i < kShown; ++i) young += is_young(ranked[i].item) ? 1 : 0;
    }
    return static_cast<double>(young) / static_cast<double>(kUsers * kShown);
  }
  std::shared_ptr<const Fitted> fit(std::span<const KeptList> lists) {
    Release release;
    release.settings["trees"] = 40;
    release.settings["questions_min"] = 0;
    const auto read = [lists] { return Result(lists); };
    return fit_release(*collection_, collection_->log, release, kNowNs, {.lists = read}).value();
  }

  FakeClock clock_{kNowNs};
  Rng rng_{11};
  std::unique_ptr<store::Store> store_;
  Stored stored_;
  std::shared_ptr<const Collection> collection_;
  std::size_t young_clicks_ = 0, old_clicks_ = 0;
};

// Where a shop has so few lists it is a matter of chance too: five of six shops must show it.
TEST_F(LearningTest, WhatIsClickedInSpiteOfItsPlaceRises) {
  std::size_t risen = 0;
  std::string shares;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    open_shop(seed);
    ASSERT_GT(old_clicks_, young_clicks_) << "clicks alone say the old";
    const auto lists = kept_lists(*store_, "t").value();
    ASSERT_GT(lists.size(), kListsMin);
    const auto without = fit({}), taught = fit(lists);
    EXPECT_EQ(without->ranker->lessons().lists, 0U);
    EXPECT_GT(taught->ranker->lessons().lists, kListsMin);
    EXPECT_NE(taught->ranker->lessons().text().find("given lists with a click, by position"), std::string::npos);
    const double before = young_share(*without->ranker, *collection_),
                 after = young_share(*taught->ranker, *collection_);
    risen += after > std::max(before, 0.5) + 0.2 ? 1 : 0;
    shares += " " + std::to_string(before) + " to " + std::to_string(after);
  }
  EXPECT_GE(risen, 5U) << shares;
}

TEST_F(LearningTest, TooFewListsAreLeftOutAndThatIsSaid) {
  const auto lists = kept_lists(*store_, "t").value();
  const auto without = fit({}), few = fit(std::span(lists).first(kListsMin / 2));
  const Lessons& lessons = few->ranker->lessons();
  EXPECT_EQ(lessons.lists, 0U);
  EXPECT_GT(lessons.lists_found, 0U);
  EXPECT_NE(lessons.text().find(std::to_string(lessons.lists_found) + " given lists with a click, 100 are wanted"),
            std::string::npos)
      << lessons.text();
  EXPECT_EQ(young_share(*few->ranker, *collection_), young_share(*without->ranker, *collection_));
}

TEST_F(LearningTest, ServingLearnsFromItsListsAndANewItemKeepsTheOrder) {
  Shop shop(*store_, clock_, "t");
  ASSERT_TRUE(shop.look().ok());
  const auto first = shop.ready();
  EXPECT_GT(first->fitted->ranker->lessons().lists, kListsMin);

  clock_.advance_ns(60 * kSecondNs);
  Item item = testing::item("new", "something new");
  item.created_ns = kNowNs - kDayNs;
  ASSERT_TRUE(import_items(*store_, clock_, "t", std::vector{item}).ok());
  ASSERT_TRUE(shop.look().ok());
  const auto second = shop.ready();
  ASSERT_NE(second->fitted, first->fitted);
  EXPECT_EQ(second->fitted->fitted_ns, first->fitted->fitted_ns) << "the order is as old as it was";
  EXPECT_EQ(second->fitted->ranker->lessons().lists, first->fitted->ranker->lessons().lists);
  const List list = list_for(*second, {}, {.user = user_id(0), .count = 100}, clock_.now_ns());
  EXPECT_TRUE(std::any_of(list.items.begin(), list.items.end(),
                          [&](const ListedItem& one) { return second->collection->items[one.item] == "new"; }));
}

TEST_F(LearningTest, AnOrderThatCannotBeTakenOverIsLearnedFromTheListsToo) {
  const auto lists = kept_lists(*store_, "t").value();
  std::size_t read = 0;
  const auto reader = [&] {
    ++read;
    return Result(std::span<const KeptList>(lists));
  };
  Release release;
  release.settings["trees"] = 10;
  const auto first = fit_release(*collection_, collection_->log, release, kNowNs, {.lists = reader}).value();
  EXPECT_EQ(read, 1U);
  const auto same =
      fit_release(*collection_, collection_->log, release, kNowNs + 1, {.lists = reader, .order_of = first.get()});
  EXPECT_EQ((*same)->fitted_ns, first->fitted_ns);
  EXPECT_EQ(read, 1U) << "the order is taken over: no list is read";
  // The same without texts has no words among its features.
  Fitted other;
  other.catalogue = std::make_unique<const Collection>(catalogue_of(*collection_));
  other.tools = {.created_ns = collection_->created_ns, .tags = collection_->tags};
  other.ranker = std::make_unique<Ranker>(release.settings, other.tools);
  engine::ExecutionContext context(1);
  ASSERT_TRUE(other.ranker
                  ->fit({.log = collection_->log,
                         .weights = {},
                         .relevant = tasks::BehaviourKind::kClick,
                         .seed = 1,
                         .context = context})
                  .ok());
  ASSERT_TRUE(other.ranker->has_trees());
  const auto anew =
      fit_release(*collection_, collection_->log, release, kNowNs + 1, {.lists = reader, .order_of = &other});
  EXPECT_EQ((*anew)->fitted_ns, kNowNs + 1);
  EXPECT_EQ(read, 2U);
  EXPECT_EQ((*anew)->ranker->lessons().lists, first->ranker->lessons().lists);
}

TEST_F(LearningTest, ARetrainingSaysWhatTheOrderIsLearnedFrom) {
  RetrainOptions options{.changes = {{"trees", 10}}};
  options.rule.loss_max = 1.0;
  const auto done = retrain(*store_, clock_, "t", options);
  ASSERT_TRUE(done.ok()) << done.status().to_string();
  EXPECT_NE(done->verdict.learned.find("given lists"), std::string::npos) << done->verdict.learned;
  EXPECT_EQ(done->release.verdict.at("learned"), done->verdict.learned);
  options.changes = {{"lists_min", 1e6}, {"trees", 10}};
  const auto without = retrain(*store_, clock_, "t", options);
  ASSERT_TRUE(without.ok()) << without.status().to_string();
  EXPECT_NE(without->verdict.learned.find("1000000 are wanted"), std::string::npos) << without->verdict.learned;
}

}  // namespace
}  // namespace yupu::recommend
