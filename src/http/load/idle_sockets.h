// Sockets that are opened and then say nothing, as browsers hold them.  Threads: one owner.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace yupu::http {

// As many descriptors as the system lets this process have, if so many are wanted; how many it may have now.
std::int64_t raise_descriptors(std::int64_t wanted);

class IdleSockets {
 public:
  IdleSockets() = default;
  ~IdleSockets();
  IdleSockets(const IdleSockets&) = delete;
  IdleSockets& operator=(const IdleSockets&) = delete;

  // Connects `count` more, one after the other; how many there are now (fewer: the system or the server refused).
  std::int64_t open(const std::string& host, std::uint16_t port, std::int64_t count);
  // Of them, those that the server has not closed.
  std::int64_t still_open() const;

 private:
  std::vector<int> sockets_;
};

}  // namespace yupu::http
