// Web origins, RFC 6454: scheme://host[:port], as browsers send them in the Origin header.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu::serving {

// As a browser writes it: lower case, without the scheme's own port. kInvalidArgument, with what is wrong about it:
// another scheme than http and https, a path, a wildcard, letters that are not ASCII (names are written as xn--...).
Result<std::string> parse_origin(std::string_view text);

// Whether it is a page of the server that is asked: `host` is the Host header. A page cannot choose either of them.
bool is_own_origin(std::string_view origin, std::string_view host);

}  // namespace yupu::serving
