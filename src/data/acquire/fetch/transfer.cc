#include "data/acquire/fetch/transfer.h"

#include <memory>
#include <string_view>

#include <curl/curl.h>
#include <fmt/format.h>

#include "http/curl_handles.h"

namespace yupu::data {
namespace {

// What libcurl's callbacks write to. They return fewer bytes than they got to end the exchange.
struct Incoming {
  const TransferLimits& limits;
  http::Response response = {};
  std::size_t header_bytes = 0;
  bool too_large = false;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& incoming = *static_cast<Incoming*>(into);
  const std::size_t length = size * count;
  if (length > incoming.limits.body_bytes_max - incoming.response.body.size()) {
    incoming.too_large = true;
    return 0;
  }
  incoming.response.body.append(bytes, length);
  return length;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& incoming = *static_cast<Incoming*>(into);
  const std::size_t length = size * count;
  incoming.header_bytes += length;
  if (incoming.header_bytes > incoming.limits.header_bytes_max) {
    incoming.too_large = true;
    return 0;
  }
  std::string_view line(bytes, length);
  if (line.starts_with("HTTP/")) {  // a 1xx answer came before: its fields are not the answer's
    incoming.response.headers = {};
    return length;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return length;
  const std::string_view name = line.substr(0, colon);
  line.remove_prefix(colon + 1);
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  const std::size_t last = line.find_last_not_of(" \t\r\n");
  incoming.response.headers.add(name, first == std::string_view::npos ? "" : line.substr(first, last + 1 - first));
  return length;
}

Status failure(CURLcode code, const Incoming& incoming, const http::Url& url) {
  const std::string what = fmt::format("{}: {}", url.authority(), curl_easy_strerror(code));
  if (incoming.too_large)
    return Status(Code::kTooLarge,
                  fmt::format("{}: answers with more than {} bytes (headers {})", url.authority(),
                              incoming.limits.body_bytes_max, incoming.limits.header_bytes_max),
                  "too_large");
  const auto field = [&]() -> std::string {
    switch (code) {
      case CURLE_OPERATION_TIMEDOUT:
        return "timeout";
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_CONNECT:
        return "connect";
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CERTPROBLEM:
      case CURLE_SSL_CIPHER:
        return "tls";
      case CURLE_BAD_CONTENT_ENCODING:
        return "encoding";
      default:
        return "protocol";
    }
  }();
  return Status(Code::kUnavailable, what, field);
}

}  // namespace

Result<http::Response> transfer(const http::Url& url, const std::vector<std::string>& addresses,
                                const http::Headers& headers, const TransferLimits& limits) {
  const http::CurlHandle easy = http::make_curl_handle();
  if (easy == nullptr) return internal_error("libcurl does not start");
  http::CurlList resolved, lines;
  bool ok = http::pin(resolved, url.host, url.port, addresses);
  // libcurl takes a header with nothing behind its colon for one to be left out.
  for (const auto& [name, value] : headers) ok = ok && append(lines, name + ": " + value);
  Incoming incoming{.limits = limits};
  CURL* const handle = easy.get();
  const auto set = [&](CURLoption option, auto value) {
    ok = ok && curl_easy_setopt(handle, option, value) == CURLE_OK;
  };
  const std::string address = url.text();
  set(CURLOPT_URL, address.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
  set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  set(CURLOPT_RESOLVE, resolved.get());
  set(CURLOPT_PROXY, "");  // what the environment says must not lead around the addresses that were looked at
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTPHEADER, lines.get());
  set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_ms));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total_ms));
  set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(limits.quiet_bytes_per_second));
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>((limits.quiet_ms + 999) / 1000));
  set(CURLOPT_WRITEFUNCTION, take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&incoming));
  set(CURLOPT_HEADERFUNCTION, take_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&incoming));
  if (!ok) return internal_error("libcurl refuses an option; is it older than 7.66?");
  const CURLcode code = curl_easy_perform(handle);
  if (code != CURLE_OK) return failure(code, incoming, url);
  long status = 0;
  if (curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
    return internal_error("libcurl knows no status");
  incoming.response.status = static_cast<int>(status);
  return std::move(incoming.response);
}

}  // namespace yupu::data
