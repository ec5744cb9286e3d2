#include "engine/pool.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <new>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/mman.h>

#include "base/mutex.h"
#include "engine/error.h"

namespace yupu::engine {
namespace {

constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kSmallestBytes = 512;
constexpr std::size_t kLargerBuckets = 3;  // at most 1.5 times the bytes asked for
constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;
constexpr std::align_val_t kHeaderAlignment{kHeaderBytes};
constexpr std::align_val_t kDataAlignment{kHugePageBytes};

struct Bucket {
  std::size_t index;
  std::size_t capacity;
};

// Sizes 512, then eight steps to every power of two.
Bucket bucket_of(std::size_t bytes) {
  if (bytes <= kSmallestBytes) return {0, kSmallestBytes};
  const auto exponent =
      static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;  // bytes in (2^exponent, 2^(exponent+1)]
  const std::size_t step = std::size_t{1} << (exponent - 3);
  const std::size_t capacity = (bytes + step - 1) / step * step;
  return {(exponent - 9) * 8 + (capacity - (std::size_t{1} << exponent)) / step, capacity};
}

// Large blocks lie on huge pages: fewer page-table misses are worth up to a fifth of a small matrix product.  Their
// header lies apart, or writing it would bring in two megabytes of zeros for a block that may never be used (weights
// that a mapped file then takes the place of).
bool is_large(std::size_t capacity) { return capacity >= 2 * kHugePageBytes; }

}  // namespace

struct Block {
  std::atomic<std::uint32_t> references{1};
  std::size_t capacity = 0;
  Block* next = nullptr;            // in the free list of its bucket
  std::shared_ptr<PoolCore> owner;  // while in use; empty for a block of the system
  std::shared_ptr<const void> keeper;
  std::byte* data = nullptr;
};
static_assert(sizeof(Block) <= kHeaderBytes);

namespace {

Block* system_block(std::size_t capacity) {
  const bool apart = is_large(capacity);
  void* memory = ::operator new(apart ? kHeaderBytes : kHeaderBytes + capacity, kHeaderAlignment, std::nothrow);
  if (memory == nullptr) return nullptr;
  auto* block = new (memory) Block;
  block->capacity = capacity;
  block->data = static_cast<std::byte*>(memory) + kHeaderBytes;
  if (!apart) return block;
  void* data = ::operator new(capacity, kDataAlignment, std::nothrow);
  if (data == nullptr) {
    block->~Block();
    ::operator delete(memory, kHeaderAlignment);
    return nullptr;
  }
  // A hint alone: refusal changes nothing but speed.
  (void)::madvise(data, capacity / kHugePageBytes * kHugePageBytes, MADV_HUGEPAGE);
  block->data = static_cast<std::byte*>(data);
  return block;
}

void free_block(Block* block) noexcept {
  if (is_large(block->capacity)) ::operator delete(block->data, kDataAlignment);
  block->~Block();
  ::operator delete(block, kHeaderAlignment);
}

}  // namespace

class PoolCore : public std::enable_shared_from_this<PoolCore> {
 public:
  explicit PoolCore(std::uint64_t bytes_limit) : bytes_limit_(bytes_limit) {}
  PoolCore(const PoolCore&) = delete;
  PoolCore& operator=(const PoolCore&) = delete;
  ~PoolCore() { trim(); }

  Block* take(std::size_t bytes) {
    const Bucket bucket = bucket_of(bytes);
    MutexLock lock(mutex_);
    ++statistics_.requests_total;
    Block* block = nullptr;
    // Batches differ in length: a kept block of a slightly larger bucket serves, or every length would grow its own
    // hoard.
    const std::size_t index_end = std::min(free_.size(), bucket.index + kLargerBuckets + 1);
    for (std::size_t index = bucket.index; index < index_end && block == nullptr; ++index) {
      if (free_[index] != nullptr) block = std::exchange(free_[index], free_[index]->next);
    }
    if (block == nullptr) block = make(bucket.capacity);
    block->references.store(1, std::memory_order_relaxed);
    block->owner = shared_from_this();
    statistics_.bytes_in_use += block->capacity;
    return block;
  }

  void give_back(Block* block) noexcept {
    MutexLock lock(mutex_);
    statistics_.bytes_in_use -= block->capacity;
    const std::size_t index = bucket_of(block->capacity).index;
    block->next = free_[index];
    free_[index] = block;
  }

  void trim() noexcept {
    MutexLock lock(mutex_);
    trim_locked();
  }

  PoolStatistics statistics() {
    MutexLock lock(mutex_);
    return statistics_;
  }

 private:
  Block* make(std::size_t capacity) YUPU_REQUIRES(mutex_) {
    const std::size_t index = bucket_of(capacity).index;
    if (index >= free_.size()) free_.resize(index + 1, nullptr);  // so that give_back never allocates
    if (statistics_.bytes_held + capacity > bytes_limit_) trim_locked();
    const bool allowed = statistics_.bytes_held + capacity <= bytes_limit_;
    Block* block = allowed ? system_block(capacity) : nullptr;
    if (block == nullptr && allowed) {
      trim_locked();
      block = system_block(capacity);
    }
    if (block == nullptr) {
      throw EngineError(fmt::format("out of memory: {} bytes wanted, {} in use, limit {}; use a smaller batch",
                                    capacity, statistics_.bytes_in_use,
                                    allowed ? "of the system" : std::to_string(bytes_limit_)));
    }
    ++statistics_.misses_total;
    statistics_.bytes_held += capacity;
    return block;
  }

  void trim_locked() noexcept YUPU_REQUIRES(mutex_) {
    for (Block*& head : free_) {
      while (head != nullptr) {
        Block* block = std::exchange(head, head->next);
        statistics_.bytes_held -= block->capacity;
        free_block(block);
      }
    }
  }

  const std::uint64_t bytes_limit_;
  Mutex mutex_;
  std::vector<Block*> free_ YUPU_GUARDED_BY(mutex_);
  PoolStatistics statistics_ YUPU_GUARDED_BY(mutex_);
};

Pool::Pool(std::uint64_t bytes_limit) : core_(std::make_shared<PoolCore>(bytes_limit)) {}
Pool::~Pool() { core_->trim(); }
Block* Pool::take(std::size_t bytes) { return core_->take(bytes); }
void Pool::trim() { core_->trim(); }
PoolStatistics Pool::statistics() const { return core_->statistics(); }

Block* take_from_system(std::size_t bytes) {
  Block* block = system_block(std::max<std::size_t>((bytes + 63) / 64 * 64, 64));
  if (block == nullptr) throw EngineError(fmt::format("out of memory: {} bytes wanted", bytes));
  return block;
}

Block* keep_foreign(std::shared_ptr<const void> keeper) {
  Block* block = system_block(0);
  if (block == nullptr) throw EngineError("out of memory: no block for a view");
  block->keeper = std::move(keeper);
  return block;
}

void retain(Block* block) noexcept { block->references.fetch_add(1, std::memory_order_relaxed); }

void release(Block* block) noexcept {
  if (block->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (block->owner == nullptr) {
    free_block(block);
    return;
  }
  const std::shared_ptr<PoolCore> owner = std::move(block->owner);
  owner->give_back(block);
}

std::byte* data_of(Block* block) noexcept { return block->data; }

}  // namespace yupu::engine
