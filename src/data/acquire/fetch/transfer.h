// One exchange of HTTP with one machine, by libcurl: no redirect is followed and no name is looked up here, so that
// whoever calls decides about every address (fetcher.h). TLS certificates are checked against the system's.
// Threads  any; each call is a connection of its own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/status.h"
#include "http/message.h"
#include "http/url.h"

namespace yupu::data {

struct TransferLimits {
  std::size_t body_bytes_max = 8 << 20;     // after gzip is undone: a bomb ends there
  std::size_t header_bytes_max = 64 << 10;  // of all header lines
  int connect_ms = 10'000;
  int total_ms = 30'000;  // of the whole exchange, however slowly bytes drip
  int quiet_ms = 10'000;  // with less than `quiet_bytes` a second in that time
  int quiet_bytes_per_second = 8;
};

// GET `url` at one of `addresses`, which stand for its host and are tried in their order; names are not looked up.
// The answer may have any status. Bodies in gzip or deflate are undone.
// Errors, by field: "connect", "timeout", "tls", "too_large" (kTooLarge), "encoding" (its gzip is none), "protocol"
// (not HTTP, cut off).
Result<http::Response> transfer(const http::Url& url, const std::vector<std::string>& addresses,
                                const http::Headers& headers, const TransferLimits& limits = {});

}  // namespace yupu::data
