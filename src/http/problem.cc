#include "http/problem.h"

#include <string>

#include "base/json.h"

namespace yupu::http {
namespace {

// What OpenAI calls errors of this status.
std::string_view openai_type(int status) {
  if (status == 402) return "insufficient_quota";
  if (status == 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

Response document(int status, std::string_view code, std::string_view detail, std::string_view field,
                  std::string_view request_id) {
  OrderedJson body;
  body["type"] = "about:blank";
  body["title"] = reason_phrase(status);
  body["status"] = status;
  body["code"] = code;
  body["detail"] = detail;
  if (!field.empty()) body["field"] = field;
  body["request_id"] = request_id;
  body["error"] = {{"message", detail}, {"type", openai_type(status)}, {"param", nullptr}, {"code", code}};
  if (!field.empty()) body["error"]["param"] = field;
  // A detail may quote the caller's bytes: invalid UTF-8 is replaced, never thrown about.
  Response response = text_response(status, "application/problem+json",
                                    body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
  response.headers.add("cache-control", "no-store");
  return response;
}

}  // namespace

int http_status(Code code) {
  switch (code) {
    case Code::kOk:
      return 200;
    case Code::kInvalidArgument:
      return 400;
    case Code::kUnauthenticated:
      return 401;
    case Code::kPaymentRequired:
      return 402;
    case Code::kPermissionDenied:
      return 403;
    case Code::kNotFound:
      return 404;
    case Code::kConflict:
      return 409;
    case Code::kTooLarge:
      return 413;
    case Code::kResourceExhausted:
      return 429;
    case Code::kUnavailable:
      return 503;
    case Code::kInternal:
      return 500;
  }
  CHECK(false, "unknown code");
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

Response problem(const Status& status, std::string_view request_id, int retry_after_s) {
  const int number = http_status(status.code());
  Response response = document(number, code_name(status.code()), status.message(), status.field(), request_id);
  if (number == 429 || number == 503) response.headers.add("retry-after", std::to_string(retry_after_s));
  if (number == 401) response.headers.add("www-authenticate", "Bearer realm=\"yupu\"");
  return response;
}

Response problem(int http_status, std::string_view code, std::string_view detail, std::string_view request_id) {
  return document(http_status, code, detail, {}, request_id);
}

}  // namespace yupu::http
