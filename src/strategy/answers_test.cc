#include "strategy/answers.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "products/service/conversation/civil_date.h"

namespace yupu::strategy {
namespace {

constexpr std::int64_t kEast = 480;

constexpr const char* kGood = R"([[answer]]
intent = "status"
title_zh = "订单"
title_en = "Order"
text_zh = "订单{order}已发货。"
text_en = "Order {order} is on its way, {{promised}}."
source = "policy#1"
channels = ["web", "mail"]
valid_from = 2026-12-01
valid_until = "2026-12-31"
[[answer]]
intent = "status"
title_zh = "订单"
title_en = "Order"
text_zh = "新年好"
text_en = "Happy new year"
source = "policy#2"
valid_from = 2027-01-01T00:00:00+08:00
[[slot]]
name = "order"
kind = "order_number"
patterns = ['GH\d{8}']
prompt_zh = "订单号？"
prompt_en = "Order number?"
confirm_zh = "{value}？"
confirm_en = "{value}?"
[[slot]]
name = "price"
kind = "amount"
least = 1
most = 99.5
prompt_zh = "多少？"
prompt_en = "How much?"
)";

class AnswersTest : public ::testing::Test {
 protected:
  Result<products::AnswerBook> load(const std::string& text) {
    const std::string path = dir_.file("answers.toml");
    EXPECT_TRUE(write_file_atomic(path, text).ok());
    return load_answers(path, kEast);
  }
  static std::string replace(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }
  yupu::testing::TempDir dir_;
};

TEST_F(AnswersTest, ReadsValidityChannelsAndSlots) {
  const auto book = load(kGood);
  ASSERT_TRUE(book.ok()) << book.status().to_string();
  ASSERT_EQ(book->answers.size(), 2U);
  EXPECT_EQ(book->answers[0].channels, (std::vector<std::string>{"web", "mail"}));
  EXPECT_EQ(book->answers[0].valid_from_ns, products::begin_of_day_ns({2026, 12, 1}, kEast));
  EXPECT_EQ(book->answers[0].valid_until_ns, products::begin_of_day_ns({2027, 1, 1}, kEast));  // to the end of the day
  EXPECT_EQ(book->answers[1].valid_from_ns, book->answers[0].valid_until_ns);
  EXPECT_FALSE(book->answers[1].valid_until_ns.has_value());
  ASSERT_EQ(book->slots.size(), 2U);
  EXPECT_EQ(book->slots[0].patterns.size(), 1U);
  EXPECT_EQ(book->slots[1].most, 99.5);
}

constexpr const char* kChoice = "kind = \"choice\"\nchoices = [\"red|红色\", \"dark  red\"]\n";

TEST_F(AnswersTest, ReadsChoices) {
  const auto book = load(replace(kGood, "kind = \"amount\"\nleast = 1\nmost = 99.5\n", kChoice));
  ASSERT_TRUE(book.ok()) << book.status().to_string();
  const auto& choices = book->slots[1].choices;
  ASSERT_EQ(choices.size(), 2U);
  EXPECT_EQ(choices[0].value, "red");
  EXPECT_EQ(choices[0].names, (std::vector<std::string>{"red", "红色"}));
  EXPECT_EQ(choices[1].value, "dark red");
}

TEST_F(AnswersTest, WhatIsWrongInChoicesIsNamed) {
  const std::string good = replace(kGood, "kind = \"amount\"\nleast = 1\nmost = 99.5\n", kChoice);
  const struct {
    const char *from, *to, *message;
  } rows[] = {
      {"choices = [\"red|红色\", \"dark  red\"]\n", "", "slot[1].choices: must hold at least one"},
      {"red|红色", "red||红色", "line 30: slot[1].choices: \"red||红色\" holds an empty name"},
      {"red|红色", "red|", "holds an empty name"},
      {"红色", "DARK red", "slot[1].choices: \"dark red\" stands there twice"},
      {"kind = \"choice\"", "kind = \"text\"", "slot[1].choices: are only for the kind choice"},
      {"kind = \"choice\"", "kind = \"choice\"\nentity = \"PER\"",
       "line 30: slot[1].entity: is only for the kind entity"},
      {"kind = \"choice\"\nchoices = [\"red|红色\", \"dark  red\"]\n", "kind = \"entity\"\n",
       "slot[1].entity: is missing"},
  };
  for (const auto& row : rows) {
    const auto book = load(replace(good, row.from, row.to));
    EXPECT_EQ(book.status().code(), Code::kInvalidArgument) << row.to;
    EXPECT_NE(book.status().message().find(row.message), std::string::npos)
        << row.to << ": " << book.status().message();
  }
}

TEST_F(AnswersTest, WhatIsWrongIsNamedWithFileLineAndField) {
  const struct {
    const char *from, *to, *message;
  } rows[] = {
      {"Order {order}", "Order {ordre}", "answers.toml: line 6: answer[0].text_en: '{ordre}' is no slot"},
      {"{{promised}}", "{promised", "line 6: answer[0].text_en:"},
      {"订单{order}", "订单{}", "line 5: answer[0].text_zh:"},
      {"\"2026-12-31\"", "\"2026-02-31\"", "line 10: answer[0].valid_until: must be a date"},
      {"\"2026-12-31\"", "\"2026-11-30\"", "line 10: answer[0].valid_until: is before valid_from"},
      {"2026-12-01\n", "2026-12-01T08:00:00\n",
       "line 9: answer[0].valid_from: must be a date, or a time with its offset"},
      {"2026-12-01\n", "5\n", "line 9: answer[0].valid_from: must be a string"},
      {"2027-01-01T00", "2026-12-31T23", "answers.toml: intent 'status' has two answers that hold at the same time"},
      {"order_number", "order", "line 21: slot[0].kind: must be one of order_number, phone"},
      {"GH\\d{8}", "GH(\\d)", "line 22: slot[0].patterns:"},
      {"name = \"order\"", "name = \"Order\"", "line 20: slot[0].name: must be of a-z"},
      {"most = 99.5", "most = 0.5", "line 31: slot[1].most: is below least"},
      {"most = 99.5", "patterns = ['x']", "line 31: slot[1].patterns: are only for"},
      {"kind = \"order_number\"", "kind = \"order_number\"\nleast = 3", "slot[0].least: is only for the kind amount"},
      {"prompt_en = \"Order number?\"\n", "", "slot[0].prompt_en: is missing"},
      {"confirm_en = \"{value}?\"", "confirm_en = \"{order}?\"", "slot 'order': confirm_en:"},
  };
  for (const auto& row : rows) {
    const auto book = load(replace(kGood, row.from, row.to));
    EXPECT_EQ(book.status().code(), Code::kInvalidArgument) << row.to;
    EXPECT_NE(book.status().message().find(row.message), std::string::npos)
        << row.to << ": " << book.status().message();
  }
}

}  // namespace
}  // namespace yupu::strategy
