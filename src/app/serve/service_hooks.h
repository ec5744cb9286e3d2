// What the calls of customers need of rooms that serving does not know.
#pragma once

#include "app/serve/house.h"
#include "serving/service.h"

namespace yupu::app {

// The demo tenant and the public bot are the strategy's. Errors: those of strategy::make_public_bot.
Result<serving::ServiceOptions> service_options(const House& house);
serving::ServiceHooks service_hooks(store::Store& store, const Clock& clock);

}  // namespace yupu::app
