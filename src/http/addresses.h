// Which machines a name stands for, and whether what somebody else wrote may reach them: a webhook whose address is
// given by a user must not be a way to this machine's own services.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace yupu::http {

// IP addresses of a host name, or the address itself.  Errors: kUnavailable: the name stands for none now.
Result<std::vector<std::string>> resolve(const std::string& host);

// False for what is no address, and for those that are not of the open Internet (RFC 6890 and its like): loopback,
// private networks, link-local (where clouds keep their metadata), shared (100.64/10), documentation, benchmarks,
// multicast, reserved, unspecified; IPv6 written around such an IPv4 address (mapped, 6to4, NAT64).
bool is_public_address(std::string_view address);

// Whether a host is this machine by what is written: "localhost", 127.0.0.0/8, ::1. Asks nobody.
bool is_loopback_host(std::string_view host);

}  // namespace yupu::http
