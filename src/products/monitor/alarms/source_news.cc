#include "products/monitor/alarms/source_news.h"

#include "base/clock.h"
#include "base/json.h"
#include "products/monitor/alarms/alarms.h"

namespace yupu::monitor {
namespace {

using store::Transaction;

constexpr const char* kSilent = "source_silent";
constexpr const char* kBack = "source_back";

// Whether the log says of the source what is to be told already.
Result<bool> is_told(Transaction& transaction, const std::string& monitor, const SourceNews& news) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows, transaction.query("SELECT event FROM monitor_audit WHERE monitor = ? AND alarm = ? AND event IN "
                                         "('source_silent', 'source_back') ORDER BY sequence DESC LIMIT 1",
                                         {monitor, "source:" + news.source}));
  const bool was_silent = !rows.empty() && rows[0].text(0) == kSilent;
  return was_silent == news.silent;
}

Status write_notice(Transaction& transaction, const std::string& monitor, const Route& route, const SourceNews& news,
                    std::int64_t now_ns) {
  const OrderedJson body = {{"monitor", monitor},
                            {"route", route.name},
                            {"group", ""},
                            {"status", news.silent ? "silent" : "back"},
                            {"source", news.source},
                            {"detail", news.detail},
                            {"time", format_utc(now_ns)},
                            {"alarms", OrderedJson::array()}};
  return put_notice(transaction, monitor, route, body, now_ns);
}

}  // namespace

Result<bool> tell_of_source(store::Store& store, const std::string& monitor, std::span<const Route> routes,
                            const SourceNews& news, std::int64_t now_ns) {
  bool told = false;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(told, is_told(transaction, monitor, news));
    return ok_status();
  }));
  if (told) return false;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(told, is_told(transaction, monitor, news));
    if (told) return ok_status();
    AuditEntry entry;
    entry.time_ns = now_ns;
    entry.alarm = "source:" + news.source;
    entry.event = news.silent ? kSilent : kBack;
    entry.detail = news.detail;
    YUPU_RETURN_IF_ERROR(write_audit(transaction, monitor, entry));
    for (const Route& route : routes) {
      if (route.topics.empty()) YUPU_RETURN_IF_ERROR(write_notice(transaction, monitor, route, news, now_ns));
    }
    return ok_status();
  }));
  return !told;
}

}  // namespace yupu::monitor
