// Web addresses, read strictly and written one way (RFC 3986, sections 3 and 6.2.2).
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu::http {

struct Url {
  std::string scheme;      // "http" or "https"
  std::string host;        // lower case, in ASCII; an IPv6 address without its brackets
  std::uint16_t port = 0;  // the scheme's where none is written
  std::string path;        // begins with '/', without "." and ".." steps
  std::string query;       // without the '?'
  bool default_port() const { return port == (scheme == "https" ? 443 : 80); }
  std::string authority() const;  // "host", "host:8080", "[::1]:8080"
  std::string target() const { return query.empty() ? path : path + "?" + query; }
  std::string text() const { return scheme + "://" + authority() + target(); }
};

// White space around it is dropped, and so is the fragment. In path and query, what must not stand in an address
// (spaces, quotes, bytes beyond ASCII) is percent-encoded, letters, digits and -._~ are decoded, and percent escapes
// are written in capitals. A host beyond ASCII is written as the network knows it (host_name.h).
// Errors: kInvalidArgument, field "url": neither http nor https, no host or one that is none, a user name in it, a port
// that is none, a control character, more than kUrlBytesMax.
inline constexpr std::size_t kUrlBytesMax = 4096;
Result<Url> parse_url(std::string_view text);

// What `reference` ("../news?id=1", "//cdn.example/x", "https://...") means on the page at `base` (RFC 3986, 5.2).
// Errors: those of parse_url; another scheme ("mailto:", "javascript:", "file:") is one of them.
Result<Url> resolve_url(const Url& base, std::string_view reference);

// A piece of a path or query as parse_url writes it.
std::string normal_url_piece(std::string_view text);

}  // namespace yupu::http
