// For tests of the server: a socket that sends any bytes; and of streams without a server.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/event_stream.h"

namespace yupu::http::testing {

using std::chrono::milliseconds;

// A socket of the test's own, for bytes no decent client would send.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawConnection() { ::close(fd_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  bool connected() const { return connected_; }
  bool send(std::string_view bytes) {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  void finish_sending() { shutdown(fd_, SHUT_WR); }
  // Everything until the server closes or nothing comes for `timeout`.
  std::string receive_all(milliseconds timeout = milliseconds(3000), std::string_view until = {}) {
    std::string all;
    pollfd wait{.fd = fd_, .events = POLLIN, .revents = 0};
    while (poll(&wait, 1, static_cast<int>(timeout.count())) > 0) {
      char buffer[4096];
      const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
      if (size <= 0) {
        closed_ = true;
        break;
      }
      all.append(buffer, static_cast<std::size_t>(size));
      if (!until.empty() && all.find(until) != std::string::npos) break;
    }
    return all;
  }
  bool closed() const { return closed_; }

 private:
  int fd_;
  bool connected_ = false;
  bool closed_ = false;
};

// What was sent to a stream that has no reader yet, as a reader would get it; it is gone from the stream then.
struct StreamReader {
  static std::string take(EventStream& stream) { return stream.take().bytes; }
};

}  // namespace yupu::http::testing
