// A caching allocator for tensor storage: a block that is given back is kept in a bucket of its size and handed out
// again, so a training step that repeats the shapes of the one before takes nothing from the system.
//
//   block   [ Block header, 64 bytes | data, 64-byte aligned, bucket size ]; of a large one the data lies apart
//   bucket  sizes grow in eighths of a power of two, at least 512 bytes: at most 12.5 % of a larger block is unused
//           unless a kept block of one of the next three buckets serves instead
//
// Threads: any thread may take and give back.  Errors: the system or the byte limit refuses -> throws EngineError.
// Lifetime: blocks outlive the Pool that made them (the last one of them frees what the Pool kept for it).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace yupu::engine {

struct PoolStatistics {
  std::uint64_t requests_total = 0;  // blocks handed out
  std::uint64_t misses_total = 0;    // of these, how many had to come from the system
  std::uint64_t bytes_held = 0;      // taken from the system and not returned, in use or kept
  std::uint64_t bytes_in_use = 0;
};

struct Block;
class PoolCore;

class Pool {
 public:
  static constexpr std::uint64_t kNoLimit = UINT64_MAX;

  explicit Pool(std::uint64_t bytes_limit = kNoLimit);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A block with at least `bytes` of uninitialised data and reference count 1.
  Block* take(std::size_t bytes);
  // Returns every kept block to the system.
  void trim();
  PoolStatistics statistics() const;

 private:
  std::shared_ptr<PoolCore> core_;
};

// Storage from the system, without a pool: parameters, optimiser state, things that live long.
Block* take_from_system(std::size_t bytes);
// A block without data of its own: it keeps `keeper`, whose memory somebody points into, alive.
Block* keep_foreign(std::shared_ptr<const void> keeper);

// Reference count of a block.  The last release gives it back to where it came from.
void retain(Block* block) noexcept;
void release(Block* block) noexcept;
std::byte* data_of(Block* block) noexcept;  // not of a block that keeps foreign memory

}  // namespace yupu::engine
