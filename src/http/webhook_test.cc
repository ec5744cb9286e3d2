// Signatures, windows and tries again of calls between servers.
#include "http/webhook.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace yupu::http {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kNow = 1'795'780'000 * kSecond;
constexpr std::int64_t kWindow = 300 * kSecond;
const std::string kBody = R"({"id":"e1"})";

// printf '1795780000.{"id":"e1"}' | openssl dgst -sha256 -hmac hush
const std::string kSigned = "sha256=5155b643b2da99bd49763d81f4846ca32e2dc87128ebb9d3516f28ef20f37911";

Headers headers(const std::string& timestamp, const std::string& signature) {
  return {{"X-Yupu-Timestamp", timestamp}, {"X-Yupu-Signature", signature}};
}

TEST(Webhook, SignsAsOpensslDoes) {
  const Headers made = signed_headers("e1", "hush", kBody, kNow + 1);
  EXPECT_EQ(made.get("x-yupu-signature"), kSigned);
  EXPECT_EQ(made.get("x-yupu-timestamp"), "1795780000");
  EXPECT_EQ(made.get("idempotency-key"), "e1");
  EXPECT_TRUE(check_signed(made, "hush", kBody, kNow, kWindow).ok());
}

TEST(Webhook, TamperedIsNotSigned) {
  const auto code = [](const Headers& given, const std::string& secret, const std::string& body) {
    return check_signed(given, secret, body, kNow, kWindow).code();
  };
  EXPECT_EQ(code(headers("1795780000", kSigned), "hush", kBody), Code::kOk);
  EXPECT_EQ(code(headers("1795780000", kSigned), "other", kBody), Code::kUnauthenticated);
  EXPECT_EQ(code(headers("1795780000", kSigned), "hush", R"({"id":"e2"})"), Code::kUnauthenticated);
  EXPECT_EQ(code(headers("1795780001", kSigned), "hush", kBody), Code::kUnauthenticated);
  EXPECT_EQ(code(headers("1795780000", kSigned.substr(0, 40)), "hush", kBody), Code::kUnauthenticated);
  EXPECT_EQ(code({}, "hush", kBody), Code::kUnauthenticated);
  // Signed by one who knows the secret, and still no time.
  const Headers odd = signed_headers("e1", "hush", kBody, -5 * kSecond);
  EXPECT_EQ(code(odd, "hush", kBody), Code::kUnauthenticated);
}

TEST(Webhook, LateAndEarlyAreReplays) {
  const auto code = [](std::int64_t now_ns) {
    return check_signed(headers("1795780000", kSigned), "hush", kBody, now_ns, kWindow).code();
  };
  EXPECT_EQ(code(kNow + kWindow), Code::kOk);
  EXPECT_EQ(code(kNow + kWindow + kSecond), Code::kPermissionDenied);
  EXPECT_EQ(code(kNow - kWindow), Code::kOk);
  EXPECT_EQ(code(kNow - kWindow - kSecond), Code::kPermissionDenied);
}

TEST(Webhook, JudgesAnAnswer) {
  EXPECT_TRUE(judge(Response{.status = 204, .headers = {}, .body = {}}).done);
  for (const int status : {408, 429, 500, 503})
    EXPECT_TRUE(judge(Response{.status = status, .headers = {}, .body = {}}).again);
  for (const int status : {301, 400, 401, 404})
    EXPECT_FALSE(judge(Response{.status = status, .headers = {}, .body = {}}).again);
  EXPECT_TRUE(judge(unavailable("down")).again);
  EXPECT_FALSE(judge(Status(Code::kPermissionDenied, "private")).again);
  Response busy{.status = 429, .headers = {}, .body = {}};
  busy.headers.add("retry-after", "120");
  EXPECT_EQ(judge(busy).not_before_ns, 120 * kSecond);
}

TEST(Webhook, WaitsLongerEachTimeAndGivesUpAfterADay) {
  Rng rng(7);
  const Attempt again{.again = true, .error = "down"};
  for (std::int64_t attempts = 1; attempts < 12; ++attempts) {
    const double seconds = static_cast<double>(next_attempt_ns(again, attempts, kNow, kNow, rng) - kNow) * 1e-9;
    const double doubled = std::min<double>(static_cast<double>(std::int64_t{1} << (attempts - 1)), 900);
    EXPECT_GE(seconds, 0.5 * doubled);
    EXPECT_LE(seconds, 1.5 * doubled);
  }
  EXPECT_EQ(next_attempt_ns(again, 3, kNow, kNow + 24 * 3600 * kSecond, rng), 0);
  EXPECT_EQ(next_attempt_ns({.error = "HTTP 404"}, 1, kNow, kNow, rng), 0);
  const Attempt later{.again = true, .not_before_ns = 3600 * kSecond, .error = "HTTP 429"};
  EXPECT_EQ(next_attempt_ns(later, 1, kNow, kNow, rng), kNow + 3600 * kSecond);
}

TEST(Webhook, ThisMachineIsRefusedUnlessAllowed) {
  const auto code = [](bool allowed, const std::string& url) {
    return network_exchanger({.allow_private = allowed, .timeout_ms = 200})("POST", url, {}, "").status().code();
  };
  for (const char* url : {"http://127.0.0.1:1/", "http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/"})
    EXPECT_EQ(code(false, url), Code::kPermissionDenied) << url;
  EXPECT_EQ(code(true, "http://127.0.0.1:1/"), Code::kUnavailable);  // nobody listens
  EXPECT_EQ(code(false, "https://127.0.0.1:1/"), Code::kPermissionDenied);
  EXPECT_EQ(code(true, "https://127.0.0.1:1/"), Code::kUnavailable);
}

}  // namespace
}  // namespace yupu::http
