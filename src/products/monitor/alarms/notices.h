// Who is told of which alarm when: alarms of one group in one notice, not at once and not again and again.
//
//   news       an alarm that fires and was not told of, or was told of as firing and has resolved
//   group      the alarms of one topic, or all of a route; told `wait_ns` after the first news, then every
//   `interval_ns`
//              at most; while one fires and nobody has acknowledged it, again after `repeat_ns`, never before
//   silenced   is no news until the silence ends     acknowledged    is told of again when it resolves
//   after_ns   of a route for escalation: only what has been firing that long and nobody has acknowledged
//
// A notice is written with what it says of whom was told, in one transaction; sending it is delivery.h's business. A
// mail route has a notice for each recipient: each is sent, tried again and given up on its own, and none sees another.
// Threads  any.        Outcomes  those of the store.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/monitor/detect/series.h"
#include "store/store.h"

namespace yupu::monitor {

// kWebhook: the notice as JSON, signed. kMail: docs of mail/mail_message.h. The others: a group's robot (chat.h).
enum class RouteKind : std::uint8_t { kWebhook, kMail, kWecom, kDingtalk, kFeishu, kSlack };
std::string_view route_kind_name(RouteKind kind);  // "webhook", "mail", ...

struct MailRoute {
  std::string from;                  // an address
  std::string from_name = {};        // beside it
  std::vector<std::string> to = {};  // addresses
  std::string user = {};             // empty: without AUTH; the password is the route's secret
  bool starttls = true;              // of smtp://: nothing is said before the line is encrypted; smtps:// always is
};

struct Route {
  std::string name;
  std::string url;          // where it is posted; of mail: smtp://host:port or smtps://host:port
  std::string secret = {};  // signs it, or is the password
  RouteKind kind = RouteKind::kWebhook;
  MailRoute mail = {};
  bool chinese = true;                   // of mail and chats: the words
  std::string ca_file = {};              // certificates instead of the system's
  std::vector<std::string> topics = {};  // none: every topic
  bool one_group = false;                // all topics together; false: a group a topic
  std::int64_t wait_ns = 30 * kSecondNs;
  std::int64_t interval_ns = 5 * kMinuteNs;
  std::int64_t repeat_ns = 4 * kHourNs;
  std::int64_t after_ns = 0;
  bool allow_private = false;  // may reach addresses of this machine and network (http/addresses.h)
};

// Writes the notices that are due.  Gives how many.
Result<std::int64_t> plan_notices(store::Store& store, const std::string& monitor, std::span<const Route> routes,
                                  std::int64_t now_ns);

// Into the store, in the caller's transaction; of a mail route, one for each recipient. `body` is the notice without
// its id.
Status put_notice(store::Transaction& transaction, const std::string& monitor, const Route& route,
                  const OrderedJson& body, std::int64_t now_ns);

struct Notice {
  std::string id, route, body, state, last_error;
  std::string recipient = {};  // of a mail
  std::int64_t attempts = 0;
  std::int64_t created_ns = 0;
  std::int64_t next_ns = 0;
  OrderedJson to_json() const;  // without the body
};
// The newest first; `state`: waiting, sent or dead, or empty for all.
Result<std::vector<Notice>> list_notices(store::Store& store, const std::string& monitor, const std::string& state,
                                         std::int64_t limit);
// A dead one is tried again, as if it had been written now, under its own id; the audit log says who wanted it (empty:
// somebody at the command line).  Errors: kNotFound: no dead one of that id.
Status resend_notice(store::Store& store, const std::string& monitor, const std::string& id, const std::string& who,
                     std::int64_t now_ns);
// Writes a notice that says it is a test; delivery.h sends it as any other, and send_test() of there at once.
Status put_test_notice(store::Store& store, const std::string& monitor, const Route& route, const std::string& who,
                       std::int64_t now_ns);

}  // namespace yupu::monitor
