// SIGINT and SIGTERM as something that can be waited for. A handler and a pipe instead of sigwait: threads that exist
// already do not block the signals.
// Threads  one waits.
#pragma once

#include "base/status.h"

namespace yupu::app {

// From now on the two signals no longer end the process.  Call once.
Status listen_for_stop();
// Waits for one of them, for `timeout_ms` at most (-1: as long as it takes).  Gives its number, or 0 when none came.
int wait_for_stop(int timeout_ms);

}  // namespace yupu::app
