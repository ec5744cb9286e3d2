#include "app/stop_signal.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace yupu::app {
namespace {

// A signal handler may touch nothing but this.
int signal_pipe[2] = {-1, -1};

void note_signal(int signal) {
  const char byte = static_cast<char>(signal);
  [[maybe_unused]] const ssize_t written = ::write(signal_pipe[1], &byte, 1);
}

}  // namespace

Status listen_for_stop() {
  if (::pipe2(signal_pipe, O_CLOEXEC) != 0) return errno_status(errno, "make a pipe for signals");
  struct sigaction action = {};
  action.sa_handler = note_signal;
  if (::sigaction(SIGINT, &action, nullptr) != 0 || ::sigaction(SIGTERM, &action, nullptr) != 0)
    return errno_status(errno, "wait for signals");
  return ok_status();
}

int wait_for_stop(int timeout_ms) {
  while (true) {
    pollfd waited = {.fd = signal_pipe[0], .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waited, 1, timeout_ms);
    char received = 0;
    if (ready > 0 && ::read(signal_pipe[0], &received, 1) == 1) return received;
    if (ready == 0) return 0;
    if (timeout_ms >= 0) return 0;  // interrupted: whoever waits comes back
  }
}

}  // namespace yupu::app
