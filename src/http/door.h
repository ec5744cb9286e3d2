// Handlers for those who have to say who they are, and what they are answered with.
// Threads  a handler, so its door, is called on many request threads.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"
#include "http/message.h"
#include "http/problem.h"

namespace yupu::http {

// 200 for nobody but who asked: no cache on the way keeps it.
Response unkept_json(std::string body);

// Asks `door` who it is, then `answer`; the error of either becomes a problem document.
//   door    (const Request&) -> Result<Who>
//   answer  (const Request&, const Who&) -> Result<Response>
template <class Door, class Answer>
Handler behind(Door door, Answer answer) {
  return [door = std::move(door), answer = std::move(answer)](const Request& request) -> Response {
    const auto who = door(request);
    if (!who.ok()) return problem(who.status(), request.request_id);
    Result<Response> response = answer(request, *who);
    if (!response.ok()) return problem(response.status(), request.request_id);
    return std::move(response).value();
  };
}

}  // namespace yupu::http
