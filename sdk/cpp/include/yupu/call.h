// A call, as the generated methods make it and the client sends it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "yupu/errors.h"
#include "yupu/json.h"

namespace yupu::client {

struct CallOptions {
  std::string idempotency_key;    // of a POST; empty: one is made for the call
  std::optional<double> timeout;  // seconds; else the client's
};

// An event of a stream; false: no more are wanted.
using TakeEvent = std::function<bool(const Json& event)>;

struct Call {
  std::string method, path;
  bool once;  // takes an Idempotency-Key
  CallOptions options;
  Json query = nullptr, body = nullptr;  // null: none
};

// "a b/c" as one segment of a path.
std::string quoted(const std::string& text);

class Caller {
 public:
  virtual ~Caller() = default;

 protected:
  virtual Json json(const Call& call) = 0;
  virtual std::string text(const Call& call) = 0;
  virtual void stream(const Call& call, const TakeEvent& take) = 0;

  template <typename T>
  static T read(const Json& answer) {
    try {
      return answer.get<T>();
    } catch (const Json::exception& error) {
      throw ConnectionFailed(std::string("the answer is not what this version of the API says: ") + error.what());
    }
  }
};

}  // namespace yupu::client
