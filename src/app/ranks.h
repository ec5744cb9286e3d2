// A command carried out by all ranks that `mpirun -n N` started, or by this process alone.
#pragma once

#include <functional>

#include "app/arguments.h"
#include "base/status.h"
#include "engine/collective/collective.h"
#include "engine/collective/mpi.h"

namespace yupu::app {

// --rank-timeout SECONDS: how long a rank may be silent before it counts as lost.
engine::MpiOptions read_rank_options(Arguments& arguments);

// Runs `work` with the ranks and tells the others when it fails here.  An error names the rank it comes from.
// With several ranks heed_stop_signals() comes first: the launcher sends them when it ends a run.
Status on_ranks(const engine::MpiOptions& options, const std::function<Status(engine::Collective&)>& work);

// From here on SIGINT and SIGTERM do not end the process: stop_asked() turns true, and the work is to end in order.
void heed_stop_signals();
bool stop_asked();

}  // namespace yupu::app
