#include "products/monitor/alarms/mail/smtp.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>

#include <curl/curl.h>
#include <fmt/format.h>

#include "http/curl_handles.h"
#include "http/tls_exchange.h"
#include "products/monitor/alarms/mail/mail_message.h"
#include "products/monitor/alarms/notice_text.h"

namespace yupu::monitor {
namespace {

using http::Attempt;

constexpr int kSubmissionPort = 587;
constexpr int kSubmissionsPort = 465;

struct Outgoing {
  const std::string& message;
  std::size_t sent = 0;
  std::string refusal = {};  // the server's last line that says no; behind it comes its answer to QUIT
};

std::size_t give_message(char* into, std::size_t size, std::size_t count, void* from) {
  auto& outgoing = *static_cast<Outgoing*>(from);
  const std::size_t length = std::min(size * count, outgoing.message.size() - outgoing.sent);
  std::memcpy(into, outgoing.message.data() + outgoing.sent, length);
  outgoing.sent += length;
  return length;
}

std::size_t take_reply(char* bytes, std::size_t size, std::size_t count, void* into) {
  const std::string_view line(bytes, size * count);
  if (line.starts_with('4') || line.starts_with('5')) static_cast<Outgoing*>(into)->refusal.assign(line);
  return line.size();
}

Attempt judged(CURLcode code, long reply_code, const Outgoing& outgoing, const std::string& server) {
  if (code == CURLE_OK) return {.done = true};
  const bool refused = reply_code >= 400 && reply_code < 600 && code != CURLE_OPERATION_TIMEDOUT;
  if (refused)
    return {.again = reply_code < 500, .error = fmt::format("{}: {}", server, one_line(outgoing.refusal, 300))};
  if (code == CURLE_USE_SSL_FAILED) return {.error = fmt::format("{}: offers no STARTTLS: nothing was sent", server)};
  if (code == CURLE_LOGIN_DENIED)
    return {.error = fmt::format("{}: no way to sign in that both know, or a wrong password", server)};
  if (code == CURLE_SSL_CACERT_BADFILE) return {.error = fmt::format("{}: ca_file cannot be read", server)};
  return {.again = true, .error = fmt::format("{}: {}", server, curl_easy_strerror(code))};
}

Attempt send(const Route& route, const std::string& to, const std::string& message, int timeout_ms) {
  const auto server = parse_mail_server(route.url);
  if (!server.ok()) return {.error = server.status().message()};
  const std::string name = fmt::format("{}:{}", server->host, server->port);
  const auto address = http::allowed_address(server->host, route.allow_private);
  if (!address.ok())
    return {.again = address.status().code() == Code::kUnavailable, .error = address.status().message()};
  const http::CurlHandle easy = http::make_curl_handle();
  if (easy == nullptr) return {.again = true, .error = "libcurl does not start"};
  http::CurlList resolved, recipients;
  bool ok = http::pin(resolved, server->host, server->port, {&*address, 1}) && append(recipients, "<" + to + ">");
  const auto set = [&](CURLoption option, auto value) {
    ok = ok && curl_easy_setopt(easy.get(), option, value) == CURLE_OK;
  };
  Outgoing outgoing{.message = message};
  // The path is what we call ourselves in EHLO.
  const std::string url =
      fmt::format("{}://{}/{}", server->encrypted ? "smtps" : "smtp", name, domain_of(route.mail.from));
  const std::string from = "<" + route.mail.from + ">";
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_RESOLVE, resolved.get());
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
  // QUIT is outside of that: it is said before we return, and waited for no longer than for any other answer.
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(std::max(1, timeout_ms / 1000)));
  set(CURLOPT_USE_SSL, static_cast<long>(!server->encrypted && route.mail.starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!route.ca_file.empty()) set(CURLOPT_CAINFO, route.ca_file.c_str());
  if (!route.mail.user.empty()) {
    set(CURLOPT_USERNAME, route.mail.user.c_str());
    set(CURLOPT_PASSWORD, route.secret.c_str());
  }
  set(CURLOPT_MAIL_FROM, from.c_str());
  set(CURLOPT_MAIL_RCPT, recipients.get());
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, give_message);
  set(CURLOPT_READDATA, static_cast<void*>(&outgoing));
  set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
  set(CURLOPT_HEADERFUNCTION, take_reply);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&outgoing));
  if (!ok) return {.again = true, .error = "libcurl refuses an option"};
  const CURLcode code = curl_easy_perform(easy.get());
  long reply_code = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &reply_code);
  return judged(code, reply_code, outgoing, name);
}

}  // namespace

Result<MailServer> parse_mail_server(const std::string& url) {
  const auto bad = [] {
    return invalid_argument("must be smtp://HOST:PORT or smtps://HOST:PORT, without a user name", "url");
  };
  MailServer server;
  std::string_view rest = url;
  server.encrypted = rest.starts_with("smtps://");
  if (!server.encrypted && !rest.starts_with("smtp://")) return bad();
  rest.remove_prefix(server.encrypted ? 8 : 7);
  server.port = server.encrypted ? kSubmissionsPort : kSubmissionPort;
  if (const std::size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    const std::string_view port = rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), server.port);
    if (error != std::errc() || end != port.data() + port.size() || server.port < 1 || server.port > 65535)
      return bad();
    rest = rest.substr(0, colon);
  }
  const bool plain = !rest.empty() && std::all_of(rest.begin(), rest.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  if (!plain) return bad();
  server.host = std::string(rest);
  return server;
}

SendMail smtp_sender(int timeout_ms) {
  return [timeout_ms](const Route& route, const std::string& to, const std::string& message) {
    return send(route, to, message, timeout_ms);
  };
}

}  // namespace yupu::monitor
