// Routes for people: who asks, and what only a manager may.
#include "handoff/people.h"

#include <gtest/gtest.h>

namespace yupu::handoff {
namespace {

struct Shared {
  int changes = 0;
};

Result<Json> look(Shared& shared, const http::Request&, const Person& person) {
  return Json{{"changes", shared.changes}, {"who", person.name}, {"tenant", person.tenant_id}};
}

Result<Json> change(Shared& shared, const http::Request& request, const Person& person) {
  if (request.body.empty()) return invalid_argument("nothing to change", "body");
  ++shared.changes;
  return look(shared, request, person);
}

constexpr PersonRoute<Shared> kRoutes[] = {
    {{.method = "GET", .pattern = "/things", .scope = "agent", .summary = "things"}, &look},
    {{.method = "POST", .pattern = "/things", .scope = "agent", .summary = "changes them"}, &change, true},
};

Result<Person> who_asks(const http::Request& request) {
  const std::string name(request.headers.get("x-who"));
  if (name.empty()) return Status(Code::kUnauthenticated, "who?");
  return Person{.id = "agent_1", .tenant_id = "t_1", .name = name, .is_manager = name == "Wang"};
}

TEST(People, EveryRowAsksWhoItIsAndAManagersRowWhetherTheyMay) {
  const auto shared = std::make_shared<Shared>();
  http::Router router;
  add_routes(router, kRoutes, shared, who_asks);
  const auto ask = [&](const char* method, const char* who, const char* body) {
    http::Request request;
    request.method = method;
    request.path = "/things";
    request.body = body;
    if (*who != '\0') request.headers.add("x-who", who);
    return router.dispatch(request);
  };
  EXPECT_EQ(ask("GET", "", "").status, 401);
  EXPECT_EQ(ask("POST", "", "x").status, 401);
  const http::Response seen = ask("GET", "Mei", "");
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(parse_json(seen.body).value(), (Json{{"changes", 0}, {"who", "Mei"}, {"tenant", "t_1"}}));
  EXPECT_EQ(seen.headers.get("cache-control"), "no-store");
  const http::Response refused = ask("POST", "Mei", "x");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(parse_json(refused.body)->at("detail"), "Mei is no manager; `yupu agents add NAME --manager` makes one");
  EXPECT_EQ(ask("POST", "Wang", "").status, 400);
  EXPECT_EQ(shared->changes, 0);
  EXPECT_EQ(ask("POST", "Wang", "x").status, 200);
  EXPECT_EQ(shared->changes, 1);
}

}  // namespace
}  // namespace yupu::handoff
