#include "products/recommend/serve/bodies.h"

#include <string>

#include <gtest/gtest.h>

namespace yupu::recommend {
namespace {

constexpr std::int64_t kNowNs = 1'764'000'000'000'000'000;

TEST(Bodies, EventsInThreeShapes) {
  const std::string one = R"({"id":"e1","user":"u","item":"i","kind":"buy","time":1763990000})";
  const auto single = parse_events(one, "application/json", kNowNs);
  ASSERT_TRUE(single.ok()) << single.status().to_string();
  EXPECT_EQ((*single)[0].id, "e1");
  const auto batch = parse_events("{\"events\":[" + one + "," + one + "]}", "", kNowNs);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->size(), 2U);
  const auto lines = parse_events(one + "\n\n" + one, "application/x-ndjson; charset=utf-8", kNowNs);
  ASSERT_TRUE(lines.ok());
  EXPECT_EQ(lines->size(), 2U);
}

TEST(Bodies, AMessageIsOneEventAndARefusalHasItsReason) {
  const auto reason = [](const std::string& message) {
    const auto event = parse_event_message(message, kNowNs);
    return event.ok() ? std::string("fine") : event.status().field();
  };
  EXPECT_EQ(reason(R"({"user":"u","item":"i","kind":"buy","time":1,"id":"e","value":2,"position":1})"), "fine");
  EXPECT_EQ(reason(""), "empty");
  EXPECT_EQ(reason("{"), "malformed");
  EXPECT_EQ(reason("[]"), "malformed");
  EXPECT_EQ(reason(R"({"user":"u","item":"i","kind":"buy","time":1,"usr":"v"})"), "malformed");
  EXPECT_EQ(reason(R"({"events":[]})"), "user");
  EXPECT_EQ(reason(R"({"user":"u","item":"i","kind":"buy","time":-1})"), "time");
  EXPECT_EQ(reason(R"({"user":"u","item":"i","kind":"like","time":1})"), "kind");
  EXPECT_EQ(reason(std::string(kMessageBytesMax + 1, ' ')), "too_large");
}

TEST(Bodies, RefusalsNameTheField) {
  const auto field = [](const std::string& body, const std::string& type = "application/json") {
    const auto events = parse_events(body, type, kNowNs);
    return events.ok() ? std::string("fine") : events.status().field();
  };
  const std::string good = R"({"user":"u","item":"i","kind":"buy","time":1})";
  EXPECT_EQ(field(R"({"user":"u","item":"i","kind":"like","time":1})"), "kind");
  EXPECT_EQ(field(R"({"user":"u","item":"i","kind":"buy","time":-1})"), "time");
  EXPECT_EQ(field(R"({"user":"u","item":"i","kind":"buy","time":9000000000})"), "time");
  EXPECT_EQ(field(R"({"user":"u","item":"i","kind":"buy","time":1,"price":2})"), "price");
  EXPECT_EQ(field("{\"events\":[" + good + R"(,{"user":"u"}]})"), "events[1].item");
  EXPECT_EQ(field(R"({"events":[7]})"), "events[0]");
  EXPECT_EQ(field(R"({"events":[]})"), "events");
  EXPECT_EQ(field(good + "\n{\n", "application/x-ndjson"), "line 2");
  std::string many;
  for (std::size_t i = 0; i <= kEventsMax; ++i) many += good + "\n";
  EXPECT_EQ(field(many, "application/x-ndjson"), "events");

  const auto wrong = [](const std::string& body) {
    const auto request = parse_list_request(body);
    return request.ok() ? std::string("fine") : request.status().field();
  };
  EXPECT_EQ(wrong("{}"), "user");
  EXPECT_EQ(wrong(R"({"user":"u","count":0})"), "count");
  EXPECT_EQ(wrong(R"({"user":"u","count":10000})"), "count");
  EXPECT_EQ(wrong(R"({"user":"u","count":2.5})"), "count");
  EXPECT_EQ(wrong(R"({"user":"u","exclude":"a"})"), "exclude");
  EXPECT_EQ(wrong(R"({"user":"u","context":["a",{}]})"), "context[1]");
  EXPECT_EQ(wrong(R"({"user":7})"), "fine");
  EXPECT_EQ(wrong(R"({"user":"u","count":NaN})"), "body");
  EXPECT_EQ(wrong(R"({"user":"u","count":-3})"), "count");
  EXPECT_EQ(wrong(R"({"user":"u","count":1e300})"), "count");
  EXPECT_EQ(wrong("{\"user\":\"" + std::string(100'000, 'x') + "\"}"), "user");
  EXPECT_EQ(wrong("{\"user\":\"u\",\"context\":[\"" + std::string(100'000, 'x') + "\"]}"), "context[0]");
  EXPECT_EQ(field(R"({"user":"u","item":"i","kind":"buy","time":NaN})"), "body");
  EXPECT_EQ(field("{\"user\":\"u\",\"item\":\"" + std::string(100'000, 'x') + "\",\"kind\":\"buy\",\"time\":1}"),
            "item");
}

}  // namespace
}  // namespace yupu::recommend
