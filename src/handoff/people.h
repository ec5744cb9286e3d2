// The people of a tenant (`yupu agents`) as rooms see them whose pages they open. A room states its routes as rows of a
// table and asks a Door whose token a request carries, because no room of the loop knows another's people.
// Threads  doors and handlers are called on many request threads.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/status.h"
#include "http/door.h"
#include "http/router.h"

namespace yupu::handoff {

struct Person {
  std::string id = {};
  std::string tenant_id = {};
  std::string name = {};
  bool is_manager = false;  // may also decide what the shop says and which release answers
};

// Who asks. Errors: kUnauthenticated, kPermissionDenied.
using Door = std::function<Result<Person>(const http::Request& request)>;

// kPermissionDenied: this person is no manager.
Status check_manager(const Person& person);

// One route for people. `Shared`: what the handlers of a table share.
template <class Shared>
struct PersonRoute {
  http::RouteInfo info;
  Result<Json> (*handler)(Shared& shared, const http::Request& request, const Person& person);
  bool is_managers = false;  // others get a 403
};

// `rows` and `shared` live as long as the router; what comes back is kept by no cache.
template <class Shared, std::size_t N>
void add_routes(http::Router& router, const PersonRoute<Shared> (&rows)[N], const std::shared_ptr<Shared>& shared,
                const Door& door) {
  for (const PersonRoute<Shared>& row : rows) {
    const auto answer = [shared, &row](const http::Request& request, const Person& person) -> Result<http::Response> {
      if (row.is_managers) YUPU_RETURN_IF_ERROR(check_manager(person));
      YUPU_ASSIGN_OR_RETURN(const Json json, row.handler(*shared, request, person));
      return http::unkept_json(to_text(json));
    };
    router.add(row.info, http::behind(door, answer));
  }
}

}  // namespace yupu::handoff
