#include "http/door.h"

namespace yupu::http {

Response unkept_json(std::string body) {
  Response response = json_response(200, std::move(body));
  response.headers.add("cache-control", "no-store");
  return response;
}

}  // namespace yupu::http
