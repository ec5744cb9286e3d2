// The ranks that `mpirun -n N` started, as a Collective.
// MPI is in libyupu_mpi.so (mpi_table.h), beside the program or in ../lib/yupu, opened when a launcher's environment
// says that there are several ranks.  Every call is non-blocking underneath and polled, with an eye on the lifeline
// (lifeline.h): a rank that is lost ends the waiting of all others within seconds, whatever MPI does about it.
#pragma once

#include <chrono>
#include <memory>

#include "base/status.h"
#include "engine/collective/collective.h"

namespace yupu::engine {

// How many ranks the launcher started, from OMPI_COMM_WORLD_SIZE (Open MPI) or PMI_SIZE (MPICH, Slurm); 1 without one.
int launched_ranks();

struct MpiOptions {
  std::chrono::milliseconds silence{20'000};  // without a sign of life a rank counts as lost
  std::chrono::milliseconds stuck{600'000};   // waiting this long for a rank that lives counts as an error too
};

// single() when there is one rank, and then MPI is not touched.
// Outcomes  kUnavailable: libyupu_mpi.so is not there or belongs to another MPI than the launcher; a rank cannot be
//           reached.
Result<std::unique_ptr<Collective>> launched_collective(const MpiOptions& options = {});

}  // namespace yupu::engine
