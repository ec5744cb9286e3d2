// Which release of a model answers now.  Append-only history: promoting and rolling back both add a row, so the store
// can always say what answered when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "store/store.h"

namespace yupu::handoff {

struct LiveChange {
  std::int64_t sequence = 0;  // grows by one with every change of any model
  std::string model;
  std::string release_id;
  std::string reason;  // "first release", "gate passed", "rollback by operator"
  std::int64_t changed_ns = 0;
};

Result<std::optional<LiveChange>> live_release(store::Store& store, std::string_view model);
Result<std::vector<LiveChange>> live_history(store::Store& store, std::string_view model);  // newest first
Status set_live_release(store::Store& store, std::string_view model, std::string_view release_id,
                        std::string_view reason, std::int64_t now_ns);
// Makes the release that was live before the present one live again. Error: kNotFound when there is none.
Result<LiveChange> roll_back(store::Store& store, std::string_view model, std::string_view reason, std::int64_t now_ns);

}  // namespace yupu::handoff
