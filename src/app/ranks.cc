#include "app/ranks.h"

#include <csignal>

#include <fmt/format.h>

namespace yupu::app {
namespace {

volatile std::sig_atomic_t g_stop_asked = 0;

void note_stop(int) { g_stop_asked = 1; }

}  // namespace

void heed_stop_signals() {
  struct sigaction action = {};
  action.sa_handler = note_stop;
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

engine::MpiOptions read_rank_options(Arguments& arguments) {
  engine::MpiOptions options;
  const double seconds = arguments.number("--rank-timeout", 20.0, 1.0, 86'400.0);
  options.silence = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000.0));
  return options;
}

bool stop_asked() { return g_stop_asked != 0; }

Status on_ranks(const engine::MpiOptions& options, const std::function<Status(engine::Collective&)>& work) {
  if (engine::launched_ranks() > 1) heed_stop_signals();
  YUPU_ASSIGN_OR_RETURN(const auto ranks, engine::launched_collective(options));
  Status status = work(*ranks);
  ranks->leave(status);
  if (status.ok() || ranks->size() == 1) return status;
  return status.with_context(fmt::format("rank {} of {}", ranks->rank(), ranks->size()));
}

}  // namespace yupu::app
