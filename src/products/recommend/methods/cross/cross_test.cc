// What a cross-encoder reads, learns from and says.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "base/testing.h"
#include "products/recommend/methods/cross/cross_encoder.h"
#include "products/recommend/methods/cross/cross_rows.h"
#include "products/recommend/methods/cross/query.h"
#include "products/recommend/methods/cross/testing.h"
#include "products/recommend/testing.h"

namespace yupu::recommend {
namespace {

using testing::kBeginNs;
using testing::kDayNs;

TEST(Query, IsTheLastDifferentItemsWithATextTheLastOneFirst) {
  const std::vector<std::string> texts = {"tea", "", "bread", std::string(119, 'a') + "茶", "cup", "pot", "tin"};
  const std::vector<std::uint32_t> touched = {2, 1, 2, 0, 99};
  EXPECT_EQ(query_of(touched, texts), "bread; tea");
  EXPECT_EQ(query_of(std::vector<std::uint32_t>{3}, texts), std::string(119, 'a')) << "a character stays whole";
  EXPECT_EQ(query_of(std::vector<std::uint32_t>{0, 2, 4, 5, 6, 3}, texts), "tea; bread; cup; pot; tin");
  EXPECT_EQ(query_of(std::vector<std::uint32_t>{1}, texts), "");
  std::vector<std::uint32_t> old(kQueryEvents, 1);
  old.push_back(0);
  EXPECT_EQ(query_of(old, texts), "") << "of the last events alone";
  const std::vector<tasks::Behaviour> history = {{.user = 0, .item = 0, .time_ns = 1, .kind = {}},
                                                 {.user = 0, .item = 2, .time_ns = 2, .kind = {}}};
  EXPECT_EQ(query_of(history, texts), "bread; tea");
  EXPECT_EQ(item_side(std::string_view("short")), "short");
  EXPECT_EQ(item_side(std::string(kItemSideBytes + 7, 'x')).size(), kItemSideBytes);
}

TEST(ScoreCache, ForgetsTheOldestAndKeepsWhatIsAskedFor) {
  ScoreCache cache(2);
  const auto key = [](const char* text) { return ScoreCache::key_of("q", text); };
  EXPECT_FALSE(key("a") == ScoreCache::key_of("qa", "")) << "where one ends and the other begins";
  cache.keep(key("a"), 1.0f);
  cache.keep(key("b"), 2.0f);
  cache.keep(key("c"), 3.0f);  // a and b are the older half now
  EXPECT_EQ(cache.find(key("a")), 1.0f);
  cache.keep(key("d"), 4.0f);  // c and a are
  EXPECT_EQ(cache.find(key("b")), std::nullopt);
  EXPECT_EQ(cache.find(key("a")), 1.0f);
  EXPECT_EQ(cache.find(key("d")), 4.0f);
  EXPECT_LE(cache.size(), 4U);
}

TEST(CrossRows, AreWhatWasWantedAndWhatWasNot) {
  const Collection collection = testing::shop();
  const std::int64_t end_ns = kBeginNs + 80 * kDayNs;
  CrossRowRule rule;
  rule.negatives = 3;
  const auto rows = cross_rows(collection, 0, end_ns, rule);
  const auto again = cross_rows(collection, 0, end_ns, rule);
  ASSERT_FALSE(rows.empty());
  ASSERT_EQ(rows.size(), again.size());
  std::size_t wanted = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].b, again[i].b);
    wanted += rows[i].label == "1" ? 1 : 0;
    EXPECT_FALSE(rows[i].a.empty() || rows[i].b.empty() || rows[i].group.empty());
    if (i > 0 && rows[i].label == "0") {
      EXPECT_EQ(rows[i].group, rows[i - 1].group) << "beside what was wanted";
    }
    EXPECT_EQ(rows[i].a.find(rows[i].b), std::string::npos) << "touched already";
  }
  EXPECT_EQ(rows.size(), 4 * wanted);
  // The end of the log changes nothing before it.
  Collection cut = collection;
  cut.log = collection.log.cut_at(end_ns);
  const auto of_past = cross_rows(cut, 0, end_ns, rule);
  ASSERT_EQ(of_past.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(of_past[i].b, rows[i].b);
  rule.examples_max = 5;
  EXPECT_EQ(cross_rows(collection, 0, end_ns, rule).size(), 20U);
}

TEST(CrossRows, WhatWasShownAndPassedOverComesFirst) {
  const Collection collection = testing::shop();
  std::size_t at = 1;  // the first click of something new to them
  const auto events = collection.log.of_user(0);
  while (tasks::examples_of(collection.log, events[at].time_ns, events[at].time_ns + 1, {}).empty()) ++at;
  const tasks::Behaviour& click = events[at];
  std::vector<std::uint32_t> unseen;
  for (std::uint32_t item = 0; unseen.size() < 2; ++item) {
    bool touched = false;
    for (const tasks::Behaviour& event : collection.log.of_user(0)) touched |= event.item == item;
    if (!touched) unseen.push_back(item);
  }
  std::vector<tasks::ShownList> shown = {
      {.user = 0, .time_ns = click.time_ns - 1, .items = {click.item, unseen[0], unseen[1]}}};
  CrossRowRule rule;
  rule.negatives = 2;
  const auto rows = cross_rows(collection, click.time_ns, click.time_ns + 1, rule, shown);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].b, collection.texts[click.item]);
  EXPECT_EQ((std::set<std::string>{rows[1].b, rows[2].b}),
            (std::set<std::string>{collection.texts[unseen[0]], collection.texts[unseen[1]]}));
}

TEST(CrossEncoder, SaysTheSameWhateverElseIsAskedAndNothingAfterTheDeadline) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(testing::cross_model(testing::small_shape(), {}, 77)->save(dir.file("m")).ok());
  FakeClock clock(1000);
  const auto opened = CrossEncoder::open(dir.file("m"), &clock);
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  const CrossEncoder& cross = **opened;
  EXPECT_EQ(cross.name(), std::string(kCrossPrefix) + cross.weights_sha256().substr(0, 8));
  EXPECT_EQ(cross.end_ns(), 77);
  std::vector<std::string> owned;
  for (int i = 0; i < 25; ++i) owned.push_back("item number " + std::string(1, static_cast<char>('a' + i)));
  owned[3].clear();
  const std::vector<std::string_view> texts(owned.begin(), owned.end());
  const auto late = cross.scores("tea", texts, 1000);
  EXPECT_EQ(std::count(late.begin(), late.end(), std::nullopt), 25);
  const auto all = cross.scores("tea", texts, INT64_MAX);
  EXPECT_FALSE(all[3]) << "no text";
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == 3) continue;
    ASSERT_TRUE(all[i]);
    EXPECT_GT(*all[i], 0.0f);
    EXPECT_LT(*all[i], 1.0f);
  }
  EXPECT_NE(all[0], all[1]);
  const auto kept = cross.scores("tea", texts, 1000);
  EXPECT_EQ(kept, all) << "what is remembered takes no time";
  const auto alone = CrossEncoder::open(dir.file("m")).value();
  const std::vector<std::string_view> one = {texts[20]};
  EXPECT_EQ(alone->scores("tea", one, INT64_MAX)[0], all[20]);
  EXPECT_NE(alone->scores("bread", one, INT64_MAX)[0], all[20]);
  EXPECT_FALSE(alone->scores("", one, INT64_MAX)[0]);
  EXPECT_TRUE(check_cross_encoder(dir.file("m")).ok());
}

TEST(CrossEncoder, WhatCannotRankIsRefused) {
  const yupu::testing::TempDir dir;
  EXPECT_TRUE(check_cross_encoder("").ok());
  EXPECT_EQ(check_cross_encoder(dir.file("none")).code(), Code::kNotFound);
  ASSERT_TRUE(testing::cross_model(testing::small_shape(), {}, {}, 1, {"a", "b", "c"})->save(dir.file("three")).ok());
  EXPECT_EQ(check_cross_encoder(dir.file("three")).field(), "positive");
  EXPECT_EQ(CrossEncoder::open(dir.file("three")).status().field(), "positive");
  ASSERT_TRUE(testing::cross_model(testing::small_shape(), {})->save(dir.file("m")).ok());
  EXPECT_LT(CrossEncoder::open(dir.file("m")).value()->end_ns(), 0) << "of no behaviour";
}

}  // namespace
}  // namespace yupu::recommend
