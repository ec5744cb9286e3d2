#include "engine/collective/lifeline.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ids.h"
#include "engine/collective/sockets.h"

namespace yupu::engine {
namespace {

constexpr int kConnectMs = 3000;
constexpr int kPollMs = 50;
constexpr std::int64_t kGoodbyeMs = 1000;   // for the others to hear that this rank leaves
constexpr std::int64_t kOwnPauseMs = 1000;  // longer than a busy machine makes the thread wait for its turn
constexpr std::size_t kLineBytesMax = 16 << 10;

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  text.resize(std::min(text.size(), kLineBytesMax / 2));
  return text;
}

}  // namespace

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Lifeline::Peer {
  explicit Peer(int connected) : socket(connected) {}
  ~Peer() { hang_up(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  std::string who() const { return fmt::format("rank {} ({})", rank, name); }
  bool is_open() const { return socket >= 0; }
  // Nothing comes from there any more, or is wanted.
  void hang_up() {
    if (is_open()) ::close(std::exchange(socket, -1));
  }

  int socket;     // -1: hung up
  int rank = -1;  // -1: has not said hello
  std::string name;
  std::string unread;
  std::int64_t heard_ms = 0;
  std::int64_t calls = 0;
  std::int64_t waiting_ms = 0;
};

Lifeline::Lifeline(LifelineOptions options) : options_(std::move(options)) {}

Result<std::unique_ptr<Lifeline>> Lifeline::listen(const LifelineOptions& options) {
  std::unique_ptr<Lifeline> lifeline(new Lifeline(options));
  const Listening listening = listen_anywhere();
  if (listening.socket < 0) return unavailable("no socket to listen on for the other ranks");
  lifeline->listener_ = listening.socket;
  lifeline->token_ = random_id("run");
  lifeline->invitation_ = fmt::format("{} {} {} {}", lifeline->token_, listening.port, one_line(options.name).size(),
                                      one_line(options.name));
  for (const std::string& address : own_addresses()) lifeline->invitation_ += " " + address;
  lifeline->thread_ = std::thread([raw = lifeline.get()] { raw->run(); });
  return lifeline;
}

Result<std::unique_ptr<Lifeline>> Lifeline::connect(const LifelineOptions& options, const std::string& invitation) {
  std::unique_ptr<Lifeline> lifeline(new Lifeline(options));
  std::istringstream words(invitation);
  std::uint16_t port = 0;
  std::size_t name_length = 0;
  words >> lifeline->token_ >> port >> name_length;
  words.ignore(1);
  std::string name(name_length, ' ');
  words.read(name.data(), static_cast<std::streamsize>(name_length));
  std::vector<std::string> tried;
  for (std::string address; words >> address;) {
    tried.push_back(address);
    const int socket = connect_to(address, port, kConnectMs);
    if (socket < 0) continue;
    auto peer = std::make_unique<Peer>(socket);
    peer->rank = 0;
    peer->name = name;
    peer->heard_ms = steady_ms();
    send_line(socket, fmt::format("hello {} {} {}", lifeline->token_, options.rank, one_line(options.name)));
    lifeline->peers_.push_back(std::move(peer));
    lifeline->thread_ = std::thread([raw = lifeline.get()] { raw->run(); });
    return lifeline;
  }
  return unavailable(
      fmt::format("rank {} ({}) cannot reach rank 0 ({}) at port {} of {}: let the machines of a run reach "
                  "each other's ports",
                  options.rank, options.name, name, port, fmt::join(tried, ", ")));
}

Lifeline::~Lifeline() { stop(); }

void Lifeline::stop() {
  stopping_.store(true);
  if (thread_.joinable()) thread_.join();
  peers_.clear();
  if (listener_ >= 0) ::close(std::exchange(listener_, -1));
}

Status Lifeline::status() const {
  MutexLock lock(mutex_);
  return status_;
}

void Lifeline::leave(const Status& reason) {
  stopping_.store(true);
  if (thread_.joinable()) thread_.join();
  const std::string text =
      fmt::format("rank {} ({}) gave up: {}", options_.rank, options_.name, one_line(reason.message()));
  for (const auto& peer : peers_) {
    if (!peer->is_open()) continue;
    if (reason.ok()) {
      send_line(peer->socket, "bye");
    } else if (!is_lost()) {  // else the others know already
      send_line(peer->socket, (options_.rank == 0 ? "lost " : "leave ") + text);
    }
    ::shutdown(peer->socket, SHUT_WR);
  }
  hear_out();
  stop();
}

// A socket that is closed with bytes unread resets the connection, and what was said last may never be heard.
void Lifeline::hear_out() {
  const std::int64_t end_ms = steady_ms() + kGoodbyeMs;
  std::string unread;
  for (const auto& peer : peers_) {
    while (peer->is_open()) {
      pollfd polled = {.fd = peer->socket, .events = POLLIN, .revents = 0};
      const std::int64_t left_ms = end_ms - steady_ms();
      if (left_ms <= 0 || ::poll(&polled, 1, static_cast<int>(left_ms)) <= 0) return;
      if (!receive(peer->socket, unread)) peer->hang_up();
      unread.clear();
    }
  }
}

void Lifeline::run() {
  std::int64_t last_ms = steady_ms();
  std::int64_t beat_ms = 0;
  while (!stopping_.load()) {
    std::vector<pollfd> polled;
    if (listener_ >= 0) polled.push_back({.fd = listener_, .events = POLLIN, .revents = 0});
    for (const auto& peer : peers_) polled.push_back({.fd = peer->socket, .events = POLLIN, .revents = 0});
    ::poll(polled.data(), polled.size(), kPollMs);
    const std::int64_t now_ms = steady_ms();
    // This process itself was stopped for a while: nobody could be heard.
    if (now_ms - last_ms > kOwnPauseMs) {
      for (const auto& peer : peers_) peer->heard_ms += now_ms - last_ms;
    }
    last_ms = now_ms;
    if (listener_ >= 0) accept_peer();
    for (const auto& peer : peers_) {
      if (!peer->is_open() || read_peer(*peer, now_ms)) continue;
      if (peer->is_open() && peer->rank >= 0)
        lose(fmt::format("{} is gone: its process ended without a word (killed, or its machine failed)", peer->who()),
             peer.get());
      peer->hang_up();
    }
    if (now_ms - beat_ms >= options_.beat.count()) {
      beat_ms = now_ms;
      tick(now_ms);
    }
  }
}

void Lifeline::accept_peer() {
  for (int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); socket >= 0;
       socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) {
    peers_.push_back(std::make_unique<Peer>(socket));
    peers_.back()->heard_ms = steady_ms();
  }
}

bool Lifeline::read_peer(Peer& peer, std::int64_t now_ms) {
  const std::size_t before = peer.unread.size();
  const bool open = receive(peer.socket, peer.unread);
  if (peer.unread.size() > before) peer.heard_ms = now_ms;
  for (std::size_t end = peer.unread.find('\n'); end != std::string::npos && peer.is_open();
       end = peer.unread.find('\n')) {
    const std::string line = peer.unread.substr(0, end);
    peer.unread.erase(0, end + 1);
    handle(peer, line);
  }
  return open && peer.unread.size() < kLineBytesMax;
}

void Lifeline::handle(Peer& peer, const std::string& line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string verb = line.substr(0, space);
  const std::string rest = line.substr(std::min(space + 1, line.size()));
  std::istringstream words(rest);
  if (verb == "hello" && options_.rank == 0 && peer.rank < 0) {
    std::string token;
    int rank = -1;
    words >> token >> rank;
    if (token != token_ || rank <= 0 || rank >= options_.size) return;  // a stranger: never listened to
    peer.rank = rank;
    std::getline(words >> std::ws, peer.name);
    if (is_lost()) send_line(peer.socket, "lost " + status().message());
  } else if (peer.rank < 0) {
    return;
  } else if (verb == "beat") {
    words >> peer.calls >> peer.waiting_ms;
  } else if (verb == "leave" || verb == "lost") {
    lose(rest, &peer);
    peer.hang_up();
  } else if (verb == "bye") {
    peer.hang_up();
  }
}

void Lifeline::tick(std::int64_t now_ms) {
  const std::int64_t since = waiting_since_ms_.load();
  const std::string beat = options_.rank == 0
                               ? "beat"
                               : fmt::format("beat {} {}", calls_.load(), since > 0 ? now_ms - since : std::int64_t{0});
  for (const auto& peer : peers_) {
    if (!peer->is_open()) continue;
    send_line(peer->socket, beat);
    if (peer->rank >= 0 && now_ms - peer->heard_ms > options_.silence.count()) {
      lose(fmt::format("{} has been silent for {:.0f} s: its process is stopped or its machine cannot be reached",
                       peer->who(), static_cast<double>(now_ms - peer->heard_ms) / 1000.0),
           peer.get());
      peer->hang_up();
    }
  }
  if (options_.rank == 0) check_stuck(now_ms);
}

void Lifeline::check_stuck(std::int64_t now_ms) {
  const std::int64_t since = waiting_since_ms_.load();
  std::int64_t longest_ms = since > 0 ? now_ms - since : 0;
  std::int64_t fewest = calls_.load();
  std::string behind = fmt::format("rank 0 ({})", options_.name);
  for (const auto& peer : peers_) {
    if (!peer->is_open() || peer->rank < 0) continue;
    longest_ms = std::max(longest_ms, peer->waiting_ms);
    if (peer->calls < fewest) {
      fewest = peer->calls;
      behind = peer->who();
    }
  }
  if (longest_ms > options_.stuck.count())
    lose(fmt::format("{} does not take part, though it is alive: others have waited {} s", behind, longest_ms / 1000),
         nullptr);
}

void Lifeline::lose(const std::string& what, const Peer* except) {
  {
    MutexLock lock(mutex_);
    if (!status_.ok()) return;  // the first loss is the cause
    status_ = unavailable(what);
  }
  is_lost_.store(true, std::memory_order_release);
  if (options_.rank != 0) return;
  for (const auto& peer : peers_) {
    if (peer.get() != except && peer->rank >= 0 && peer->is_open()) send_line(peer->socket, "lost " + one_line(what));
  }
}

}  // namespace yupu::engine
