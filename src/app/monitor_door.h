// Who may look at the monitor's pages.
#pragma once

#include <string>

#include "handoff/people.h"
#include "products/monitor/board/routes.h"
#include "store/store.h"

namespace yupu::app {

// The people of one tenant (`yupu agents`), by their token. An empty name: the only tenant there is.
// Errors of a request: kUnauthenticated; kPermissionDenied: another tenant's, or nobody has said whose people may.
// `store` outlives the result.
monitor::BoardRoutes::Person monitor_door(store::Store& store, const std::string& tenant);
// The same people, with what they may do.
handoff::Door monitor_people(store::Store& store, const std::string& tenant);

}  // namespace yupu::app
