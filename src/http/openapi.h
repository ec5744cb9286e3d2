// /openapi.json: OpenAPI 3.1 made from the rows of the router, so it says what the server does.
#pragma once

#include <string>
#include <string_view>

#include "http/router.h"

namespace yupu::http {

// REQUIRES: every schema of a route is JSON (CHECK: the tables are ours).
std::string openapi_document(const Router& router, std::string_view title, std::string_view version);

// Adds GET /openapi.json over what the router holds by now: call it last.
void add_openapi(Router& router, std::string_view title, std::string_view version);

}  // namespace yupu::http
