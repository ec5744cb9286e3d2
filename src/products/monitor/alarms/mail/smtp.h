// One mail to one recipient over SMTP (RFC 5321), by libcurl: STARTTLS or TLS from the first byte, AUTH, and what the
// server said where it says no.
//
//   250 behind the mail         done
//   4xx, no answer, no TLS      again (http/webhook.h says when)
//   5xx, wrong password         never: it would be the same the next time
//
// At least once: a line that breaks behind the mail and before its 250 brings it twice, under one Message-ID.
// Threads  any.
#pragma once

#include <functional>
#include <string>

#include "http/webhook.h"
#include "products/monitor/alarms/notices.h"

namespace yupu::monitor {

// REQUIRES: route.kind is kMail; `message` as mail_message() writes it.
using SendMail = std::function<http::Attempt(const Route& route, const std::string& to, const std::string& message)>;
SendMail smtp_sender(int timeout_ms);

struct MailServer {
  std::string host;
  int port = 0;
  bool encrypted = false;  // smtps: from the first byte
};
// smtp://host[:587], smtps://host[:465].  Error: kInvalidArgument, field "url".
Result<MailServer> parse_mail_server(const std::string& url);

}  // namespace yupu::monitor
