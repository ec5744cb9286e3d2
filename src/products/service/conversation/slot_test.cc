#include "products/service/conversation/slot.h"

#include <gtest/gtest.h>

namespace yupu::products {
namespace {

constexpr CivilDate kToday{2026, 11, 27};

std::string read(SlotKind kind, const std::string& text, std::vector<std::string> patterns = {}) {
  Slot slot{.name = "s", .kind = kind};
  for (const std::string& pattern : patterns) slot.patterns.push_back(*Pattern::parse(pattern));
  const std::string folded = slot_text(text);
  const SlotReading reading = read_slot(slot, folded, kToday);
  if (reading.state == SlotReading::State::kNone) return "none";
  EXPECT_LE(reading.span.end, folded.size());
  EXPECT_LT(reading.span.begin, reading.span.end);
  return reading.state == SlotReading::State::kImpossible ? "impossible" : reading.value;
}

TEST(SlotReadings, Rows) {
  struct Row {
    SlotKind kind;
    const char *text, *read;
  };
  const Row rows[] = {
      {SlotKind::kDate, "on 2026-02-03 please", "2026-02-03"},
      {SlotKind::kDate, "2026/2/3", "2026-02-03"},
      {SlotKind::kDate, "２０２６年２月３日", "2026-02-03"},
      {SlotKind::kDate, "2月28号到的", "2026-02-28"},
      {SlotKind::kDate, "Feb 3rd", "2026-02-03"},
      {SlotKind::kDate, "the 3rd of February 2027", "2027-02-03"},
      {SlotKind::kDate, "29 Feb 2028", "2028-02-29"},
      {SlotKind::kDate, "明天", "2026-11-28"},
      {SlotKind::kDate, "大后天吧", "2026-11-30"},
      {SlotKind::kDate, "Yesterday", "2026-11-26"},
      {SlotKind::kDate, "31 Feb", "impossible"},
      {SlotKind::kDate, "2026-02-31", "impossible"},
      {SlotKind::kDate, "2月30日", "impossible"},
      {SlotKind::kDate, "13月5日", "impossible"},
      {SlotKind::kDate, "29 Feb 2026", "impossible"},
      {SlotKind::kDate, "二月三日", "2026-02-03"},
      {SlotKind::kDate, "二〇二七年十二月三十一号到期", "2027-12-31"},
      {SlotKind::kDate, "十二月 25 日", "2026-12-25"},
      {SlotKind::kDate, "三天后", "2026-11-30"},
      {SlotKind::kDate, "大概3 天以前吧", "2026-11-24"},
      {SlotKind::kDate, "两周之后", "2026-12-11"},
      {SlotKind::kDate, "三个月后", "2027-02-27"},
      {SlotKind::kDate, "大前天", "2026-11-24"},
      {SlotKind::kDate, "周五送吧", "2026-11-27"},  // today
      {SlotKind::kDate, "下周一", "2026-11-30"},
      {SlotKind::kDate, "上个星期天", "2026-11-22"},
      {SlotKind::kDate, "本周三", "2026-11-25"},
      {SlotKind::kDate, "礼拜四", "2026-12-03"},
      {SlotKind::kDate, "下个月5号", "2026-12-05"},
      {SlotKind::kDate, "上月三十日", "2026-10-30"},
      {SlotKind::kDate, "in 3 days", "2026-11-30"},
      {SlotKind::kDate, "I ordered it two weeks ago", "2026-11-13"},
      {SlotKind::kDate, "10 days from now", "2026-12-07"},
      {SlotKind::kDate, "a month ago", "2026-10-27"},
      {SlotKind::kDate, "the day after tomorrow", "2026-11-29"},
      {SlotKind::kDate, "the day before yesterday", "2026-11-25"},
      {SlotKind::kDate, "next Monday please", "2026-11-30"},
      {SlotKind::kDate, "last friday", "2026-11-20"},
      {SlotKind::kDate, "this sunday", "2026-11-29"},
      {SlotKind::kDate, "on Thursday", "2026-12-03"},
      {SlotKind::kDate, "下个月32号", "impossible"},
      {SlotKind::kDate, "二月三十日", "impossible"},
      {SlotKind::kDate, "每周一", "none"},
      {SlotKind::kDate, "一周一次", "none"},
      {SlotKind::kDate, "三月一直下雨", "none"},
      {SlotKind::kDate, "on mondays", "none"},
      {SlotKind::kDate, "I waited 3 days", "none"},
      {SlotKind::kDate, "等了三天", "none"},
      {SlotKind::kDate, "maybe 3 marchers", "none"},
      {SlotKind::kDate, "I may come", "none"},
      {SlotKind::kDate, "soon", "none"},
      {SlotKind::kPhone, "my number is 138-1234-5678", "13812345678"},
      {SlotKind::kPhone, "+86 13812345678", "13812345678"},
      {SlotKind::kPhone, "010-12345678", "01012345678"},
      {SlotKind::kPhone, "+44 20 7946 0958", "+442079460958"},
      {SlotKind::kPhone, "12345678", "impossible"},
      {SlotKind::kPhone, "138123456789", "impossible"},
      {SlotKind::kPhone, "I have 3", "none"},
      {SlotKind::kAmount, "退我 ￥1,234.50", "1234.50"},
      {SlotKind::kAmount, "12元", "12"},
      {SlotKind::kAmount, "about 3", "3"},
      {SlotKind::kAmount, "-2", "impossible"},
      {SlotKind::kAmount, "负 3 元", "impossible"},
      {SlotKind::kAmount, "minus 4", "impossible"},
      {SlotKind::kAmount, "0", "impossible"},
      {SlotKind::kAmount, "1.234", "impossible"},
      {SlotKind::kAmount, "1234567890123", "impossible"},
      {SlotKind::kAmount, "三百二十块", "320"},
      {SlotKind::kAmount, "一千五", "1500"},
      {SlotKind::kAmount, "两万三千元", "23000"},
      {SlotKind::kAmount, "一百零五元", "105"},
      {SlotKind::kAmount, "三块五", "3.5"},
      {SlotKind::kAmount, "三块五毛", "3.5"},
      {SlotKind::kAmount, "五毛", "0.5"},
      {SlotKind::kAmount, "十二点五元", "12.5"},
      {SlotKind::kAmount, "12块5", "12.5"},
      {SlotKind::kAmount, "3万", "30000"},
      {SlotKind::kAmount, "1.5 万元", "15000"},
      {SlotKind::kAmount, "三", "3"},
      {SlotKind::kAmount, "订单 8 的三百块", "300"},
      {SlotKind::kAmount, "负三百元", "impossible"},
      {SlotKind::kAmount, "零元", "impossible"},
      {SlotKind::kAmount, "第三百次", "none"},
      {SlotKind::kAmount, "我们一块去", "none"},
      {SlotKind::kAmount, "两块手表", "none"},
      {SlotKind::kAmount, "两块吧", "2"},
      {SlotKind::kAmount, "一直没到", "none"},
      {SlotKind::kAmount, "十百", "none"},
      {SlotKind::kAmount, "a lot", "none"},
      {SlotKind::kOrderNumber, "order GH-2026-0017 is late", "GH-2026-0017"},
      {SlotKind::kOrderNumber, "订单12345678到哪了", "12345678"},
      {SlotKind::kOrderNumber, "1234", "impossible"},
      {SlotKind::kOrderNumber, "it is GH99", "impossible"},
      {SlotKind::kOrderNumber, "I have 2 questions", "none"},
      {SlotKind::kOrderNumber, "I do not know", "none"},
      {SlotKind::kText, "  a  blue one ", "a blue one"},
  };
  for (const Row& row : rows) EXPECT_EQ(read(row.kind, row.text), row.read) << row.text;
}

TEST(SlotReadings, PatternsDecideWhatAnOrderNumberIs) {
  const std::vector<std::string> patterns = {R"(GH\d{8})", R"(TB\d{4})"};
  EXPECT_EQ(read(SlotKind::kOrderNumber, "it is TB1234", patterns), "TB1234");
  EXPECT_EQ(read(SlotKind::kOrderNumber, "it is XX12345678", patterns), "impossible");
  EXPECT_EQ(read(SlotKind::kText, "size m", {"[smlxSMLX]{1,3}"}), "m");
  EXPECT_EQ(read(SlotKind::kText, "size 4", {"[smlxSMLX]{1,3}"}), "none");
}

TEST(SlotReadings, AChoiceIsTheLongestNameThatStandsThere) {
  const Slot slot{.name = "s",
                  .kind = SlotKind::kChoice,
                  .choices = {{"red", {"red", "红色"}}, {"dark red", {"dark red", "深红色"}}, {"5G", {"5G"}}}};
  const auto value = [&](const std::string& text) { return read_slot(slot, slot_text(text), kToday).value; };
  EXPECT_EQ(value("the RED one"), "red");
  EXPECT_EQ(value("a dark  red one"), "dark red");
  EXPECT_EQ(value("要深红色的"), "dark red");
  EXPECT_EQ(value("红色"), "red");
  EXPECT_EQ(value("５ｇ的"), "5G");
  EXPECT_EQ(value("redder"), "");
  EXPECT_EQ(value("15G"), "");
  EXPECT_EQ(read_slot(slot, "blue", kToday).state, SlotReading::State::kNone);
}

TEST(SlotReadings, AnEntityIsWhatSomebodyElseFinds) {
  const Slot slot{.name = "s", .kind = SlotKind::kEntity, .entity = "PER"};
  const EntityReader reader = [](const std::string& text) -> std::vector<Entity> {
    const std::size_t at = text.find("Mei");
    if (at == std::string::npos) return {};
    return {{.type = "LOC", .span = {0, 1}, .score = 1},
            {.type = "PER", .span = {0, 1}, .score = 0.3},  // not sure enough
            {.type = "PER", .span = {at, at + 3}, .score = 0.9}};
  };
  const SlotReading found = read_slot(slot, "for Mei please", kToday, &reader);
  EXPECT_EQ(found.value, "Mei");
  EXPECT_EQ(found.span.begin, 4U);
  EXPECT_FALSE(found.marked);
  EXPECT_EQ(read_slot(slot, "for me", kToday, &reader).state, SlotReading::State::kNone);
  EXPECT_EQ(read_slot(slot, "for Mei", kToday).state, SlotReading::State::kNone);
}

TEST(SlotReadings, BoundsOfAnAmount) {
  const Slot slot{.name = "s", .kind = SlotKind::kAmount, .least = 1, .most = 99};
  EXPECT_EQ(read_slot(slot, "100", kToday).state, SlotReading::State::kImpossible);
  EXPECT_EQ(read_slot(slot, "0.5", kToday).state, SlotReading::State::kImpossible);
  EXPECT_EQ(read_slot(slot, "99", kToday).value, "99");
  EXPECT_FALSE(read_slot(slot, "99", kToday).marked);
  EXPECT_TRUE(read_slot(slot, "99 yuan", kToday).marked);
}

TEST(CivilDates, Instants) {
  const std::int64_t east = 480;
  const std::int64_t midnight = begin_of_day_ns({2026, 12, 31}, east);
  EXPECT_EQ(parse_instant("2026-12-31", east)->utc_ns, midnight);
  EXPECT_TRUE(parse_instant("2026-12-31", east)->whole_day);
  EXPECT_EQ(parse_instant("2026-12-30T16:00:00Z", 0)->utc_ns, midnight);
  EXPECT_EQ(parse_instant("2026-12-31T01:30:00.25+09:30", 0)->utc_ns, midnight);
  EXPECT_EQ(civil_date(midnight, east), (CivilDate{2026, 12, 31}));
  EXPECT_EQ(civil_date(midnight - 1, east), (CivilDate{2026, 12, 30}));
  EXPECT_EQ(civil_date(midnight, 0), (CivilDate{2026, 12, 30}));
  for (const char* bad : {"", "2026", "2026-02-31", "2026-1-1", "2026-01-01T", "2026-01-01T10:00:00",
                          "2026-01-01T24:00:00Z", "2026-01-01T10:00:00+25:00", "2026-01-01x", "1969-12-31"}) {
    EXPECT_FALSE(parse_instant(bad, 0).has_value()) << bad;
  }
}

}  // namespace
}  // namespace yupu::products
