#include "http/addresses.h"

#include <array>
#include <cstdint>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace yupu::http {
namespace net = boost::asio;
namespace {

struct Block4 {
  std::uint32_t prefix;
  int bits;
};
constexpr std::array<Block4, 15> kClosed4 = {{{0x00000000, 8},    // this network
                                              {0x0A000000, 8},    // private
                                              {0x64400000, 10},   // shared
                                              {0x7F000000, 8},    // loopback
                                              {0xA9FE0000, 16},   // link-local
                                              {0xAC100000, 12},   // private
                                              {0xC0000000, 24},   // protocol assignments
                                              {0xC0000200, 24},   // documentation
                                              {0xC0586300, 24},   // 6to4 relays
                                              {0xC0A80000, 16},   // private
                                              {0xC6120000, 15},   // benchmarks
                                              {0xC6336400, 24},   // documentation
                                              {0xCB007100, 24},   // documentation
                                              {0xE0000000, 4},    // multicast
                                              {0xF0000000, 4}}};  // reserved, broadcast

bool is_public(std::uint32_t address) {
  for (const Block4& block : kClosed4) {
    if ((address ^ block.prefix) >> (32 - block.bits) == 0) return false;
  }
  return true;
}

bool is_public(const net::ip::address_v6::bytes_type& bytes) {
  const auto four = [&](std::size_t at) {
    return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 | std::uint32_t{bytes[at + 2]} << 8 |
           std::uint32_t{bytes[at + 3]};
  };
  if (four(0) == 0 && four(4) == 0 && (four(8) == 0 || four(8) == 0xFFFF))
    return four(8) == 0xFFFF && is_public(four(12));                      // ::, ::1, compatible; mapped
  if (four(0) == 0x0064FF9B) return four(4) == 0 && is_public(four(12));  // NAT64
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return is_public(four(2));    // 6to4
  if (four(0) == 0x20010000 || four(0) == 0x20010DB8) return false;       // Teredo, documentation
  return (bytes[0] & 0xE0) == 0x20;                                       // 2000::/3 is all that is given out
}

}  // namespace

bool is_public_address(std::string_view text) {
  boost::system::error_code error;
  const auto address = net::ip::make_address(std::string(text), error);
  if (error) return false;
  return address.is_v4() ? is_public(address.to_v4().to_uint()) : is_public(address.to_v6().to_bytes());
}

bool is_loopback_host(std::string_view host) {
  if (host == "localhost") return true;
  boost::system::error_code error;
  const auto address = net::ip::make_address(std::string(host), error);
  return !error && address.is_loopback();
}

Result<std::vector<std::string>> resolve(const std::string& host) {
  boost::system::error_code error;
  const auto literal = net::ip::make_address(host, error);
  if (!error) return std::vector<std::string>{literal.to_string()};
  net::io_context loop{1};
  net::ip::tcp::resolver resolver(loop);
  const auto found = resolver.resolve(host, "", error);
  if (error) return unavailable("host " + host + ": " + error.message());
  std::vector<std::string> addresses;
  for (const auto& entry : found) addresses.push_back(entry.endpoint().address().to_string());
  if (addresses.empty()) return unavailable("host " + host + ": stands for no address");
  return addresses;
}

}  // namespace yupu::http
