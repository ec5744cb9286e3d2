// What every product of a running server stands on. All of it outlives them.
#pragma once

#include <functional>
#include <string>

#include "app/compose.h"
#include "base/clock.h"
#include "commerce/commerce.h"
#include "handoff/admission.h"
#include "store/store.h"

namespace yupu::app {

struct House {
  store::Store& store;
  const Clock& clock;
  const LiveServerOptions& options;
  commerce::Commerce& commerce;

  // The caller whose key `yupu run` has put into the working folder: asked on every call, so that a revoked key stops
  // at once.
  std::function<Result<handoff::Caller>()> caller_of(const std::string& tenant) const;
};

}  // namespace yupu::app
