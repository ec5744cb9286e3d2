#include "engine/collective/mpi.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include "engine/collective/lifeline.h"
#include "engine/collective/mpi_table.h"

namespace yupu::engine {
namespace {

constexpr std::size_t kPieceElements = std::size_t{1} << 26;  // of one MPI call: counts are int there
constexpr const char* kModule = "libyupu_mpi.so";

std::string this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("host {}, pid {}", host.data(), ::getpid());
}

Result<const YupuMpiTable*> open_module() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  std::string why;
  for (const auto& path : {program / kModule, program / "../lib/yupu" / kModule}) {
    if (!std::filesystem::exists(path, error)) continue;
    // Open MPI's own plug-ins look for its symbols among the global ones.
    void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (module == nullptr) return unavailable(fmt::format("{}: {}", path.string(), ::dlerror()));
    auto* const table = reinterpret_cast<decltype(&yupu_mpi_table)>(::dlsym(module, "yupu_mpi_table"));
    if (table == nullptr || table()->version != kYupuMpiVersion)
      return unavailable(path.string() + " belongs to another version of yupu");
    return table();
  }
  return unavailable(
      fmt::format("started as one of {} ranks, but {} is neither in {} nor in its ../lib/yupu: this yupu "
                  "was built without MPI (YUPU_MPI, libopenmpi-dev)",
                  launched_ranks(), kModule, program.string()));
}

class Mpi final : public Collective {
 public:
  Mpi(const YupuMpiTable& table, int rank, int size) : table_(table), rank_(rank), size_(size) {}
  int rank() const override { return rank_; }
  int size() const override { return size_; }

  // Rank 0 listens, and tells the others where over MPI.
  Status tie_lifeline(const MpiOptions& options) {
    const LifelineOptions line = {
        .rank = rank_, .size = size_, .name = this_process(), .silence = options.silence, .stuck = options.stuck};
    std::string invitation;
    if (is_root()) {
      YUPU_ASSIGN_OR_RETURN(lifeline_, Lifeline::listen(line));
      invitation = lifeline_->invitation();
    }
    YUPU_RETURN_IF_ERROR(engine::broadcast(*this, invitation));
    if (!is_root()) {
      YUPU_ASSIGN_OR_RETURN(lifeline_, Lifeline::connect(line, invitation));
    }
    return barrier(*this);
  }

  Status begin_sum(std::span<float> data) override {
    for (std::size_t at = 0; at < data.size(); at += kPieceElements) {
      const std::size_t count = std::min(kPieceElements, data.size() - at);
      YUPU_RETURN_IF_ERROR(
          begin([&](void** request) { return table_.sum_f32(data.data() + at, static_cast<int>(count), request); }));
    }
    return ok_status();
  }

  void progress() override {
    if (requests_.empty() || !status_.ok()) return;
    // The oldest: testing one lets all of them move.
    if (const auto done = test(requests_.front()); done.ok() && *done) requests_.erase(requests_.begin());
  }

  Status finish_sums() override { return wait(); }

  Status sum(std::span<double> values) override {
    YUPU_RETURN_IF_ERROR(
        begin([&](void** request) { return table_.sum_f64(values.data(), static_cast<int>(values.size()), request); }));
    return wait();
  }

  Status broadcast(std::span<std::byte> bytes, int root) override {
    for (std::size_t at = 0; at < bytes.size(); at += kPieceElements) {
      const std::size_t count = std::min(kPieceElements, bytes.size() - at);
      YUPU_RETURN_IF_ERROR(begin(
          [&](void** request) { return table_.broadcast(bytes.data() + at, static_cast<int>(count), root, request); }));
      YUPU_RETURN_IF_ERROR(wait());
    }
    return ok_status();
  }

  void leave(const Status& reason) override {
    // All come here before any closes: no orderly end looks like a loss to another rank.
    const Status last = reason.ok() ? barrier(*this) : reason;
    if (lifeline_ != nullptr) lifeline_->leave(last);
    if (last.ok()) table_.end();
    // Else MPI is left as it is: MPI_Finalize would wait for the ranks that are gone.
  }

 private:
  template <class Call>
  Status begin(const Call& call) {
    YUPU_RETURN_IF_ERROR(status_);
    if (lifeline_ != nullptr) lifeline_->begin_call();
    void* request = nullptr;
    const int code = call(&request);
    requests_.push_back(request);
    return keep(code);
  }

  Status keep(int code) {
    if (code == 0) return ok_status();
    std::array<char, 512> text{};
    table_.error_text(code, text.data(), static_cast<int>(text.size()));
    // A broken transport is most often a broken rank: its name comes over the lifeline a moment later.
    constexpr int kHeard = 40;
    for (int i = 0; i < kHeard && lifeline_ != nullptr && !lifeline_->is_lost(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const bool named = lifeline_ != nullptr && lifeline_->is_lost();
    return status_ = named ? lifeline_->status() : internal_error(fmt::format("MPI: {}", text.data()));
  }

  Result<bool> test(void*& request) {
    int done = 0;
    YUPU_RETURN_IF_ERROR(keep(table_.test(&request, &done)));
    return done != 0;
  }

  // Until every request is done.  First turning, then yielding, then sleeping: ranks may share a core, and a wait may
  // be for another rank's checkpoint.
  Status wait() {
    constexpr int kTurns = 200;
    constexpr std::int64_t kYieldMs = 20;
    YUPU_RETURN_IF_ERROR(status_);
    std::int64_t since_ms = 0;
    for (int turn = 0; !requests_.empty(); ++turn) {
      YUPU_ASSIGN_OR_RETURN(const bool done, test(requests_.front()));
      if (done) {
        requests_.erase(requests_.begin());
        continue;
      }
      if (lifeline_ != nullptr && lifeline_->is_lost()) return status_ = lifeline_->status();
      if (turn < kTurns) continue;
      if (since_ms == 0) {
        since_ms = steady_ms();
        if (lifeline_ != nullptr) lifeline_->set_waiting_since(since_ms);
      }
      if (steady_ms() - since_ms < kYieldMs) {
        std::this_thread::yield();
      } else {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
    }
    if (since_ms != 0 && lifeline_ != nullptr) lifeline_->set_waiting_since(0);
    return ok_status();
  }

  const YupuMpiTable& table_;
  int rank_;
  int size_;
  std::unique_ptr<Lifeline> lifeline_;
  std::vector<void*> requests_;  // in the order they were begun
  Status status_;                // the first error
};

}  // namespace

int launched_ranks() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    if (const char* text = std::getenv(name); text != nullptr) return std::max(1, std::atoi(text));
  }
  return 1;
}

Result<std::unique_ptr<Collective>> launched_collective(const MpiOptions& options) {
  const int launched = launched_ranks();
  if (launched == 1) return single();
  YUPU_ASSIGN_OR_RETURN(const YupuMpiTable* table, open_module());
  int rank = 0;
  int size = 1;
  if (table->begin(&rank, &size) != 0) return unavailable(fmt::format("{} cannot begin", table->library));
  if (size != launched) {
    return unavailable(
        fmt::format("the launcher started {} ranks, but {} knows of {}: {} and the launcher belong to "
                    "different MPIs",
                    launched, table->library, size, kModule));
  }
  auto ranks = std::make_unique<Mpi>(*table, rank, size);
  YUPU_RETURN_IF_ERROR(ranks->tie_lifeline(options));
  return Result<std::unique_ptr<Collective>>(std::move(ranks));
}

}  // namespace yupu::engine
