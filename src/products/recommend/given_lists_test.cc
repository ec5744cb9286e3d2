#include "products/recommend/given_lists.h"

#include <gtest/gtest.h>

#include "products/recommend/event_store.h"
#include "products/recommend/methods/ranker/ranker.h"
#include "products/recommend/serve/serving_store.h"
#include "products/recommend/testing.h"
#include "store/testing.h"

namespace yupu::recommend {
namespace {

using tasks::BehaviourKind;
using testing::kBeginNs;
using testing::kDayNs;

TEST(GivenLists, AreReadInOrderAndTheRankerLearnsFromThem) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  auto opened = store::open_store(yupu::testing::fresh_url());
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  store::Store& store = **opened;
  const Collection collection = testing::shop();
  const Tools tools{.texts = collection.texts, .created_ns = collection.created_ns, .tags = collection.tags};
  const Settings settings = {{"slice", 0.3}, {"lambda", 100},       {"trees", 30},    {"depth", 3},
                             {"lr", 0.1},    {"questions_min", 10}, {"lists_min", 10}};
  engine::ExecutionContext context(1);
  FitData data{.log = collection.log, .weights = {}, .relevant = BehaviourKind::kClick, .seed = 1, .context = context};
  Ranker plain(settings, tools);
  ASSERT_TRUE(plain.fit(data).ok());
  std::vector<Event> events;
  for (const tasks::Behaviour& one : collection.log.events())
    events.push_back(testing::event(collection.users[one.user], collection.items[one.item], one.time_ns, one.kind));
  ASSERT_TRUE(import_events(store, FakeClock(kBeginNs + 102 * kDayNs), "t", events).ok());
  // Every user was given a list, with the item on top that they then clicked.
  const auto& names = plain.feature_names();
  for (std::uint32_t user = 0; user < collection.users.size(); ++user) {
    const tasks::Behaviour& click = collection.log.of_user(user)[4];
    const Moment moment{
        .log = collection.log, .time_ns = click.time_ns, .history = collection.log.of_user_before(user, click.time_ns)};
    GivenList list{.id = "l" + std::to_string(user),
                   .user = collection.users[user],
                   .surface = "home",
                   .time_ns = click.time_ns - 1};
    std::size_t position = 0;
    for (const Ranker::Ranked& one : plain.rank(moment)) {
      OrderedJson features = OrderedJson::object();
      for (std::size_t f = 0; f < names.size(); ++f) features[names[f]] = one.features[f];
      list.items.push_back(
          {{"item", collection.items[one.item]}, {"position", ++position}, {"score", 1.0}, {"features", features}});
      if (position == 10) break;
    }
    ASSERT_TRUE(keep_list(store, "t", list).ok());
  }
  // Nobody did anything after these.
  ASSERT_TRUE(
      keep_list(store, "t", {.id = "n", .user = "u100", .surface = {}, .time_ns = kBeginNs + 101 * kDayNs}).ok());
  ASSERT_TRUE(keep_list(store, "t", {.id = "m", .user = "nobody", .surface = {}, .time_ns = kBeginNs}).ok());
  const auto kept = kept_lists(store, "t");
  ASSERT_TRUE(kept.ok()) << kept.status().to_string();
  ASSERT_EQ(kept->size(), collection.users.size());
  for (std::size_t i = 1; i < kept->size(); ++i) EXPECT_LE((*kept)[i - 1].time_ns, (*kept)[i].time_ns);
  EXPECT_EQ(kept_lists(store, "t", kept->back().time_ns)->size(), kept->size() - 1) << "given before that instant";
  const auto lists = lists_to_learn(collection, *kept);
  EXPECT_EQ(lists(names).size(), kept->size());
  EXPECT_EQ(lists(names)[0].rows[0].features.size(), names.size());
  EXPECT_TRUE(lists({"no such feature"}).empty()) << "a list of another version's features";

  data.lists = lists;
  Ranker taught(settings, tools), again(settings, tools);
  ASSERT_TRUE(taught.fit(data).ok());
  ASSERT_TRUE(again.fit(data).ok());
  std::vector<float> before(collection.items.size()), after(before), same(before);
  const Moment moment{.log = collection.log, .time_ns = kBeginNs + 101 * kDayNs, .history = collection.log.of_user(1)};
  plain.score(moment, before);
  taught.score(moment, after);
  again.score(moment, same);
  EXPECT_NE(before, after) << "nothing was learned from the lists";
  EXPECT_EQ(after, same) << "the same lists, other trees";
  EXPECT_TRUE(kept_lists(store, "nobody")->empty());
}

TEST(GivenLists, AreBoundedInNumberAndInBytesTheNewestFirst) {
  auto opened = store::open_store(yupu::testing::fresh_url());
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  store::Store& store = **opened;
  constexpr std::size_t kLists = 450;  // more than are read at a time, three of every instant
  std::vector<Event> events;
  std::string items;
  for (std::size_t i = 0; i < kLists; ++i) {
    GivenList list{.id = "l" + std::to_string(100 + i),
                   .user = "u",
                   .surface = {},
                   .time_ns = kBeginNs + static_cast<std::int64_t>(i / 3)};
    list.items.push_back({{"item", "tea"}, {"number", 100 + i}});
    items = list.items.dump();
    ASSERT_TRUE(keep_list(store, "t", list).ok());
  }
  events.push_back(testing::event("u", "tea", kBeginNs + 1000));
  ASSERT_TRUE(import_events(store, FakeClock(kBeginNs + kDayNs), "t", events).ok());
  const auto all = kept_lists(store, "t").value();
  ASSERT_EQ(all.size(), kLists);
  for (std::size_t i = 0; i < kLists; ++i)
    EXPECT_NE(all[i].items.find(std::to_string(100 + i)), std::string::npos) << "each once, the oldest first";
  const auto few = kept_lists(store, "t", INT64_MAX, {.lists = 300}).value();
  ASSERT_EQ(few.size(), 300U);
  EXPECT_EQ(few.front().items, all[kLists - 300].items);
  const auto small = kept_lists(store, "t", INT64_MAX, {.bytes = 250 * items.size() + 1}).value();
  ASSERT_EQ(small.size(), 250U);
  EXPECT_EQ(small.back().items, all.back().items);
  EXPECT_TRUE(kept_lists(store, "t", INT64_MAX, {.bytes = items.size() - 1}).value().empty());
}

}  // namespace
}  // namespace yupu::recommend
