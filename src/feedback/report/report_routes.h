// What a bot has done, over HTTP (report.h): figures, a row for each entry, a row for each call.
//   GET /v1/agent/report          ?since=&until=&format=json|csv|jsonl   json: CallReport::to_json with both times;
//                                                                        csv, jsonl: the entries
//   GET /v1/agent/report/calls    the same, and texts=true               json: {"calls": [...]}; csv, jsonl: the rows
//   GET /v1/agent/report/review   ?since=&until=&days=    review.h: the sample so far, and the next answers to be
//   judged POST /v1/agent/report/review  {"trace_id", "right"}   404: no answer of one's own
// since, until: days or times (base/utc.h), the second not included; without them the last 30 days.  days=N instead of
// since: today by the shop's clocks and the days before it, 90 at most, as GET /v1/console/usage counts them.  The
// figures are sums over the rows of the same period. Errors are problem documents: 401 without an agent's token; 400
// naming the parameter; 413 more than kReportCallsMax rows. Threads: handlers run on many request threads.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "handoff/people.h"
#include "http/router.h"
#include "store/store.h"

namespace yupu::feedback {

inline constexpr std::int64_t kReportCallsMax = 100'000;  // of one answer; `yupu feedback report --calls` has no limit

struct ReportRouteOptions {
  std::string model;   // whose calls
  handoff::Door door;  // people see the calls of their own tenant
  std::int64_t days = 30;
  std::int64_t utc_offset_minutes = 480;  // of the shop's clocks
};

// `store` and `clock` outlive the router.
void add_report_routes(http::Router& router, store::Store& store, const Clock& clock,
                       const ReportRouteOptions& options);

}  // namespace yupu::feedback
