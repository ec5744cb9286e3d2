// Releases, their guard, and experiments: without sockets.
#include <memory>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "products/recommend/event_store.h"
#include "products/recommend/serve/guard.h"
#include "products/recommend/serve/lists.h"
#include "products/recommend/serve/outcomes.h"
#include "products/recommend/serve/retraining.h"
#include "products/recommend/testing.h"
#include "store/store.h"
#include "store/testing.h"

namespace yupu::recommend {
namespace {

using testing::kBeginNs;
using testing::kDayNs;

constexpr std::size_t kTopics = 4, kItemsOfTopic = 15, kUsers = 40, kEventsOfUser = 4;

std::string item_id(std::size_t topic, std::size_t number) {
  return "t" + std::to_string(topic) + "-" + std::to_string(10 + number);
}

// Users of one topic each, four clicks in it and one more on day 95; titles say nothing.
Stored tastes() {
  Rng rng(3);
  Stored stored;
  for (std::size_t topic = 0; topic < kTopics; ++topic) {
    for (std::size_t number = 0; number < kItemsOfTopic; ++number)
      stored.items.push_back(testing::item(item_id(topic, number), "w" + std::to_string(rng.next_u64())));
  }
  for (std::size_t user = 0; user < kUsers; ++user) {
    std::vector<std::size_t> numbers(kItemsOfTopic);
    for (std::size_t number = 0; number < kItemsOfTopic; ++number) numbers[number] = number;
    rng.shuffle(std::span(numbers));
    for (std::size_t i = 0; i <= kEventsOfUser; ++i) {
      const std::int64_t day = i == kEventsOfUser ? 95 : static_cast<std::int64_t>(20 * i + rng.below(15));
      stored.events.push_back(testing::event("u" + std::to_string(100 + user), item_id(user % kTopics, numbers[i]),
                                             kBeginNs + day * kDayNs + static_cast<std::int64_t>(user)));
    }
  }
  return stored;
}

GuardRule rule() {
  GuardRule rule;
  rule.split.test_ns = kBeginNs + 90 * kDayNs;
  return rule;
}

TEST(Guard, ShuffledLabelsAreRefusedAndTheSameAgainIsNot) {
  const auto collection = std::make_shared<const Collection>(collect(tastes()));
  const Release champion{.id = "rel_1"};
  Release challenger{.id = "rel_2"};
  const auto same = judge(collection, {&champion, &collection->log}, {&challenger, &collection->log}, rule());
  ASSERT_TRUE(same.ok()) << same.status().to_string();
  EXPECT_TRUE(same->passes) << same->why;
  EXPECT_EQ(same->difference.value, 0.0);
  EXPECT_EQ(same->users, kUsers);
  EXPECT_GT(same->champion.value, 0.25);

  std::vector<tasks::Behaviour> events(collection->log.events().begin(), collection->log.events().end());
  std::vector<std::uint32_t> labels;
  for (const tasks::Behaviour& event : events) labels.push_back(event.item);
  Rng rng(7);
  rng.shuffle(std::span(labels));
  for (std::size_t i = 0; i < events.size(); ++i) events[i].item = labels[i];
  const tasks::BehaviourLog shuffled(std::move(events), collection->users.size(), collection->items.size());
  const auto poisoned = judge(collection, {&champion, &collection->log}, {&challenger, &shuffled}, rule());
  ASSERT_TRUE(poisoned.ok());
  EXPECT_FALSE(poisoned->passes) << poisoned->why;
  EXPECT_LT(poisoned->difference.high, 0.0);
  EXPECT_NE(poisoned->why.find("may lose more than 0.02"), std::string::npos) << poisoned->why;

  GuardRule many = rule();
  many.users_min = kUsers + 1;
  const auto few = judge(collection, {&champion, &collection->log}, {&challenger, &collection->log}, many);
  ASSERT_TRUE(few.ok());
  EXPECT_FALSE(few->passes);
  GuardRule nobody = rule();
  nobody.split.test_ns = kBeginNs + 200 * kDayNs;
  EXPECT_EQ(judge(collection, {&champion, &collection->log}, {&challenger, &collection->log}, nobody).status().code(),
            Code::kInvalidArgument);
}

class ReleasesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = store::open_store(yupu::testing::fresh_url()).value();
    const Stored stored = tastes();
    ASSERT_TRUE(import_items(*store_, clock_, "t", stored.items).ok());
    ASSERT_TRUE(import_events(*store_, clock_, "t", stored.events).ok());
  }
  Retrained retrain(const RetrainOptions& options) {
    clock_.advance_ns(1'000'000'000);
    auto done = recommend::retrain(*store_, clock_, "t", options);
    EXPECT_TRUE(done.ok()) << done.status().to_string();
    return done.ok() ? std::move(done).value() : Retrained{};
  }
  std::string live() { return recommend::live_release(*store_, "t").value().value_or(Release{}).id; }
  static std::vector<std::string> first(const Record& record, Arm arm = Arm::kChampion) {
    std::vector<std::string> ids;
    for (const ListedItem& item : list_for(record, {}, {.user = "u100", .arm = arm}, kBeginNs + 100 * kDayNs).items)
      ids.push_back(record.collection->items[item.item]);
    return ids;
  }

  FakeClock clock_{kBeginNs + 100 * kDayNs};
  std::unique_ptr<store::Store> store_;
};

TEST_F(ReleasesTest, APoisonedRecordIsRefusedAndWhatServesGoesOn) {
  const Retrained champion = retrain({.rule = rule()});
  EXPECT_TRUE(champion.is_live) << champion.verdict.why;
  EXPECT_EQ(champion.champion, "") << "the first is judged against popularity";
  // Robots that touch anything arrive afterwards: what had arrived before is what the champion knows.
  Rng rng(5);
  std::vector<Event> robots;
  for (int robot = 0; robot < 100; ++robot) {
    for (int i = 0; i < 20; ++i) {
      robots.push_back(testing::event("robot" + std::to_string(robot),
                                      item_id(rng.below(kTopics), rng.below(kItemsOfTopic)),
                                      kBeginNs + static_cast<std::int64_t>(rng.below(80)) * kDayNs + i));
    }
  }
  clock_.advance_ns(1'000'000'000);
  ASSERT_TRUE(import_events(*store_, clock_, "t", robots).ok());
  const Retrained poisoned = retrain({.rule = rule()});
  EXPECT_FALSE(poisoned.is_live);
  EXPECT_FALSE(poisoned.verdict.passes) << poisoned.verdict.why;
  EXPECT_EQ(poisoned.champion, champion.release.id);
  EXPECT_EQ(live(), champion.release.id);
  EXPECT_EQ(promote(*store_, "t", poisoned.release, "anyway", clock_.now_ns()).code(), Code::kConflict);
  const auto kept = releases_of(*store_, "t");
  ASSERT_EQ(kept->size(), 2U);
  EXPECT_FALSE(release_of(*store_, "t", poisoned.release.id)->passed);
  EXPECT_EQ(release_of(*store_, "t", poisoned.release.id)->verdict.at("why"), poisoned.verdict.why);
  EXPECT_EQ(release_of(*store_, "other", poisoned.release.id).status().code(), Code::kNotFound);
}

TEST_F(ReleasesTest, WhatServesIsSwappedAndSwappedBack) {
  Shop shop(*store_, clock_, "t");
  ASSERT_TRUE(shop.look().ok());
  EXPECT_EQ(shop.ready()->live, "");
  RetrainOptions lenient{.changes = {}, .tower = {}, .rule = rule()};
  lenient.rule.loss_max = 1.0;
  const Retrained one = retrain(lenient);
  ASSERT_TRUE(one.is_live) << one.verdict.why;
  ASSERT_TRUE(shop.look().ok());
  const auto before = shop.ready();
  EXPECT_EQ(before->live, one.release.id);
  lenient.changes = {{"lambda", 1.0}};
  const Retrained two = retrain(lenient);
  ASSERT_TRUE(two.is_live) << two.verdict.why;
  EXPECT_EQ(two.release.settings.at("lambda"), 1.0);
  EXPECT_EQ(two.release.settings.at("trees"), 100.0);
  ASSERT_TRUE(shop.look().ok());
  EXPECT_EQ(shop.ready()->fitted->release.id, two.release.id);
  // Behaviour that comes afterwards is read, and not learned.
  const std::vector<Event> more = {testing::event("u100", item_id(0, 3), kBeginNs + 99 * kDayNs)};
  clock_.advance_ns(60LL * 60 * 1'000'000'000);
  ASSERT_TRUE(import_events(*store_, clock_, "t", more).ok());
  ASSERT_TRUE(handoff::roll_back(*store_, live_name("t"), "worse", clock_.now_ns()).ok());
  EXPECT_EQ(live(), one.release.id);
  ASSERT_TRUE(shop.look().ok());
  EXPECT_EQ(shop.ready()->fitted, before->fitted) << "going back needs no fitting";
  EXPECT_EQ(before->live, one.release.id) << "a list under way keeps its record";
  EXPECT_EQ(handoff::roll_back(*store_, live_name("other"), "", 0).status().code(), Code::kNotFound);
  const OrderedJson told = releases_json(*store_, "t").value();
  EXPECT_EQ(told.at("live"), one.release.id);
  EXPECT_EQ(told.at("changes").at(0).at("reason"), "worse");
  // The same release from the store alone gives the same list.
  Shop again(*store_, clock_, "t");
  ASSERT_TRUE(again.look().ok());
  EXPECT_EQ(first(*again.ready()), first(*shop.ready()));
}

TEST_F(ReleasesTest, AnExperimentHasTwoArmsThatStay) {
  RetrainOptions lenient{.changes = {}, .tower = {}, .rule = rule()};
  lenient.rule.loss_max = 1.0;
  ASSERT_TRUE(retrain(lenient).is_live);
  lenient.changes = {{"lambda", 1.0}};
  lenient.hold = true;
  const Retrained held = retrain(lenient);
  EXPECT_TRUE(held.verdict.passes);
  EXPECT_FALSE(held.is_live);
  ListRules rules;
  rules.experiment = {.name = "june", .champion = {}, .challenger = held.release.id, .share = 0.3};
  Shop shop(*store_, clock_, "t", rules);
  ASSERT_TRUE(shop.look().ok());
  const auto record = shop.ready();
  ASSERT_NE(record->challenger, nullptr);
  EXPECT_EQ(record->of(Arm::kChallenger).release.id, held.release.id);
  EXPECT_EQ(record->of(Arm::kChampion).release.id, live());
  EXPECT_FALSE(first(*record, Arm::kChallenger).empty());
  std::size_t challenged = 0;
  for (int user = 0; user < 10'000; ++user) {
    const std::string name = "user" + std::to_string(user);
    const Arm arm = record->arm_of(name);
    EXPECT_EQ(arm, record->arm_of(name));
    challenged += arm == Arm::kChallenger ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(challenged) / 10'000.0, 0.3, 0.02);
  rules.experiment.challenger = "recommend_release_none";
  Shop without(*store_, clock_, "t", rules);
  ASSERT_TRUE(without.look().ok()) << "an experiment of another tenant does not stop this one's lists";
  EXPECT_EQ(without.ready()->challenger, nullptr);
}

class OutcomesTest : public ReleasesTest {
 protected:
  void give(const std::string& id, const std::string& user, const std::string& arm, std::int64_t at_ns) {
    GivenList list;
    list.id = id;
    list.user = user;
    list.time_ns = at_ns;
    list.experiment = "june";
    list.arm = arm;
    list.shown = {item_id(0, 0), item_id(0, 1)};
    ASSERT_TRUE(keep_list(*store_, "t", list).ok());
  }
  void did(const std::string& user, tasks::BehaviourKind kind, std::int64_t at_ns, std::size_t number = 0) {
    const std::vector<Event> events = {testing::event(user, item_id(0, number), at_ns, kind)};
    ASSERT_TRUE(import_events(*store_, clock_, "t", events).ok());
  }
};

TEST_F(OutcomesTest, ClicksBelongToTheLastListThatHadTheItemWithinHalfAnHour) {
  const std::int64_t now = clock_.now_ns(), minute = 60'000'000'000;
  give("i1", "a", "champion", now - 100 * minute);
  give("i2", "a", "champion", now - 90 * minute);
  give("i3", "b", "challenger", now - 90 * minute);
  give("i4", "c", "champion", now - 90 * minute);
  did("a", tasks::BehaviourKind::kClick, now - 80 * minute);     // of i2, which came later
  did("a", tasks::BehaviourKind::kBuy, now - 79 * minute);       // the same item: once, and positive
  did("a", tasks::BehaviourKind::kView, now - 78 * minute, 1);   // a view is none
  did("b", tasks::BehaviourKind::kClick, now - 59 * minute);     // 31 minutes later
  did("c", tasks::BehaviourKind::kClick, now - 89 * minute, 2);  // not in the list
  const auto found = outcomes(*store_, "t", now - 200 * minute, now, "june");
  ASSERT_EQ(found->size(), 4U);
  std::string text;
  for (const Outcome& one : *found) text += one.user + std::to_string(one.clicks) + (one.is_positive ? "+ " : " ");
  EXPECT_EQ(text, "a0 a1+ b0 c0 ");
  EXPECT_TRUE(outcomes(*store_, "t", now - 200 * minute, now, "july")->empty());
  const OrderedJson told = experiment_json(*store_, "t", "june", 1, now).value();
  EXPECT_EQ(told.at("arms").at(0).at("clicked").at("lists"), 3);
  EXPECT_EQ(told.at("arms").at(0).at("clicked").at("hits"), 1);
  const OrderedJson days = metrics_json(*store_, "t", 2, now).value();
  EXPECT_EQ(days.at("days").size(), 2U);
  EXPECT_EQ(days.at("clicked").at("lists"), 4);
  EXPECT_EQ(days.at("positive").at("hits"), 1);
}

TEST(Rates, ByHand) {
  // Two users: two lists, both clicked; two lists, none: r = 0.5, var = 2/1 * (1 + 1) / 16 = 0.25.
  std::vector<Outcome> lists(4);
  for (std::size_t i = 0; i < 4; ++i)
    lists[i] = {.user = i < 2 ? "a" : "b", .arm = {}, .release_id = {}, .time_ns = 0, .clicks = i < 2 ? 1 : 0};
  const Rate rate = rate_of(lists, Hit::kClicked);
  EXPECT_EQ(rate.share.value, 0.5);
  EXPECT_EQ(rate.variance, 0.25);
  EXPECT_EQ(rate.share.low, 0.0);
  // A hundred users with one list each, every fourth clicked: the binomial interval.
  std::vector<Outcome> many(100);
  for (std::size_t i = 0; i < many.size(); ++i) {
    many[i].user = std::to_string(i);
    many[i].clicks = i % 4 == 0 ? 1 : 0;
  }
  EXPECT_NEAR(rate_of(many, Hit::kClicked).variance, 0.25 * 0.75 / 99.0, 1e-12);
  EXPECT_EQ(rate_of({}, Hit::kClicked).share.high, 1.0);
  EXPECT_EQ(rate_of({}, Hit::kPositive).hits, 0);
}

}  // namespace
}  // namespace yupu::recommend
