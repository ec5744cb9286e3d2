// What a call may throw.  An answer that is an error is an APIError of the class of its `code`; no answer is
// ConnectionFailed.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "yupu/json.h"

namespace yupu::client {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// No answer came: refused, broken off, not HTTP, or not what the API says.
struct ConnectionFailed : Error {
  using Error::Error;
};
// The server was silent for longer than `timeout`.
struct TimedOut : ConnectionFailed {
  using ConnectionFailed::ConnectionFailed;
};

// A problem document (RFC 9457).
struct Problem {
  int status = 0;
  std::string code;                   // stable name of the error, "not_found"
  std::string detail;                 // what, which, and what to do next
  std::string field;                  // of the request; empty: none is to blame
  std::string request_id;             // to quote when asking for help
  std::optional<double> retry_after;  // seconds the server asks to wait
  Json document;                      // as it came
};
struct APIError : Error {
  explicit APIError(Problem about);
  Problem problem;
};
struct InvalidArgument : APIError {
  using APIError::APIError;
};
struct Unauthenticated : APIError {
  using APIError::APIError;
};
struct PaymentRequired : APIError {
  using APIError::APIError;
};
struct PermissionDenied : APIError {
  using APIError::APIError;
};
struct NotFound : APIError {
  using APIError::APIError;
};
struct Conflict : APIError {
  using APIError::APIError;
};
struct TooLarge : APIError {
  using APIError::APIError;
};
struct ResourceExhausted : APIError {
  using APIError::APIError;
};
struct Internal : APIError {
  using APIError::APIError;
};
struct Unavailable : APIError {
  using APIError::APIError;
};

// Also of what is no problem document: something between may have answered.
Problem problem_of(int status, const std::string& body, const std::string& request_id,
                   std::optional<double> retry_after);
[[noreturn]] void throw_problem(Problem problem);

}  // namespace yupu::client
