#include "engine/collective/thread_group.h"

#include <cstring>
#include <map>

#include <fmt/format.h>

#include "base/check.h"
#include "base/mutex.h"

namespace yupu::engine {
namespace {

enum class Kind { kSumF32, kSumF64, kBroadcast, kLeave };

template <class T>
void sum_over(const std::vector<void*>& data, std::size_t count) {
  std::vector<T> total(count, T{0});
  for (const void* part : data) {
    for (std::size_t i = 0; i < count; ++i) total[i] += static_cast<const T*>(part)[i];
  }
  if (count == 0) return;
  for (void* part : data) std::memcpy(part, total.data(), count * sizeof(T));
}

}  // namespace

struct ThreadGroup::State {
  struct Operation {
    Kind kind = Kind::kLeave;
    std::size_t count = 0;
    int root = 0;
    std::vector<void*> data;    // by rank
    std::vector<bool> arrived;  // by rank
    int waiting_for = 0;        // ranks that have not arrived
    int unfinished = 0;         // ranks that have not seen the end
  };

  State(int ranks, std::chrono::milliseconds limit) : size(ranks), patience(limit) {}

  Status join(int rank, std::uint64_t number, Kind kind, void* data, std::size_t count, int root);
  Status wait(std::uint64_t number);
  void lose(const std::string& why);
  bool is_done(std::uint64_t number) YUPU_REQUIRES(mutex) { return operations.at(number).waiting_for == 0; }

  const int size;
  const std::chrono::milliseconds patience;
  Mutex mutex;
  Condition changed;
  std::map<std::uint64_t, Operation> operations YUPU_GUARDED_BY(mutex);
  Status lost YUPU_GUARDED_BY(mutex);
};

Status ThreadGroup::State::join(int rank, std::uint64_t number, Kind kind, void* data, std::size_t count, int root) {
  MutexLock lock(mutex);
  if (!lost.ok()) return lost;
  Operation& operation = operations[number];
  if (operation.data.empty()) {
    operation.kind = kind;
    operation.count = count;
    operation.root = root;
    operation.data.resize(static_cast<std::size_t>(size));
    operation.arrived.resize(static_cast<std::size_t>(size));
    operation.waiting_for = operation.unfinished = size;
  }
  CHECK(operation.kind == kind && operation.count == count && operation.root == root,
        fmt::format("rank {} makes another call than the others, its number {}", rank, number));
  operation.data[static_cast<std::size_t>(rank)] = data;
  operation.arrived[static_cast<std::size_t>(rank)] = true;
  if (--operation.waiting_for > 0) return ok_status();
  switch (kind) {
    case Kind::kSumF32:
      sum_over<float>(operation.data, count);
      break;
    case Kind::kSumF64:
      sum_over<double>(operation.data, count);
      break;
    case Kind::kBroadcast:
      for (int other = 0; other < size && count > 0; ++other) {
        if (other != root)
          std::memcpy(operation.data[static_cast<std::size_t>(other)], operation.data[static_cast<std::size_t>(root)],
                      count);
      }
      break;
    case Kind::kLeave:
      break;
  }
  changed.notify_all();
  return ok_status();
}

Status ThreadGroup::State::wait(std::uint64_t number) {
  MutexLock lock(mutex);
  while (lost.ok() && !is_done(number)) {
    if (changed.wait_for(mutex, patience) || !lost.ok() || is_done(number)) continue;
    const Operation& operation = operations.at(number);
    for (int rank = 0; rank < size; ++rank) {
      if (operation.arrived[static_cast<std::size_t>(rank)]) continue;
      lost = unavailable(fmt::format("rank {} did not come within {} ms", rank, patience.count()));
      break;
    }
    changed.notify_all();
  }
  if (!is_done(number)) return lost;  // what is done stays done
  if (--operations.at(number).unfinished == 0) operations.erase(number);
  return ok_status();
}

void ThreadGroup::State::lose(const std::string& why) {
  MutexLock lock(mutex);
  if (lost.ok()) lost = unavailable(why);
  changed.notify_all();
}

namespace {

class Member final : public Collective {
 public:
  Member(ThreadGroup::State& state, int rank) : state_(state), rank_(rank) {}
  int rank() const override { return rank_; }
  int size() const override { return state_.size; }

  Status begin_sum(std::span<float> data) override {
    pending_.push_back(number_);
    return state_.join(rank_, number_++, Kind::kSumF32, data.data(), data.size(), 0);
  }
  void progress() override {}
  Status finish_sums() override {
    for (const std::uint64_t number : std::exchange(pending_, {})) YUPU_RETURN_IF_ERROR(state_.wait(number));
    return ok_status();
  }
  Status sum(std::span<double> values) override { return call(Kind::kSumF64, values.data(), values.size(), 0); }
  Status broadcast(std::span<std::byte> bytes, int root) override {
    return call(Kind::kBroadcast, bytes.data(), bytes.size(), root);
  }
  void leave(const Status& reason) override {
    if (!reason.ok()) {
      state_.lose(fmt::format("rank {} gave up: {}", rank_, reason.message()));
    } else {
      // As in the MPI implementation: when another rank is lost now, this one's work is done all the same.
      [[maybe_unused]] const Status last = call(Kind::kLeave, nullptr, 0, 0);
    }
  }

 private:
  Status call(Kind kind, void* data, std::size_t count, int root) {
    const std::uint64_t number = number_++;
    YUPU_RETURN_IF_ERROR(state_.join(rank_, number, kind, data, count, root));
    return state_.wait(number);
  }

  ThreadGroup::State& state_;
  int rank_;
  std::uint64_t number_ = 0;
  std::vector<std::uint64_t> pending_;
};

}  // namespace

ThreadGroup::ThreadGroup(int size, std::chrono::milliseconds patience)
    : state_(std::make_unique<State>(size, patience)) {
  CHECK(size > 0, "a group needs a rank");
  for (int rank = 0; rank < size; ++rank) members_.push_back(std::make_unique<Member>(*state_, rank));
}

ThreadGroup::~ThreadGroup() = default;

Collective& ThreadGroup::member(int rank) { return *members_.at(static_cast<std::size_t>(rank)); }

void ThreadGroup::lose(int rank) { state_->lose(fmt::format("rank {} was lost", rank)); }

}  // namespace yupu::engine
