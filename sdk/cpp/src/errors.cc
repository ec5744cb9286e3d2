#include "yupu/errors.h"

namespace yupu::client {
namespace {

constexpr std::size_t kDetailBytesMax = 200;

std::string member(const Json& document, const char* name, const std::string& otherwise) {
  const auto found = document.find(name);
  return found != document.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

std::string line_of(const Problem& problem) {
  std::string line = std::to_string(problem.status) + " " + problem.code + ": " + problem.detail;
  if (!problem.field.empty()) line += " (field " + problem.field + ")";
  if (!problem.request_id.empty()) line += " [" + problem.request_id + "]";
  return line;
}

}  // namespace

APIError::APIError(Problem about) : Error(line_of(about)), problem(std::move(about)) {}

Problem problem_of(int status, const std::string& body, const std::string& request_id,
                   std::optional<double> retry_after) {
  Problem problem;
  problem.status = status;
  problem.retry_after = retry_after;
  problem.document = Json::parse(body, nullptr, false);
  if (!problem.document.is_object()) problem.document = Json::object();
  problem.code = member(problem.document, "code", "http_" + std::to_string(status));
  problem.detail = member(problem.document, "detail", body.substr(0, kDetailBytesMax));
  problem.field = member(problem.document, "field", "");
  problem.request_id = member(problem.document, "request_id", request_id);
  return problem;
}

void throw_problem(Problem problem) {
  const std::string& code = problem.code;
  if (code == "invalid_argument") throw InvalidArgument(std::move(problem));
  if (code == "unauthenticated") throw Unauthenticated(std::move(problem));
  if (code == "payment_required") throw PaymentRequired(std::move(problem));
  if (code == "permission_denied") throw PermissionDenied(std::move(problem));
  if (code == "not_found") throw NotFound(std::move(problem));
  if (code == "conflict") throw Conflict(std::move(problem));
  if (code == "too_large") throw TooLarge(std::move(problem));
  if (code == "resource_exhausted") throw ResourceExhausted(std::move(problem));
  if (code == "internal") throw Internal(std::move(problem));
  if (code == "unavailable") throw Unavailable(std::move(problem));
  throw APIError(std::move(problem));
}

}  // namespace yupu::client
