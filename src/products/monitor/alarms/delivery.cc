#include "products/monitor/alarms/delivery.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/ids.h"
#include "http/tls_exchange.h"
#include "http/url.h"
#include "http/webhook.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/alarms/chat.h"
#include "products/monitor/alarms/mail/mail_message.h"
#include "products/monitor/alarms/notice_text.h"

namespace yupu::monitor {
namespace {

using http::Attempt;

Status note(store::Store& store, const std::string& monitor, const Notice& notice, const Attempt& attempt,
            std::int64_t now_ns, std::int64_t next_ns) {
  const std::string state = attempt.done ? "sent" : next_ns > 0 ? "waiting" : "dead";
  return store.write([&](store::Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute(
                "UPDATE monitor_notice SET state = ?, attempts = ?, next_ns = ?, sent_ns = ?, last_error = ? WHERE "
                "id = ?",
                {state, notice.attempts + 1, next_ns, attempt.done ? store::Value(now_ns) : store::Value(nullptr),
                 attempt.error, notice.id})
            .status());
    if (state == "waiting") return ok_status();
    return write_audit(transaction, monitor,
                       {.time_ns = now_ns,
                        .topic = "",
                        .alarm = "",
                        .event = attempt.done ? "noticed" : "notice_dead",
                        .who = "",
                        .detail = fmt::format("{} to {}{}{}{}", notice.id, notice.route,
                                              notice.recipient.empty() ? "" : " (" + notice.recipient + ")",
                                              attempt.done ? "" : ": ", attempt.error)});
  });
}

Result<std::vector<Notice>> due_notices(store::Store& store, const std::string& monitor, std::int64_t now_ns,
                                        std::int64_t limit) {
  std::vector<Notice> due;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT id, route, body, attempts, created_ns, recipient FROM monitor_notice WHERE "
                          "monitor = ? AND state = 'waiting' AND next_ns <= ? ORDER BY next_ns, id "
                          "LIMIT ?",
                          {monitor, now_ns, limit}));
    due.clear();
    for (const store::Row& row : rows) {
      Notice& notice = due.emplace_back();
      notice.id = row.text(0);
      notice.route = row.text(1);
      notice.body = row.text(2);
      notice.attempts = row.integer(3);
      notice.created_ns = row.integer(4);
      notice.recipient = row.text(5);
    }
    return ok_status();
  }));
  return due;
}

Attempt send_mail(const Route& route, const Notice& notice, const Json& body, const SendMail& mail) {
  // It was written for a route of this name that was of another kind.
  if (!is_mail_address(notice.recipient)) return {.error = "the notice names no recipient"};
  const std::vector<std::string>& to = route.mail.to;
  if (std::find(to.begin(), to.end(), notice.recipient) == to.end())
    return {.error = "the route names this recipient no more"};
  const NoticeText text = notice_text(body, route.chinese);
  return mail(route, notice.recipient,
              mail_message({.id = notice.id,
                            .from = route.mail.from,
                            .from_name = route.mail.from_name,
                            .to = notice.recipient,
                            .subject = text.subject,
                            .text = plain_text(text),
                            .html = html_text(text, route.chinese),
                            .date_ns = notice.created_ns}));
}

}  // namespace

Post http_post(int timeout_ms) {
  const auto exchange = [timeout_ms](const Route& route, const std::string& address, const http::Headers& headers,
                                     const std::string& body) -> Result<http::Response> {
    YUPU_ASSIGN_OR_RETURN(const http::Url url, http::parse_url(address));
    if (url.scheme != "https")
      return http::network_exchanger({.allow_private = route.allow_private, .timeout_ms = timeout_ms})("POST", address,
                                                                                                       headers, body);
    YUPU_ASSIGN_OR_RETURN(const std::string machine, http::allowed_address(url.host, route.allow_private));
    return http::exchange_over_tls("POST", url, headers, body,
                                   {.address = machine, .ca_file = route.ca_file, .timeout_ms = timeout_ms});
  };
  return [exchange](const Route& route, const std::string& url, const http::Headers& headers,
                    const std::string& body) -> Result<http::Response> {
    auto answer = exchange(route, url, headers, body);
    if (!answer.ok()) return answer.status().with_context(fmt::format("route '{}'", route.name));
    return answer;
  };
}

Send send_by(Post post, SendMail mail) {
  return [post = std::move(post), mail = std::move(mail)](const Route& route, const Notice& notice,
                                                          std::int64_t now_ns) -> Attempt {
    if (route.kind == RouteKind::kWebhook)
      return http::judge(
          post(route, route.url, http::signed_headers(notice.id, route.secret, notice.body, now_ns), notice.body));
    const auto body = parse_json(notice.body);
    if (!body.ok()) return {.error = body.status().message()};
    if (route.kind == RouteKind::kMail) return send_mail(route, notice, *body, mail);
    const ChatPost chat = chat_post(route, *body, now_ns);
    return judge_chat(route.kind, post(route, chat.url, {{"content-type", "application/json"}}, chat.body));
  };
}

Send send_over_network(int timeout_ms) { return send_by(http_post(timeout_ms), smtp_sender(timeout_ms)); }

Status send_test(store::Store& store, const Clock& clock, const std::string& monitor, const Route& route,
                 const Send& send) {
  const std::int64_t now_ns = clock.now_ns();
  const std::vector<std::string> nobody = {""};
  Status first;
  for (const std::string& recipient : route.kind == RouteKind::kMail ? route.mail.to : nobody) {
    Notice notice;
    notice.id = random_id("ntc");
    notice.route = route.name;
    notice.recipient = recipient;
    notice.created_ns = now_ns;
    notice.body =
        OrderedJson{
            {"id", notice.id},  {"monitor", monitor}, {"route", route.name},        {"group", ""},
            {"status", "test"}, {"repeat", false},    {"time", format_utc(now_ns)}, {"alarms", OrderedJson::array()}}
            .dump();
    const Attempt attempt = send(route, notice, now_ns);
    const std::string to = recipient.empty() ? route.name : fmt::format("{} ({})", route.name, recipient);
    YUPU_RETURN_IF_ERROR(store.write([&](store::Transaction& transaction) {
      return write_audit(transaction, monitor,
                         {.time_ns = now_ns,
                          .topic = "",
                          .alarm = "",
                          .event = "notice_tested",
                          .who = "",
                          .detail = fmt::format("{} to {}: {}", notice.id, to, attempt.done ? "sent" : attempt.error)});
    }));
    if (!attempt.done && first.ok()) first = unavailable(fmt::format("{}: {}", to, attempt.error));
  }
  return first;
}

Result<Delivered> deliver(store::Store& store, const Clock& clock, const std::string& monitor,
                          std::span<const Route> routes, Rng& rng, const Send& send, std::int64_t limit) {
  Delivered delivered;
  YUPU_ASSIGN_OR_RETURN(const auto due, due_notices(store, monitor, clock.now_ns(), limit));
  for (const Notice& notice : due) {
    const auto route =
        std::find_if(routes.begin(), routes.end(), [&](const Route& one) { return one.name == notice.route; });
    Attempt attempt{.error = "there is no route of that name any more"};
    if (route != routes.end()) attempt = send(*route, notice, clock.now_ns());
    const std::int64_t now_ns = clock.now_ns();
    const std::int64_t next_ns = http::next_attempt_ns(attempt, notice.attempts + 1, notice.created_ns, now_ns, rng);
    YUPU_RETURN_IF_ERROR(note(store, monitor, notice, attempt, now_ns, next_ns));
    ++(attempt.done ? delivered.sent : next_ns > 0 ? delivered.postponed : delivered.dead);
  }
  return delivered;
}

}  // namespace yupu::monitor
