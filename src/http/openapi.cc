#include "http/openapi.h"

#include <algorithm>

#include "base/check.h"
#include "base/json.h"

namespace yupu::http {
namespace {

constexpr std::string_view kProblemSchema = R"({
  "type": "object",
  "required": ["type", "title", "status", "code", "detail", "request_id"],
  "properties": {
    "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
    "code": {"type": "string", "description": "stable name of the error"},
    "detail": {"type": "string", "description": "what, which, and what to do next"},
    "field": {"type": "string", "description": "the offending field of the request"},
    "request_id": {"type": "string"},
    "error": {"type": "object", "description": "the same, as OpenAI's clients read it", "properties": {
      "message": {"type": "string"}, "type": {"type": "string"}, "param": {"type": ["string", "null"]},
      "code": {"type": "string"}}}
  }
})";

OrderedJson parse_schema(std::string_view text) {
  OrderedJson schema = OrderedJson::parse(text, nullptr, false);
  CHECK(!schema.is_discarded(), "a route's schema is not JSON: " + std::string(text));
  return schema;
}

OrderedJson path_parameters(std::string_view pattern) {
  OrderedJson parameters = OrderedJson::array();
  for (std::size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1)) {
    const std::size_t close = pattern.find('}', open);
    parameters.push_back({{"name", pattern.substr(open + 1, close - open - 1)},
                          {"in", "path"},
                          {"required", true},
                          {"schema", {{"type", "string"}}}});
  }
  return parameters;
}

void add_query_parameters(std::string_view text, OrderedJson& parameters) {
  if (text.empty()) return;
  const OrderedJson schema = parse_schema(text);
  const OrderedJson required = schema.value("required", OrderedJson::array());
  for (const auto& [name, property] : schema.at("properties").items()) {
    const bool needed = std::count(required.begin(), required.end(), OrderedJson(name)) > 0;
    parameters.push_back({{"name", name}, {"in", "query"}, {"required", needed}, {"schema", property}});
  }
}

std::string operation_id(const RouteInfo& info) {
  std::string id(info.method);
  for (char& c : id) c = static_cast<char>(c - 'A' + 'a');
  for (const char c : info.pattern) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter) {
      id.push_back(c);
    } else if (id.back() != '_') {
      id.push_back('_');
    }
  }
  while (id.back() == '_') id.pop_back();
  return id;
}

OrderedJson operation(const RouteInfo& info) {
  OrderedJson op;
  op["operationId"] = operation_id(info);
  op["summary"] = info.summary;
  OrderedJson parameters = path_parameters(info.pattern);
  add_query_parameters(info.query_schema, parameters);
  if (info.method == "POST" && !info.scope.empty()) {  // a stored answer is somebody's
    parameters.push_back({{"name", "Idempotency-Key"},
                          {"in", "header"},
                          {"required", false},
                          {"description", "the same key and body give the stored answer, charged once"},
                          {"schema", {{"type", "string"}, {"maxLength", 255}}}});
  }
  if (!parameters.empty()) op["parameters"] = parameters;
  if (!info.request_schema.empty()) {
    op["requestBody"]["required"] = true;
    op["requestBody"]["content"]["application/json"]["schema"] = parse_schema(info.request_schema);
  }
  op["responses"]["200"]["description"] = "done";
  if (!info.response_schema.empty()) {
    op["responses"]["200"]["content"]["application/json"]["schema"] = parse_schema(info.response_schema);
  }
  if (!info.event_schema.empty()) {
    op["responses"]["200"]["content"]["text/event-stream"]["schema"] = parse_schema(info.event_schema);
  }
  op["responses"]["default"] = {{"$ref", "#/components/responses/Problem"}};
  if (!info.scope.empty()) {
    op["security"] = OrderedJson::array({{{"bearer", OrderedJson::array()}}});
    op["x-scope"] = info.scope;
  }
  return op;
}

}  // namespace

std::string openapi_document(const Router& router, std::string_view title, std::string_view version) {
  OrderedJson document;
  document["openapi"] = "3.1.0";
  document["info"] = {{"title", title}, {"version", version}};
  document["paths"] = OrderedJson::object();
  for (const Route& route : router.routes()) {
    if (route.info.summary.empty()) continue;
    std::string method = operation_id({.method = route.info.method, .pattern = "", .scope = "", .summary = ""});
    document["paths"][std::string(route.info.pattern)][method] = operation(route.info);
  }
  document["components"]["securitySchemes"]["bearer"] = {{"type", "http"}, {"scheme", "bearer"}};
  document["components"]["schemas"]["Problem"] = parse_schema(kProblemSchema);
  OrderedJson& response = document["components"]["responses"]["Problem"];
  response["description"] = "an error, RFC 9457";
  response["content"]["application/problem+json"]["schema"] = {{"$ref", "#/components/schemas/Problem"}};
  return document.dump(2);
}

void add_openapi(Router& router, std::string_view title, std::string_view version) {
  // Its own row stays out of the document, which is finished before the row is added.
  const std::string document = openapi_document(router, title, version);
  router.add({.method = "GET", .pattern = "/openapi.json", .scope = "", .summary = "", .quick = true},
             [document](const Request&) { return json_response(200, document); });
}

}  // namespace yupu::http
