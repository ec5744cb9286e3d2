// The open misses of a tenant's bot, newest first, a flood capped. What a miss is: mining.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "feedback/misses/mining.h"
#include "store/store.h"

namespace yupu::feedback {

struct OpenMiss {
  std::string trace_id = {}, text = {}, decision = {}, label = {};  // text: cut
  std::string visitor = {};  // whose it counts as: the visitor's name, else the conversation, else the call
  double score = 0.0;
  bool voted_down = false;
  std::int64_t created_ns = 0;
};

struct OpenMisses {
  std::vector<OpenMiss> misses = {};
  std::int64_t capped_count = 0;
  bool all_read = true;
};

Result<OpenMisses> open_misses(store::Transaction& transaction, const MiningQuery& query, const MiningOptions& options);

}  // namespace yupu::feedback
