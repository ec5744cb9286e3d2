// What owns libcurl's handles, for the few files that speak to it (tests/tidy/check_tree.py names them).
// Threads  any; a handle is its owner's.
#pragma once

#include <memory>
#include <span>
#include <string>

#include <curl/curl.h>

namespace yupu::http {

struct CurlEnd {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct CurlListEnd {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlEnd>;
using CurlList = std::unique_ptr<curl_slist, CurlListEnd>;

// Null when libcurl does not start.
CurlHandle make_curl_handle();
// False, and the list as it was: out of memory.
bool append(CurlList& list, const std::string& line);
// Adds to a list for CURLOPT_RESOLVE which addresses, of either kind, stand for the host. A host that is an IPv6
// address itself is looked up by nobody, and libcurl reads no line that begins with one: nothing is added. As append
// otherwise.
bool pin(CurlList& list, const std::string& host, int port, std::span<const std::string> addresses);

}  // namespace yupu::http
