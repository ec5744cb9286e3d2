#include "serving/request_body.h"

#include <gtest/gtest.h>

#include "serving/rate_limit.h"

namespace yupu::serving {
namespace {

TEST(RequestBody, BadInputNamesItsField) {
  struct Row {
    std::string body;
    Code code;
    const char* field;
  };
  const std::string long_text(9000, 'a');
  std::string many = "[";
  for (int i = 0; i < 65; ++i) many += i == 0 ? "\"a\"" : ",\"a\"";
  many += "]";
  const Row rows[] = {
      {"", Code::kInvalidArgument, "body"},
      {"{", Code::kInvalidArgument, "body"},
      {"[]", Code::kInvalidArgument, "body"},
      {"{\"model\":\"m\",\"model\":\"n\",\"input\":\"a\"}", Code::kInvalidArgument, "body"},
      {"{\"model\":\"m\",\"input\":\"\xff\"}", Code::kInvalidArgument, "body"},
      {R"({"model":"m","input":"a","extra":1})", Code::kInvalidArgument, "extra"},
      {R"({"input":"a"})", Code::kInvalidArgument, "model"},
      {R"({"model":3,"input":"a"})", Code::kInvalidArgument, "model"},
      {R"({"model":"m"})", Code::kInvalidArgument, "input"},
      {R"({"model":"m","input":7})", Code::kInvalidArgument, "input"},
      {R"({"model":"m","input":[]})", Code::kInvalidArgument, "input"},
      {R"({"model":"m","input":["a",7]})", Code::kInvalidArgument, "input[1]"},
      {R"({"model":"m","input":""})", Code::kInvalidArgument, "input"},
      {R"({"model":"m","input":" \t　"})", Code::kInvalidArgument, "input"},
      {R"({"model":"m","input":"\u0000\u0007\u200b\ufeff"})", Code::kInvalidArgument, "input"},
      {R"({"model":"m","input":")" + long_text + "\"}", Code::kTooLarge, "input"},
      {R"({"model":"m","input":)" + many + "}", Code::kTooLarge, "input"},
      {R"({"model":"m","input":"a","top_k":0})", Code::kInvalidArgument, "top_k"},
      {R"({"model":"m","input":"a","top_k":1.5})", Code::kInvalidArgument, "top_k"},
  };
  for (const Row& row : rows) {
    const auto parsed = parse_classify(row.body, {});
    EXPECT_EQ(parsed.status().code(), row.code) << row.body.substr(0, 80);
    EXPECT_EQ(parsed.status().field(), row.field) << row.body.substr(0, 80);
  }
  const auto fine = parse_classify(R"({"model":"m","input":["a","语"],"top_k":2})", {});
  ASSERT_TRUE(fine.ok());
  EXPECT_EQ(fine.value().inputs, (std::vector<std::string>{"a", "语"}));
  EXPECT_EQ(parse_answer(R"({"bot":"b","text":"a","model":"m"})", {}).status().field(), "model");
  EXPECT_EQ(parse_answer(R"({"bot":"b","text":"a","conversation":"c"})", {})->conversation, "c");
  EXPECT_EQ(parse_answer(R"({"bot":"b","option":"refund"})", {})->option, "refund");
  EXPECT_EQ(parse_answer(R"({"bot":"b","option":"refund","text":"a","channel":"app"})", {})->channel, "app");
  EXPECT_EQ(parse_answer(R"({"bot":"b"})", {}).status().field(), "text");
  EXPECT_EQ(parse_answer(R"({"bot":"b","option":"","text":"a"})", {}).status().field(), "option");
  EXPECT_EQ(parse_feedback(R"({"trace_id":"t"})", {}).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(parse_feedback(R"({"trace_id":"t","rating":2})", {}).status().field(), "rating");
  EXPECT_EQ(*parse_feedback(R"({"trace_id":"t","rating":-1})", {})->rating, -1);
}

TEST(RateLimit, BurstThenSteady) {
  RateLimit limit({.interval_ns = 100, .burst = 3, .callers_max = 2});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.wait_ns("a", 1000), 0);
  EXPECT_EQ(limit.wait_ns("a", 1000), 100);
  EXPECT_EQ(limit.wait_ns("a", 1060), 40);
  EXPECT_EQ(limit.wait_ns("a", 1100), 0);
  EXPECT_GT(limit.wait_ns("a", 1100), 0);
  EXPECT_EQ(limit.wait_ns("b", 1100), 0);
  EXPECT_GT(limit.wait_ns("c", 1100), 0);  // both remembered callers still owe
  EXPECT_EQ(limit.wait_ns("c", 2000), 0);  // forgotten by now
}

}  // namespace
}  // namespace yupu::serving
