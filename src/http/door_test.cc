// Who may ask, and what an address asks for.
#include "http/door.h"

#include <gtest/gtest.h>

#include "http/query.h"

namespace yupu::http {
namespace {

Result<std::string> name_of(const Request& request) {
  if (request.headers.get("x-who").empty()) return Status(Code::kUnauthenticated, "who?");
  return std::string(request.headers.get("x-who"));
}

TEST(Door, AnswersWhoSaysWhoItIs) {
  const Handler handler = behind(name_of, [](const Request&, const std::string& who) -> Result<Response> {
    if (who == "Bo") return conflict("not now");
    return unkept_json("\"" + who + "\"");
  });
  Request request;
  EXPECT_EQ(handler(request).status, 401);
  request.headers.add("x-who", "Ann");
  const Response answer = handler(request);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "\"Ann\"");
  EXPECT_EQ(answer.headers.get("content-type"), "application/json");
  EXPECT_EQ(answer.headers.get("cache-control"), "no-store");
  request.headers = {{"x-who", "Bo"}};
  EXPECT_EQ(handler(request).status, 409);
}

TEST(Query, WholeNumbersAreInTheirRange) {
  Request request;
  EXPECT_EQ(asked(request, "days"), "");
  EXPECT_EQ(whole_number(request, "days", 7, 90).value(), 7);
  for (const char* good : {"1", "90"}) {
    request.query["days"] = good;
    EXPECT_EQ(whole_number(request, "days", 7, 90).value(), std::stoll(good));
  }
  request.query["days"] = "";
  EXPECT_EQ(whole_number(request, "days", 7, 90).value(), 7) << "an empty field is one that says nothing";
  for (const char* bad : {"0", "91", "-1", "7 ", "+7", "7.0", "seven", "99999999999999999999"}) {
    request.query["days"] = bad;
    EXPECT_EQ(asked(request, "days"), bad);
    const auto number = whole_number(request, "days", 7, 90);
    EXPECT_EQ(number.status().code(), Code::kInvalidArgument) << bad;
    EXPECT_EQ(number.status().field(), "days") << bad;
  }
}

}  // namespace
}  // namespace yupu::http
