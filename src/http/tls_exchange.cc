#include "http/tls_exchange.h"

#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>

#include "http/addresses.h"
#include "http/curl_handles.h"

namespace yupu::http {
namespace {

struct Incoming {
  std::size_t body_bytes_max;
  Response response = {};
  bool too_large = false;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& incoming = *static_cast<Incoming*>(into);
  const std::size_t length = size * count;
  incoming.too_large = length > incoming.body_bytes_max - incoming.response.body.size();
  if (incoming.too_large) return 0;
  incoming.response.body.append(bytes, length);
  return length;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& incoming = *static_cast<Incoming*>(into);
  const std::string_view line(bytes, size * count);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == '\r' || value.back() == '\n' || value.back() == ' '))
    value.remove_suffix(1);
  incoming.response.headers.add(line.substr(0, colon), value);
  return line.size();
}

}  // namespace

Result<std::string> allowed_address(const std::string& host, bool allow_private) {
  YUPU_ASSIGN_OR_RETURN(const auto addresses, resolve(host));
  for (const std::string& address : addresses) {
    if (allow_private || is_public_address(address)) return address;
  }
  return Status(Code::kPermissionDenied,
                fmt::format("{} is not an address of the open Internet; set allow_private_addresses = true if it is "
                            "meant",
                            addresses.front()));
}

Result<Response> exchange_over_tls(std::string_view method, const Url& url, const Headers& headers,
                                   const std::string& body, const TlsExchangeOptions& options) {
  const CurlHandle easy = make_curl_handle();
  if (easy == nullptr) return internal_error("libcurl does not start");
  CurlList resolved, lines;
  bool ok = pin(resolved, url.host, url.port, {&options.address, 1});
  ok = ok && append(lines, "Expect:");  // nobody waits for a 100 before a small body
  for (const auto& [name, value] : headers) ok = ok && append(lines, name + ": " + value);
  Incoming incoming{.body_bytes_max = options.body_bytes_max};
  const auto set = [&](CURLoption option, auto value) {
    ok = ok && curl_easy_setopt(easy.get(), option, value) == CURLE_OK;
  };
  const std::string address = url.text(), verb(method);
  set(CURLOPT_URL, address.c_str());
  set(CURLOPT_CUSTOMREQUEST, verb.c_str());
  if (verb != "GET") {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(CURLOPT_POSTFIELDS, body.c_str());
  }
  set(CURLOPT_RESOLVE, resolved.get());
  set(CURLOPT_PROXY, "");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTPHEADER, lines.get());
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout_ms));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  set(CURLOPT_WRITEFUNCTION, take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&incoming));
  set(CURLOPT_HEADERFUNCTION, take_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&incoming));
  if (!ok) return internal_error("libcurl refuses an option");
  const CURLcode code = curl_easy_perform(easy.get());
  // Without the query: it may hold the key of a robot.
  if (incoming.too_large)
    return Status(Code::kTooLarge,
                  fmt::format("{}: answers with more than {} bytes", url.authority(), options.body_bytes_max));
  if (code == CURLE_SSL_CACERT_BADFILE)
    return invalid_argument(fmt::format("{}: no certificates can be read there", options.ca_file), "ca_file");
  if (code != CURLE_OK) return unavailable(fmt::format("{}: {}", url.authority(), curl_easy_strerror(code)));
  long status = 0;
  if (curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
    return internal_error("libcurl knows no status");
  incoming.response.status = static_cast<int>(status);
  return std::move(incoming.response);
}

}  // namespace yupu::http
