#include "http/forwarded.h"

#include <charconv>
#include <optional>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

namespace yupu::http {
namespace net = boost::asio;
namespace {

using Bytes = std::array<std::uint8_t, 16>;

std::optional<net::ip::address> address_of(std::string_view text) {
  boost::system::error_code error;
  const auto address = net::ip::make_address(std::string(text), error);
  return error ? std::nullopt : std::optional(address);
}

Bytes bytes_of(const net::ip::address& address) {
  const auto v6 = address.is_v6() ? address.to_v6() : net::ip::make_address_v6(net::ip::v4_mapped, address.to_v4());
  return v6.to_bytes();
}

bool shares_prefix(const Bytes& a, const Bytes& b, int bits) {
  for (int bit = 0; bit < bits; ++bit) {
    const auto at = static_cast<std::size_t>(bit / 8);
    if (((a[at] ^ b[at]) >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Of all the headers of that name, as one list.
std::vector<std::string_view> forwarded_of(const Headers& headers) {
  std::vector<std::string_view> entries;
  for (const auto& [name, value] : headers) {
    if (!equal_ignoring_case(name, "x-forwarded-for")) continue;
    std::string_view rest = value;
    while (true) {
      const std::size_t comma = rest.find(',');
      entries.push_back(trimmed(rest.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return entries;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::span<const std::string> networks) {
  TrustedProxies out;
  for (const std::string& text : networks) {
    const auto bad = [&] {
      return invalid_argument(fmt::format("'{}' is no address and no network, as in 127.0.0.1 or 10.0.0.0/8", text),
                              "trusted_proxy");
    };
    const std::size_t slash = text.find('/');
    const auto address = address_of(std::string_view(text).substr(0, slash));
    if (!address) return bad();
    const int width = address->is_v4() ? 32 : 128;
    int bits = width;
    if (slash != std::string::npos) {
      const char* const end = text.data() + text.size();
      const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, bits);
      if (error != std::errc() || stop != end || bits < 0 || bits > width) return bad();
    }
    out.networks_.push_back({bytes_of(*address), bits + 128 - width});
  }
  return out;
}

bool TrustedProxies::contains(std::string_view text) const {
  const auto address = address_of(text);
  if (!address) return false;
  const Bytes bytes = bytes_of(*address);
  for (const Network& network : networks_) {
    if (shares_prefix(bytes, network.prefix, network.bits)) return true;
  }
  return false;
}

std::string TrustedProxies::client_of(const std::string& peer, const Headers& headers) const {
  if (networks_.empty() || !contains(peer)) return peer;
  std::string client = peer;
  const std::vector<std::string_view> entries = forwarded_of(headers);
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const auto address = address_of(*entry);
    if (!address) break;
    client = address->to_string();  // one spelling of an address: limits count by it
    if (!contains(client)) break;
  }
  return client;
}

}  // namespace yupu::http
