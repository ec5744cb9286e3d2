// Notices on their way to a product's routes: `yupu monitor notices` and `yupu agents notices`.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/arguments.h"
#include "base/clock.h"
#include "base/status.h"
#include "products/monitor/alarms/notices.h"
#include "store/store.h"

namespace yupu::app {

struct NoticesAsked {
  std::string state;  // all, waiting, sent, dead
  std::string again;  // the id of a dead one that is tried again
  std::string test;   // the name of a route that is told a test
  std::int64_t limit = 50;
  bool json = false;
};
// Reads --state, --resend, --test, --limit, --json.
NoticesAsked read_notices_asked(Arguments& arguments);

struct NoticePlace {
  store::Store& store;
  const Clock& clock;
  std::string name;        // whose notices
  std::string_view table;  // where its routes stand: "[[monitor.route]]"
  std::function<Result<std::vector<monitor::Route>>()> routes;
};
Status show_notices(const NoticesAsked& asked, const NoticePlace& place);

// yupu agents notices STRATEGY.toml
Status agent_notices_command(Arguments& arguments);

}  // namespace yupu::app
