// One exchange of HTTP over TLS, by libcurl: what client.h does without it. No redirect is followed, no proxy is asked,
// and no name is looked up here: whoever calls has looked at the address.
// Certificates are checked against the system's, or against those of a file.     Threads  any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"
#include "http/message.h"
#include "http/url.h"

namespace yupu::http {

// An address of `host` that may be called.  Errors: kUnavailable: it has none now; kPermissionDenied: not of the open
// Internet, and not allowed.
Result<std::string> allowed_address(const std::string& host, bool allow_private);

struct TlsExchangeOptions {
  std::string address;       // stands for the host of the address asked
  std::string ca_file = {};  // PEM, instead of the system's certificates
  int timeout_ms = 10'000;   // of the whole exchange
  std::size_t body_bytes_max = 64 << 10;
};

// Errors: kUnavailable: no answer, its certificate among the reasons; kTooLarge; kInvalidArgument, field "ca_file": it
// cannot be read.
Result<Response> exchange_over_tls(std::string_view method, const Url& url, const Headers& headers,
                                   const std::string& body, const TlsExchangeOptions& options);

}  // namespace yupu::http
