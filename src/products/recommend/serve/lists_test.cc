// Many users' lists beside each other: without sockets.
#include "products/recommend/serve/lists.h"

#include <algorithm>
#include <bitset>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "products/recommend/serve/fitting.h"
#include "products/recommend/testing.h"

namespace yupu::recommend {
namespace {

using testing::kBeginNs;
using testing::kDayNs;

constexpr std::size_t kItems = 80, kTopics = 8, kUsers = 600, kEventsOfUser = 6;
constexpr std::int64_t kNowNs = kBeginNs + 20 * kDayNs;

// Everybody has a topic, most of what they click is of it, and the first of every topic are clicked most.
Stored shop_of_topics() {
  Rng rng(5);
  Stored stored;
  const auto id = [](std::size_t number) { return "i" + std::to_string(100 + number); };
  for (std::size_t number = 0; number < kItems; ++number) {
    stored.items.push_back(testing::item(id(number), "w" + std::to_string(rng.next_u64())));
    stored.items.back().tags = {"topic" + std::to_string(number % kTopics)};
  }
  for (std::size_t user = 0; user < kUsers; ++user) {
    for (std::size_t i = 0; i < kEventsOfUser; ++i) {
      const std::size_t topic = rng.below(5) == 0 ? rng.below(kTopics) : user % kTopics;
      const std::size_t rank = std::min(rng.below(kItems / kTopics), rng.below(kItems / kTopics));
      const auto time_ns = static_cast<std::int64_t>(rng.uniform() * 20.0 * static_cast<double>(kDayNs));
      stored.events.push_back(
          testing::event("u" + std::to_string(1000 + user), id(rank * kTopics + topic), kBeginNs + time_ns));
    }
  }
  return stored;
}

// After what happened to others: https://github.com/gorse-io/gorse/issues/742, where everybody was given the same.
TEST(Lists, SixHundredUsersOfEightyItemsAreNotGivenTheSameTen) {
  Record record;
  const Stored stored = shop_of_topics();
  record.collection = std::make_shared<const Collection>(collect(stored));
  for (const std::string& text : record.collection->texts) record.titles.push_back(text);
  Release release;
  release.settings["trees"] = 20;
  record.fitted = fit_release(*record.collection, record.collection->log, release, kNowNs).value();
  std::vector<std::bitset<kItems>> lists;
  std::bitset<kItems> covered;
  for (const std::string& user : record.collection->users) {
    std::bitset<kItems> list;
    for (const ListedItem& one : list_for(record, {}, {.user = user, .explain = false}, kNowNs).items)
      list.set(one.item);
    ASSERT_EQ(list.count(), 10U);
    covered |= list;
    lists.push_back(list);
  }
  double alike = 0.0, pairs = 0.0;
  for (std::size_t a = 0; a < lists.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      alike += static_cast<double>((lists[a] & lists[b]).count()) / static_cast<double>((lists[a] | lists[b]).count());
      pairs += 1.0;
    }
  }
  EXPECT_LE(alike / pairs, 0.5);
  EXPECT_GE(static_cast<double>(covered.count()) / static_cast<double>(kItems), 0.6);
}

}  // namespace
}  // namespace yupu::recommend
