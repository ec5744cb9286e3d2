// The few TCP calls that the lifeline needs, IPv4.  Descriptors are the caller's to close; -1 means it did not work.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::engine {

struct Listening {
  int socket = -1;
  std::uint16_t port = 0;
};
Listening listen_anywhere();               // a free port, every address, not blocking
std::vector<std::string> own_addresses();  // "10.0.0.2", the loopback address last
int connect_to(const std::string& address, std::uint16_t port, int timeout_ms);  // not blocking once connected
void send_line(int socket, std::string_view line);  // a lost line is found out by the reader
// Appends what has come.  False when the connection is closed.
bool receive(int socket, std::string& bytes);

}  // namespace yupu::engine
