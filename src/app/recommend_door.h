// Who may look at the pages of recommendation.
#pragma once

#include "products/recommend/serve/board_routes.h"
#include "store/store.h"

namespace yupu::app {

// People of a tenant (`yupu agents`), by their token: they see their own tenant's items and users.
// Errors of a request: kUnauthenticated.  `store` outlives the result.
recommend::BoardRoutes::Door recommend_door(store::Store& store);

}  // namespace yupu::app
