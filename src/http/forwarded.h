// Who asked, when the server stands behind proxies: what a proxy that is trusted says in X-Forwarded-For, and nothing
// that anybody else says there.  Threads: a value; const calls from any.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "http/message.h"

namespace yupu::http {

class TrustedProxies {
 public:
  TrustedProxies() = default;  // nobody is trusted
  // "127.0.0.1", "10.0.0.0/8", "fd00::/8".  Errors: kInvalidArgument naming the network, field "trusted_proxy".
  static Result<TrustedProxies> parse(std::span<const std::string> networks);

  bool contains(std::string_view address) const;
  // The peer's address, unless it is a trusted proxy's: then the last address of X-Forwarded-For that is none of a
  // trusted proxy.  What is no address ends the list, as if it began there.
  std::string client_of(const std::string& peer, const Headers& headers) const;

 private:
  struct Network {
    std::array<std::uint8_t, 16> prefix;  // IPv4 as ::ffff:a.b.c.d
    int bits;
  };
  std::vector<Network> networks_;
};

}  // namespace yupu::http
