#include "serving/chat_json.h"

#include <gtest/gtest.h>

namespace yupu::serving {
namespace {

OrderedJson answer() {
  return {{"decision", "clarify"},
          {"text", "哪一个？"},
          {"options", {{{"intent", "a"}, {"title", "退款"}}, {{"intent", "b"}, {"title", "Parcels"}}}},
          {"trace_id", "tr_1"},
          {"bot", "shop"},
          {"release_id", "rel_1"},
          {"conversation", "cv_1"}};
}

// What stands behind "data: ", event by event.
std::vector<std::string> events_of(std::string_view stream) {
  std::vector<std::string> events;
  while (!stream.empty()) {
    const std::size_t end = stream.find("\n\n");
    EXPECT_EQ(stream.substr(0, 6), "data: ");
    EXPECT_NE(end, std::string_view::npos);
    if (end == std::string_view::npos) break;
    events.emplace_back(stream.substr(6, end - 6));
    stream.remove_prefix(end + 2);
  }
  return events;
}

TEST(ChatJson, ACompletionHasOpenAisMembersAndTheAnswer) {
  const OrderedJson json = chat_completion(answer(), 7, 1'700'000'000'999'999'999);
  EXPECT_EQ(json.at("id"), "tr_1");
  EXPECT_EQ(json.at("object"), "chat.completion");
  EXPECT_EQ(json.at("created"), 1'700'000'000);
  EXPECT_EQ(json.at("model"), "shop");
  EXPECT_EQ(json.at("system_fingerprint"), "rel_1");
  ASSERT_EQ(json.at("choices").size(), 1U);
  const OrderedJson& choice = json.at("choices")[0];
  EXPECT_EQ(choice.at("message").at("role"), "assistant");
  EXPECT_EQ(choice.at("message").at("content"), "哪一个？\n- 退款\n- Parcels");
  EXPECT_EQ(choice.at("finish_reason"), "stop");
  EXPECT_EQ(json.at("usage").at("total_tokens"), 7);
  EXPECT_EQ(json.at("usage").at("prompt_tokens"), 7);
  EXPECT_EQ(json.at("yupu"), answer());
}

TEST(ChatJson, AStreamSaysTheSameAndEnds) {
  const std::string completion = chat_completion(answer(), 7, 0).dump();
  for (const bool with_usage : {false, true}) {
    const auto events = events_of(chat_events(completion, with_usage));
    ASSERT_EQ(events.size(), with_usage ? 5U : 4U);
    EXPECT_EQ(events.back(), "[DONE]");
    std::string content;
    for (std::size_t i = 0; i < 3; ++i) {
      const OrderedJson chunk = OrderedJson::parse(events[i]);
      EXPECT_EQ(chunk.at("object"), "chat.completion.chunk");
      EXPECT_EQ(chunk.at("id"), "tr_1");
      EXPECT_EQ(chunk.contains("usage"), with_usage);
      EXPECT_EQ(chunk.contains("yupu"), i == 2);
      const OrderedJson& choice = chunk.at("choices").at(0);
      content += choice.at("delta").value("content", "");
      EXPECT_EQ(choice.at("finish_reason"), i == 2 ? OrderedJson("stop") : OrderedJson());
    }
    EXPECT_EQ(content, "哪一个？\n- 退款\n- Parcels");
    EXPECT_EQ(OrderedJson::parse(events[2]).at("yupu"), answer());
    if (!with_usage) continue;
    const OrderedJson last = OrderedJson::parse(events[3]);
    EXPECT_TRUE(last.at("choices").empty());
    EXPECT_EQ(last.at("usage").at("total_tokens"), 7);
  }
}

}  // namespace
}  // namespace yupu::serving
