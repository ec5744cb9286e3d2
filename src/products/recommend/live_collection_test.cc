#include "products/recommend/live_collection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "products/recommend/testing.h"
#include "store/testing.h"

namespace yupu::recommend {
namespace {

using testing::event;
using testing::item;
using testing::kBeginNs;
using testing::kDayNs;

class LiveCollectionTest : public ::testing::Test {
 protected:
  void add(const std::vector<Event>& events) { ASSERT_TRUE(import_events(*store_, clock_, "shop", events).ok()); }
  void add(const std::vector<Item>& items) { ASSERT_TRUE(import_items(*store_, clock_, "shop", items).ok()); }

  // What a look finds is what reading everything finds.
  void expect_as_read_anew() {
    ASSERT_TRUE(live_.look().ok());
    const Stored stored = load(*store_, "shop").value();
    const Collection anew = collect(stored);
    const Collection& live = *live_.collection();
    EXPECT_EQ(live.users, anew.users);
    EXPECT_EQ(live.items, anew.items);
    EXPECT_EQ(live.texts, anew.texts);
    EXPECT_EQ(live.created_ns, anew.created_ns);
    EXPECT_EQ(live.prices, anew.prices);
    EXPECT_EQ(live.authors, anew.authors);
    EXPECT_EQ(live.tag_names, anew.tag_names);
    EXPECT_EQ(live.tags, anew.tags);
    EXPECT_EQ(live.undescribed_items, anew.undescribed_items);
    EXPECT_EQ(behaviour_sha256(live.log), behaviour_sha256(anew.log));
    for (std::uint32_t user = 0; user < live.users.size(); ++user)
      EXPECT_TRUE(std::ranges::equal(live.log.of_user(user), anew.log.of_user(user))) << live.users[user];
    std::vector<std::string> titles(anew.items.size());
    for (const Item& one : stored.items) titles[*place_among(anew.items, one.id)] = one.title;
    EXPECT_EQ(live_.titles(), titles);
  }

  yupu::testing::TempDir folder_;
  FakeClock clock_{kBeginNs + 100 * kDayNs};
  std::unique_ptr<store::Store> store_ = store::open_store(yupu::testing::url_in(folder_)).value();
  LiveCollection live_{*store_, "shop"};
};

TEST_F(LiveCollectionTest, IsWhatReadingEverythingGivesAfterAnyWrites) {
  expect_as_read_anew();  // nothing yet
  Rng rng(3);
  const auto name = [&](const char* kind, std::size_t most) { return kind + std::to_string(rng.below(most)); };
  for (int round = 0; round < 60; ++round) {
    std::vector<Event> events;
    for (std::size_t i = rng.below(12); i > 0; --i) {
      const auto at = kBeginNs + static_cast<std::int64_t>(rng.below(90)) * kDayNs;  // late ones among them
      const auto kind = static_cast<tasks::BehaviourKind>(rng.below(5));
      events.push_back(event(name("u", 30), name("i", 40), at, kind));
    }
    add(events);
    std::vector<Item> items;
    for (std::size_t i = rng.below(4); i > 0; --i) {
      items.push_back(item(name("i", 40), name("title ", 1000)));
      items.back().tags = {name("tag ", 6), name("tag ", 6)};
      items.back().author = name("author ", 4);
      items.back().price = static_cast<double>(rng.below(9));
    }
    add(items);
    if (rng.below(10) == 0) static_cast<void>(forget_user(*store_, "shop", name("u", 30)).ok());
    if (rng.below(2) == 0) expect_as_read_anew();
    if (HasFailure()) return;
  }
  expect_as_read_anew();
  EXPECT_GT(live_.collection()->log.events().size(), 100u);
}

TEST_F(LiveCollectionTest, MoreThanIsReadAtATime) {
  std::vector<Event> events;
  std::vector<Item> items;
  for (int n = 0; n < 12'000; ++n) {
    events.push_back(event("u" + std::to_string(n % 50), "i" + std::to_string(n), kBeginNs + n));
    items.push_back(item("i" + std::to_string(n), "title"));
  }
  add(events);
  add(items);
  expect_as_read_anew();
  EXPECT_EQ(live_.collection()->log.events().size(), 12'000u);
  EXPECT_EQ(live_.collection()->undescribed_items, 0);
}

TEST_F(LiveCollectionTest, WhatWasGivenOutStaysAsItWas) {
  add({event("u2", "i2", kBeginNs)});
  ASSERT_TRUE(live_.look().ok());
  const std::shared_ptr<const Collection> before = live_.collection();
  add({event("u1", "i1", kBeginNs + 1)});
  ASSERT_TRUE(live_.look().ok());
  EXPECT_EQ(before->users, std::vector<std::string>{"u2"});
  EXPECT_EQ(before->log.of_user(0)[0].item, 0u);
  EXPECT_EQ(live_.collection()->log.of_user(1)[0].item, 1u);
}

TEST_F(LiveCollectionTest, ALookWithoutNewsGivesTheSameCollection) {
  add({event("u1", "i1", kBeginNs)});
  ASSERT_TRUE(live_.look().ok());
  const std::shared_ptr<const Collection> before = live_.collection();
  add({event("u1", "i1", kBeginNs)});  // sent again: known
  ASSERT_TRUE(live_.look().ok());
  EXPECT_EQ(live_.collection(), before);
}

TEST_F(LiveCollectionTest, WhatHadArrivedByThen) {
  add({event("u1", "i1", kBeginNs)});
  clock_.advance_ns(kDayNs);
  add({event("u1", "i2", kBeginNs - kDayNs)});  // late: it happened before, and arrived after
  ASSERT_TRUE(live_.look().ok());
  const auto then = live_.arrived_by(clock_.now_ns() - 1);
  ASSERT_EQ(then->events().size(), 1u);
  EXPECT_EQ(then->events()[0].item, 0u);
  EXPECT_EQ(then->item_count(), 2u);
  EXPECT_EQ(live_.arrived_by(clock_.now_ns()).get(), &live_.collection()->log);
}

}  // namespace
}  // namespace yupu::recommend
