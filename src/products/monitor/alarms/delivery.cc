#include "products/monitor/alarms/delivery.h"

#include <algorithm>

#include <fmt/format.h>

#include "http/webhook.h"
#include "products/monitor/alarms/alarms.h"

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
    return write_audit(
        transaction, monitor,
        {.time_ns = now_ns,
         .topic = "",
         .alarm = "",
         .event = attempt.done ? "noticed" : "notice_dead",
         .who = "",
         .detail = fmt::format("{} to {}{}{}", notice.id, notice.route, attempt.done ? "" : ": ", attempt.error)});
  });
}

Result<std::vector<Notice>> due_notices(store::Store& store, const std::string& monitor, std::int64_t now_ns,
                                        std::int64_t limit) {
  std::vector<Notice> due;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT id, route, body, attempts, created_ns FROM monitor_notice WHERE "
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
    }
    return ok_status();
  }));
  return due;
}

}  // namespace

Post http_post(int timeout_ms) {
  return [timeout_ms](const Route& route, const http::Headers& headers,
                      const std::string& body) -> Result<http::Response> {
    const auto post = http::network_exchanger({.allow_private = route.allow_private, .timeout_ms = timeout_ms});
    auto answer = post("POST", route.url, headers, body);
    if (!answer.ok()) return answer.status().with_context(fmt::format("route '{}'", route.name));
    return answer;
  };
}

Result<Delivered> deliver(store::Store& store, const Clock& clock, const std::string& monitor,
                          std::span<const Route> routes, Rng& rng, const Post& post, std::int64_t limit) {
  Delivered delivered;
  YUPU_ASSIGN_OR_RETURN(const auto due, due_notices(store, monitor, clock.now_ns(), limit));
  for (const Notice& notice : due) {
    const auto route =
        std::find_if(routes.begin(), routes.end(), [&](const Route& one) { return one.name == notice.route; });
    Attempt attempt{.error = "there is no route of that name any more"};
    if (route != routes.end()) {
      const http::Headers headers = http::signed_headers(notice.id, route->secret, notice.body, clock.now_ns());
      attempt = http::judge(post(*route, headers, notice.body));
    }
    const std::int64_t now_ns = clock.now_ns();
    const std::int64_t next_ns = http::next_attempt_ns(attempt, notice.attempts + 1, notice.created_ns, now_ns, rng);
    YUPU_RETURN_IF_ERROR(note(store, monitor, notice, attempt, now_ns, next_ns));
    ++(attempt.done ? delivered.sent : next_ns > 0 ? delivered.postponed : delivered.dead);
  }
  return delivered;
}

}  // namespace yupu::monitor
