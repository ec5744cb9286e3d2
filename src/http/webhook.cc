#include "http/webhook.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/hash.h"
#include "http/client.h"
#include "http/tls_exchange.h"
#include "http/url.h"

namespace yupu::http {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kFirstWaitNs = kSecondNs;
constexpr std::int64_t kLongestWaitNs = 15 * 60 * kSecondNs;
constexpr std::int64_t kGiveUpNs = 24 * 3600 * kSecondNs;
constexpr std::uint64_t kAnswerBytesMax = 64 << 10;
constexpr const char* kTimestamp = "x-yupu-timestamp";
constexpr const char* kSignature = "x-yupu-signature";

std::string signature(const std::string& secret, std::string_view timestamp, const std::string& body) {
  return "sha256=" + to_hex(hmac_sha256(secret, std::string(timestamp) + "." + body));
}

std::int64_t retry_after_ns(const Headers& headers) {
  const std::string_view text = headers.get("retry-after");
  std::int64_t seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (read.ec != std::errc() || seconds < 0) return 0;  // a date: the usual wait
  return std::min(seconds, kGiveUpNs / kSecondNs) * kSecondNs;
}

std::int64_t wait_ns(std::int64_t attempts, Rng& rng) {
  const std::int64_t doubled = attempts > 20 ? kLongestWaitNs : kFirstWaitNs << (attempts - 1);
  const auto wait = static_cast<double>(std::min(doubled, kLongestWaitNs));
  return static_cast<std::int64_t>(wait * (0.5 + rng.uniform()));
}

}  // namespace

Headers signed_headers(const std::string& id, const std::string& secret, const std::string& body, std::int64_t now_ns) {
  const std::string timestamp = std::to_string(now_ns / kSecondNs);
  return {{"content-type", "application/json"},
          {"idempotency-key", id},
          {kTimestamp, timestamp},
          {kSignature, signature(secret, timestamp, body)}};
}

Status check_signed(const Headers& headers, const std::string& secret, const std::string& body, std::int64_t now_ns,
                    std::int64_t window_ns) {
  const std::string_view timestamp = headers.get(kTimestamp);
  // The signature first: a time that nobody has signed says nothing.
  if (!equal_constant_time(headers.get(kSignature), signature(secret, timestamp, body)))
    return {Code::kUnauthenticated, "the signature is not of this timestamp and body", kSignature};
  return check_recent(timestamp, kSecondNs, now_ns, window_ns, kTimestamp);
}

Status check_recent(std::string_view text, std::int64_t unit_ns, std::int64_t now_ns, std::int64_t window_ns,
                    const std::string& field) {
  std::int64_t units = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), units);
  if (error != std::errc() || end != text.data() + text.size() || units < 0 || units > INT64_MAX / 2 / unit_ns)
    return {Code::kUnauthenticated, "the time is not a whole number since 1970", field};
  const std::int64_t time_ns = units * unit_ns;
  if (time_ns >= now_ns - window_ns && time_ns <= now_ns + window_ns) return {};
  return {Code::kPermissionDenied,
          fmt::format("signed more than {} s from now: it may be a replay", window_ns / kSecondNs), field};
}

Exchanger network_exchanger(ExchangerOptions options) {
  return [options](std::string_view method, const std::string& address_text, const Headers& headers,
                   const std::string& body) -> Result<Response> {
    YUPU_ASSIGN_OR_RETURN(const Url url, parse_url(address_text));
    YUPU_ASSIGN_OR_RETURN(const std::string address, allowed_address(url.host, options.allow_private));
    if (url.scheme == "https")
      return exchange_over_tls(
          method, url, headers, body,
          {.address = address, .ca_file = {}, .timeout_ms = options.timeout_ms, .body_bytes_max = kAnswerBytesMax});
    Client client({.host = url.host,
                   .port = url.port,
                   .timeout_ms = options.timeout_ms,
                   .body_bytes_max = kAnswerBytesMax,
                   .address = address});
    return client.send(method, url.target(), headers, body);
  };
}

Attempt judge(const Result<Response>& answer) {
  if (!answer.ok()) return {.again = answer.status().code() == Code::kUnavailable, .error = answer.status().message()};
  const int status = answer->status;
  if (status >= 200 && status < 300) return {.done = true};
  return {.again = status == 408 || status == 429 || status >= 500,
          .not_before_ns = retry_after_ns(answer->headers),
          .error = fmt::format("HTTP {}", status)};
}

std::int64_t next_attempt_ns(const Attempt& attempt, std::int64_t attempts, std::int64_t created_ns,
                             std::int64_t now_ns, Rng& rng) {
  if (!attempt.again || now_ns - created_ns >= kGiveUpNs) return 0;
  return now_ns + std::max(wait_ns(attempts, rng), attempt.not_before_ns);
}

}  // namespace yupu::http
