// What the ranks of a data-parallel run do together: sums and broadcasts.  Three implementations:
//   single()                one process, one rank: nothing to do
//   collective/mpi.h        the processes of `mpirun -n N`
//   collective/thread_group.h   N ranks as threads of one process, for tests of everything above
// Order     every rank makes the same calls with the same sizes in the same order, or the run ends with an error.
// Sums      in place, f32 in an order that depends on the rank count and the size alone: runs with as many ranks repeat
//           bit for bit, and every rank gets the same bits.  Between rank counts results agree to rounding.
// Errors    kUnavailable: a rank is gone or does not answer (named) or gave up (with its reason); kInternal: what the
//           transport says.  After an error every later call returns it again; nothing waits for ever.
// Threads   one owner per Collective.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/tensor.h"

namespace yupu::engine {

class Collective {
 public:
  virtual ~Collective() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  bool is_root() const { return rank() == 0; }  // the rank that writes files and talks to people

  // Begins to sum `data` over the ranks and returns.  The memory must stay, unread and unwritten, until finish_sums.
  virtual Status begin_sum(std::span<float> data) = 0;
  // Lets begun sums move on; call it now and then while computing.  Cheap.
  virtual void progress() = 0;
  // Waits for every sum that was begun.
  virtual Status finish_sums() = 0;

  virtual Status sum(std::span<double> values) = 0;
  virtual Status broadcast(std::span<std::byte> bytes, int root) = 0;

  // The end of this rank's part; no call may follow.  OK: waits for the others to be done as well.  An error: tells
  // them why, so that their calls return kUnavailable with this reason.
  virtual void leave(const Status& reason) = 0;
};

std::unique_ptr<Collective> single();

// ---- made of the above ----
// Returns when every rank has come here.
Status barrier(Collective& collective);
// Whether any rank says so.
Result<bool> any_rank(Collective& collective, bool mine);
// The root's tensor or text for everybody; the shapes are equal beforehand.
Status broadcast(Collective& collective, const Tensor& tensor);
Status broadcast(Collective& collective, std::string& text);
// Every rank's text, by rank.
Result<std::vector<std::string>> all_gather(Collective& collective, std::string_view mine);

// What must be the same on every rank, by name: "options", "training rows".
using Facts = std::vector<std::pair<std::string, std::string>>;
// Outcomes  kConflict naming the first rank that differs from rank 0 and every fact in which it does; on all ranks.
Status require_equal(Collective& collective, const Facts& facts);

}  // namespace yupu::engine
