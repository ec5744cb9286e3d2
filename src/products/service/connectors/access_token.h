// What a vendor gives for an app's secret and wants to see with every call. Kept until a minute before its end, or
// until it is refused.
// Threads  one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "base/status.h"

namespace yupu::products {

class AccessToken {
 public:
  struct Given {
    std::string token;
    std::int64_t life_s = 0;
  };
  // Errors: kUnavailable: worth another attempt; any other: not.
  using Ask = std::function<Result<Given>()>;
  explicit AccessToken(Ask ask) : ask_(std::move(ask)) {}

  Result<std::string> get(std::int64_t now_ns) {
    constexpr std::int64_t kSecondNs = 1'000'000'000, kMargin_s = 60;
    if (!token_.empty() && now_ns < until_ns_) return token_;
    YUPU_ASSIGN_OR_RETURN(const Given given, ask_());
    token_ = given.token;
    until_ns_ = now_ns + (given.life_s - kMargin_s) * kSecondNs;
    return token_;
  }
  void refuse() { token_.clear(); }

 private:
  Ask ask_;
  std::string token_;
  std::int64_t until_ns_ = 0;
};

}  // namespace yupu::products
