// Errors on the wire: problem documents, RFC 9457, media type application/problem+json.
//   {"type":"about:blank","title":"Bad Request","status":400,"code":"invalid_argument","detail":"...","field":"input",
//    "request_id":"req_...","error":{"message":"...","type":"invalid_request_error","param":"input","code":"..."}}
// `error` says it once more, as OpenAI's clients read it: on every route, because an error may come before there is
// one. The one place where the ten codes become HTTP statuses.
#pragma once

#include <string_view>

#include "base/status.h"
#include "http/message.h"

namespace yupu::http {

int http_status(Code code);
std::string_view reason_phrase(int status);

// REQUIRES: !status.ok(). 429 and 503 carry Retry-After (seconds), 401 carries WWW-Authenticate.
Response problem(const Status& status, std::string_view request_id, int retry_after_s = 1);

// For what only HTTP knows: 405 method_not_allowed, 408 request_timeout, 431 headers_too_large.
Response problem(int http_status, std::string_view code, std::string_view detail, std::string_view request_id);

}  // namespace yupu::http
