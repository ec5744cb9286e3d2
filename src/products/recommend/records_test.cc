#include "products/recommend/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::recommend {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::int64_t kNow = 1'790'000'000'000'000'000;

Json json(const std::string& text) { return *parse_json(text); }

TEST(Records, AnItemIsReadFromJsonAndFromCells) {
  const auto item = item_of(json(R"({"id": 7, "title": "Toy Story", "tags": ["Animation", "Comedy"],
                                     "description": "Toys live.", "created": "1995-01-01", "price": 3})"));
  ASSERT_TRUE(item.ok()) << item.status().to_string();
  EXPECT_EQ(item->id, "7");
  EXPECT_EQ(item->text(), "Toy Story · Animation, Comedy\nToys live.");
  EXPECT_EQ(item->created_ns, 788'918'400'000'000'000);
  const auto cells = item_of(json(R"({"id": "7", "title": "Toy Story", "tags": " Animation;; Comedy "})"));
  ASSERT_TRUE(cells.ok());
  EXPECT_THAT(cells->tags, ElementsAre("Animation", "Comedy"));
  EXPECT_FALSE(cells->created_ns.has_value());
  EXPECT_FALSE(cells->price.has_value());
  EXPECT_EQ(cells->author, "");
}

TEST(Records, APriceIsANumberAndAnAuthorAText) {
  const auto with = [](const std::string& members) {
    return item_of(json(R"({"id": "7", "title": "Tea", )" + members + "}"));
  };
  const auto item = with(R"("price": 39.5, "author": "Lu Yu")");
  ASSERT_TRUE(item.ok()) << item.status().to_string();
  EXPECT_EQ(item->price, 39.5);
  EXPECT_EQ(item->author, "Lu Yu");
  EXPECT_EQ(item->text(), "Tea") << "what a model reads stays what it was";
  EXPECT_EQ(with(R"("price": "39.5", "author": "")")->price, 39.5) << "a cell";
  EXPECT_EQ(with(R"("price": 0)")->price, 0.0) << "for nothing, which is not: not said";
  EXPECT_FALSE(with(R"("price": "", "author": " ")")->price.has_value());
  EXPECT_EQ(with(R"("price": null, "author": " ")")->author, "");
  for (const char* price : {"-1", "1e13", "\"dear\"", "true", "[1]"})
    EXPECT_EQ(with(std::string(R"("price": )") + price).status().field(), "price") << price;
  EXPECT_EQ(with(R"("author": ["a", "b"])").status().field(), "author");
  EXPECT_EQ(with(R"("author": ")" + std::string(kAuthorBytesMax + 1, 'a') + "\"").status().code(), Code::kTooLarge);
}

TEST(Records, AnEventHasATimeInSecondsOrInWords) {
  const auto one = event_of(json(R"({"user": "u", "item": "i", "kind": "buy", "time": 1700000000})"), kNow);
  ASSERT_TRUE(one.ok()) << one.status().to_string();
  EXPECT_EQ(one->kind, tasks::BehaviourKind::kBuy);
  EXPECT_EQ(one->time_ns, 1'700'000'000'000'000'000);
  for (const char* time : {"\"1700000000\"", "\"2023-11-14T22:13:20Z\"", "\"2023-11-15T06:13:20+08:00\""}) {
    const auto other =
        event_of(json(std::string(R"({"user": "u", "item": "i", "kind": "buy", "time": )") + time + "}"), kNow);
    ASSERT_TRUE(other.ok()) << other.status().to_string();
    EXPECT_EQ(other->time_ns, one->time_ns);
    EXPECT_EQ(other->id, one->id);  // without an id of the caller's it is made of what happened
  }
  const auto named = event_of(json(R"({"id": "e1", "user": 3, "item": 4, "kind": "view", "time": 0})"), kNow);
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named->id, "e1");
  EXPECT_EQ(named->user, "3");
  EXPECT_NE(event_of(json(R"({"user": "u", "item": "i", "kind": "view", "time": 1700000000})"), kNow)->id, one->id);
}

TEST(Records, WhatIsWrongNamesItsField) {
  struct Case {
    const char* text;
    const char* field;
    const char* message;
  };
  const Case events[] = {
      {R"({"item":"i","kind":"buy","time":1})", "user", "is missing"},
      {R"({"user":" ","item":"i","kind":"buy","time":1})", "user", "is empty"},
      {R"({"user":["u"],"item":"i","kind":"buy","time":1})", "user", "a string was expected, this is array"},
      {R"({"user":"u\u0001","item":"i","kind":"buy","time":1})", "user", "a control character"},
      {R"({"user":"u","kind":"buy","time":1})", "item", "is missing"},
      {R"({"user":"u","item":"i","kind":"like","time":1})", "kind",
       "'like' is none of view, click, comment, share, buy"},
      {R"({"user":"u","item":"i","kind":"buy"})", "time", "is missing"},
      {R"({"user":"u","item":"i","kind":"buy","time":-1})", "time", "before 1970"},
      {R"({"user":"u","item":"i","kind":"buy","time":1.5})", "time", "neither whole seconds"},
      {R"({"user":"u","item":"i","kind":"buy","time":"yesterday"})", "time", "neither whole seconds"},
      {R"({"user":"u","item":"i","kind":"buy","time":1700000000000})", "time", "milliseconds?"},
      {R"({"user":"u","item":"i","kind":"buy","time":18446744073709551615})", "time", "is no time"},
      {R"({"user":"u","item":"i","kind":"buy","time":1790000301})", "time", "has not come yet"},
  };
  for (const Case& wrong : events) {
    const auto event = event_of(json(wrong.text), kNow);
    ASSERT_FALSE(event.ok()) << wrong.text;
    EXPECT_EQ(event.status().code(), Code::kInvalidArgument);
    EXPECT_EQ(event.status().field(), wrong.field) << wrong.text;
    EXPECT_THAT(event.status().message(), StartsWith("field '" + std::string(wrong.field) + "': "));
    EXPECT_THAT(event.status().message(), HasSubstr(wrong.message));
  }
  EXPECT_TRUE(event_of(json(R"({"user":"u","item":"i","kind":"buy","time":1790000299})"), kNow).ok());

  EXPECT_EQ(item_of(json(R"({"id":"1"})")).status().field(), "title");
  EXPECT_EQ(item_of(json(R"({"id":"1","title":"t","tags":[1]})")).status().field(), "tags");
  EXPECT_EQ(item_of(json(R"({"id":"1","title":"t","tags":1})")).status().field(), "tags");
  Json long_item = {{"id", "1"}, {"title", "t"}, {"description", std::string(kDescriptionBytesMax + 1, 'x')}};
  EXPECT_EQ(item_of(long_item).status().code(), Code::kTooLarge);
  long_item["description"] = std::string("\xff");
  EXPECT_THAT(item_of(long_item).status().message(), HasSubstr("byte 0 is no UTF-8"));
}

}  // namespace
}  // namespace yupu::recommend
