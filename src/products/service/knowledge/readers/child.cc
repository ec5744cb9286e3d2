#include "products/service/knowledge/readers/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yupu::products {
namespace {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int number() const { return number_; }
  void take(int number) {
    close();
    number_ = number;
  }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

// In memory: what is written to a pipe of a child that has died raises SIGPIPE here.
Status fill(Descriptor& file, std::string_view bytes) {
  file.take(::memfd_create("yupu-input", MFD_CLOEXEC));
  if (file.number() < 0) return errno_status(errno, "make a file in memory");
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return errno_status(errno, "write a file in memory");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::lseek(file.number(), 0, SEEK_SET) != 0) return errno_status(errno, "rewind a file in memory");
  return ok_status();
}

Result<pid_t> spawn(const std::string& program, int input, int output) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = program;
  std::array<char*, 2> words = {name.data(), nullptr};
  std::array<char*, 1> environment = {nullptr};
  pid_t child = -1;
  const int error = ::posix_spawn(&child, program.c_str(), &files, &attributes, words.data(), environment.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0)
    return unavailable(fmt::format("{} cannot be started: {}", program, errno_status(error, "").message()));
  return child;
}

// Until the child closes its stdout, the time is over or it has said too much.
ChildEnd::How listen(int output, const ChildLimits& limits, std::string& said) {
  const auto until = std::chrono::steady_clock::now() + limits.time;
  std::array<char, 1 << 16> block;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0) return ChildEnd::How::kOutOfTime;
    pollfd waited = {.fd = output, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
    if (ready <= 0) continue;
    const ssize_t count = ::read(output, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return ChildEnd::How::kExited;
    said.append(block.data(), static_cast<std::size_t>(count));
    if (said.size() > limits.output_bytes_max) return ChildEnd::How::kSaidTooMuch;
  }
}

}  // namespace

Result<ChildEnd> run_child(const std::string& program, std::string_view input, const ChildLimits& limits) {
  Descriptor in, out, out_of_child;
  YUPU_RETURN_IF_ERROR(fill(in, input));
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_status(errno, "make a pipe");
  out.take(ends[0]);
  out_of_child.take(ends[1]);
  YUPU_ASSIGN_OR_RETURN(const pid_t child, spawn(program, in.number(), out_of_child.number()));
  out_of_child.close();
  ChildEnd end;
  const auto until = std::chrono::steady_clock::now() + limits.time;
  end.how = listen(out.number(), limits, end.output);
  int status = 0;
  pid_t ended = 0;
  // One that has closed its stdout need not end by itself.
  while (end.how == ChildEnd::How::kExited && (ended = ::waitpid(child, &status, WNOHANG)) == 0) {
    if (std::chrono::steady_clock::now() >= until) {
      end.how = ChildEnd::How::kOutOfTime;
    } else {
      ::poll(nullptr, 0, 1);
    }
  }
  if (end.how != ChildEnd::How::kExited) ::kill(child, SIGKILL);
  while (ended == 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (end.how != ChildEnd::How::kExited) return end;
  if (WIFSIGNALED(status)) end.how = ChildEnd::How::kSignalled;
  end.number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  return end;
}

}  // namespace yupu::products
