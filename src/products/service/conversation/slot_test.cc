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
