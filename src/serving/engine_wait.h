// How long a text that comes now will wait for the engine: the rest of the batch in work and the tokens that wait, at
// the pace of the batches before.  The clock is the caller's.  Threads: one at a time (the worker's lock).
#pragma once

#include <cstdint>

#include "base/pace.h"

namespace yupu::serving {

class EngineWait {
 public:
  void batch_began(std::int64_t now_ns, std::int64_t tokens);
  void batch_ended(std::int64_t now_ns);
  // A batch that takes longer than it should is expected to take as long again as it is late.
  std::int64_t expected_ns(std::int64_t now_ns, std::int64_t waiting_tokens) const;
  std::int64_t tokens_per_s() const;  // 0: not known yet

 private:
  static constexpr std::int64_t kLeast = 64;         // tokens before their pace is believed
  static constexpr std::int64_t kRemembered = 4096;  // two full batches, or many small ones
  Pace pace_{kLeast, kRemembered};
  std::int64_t began_ns_ = 0;
  std::int64_t in_work_tokens_ = 0;
};

}  // namespace yupu::serving
