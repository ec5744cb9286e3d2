#include "products/monitor/documents/likeness.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "text/phrases/phrases.h"

namespace yupu::monitor {
namespace {

Shingles of(std::string_view text) { return shingles_of(text::fold_phrase(text)); }

bool share_a_band(const Shingles& a, const Shingles& b) {
  const auto left = bands_of(a), right = bands_of(b);
  return std::any_of(left.begin(), left.end(),
                     [&](std::int64_t band) { return std::find(right.begin(), right.end(), band) != right.end(); });
}
bool one_story(std::string_view a, std::string_view b) {
  return likeness(of(a), of(b)) > 0.0 && share_a_band(of(a), of(b));
}

// Words of a language of its own: no two texts share one by chance more often than real ones do.
std::string words(std::uint64_t seed, std::size_t count) {
  Rng random(seed);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += i == 0 ? "" : " ";
    for (int letter = 0; letter < 4; ++letter) text += static_cast<char>('a' + random.below(26));
  }
  return text;
}

TEST(Likeness, ReprintsEditsAndCuts) {
  const std::string text = words(1, 300);
  EXPECT_EQ(likeness(of(text), of(text)), 1.0);
  EXPECT_TRUE(one_story(text, "Exclusive: " + text + " Copyright of somebody else."));
  EXPECT_TRUE(one_story(text, text.substr(0, text.size() / 5)));  // cut short: the lead finds it
  std::string edited = text;
  for (std::size_t at = 100; at < edited.size(); at += 150) edited[at] = 'Z';
  EXPECT_TRUE(one_story(text, edited));
  EXPECT_FALSE(one_story(text, words(2, 300)));
  // Half of one and half of another: neither's reprint.
  EXPECT_FALSE(one_story(text, words(2, 300) + " " + text.substr(text.size() / 2)));
}

TEST(Likeness, ChineseIsComparedByIdeographs) {
  const std::string text =
      "青山茶业今日宣布召回一批绿茶，原因是包装标签上的过敏原信息有误。公司表示，已经购买的顾客可以在任何一家门店退款"
      "。";
  EXPECT_TRUE(one_story(text, "快讯：" + text));
  EXPECT_TRUE(one_story(text, "【转载】" + text + "（来源：网络）"));
  EXPECT_FALSE(one_story(
      text, "白河水务今日公布第三季度业绩，净利润同比下降，原因是原材料价格上涨和汇率波动，公司维持全年指引。"));
}

TEST(Likeness, OneFormWithOtherNumbersIsAnotherEvent) {
  const auto report = [](std::string_view name, std::string_view price, std::string_view change) {
    return std::string(name) + " shares closed at " + std::string(price) + " on the exchange today, a change of " +
           std::string(change) +
           " percent against the day before, while the market as a whole went sideways in quiet "
           "trading ahead of the holidays, dealers said after the closing bell.";
  };
  EXPECT_FALSE(one_story(report("Acme", "12.34", "2.1"), report("Acme", "11.87", "3.8")));
  EXPECT_TRUE(one_story(report("Acme", "12.34", "2.1"), "DJ " + report("Acme", "12.34", "2.1")));
}

TEST(Likeness, ShortTextsAreNotCompared) {
  EXPECT_EQ(likeness(of("shares fall on recall"), of("shares fall on recall")), 0.0);
  EXPECT_TRUE(bands_of(of("shares fall on recall")).empty());
  EXPECT_TRUE(bands_of(of("")).empty());
  EXPECT_TRUE(of("\xF0\x9F\x98\x80 \xF0\x9F\x98\x80").whole.empty());
  // Two companies' headlines differ in little more than a name.
  EXPECT_FALSE(one_story("甲公司发布今年第三季度业绩报告净利润增长", "乙集团发布今年第三季度业绩报告净利润下降"));
}

TEST(Likeness, BandsAreDistinctAndNumbersKept) {
  const auto bands = bands_of(of(words(3, 100)));
  EXPECT_EQ(std::set<std::int64_t>(bands.begin(), bands.end()).size(), 24u);
  EXPECT_EQ(of("in 2026 a 5G phone, no 4x4 car; x86").numbers.size(), 3u);
}

TEST(Likeness, Resemblance) {
  EXPECT_EQ(resemblance({}, {}), 0.0);
  EXPECT_EQ(resemblance({1, 2, 3}, {2, 3, 4}), 0.5);
}

}  // namespace
}  // namespace yupu::monitor
