// Expected failures as values (house style, section 3). A bug is a CHECK (check.h); everything a user, a file, a
// network or a full disk can cause travels as Status or Result<T>.
//
// The ten codes are shared by every layer and mapped once each: to HTTP in http/problem.cc, to exit codes in
// app/main.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace yupu {

enum class Code : std::uint8_t {
  kOk = 0,
  kInvalidArgument,    // the caller's mistake: bad flag, file, field            HTTP 400, exit 2
  kUnauthenticated,    // no key, unknown key, revoked key                       HTTP 401, exit 2
  kPaymentRequired,    // the account's hard quota or balance is used up         HTTP 402, exit 1
  kPermissionDenied,   // known key, but not for this                            HTTP 403, exit 2
  kNotFound,           // no such model, dataset, route, file                    HTTP 404, exit 2
  kConflict,           // exists already with other content, or wrong state      HTTP 409, exit 1
  kTooLarge,           // body, text or file beyond a stated limit               HTTP 413, exit 2
  kResourceExhausted,  // too many requests, out of memory, disk full            HTTP 429, exit 1
  kUnavailable,        // not now: shutting down, timed out, port in use         HTTP 503, exit 1
  kInternal,           // ours to mend: corrupt store, broken promise            HTTP 500, exit 1
};

// Stable lower-case name of a code ("invalid_argument"): the `code` of a problem document.
std::string_view code_name(Code code);

class [[nodiscard]] Status {
 public:
  Status() = default;  // OK
  // REQUIRES: code != kOk. `message` says what, which, and what to do next. `field` names the offending field or key.
  Status(Code code, std::string message, std::string field = {})
      : code_(code), message_(std::move(message)), field_(std::move(field)) {
    CHECK(code != Code::kOk, "an error needs a code");
  }

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& field() const { return field_; }

  // "import reviews.csv: line 812: ..." : the context is put in front; OK stays OK.
  Status with_context(std::string_view context) const;
  std::string to_string() const;

 private:
  Code code_ = Code::kOk;
  std::string message_;
  std::string field_;
};

inline Status ok_status() { return {}; }
inline Status invalid_argument(std::string message, std::string field = {}) {
  return {Code::kInvalidArgument, std::move(message), std::move(field)};
}
inline Status not_found(std::string message) { return {Code::kNotFound, std::move(message)}; }
inline Status conflict(std::string message) { return {Code::kConflict, std::move(message)}; }
inline Status unavailable(std::string message) { return {Code::kUnavailable, std::move(message)}; }
inline Status internal_error(std::string message) { return {Code::kInternal, std::move(message)}; }

// Status of the last failed system call: ENOSPC -> kResourceExhausted, ENOENT -> kNotFound, EACCES ->
// kPermissionDenied, ...
Status errno_status(int error_number, std::string_view what);

// A value, or the Status that says why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<1>, std::move(value)) {}  // NOLINT(google-explicit-constructor): a value is a Result
  Result(Status status) : state_(std::in_place_index<0>, std::move(status)) {  // NOLINT(google-explicit-constructor)
    CHECK(!std::get<0>(state_).ok(), "a Result without a value needs an error");
  }

  bool ok() const { return state_.index() == 1; }
  Status status() const { return ok() ? Status() : std::get<0>(state_); }

  // REQUIRES: ok().
  T& value() & {
    CHECK(ok(), "value() of a failed Result: " + std::get<0>(state_).to_string());
    return std::get<1>(state_);
  }
  const T& value() const& {
    CHECK(ok(), "value() of a failed Result: " + std::get<0>(state_).to_string());
    return std::get<1>(state_);
  }
  T&& value() && {
    CHECK(ok(), "value() of a failed Result: " + std::get<0>(state_).to_string());
    return std::get<1>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<Status, T> state_;
};

}  // namespace yupu

#define YUPU_CONCAT_INNER(a, b) a##b
#define YUPU_CONCAT(a, b) YUPU_CONCAT_INNER(a, b)

// Returns the Status of `expression` from the enclosing function unless it is OK. Both macros may stand in a lambda
// that is itself the expression of one: __COUNTER__ gives each its own variable.
#define YUPU_RETURN_IF_ERROR(expression) YUPU_RETURN_IF_ERROR_INNER(YUPU_CONCAT(yupu_status_, __COUNTER__), expression)
#define YUPU_RETURN_IF_ERROR_INNER(name, expression) \
  do {                                               \
    ::yupu::Status name = (expression);              \
    if (!name.ok()) return name;                     \
  } while (false)

// YUPU_ASSIGN_OR_RETURN(auto rows, read_rows(path)); declares `rows`, or returns the error.
#define YUPU_ASSIGN_OR_RETURN(declaration, expression) \
  YUPU_ASSIGN_OR_RETURN_INNER(YUPU_CONCAT(yupu_result_, __COUNTER__), declaration, expression)
#define YUPU_ASSIGN_OR_RETURN_INNER(name, declaration, expression) \
  auto name = (expression);                                        \
  if (!name.ok()) return name.status();                            \
  declaration = std::move(name).value()
