#include "serving/chat_body.h"

#include <gtest/gtest.h>

namespace yupu::serving {
namespace {

using Texts = std::vector<std::string>;

std::string asked(const std::string& more, const std::string& messages = R"([{"role":"user","content":"hi"}])") {
  return R"({"model":"m","messages":)" + messages + more + "}";
}

std::string of_user(const std::string& content) { return R"([{"role":"user","content":)" + content + "}]"; }

std::string many(int count) {
  std::string messages = "[";
  for (int i = 0; i < count; ++i) messages += std::string(i == 0 ? "" : ",") + R"({"role":"user","content":"a"})";
  return messages + "]";
}

TEST(ChatBody, WhatCannotBeDoneIsRefusedByName) {
  struct Row {
    std::string body;
    const char* field;
    Code code = Code::kInvalidArgument;
  };
  const Row rows[] = {
      {"", "body"},
      {R"({"messages":[]})", "model"},
      {R"({"model":"m"})", "messages"},
      {asked("", "[]"), "messages"},
      {asked("", R"("hi")"), "messages"},
      {asked("", R"([{"role":"system","content":"be kind"}])"), "messages"},
      {asked("", R"(["hi"])"), "messages[0]"},
      {asked("", R"([{"content":"hi"}])"), "messages[0].role"},
      {asked("", R"([{"role":"tool","content":"hi"}])"), "messages[0].role"},
      {asked("", R"([{"role":"user","content":"hi","audio":{}}])"), "messages[0].audio"},
      {asked("", R"([{"role":"user","content":"hi"},{"role":"user"}])"), "messages[1].content"},
      {asked("", R"([{"role":"assistant","content":7}])"), "messages[0].content"},
      {asked("", of_user("7")), "messages[0].content"},
      {asked("", of_user(R"(" ")")), "messages[0].content"},
      {asked("", of_user(R"([{"type":"text","text":" "}])")), "messages[0].content"},
      {asked("", of_user(R"(["hi"])")), "messages[0].content[0]"},
      {asked("", of_user(R"([{"type":"image_url","image_url":{}}])")), "messages[0].content[0].type"},
      {asked("", of_user(R"([{"type":"text","text":"a"},{"type":"text"}])")), "messages[0].content[1].text"},
      {asked("", of_user(R"([{"type":"text","text":"a","x":1}])")), "messages[0].content[0].x"},
      {asked("", of_user("\"" + std::string(9000, 'a') + "\"")), "messages[0].content", Code::kTooLarge},
      {asked("", many(65)), "messages", Code::kTooLarge},
      {asked(R"(,"n":2)"), "n"},
      {asked(R"(,"tools":[])"), "tools"},
      {asked(R"(,"max_tokens":5)"), "max_tokens"},
      {asked(R"(,"stop":"x")"), "stop"},
      {asked(R"(,"logprobs":true)"), "logprobs"},
      {asked(R"(,"store":true)"), "store"},
      {asked(R"(,"response_format":{"type":"json_object"})"), "response_format"},
      {asked(R"(,"temperature":"hot")"), "temperature"},
      {asked(R"(,"seed":1.5)"), "seed"},
      {asked(R"(,"stream":1)"), "stream"},
      {asked(R"(,"stream_options":{"include_usage":true})"), "stream_options"},
      {asked(R"(,"stream":true,"stream_options":{"include_usage":1})"), "stream_options.include_usage"},
      {asked(R"(,"stream":true,"stream_options":{"x":1})"), "stream_options.x"},
      {asked(R"(,"metadata":[])"), "metadata"},
      {asked(R"(,"metadata":{"conversaton":"cv"})"), "metadata.conversaton"},
      {asked(R"(,"metadata":{"conversation":1})"), "metadata.conversation"},
      {asked(R"(,"metadata":{"option":" "})"), "metadata.option"},
      {asked(R"(,"metadata":{"channel":")" + std::string(300, 'c') + "\"}"), "metadata.channel", Code::kTooLarge},
  };
  for (const Row& row : rows) {
    const auto parsed = parse_chat(row.body, {});
    EXPECT_EQ(parsed.status().code(), row.code) << row.body.substr(0, 120);
    EXPECT_EQ(parsed.status().field(), row.field) << row.body.substr(0, 120);
  }
}

TEST(ChatBody, ReadsWhatTheVisitorSaid) {
  const auto parsed =
      parse_chat(R"({"model":"shop","messages":[{"role":"system","content":"be kind"},{"role":"user","content":"one"},)"
                 R"({"role":"assistant","content":null,"refusal":null,"tool_calls":null},)"
                 R"({"role":"user","name":"bo","content":[{"type":"text","text":"two"},{"type":"text","text":"三"}]}],)"
                 R"("n":1,"temperature":0.2,"seed":null,"tools":null,"user":"u","response_format":{"type":"text"},)"
                 R"("stream":true,"stream_options":{"include_usage":true},"metadata":{"channel":"app"}})",
                 {});
  ASSERT_TRUE(parsed.ok()) << parsed.status().to_string();
  EXPECT_EQ(parsed->model, "shop");
  EXPECT_EQ(parsed->said, (Texts{"one", "two\n三"}));
  EXPECT_TRUE(parsed->stream && parsed->stream_usage);
  EXPECT_EQ(parsed->channel, "app");
  EXPECT_EQ(parsed->conversation, "");
}

TEST(ChatBody, OfAConversationTheServerKeepsTheLastMessageIsNew) {
  const auto parsed = parse_chat(asked(R"(,"metadata":{"conversation":"cv_1","option":"refund"})", many(65)), {});
  ASSERT_TRUE(parsed.ok()) << parsed.status().to_string();
  EXPECT_EQ(parsed->said, Texts{"a"});
  EXPECT_EQ(parsed->conversation, "cv_1");
  EXPECT_EQ(parsed->option, "refund");
  EXPECT_FALSE(parsed->stream);
}

}  // namespace
}  // namespace yupu::serving
