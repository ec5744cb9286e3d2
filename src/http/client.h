// A small blocking HTTP/1.1 client with keep-alive: for tests, benches, rehearsals and the command line. No TLS.
// Threads: one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "http/message.h"

namespace yupu::http {

struct ClientOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 80;
  int timeout_ms = 10'000;  // for one whole exchange, connecting included
  std::uint64_t body_bytes_max = 16 << 20;
  std::string address = {};  // connects there instead of asking what `host` stands for
};

class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Any HTTP status is a Response; the errors are the network's: kUnavailable (cannot connect, closed, timed out),
  // kTooLarge, kInternal (not HTTP). A GET on a connection the server has closed meanwhile is tried once more on a new
  // one; a POST is not, because it may have been done.
  Result<Response> send(std::string_view method, std::string_view target, const Headers& headers = {},
                        std::string_view body = {});
  Result<Response> get(std::string_view target, const Headers& headers = {}) { return send("GET", target, headers); }
  // Sets content-type: application/json.
  Result<Response> post_json(std::string_view target, std::string_view body, Headers headers = {});

 private:
  struct Connection;
  ClientOptions options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace yupu::http
