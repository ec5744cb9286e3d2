#include "http/curl_handles.h"

#include <fmt/format.h>

namespace yupu::http {

CurlHandle make_curl_handle() {
  // Once in a process; the order of static objects does not matter to libcurl.
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return CurlHandle(ready ? curl_easy_init() : nullptr);
}

bool append(CurlList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

bool pin(CurlList& list, const std::string& host, int port, std::span<const std::string> addresses) {
  if (host.find(':') != std::string::npos) return true;
  std::string line = fmt::format("{}:{}:", host, port);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const bool six = addresses[i].find(':') != std::string::npos;
    line += fmt::format("{}{}", i > 0 ? "," : "", six ? "[" + addresses[i] + "]" : addresses[i]);
  }
  return append(list, line);
}

}  // namespace yupu::http
