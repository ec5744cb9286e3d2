// A crowd of clients on one thread: keep-alive connections that carry requests to a server, and a tally of what came.
//
//   arrivals -> those that are due -> the next idle connection -> answer -> tally
//
// Open loop: a request's time runs from the moment at which it was to be sent, though every connection may be busy
// then: a server that stands still for a second has made everybody wait who came in that second, not only those who had
// asked (coordinated omission; Tene, "How not to measure latency", 2015).  Closed loop (no arrivals): each connection
// asks again as soon as it is answered, or, after a 429, when its Retry-After is over, as our clients do; that finds
// the capacity.  Nothing is tried again. Threads: one owner; run() returns when all is over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "http/load/arrivals.h"
#include "http/load/tally.h"

namespace yupu::http {

struct CrowdOptions {
  std::string host = "127.0.0.1";  // an address
  std::uint16_t port = 80;
  int connections = 64;
  std::vector<std::string> requests;    // whole HTTP/1.1 requests, sent by turns
  std::optional<ArrivalPlan> arrivals;  // nothing: closed loop
  double seconds = 10.0;                // of the closed loop
  double patience_s = 30.0;             // for what is under way at the end
};

// A POST of JSON that keeps the connection.  `bearer`: empty for none.
std::string json_request(const std::string& host, const std::string& path, const std::string& bearer,
                         const std::string& body);

// Errors: kUnavailable: no connection could be opened at the start.
Result<Tally> run_crowd(const CrowdOptions& options);

}  // namespace yupu::http
