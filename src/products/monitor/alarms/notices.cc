#include "products/monitor/alarms/notices.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/ids.h"
#include "products/monitor/alarms/alarms.h"

namespace yupu::monitor {
namespace {

using store::Row;
using store::Transaction;

constexpr std::int64_t kResolvedToldWithinNs = 7 * kDayNs;
constexpr std::size_t kDocumentsMax = 5;

struct Told {
  bool firing = false;
  std::int64_t told_ns = 0;
};
struct Group {
  std::int64_t due_ns = 0;
  std::int64_t told_ns = 0;
  std::vector<const Alarm*> firing;    // that a notice of now names
  std::vector<const Alarm*> resolved;  // news
  bool news = false, repeat = false;
};

// What one route has been told, and what there is to tell it.
class RoutePlan {
 public:
  RoutePlan(Transaction& transaction, const std::string& monitor, const Route& route, std::int64_t now_ns)
      : transaction_(transaction), monitor_(monitor), route_(route), now_ns_(now_ns) {}

  Status read() {
    YUPU_ASSIGN_OR_RETURN(const auto told, transaction_.query("SELECT alarm, firing, told_ns FROM monitor_told WHERE "
                                                              "monitor = ? AND route = ?",
                                                              {monitor_, route_.name}));
    for (const Row& row : told) told_[row.text(0)] = {row.integer(1) != 0, row.integer(2)};
    YUPU_ASSIGN_OR_RETURN(const auto groups, transaction_.query("SELECT name, due_ns, told_ns FROM monitor_group WHERE "
                                                                "monitor = ? AND route = ?",
                                                                {monitor_, route_.name}));
    for (const Row& row : groups) {
      groups_[row.text(0)].due_ns = row.integer(1);
      groups_[row.text(0)].told_ns = row.integer(2);
    }
    return ok_status();
  }

  void consider(const Alarm& alarm, const std::vector<Silence>& silences) {
    const bool ours = route_.topics.empty() ||
                      std::find(route_.topics.begin(), route_.topics.end(), alarm.topic) != route_.topics.end();
    const bool silenced = std::any_of(silences.begin(), silences.end(),
                                      [&](const Silence& silence) { return silence.covers(alarm.topic, now_ns_); });
    if (!ours || silenced) return;
    const auto known = told_.find(alarm.alarm);
    const bool told_firing = known != told_.end() && known->second.firing;
    Group& group = groups_[route_.one_group ? std::string() : alarm.topic];
    if (!alarm.firing) {
      if (told_firing) group.resolved.push_back(&alarm);
      group.news = group.news || told_firing;
      return;
    }
    if (alarm.acknowledged_ns || (!told_firing && now_ns_ - alarm.changed_ns < route_.after_ns)) return;
    group.firing.push_back(&alarm);
    group.news = group.news || !told_firing;
    group.repeat = group.repeat || (told_firing && now_ns_ - known->second.told_ns >= route_.repeat_ns);
  }

  // Whether something is to be written: a notice, or when one will be due.
  bool any() const {
    return std::any_of(groups_.begin(), groups_.end(), [&](const auto& item) {
      const Group& group = item.second;
      return is_due(group) || (due_of(group) != group.due_ns);
    });
  }

  Result<std::int64_t> write() {
    std::int64_t count = 0;
    for (auto& [name, group] : groups_) {
      const bool due = is_due(group);
      const std::int64_t due_ns = due ? 0 : due_of(group);
      if (!due && due_ns == group.due_ns) continue;
      if (due) {
        YUPU_RETURN_IF_ERROR(write_notice(name, group));
        ++count;
      }
      YUPU_RETURN_IF_ERROR(
          run("INSERT INTO monitor_group (monitor, route, name, due_ns, told_ns) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
              "(monitor, route, name) DO UPDATE SET due_ns = excluded.due_ns, told_ns = excluded.told_ns",
              {monitor_, route_.name, name, due_ns, due ? now_ns_ : group.told_ns}));
    }
    return count;
  }

 private:
  Status run(std::string_view sql, std::initializer_list<store::Value> values) {
    return transaction_.execute(sql, values).status();
  }

  // When the group's news will be told; 0 where there are none.
  std::int64_t due_of(const Group& group) const {
    if (!group.news) return 0;
    if (group.due_ns > 0) return group.due_ns;
    const std::int64_t next_ns = group.told_ns > 0 ? group.told_ns + route_.interval_ns : 0;
    return std::max(now_ns_ + route_.wait_ns, next_ns);
  }
  bool is_due(const Group& group) const { return group.news ? due_of(group) <= now_ns_ : group.repeat; }

  Result<OrderedJson> documents_of(const Json& explanation) {
    OrderedJson documents = OrderedJson::array();
    if (!explanation.is_object() || !explanation.contains("stories")) return documents;
    for (const Json& story : explanation["stories"]) {
      if (documents.size() == kDocumentsMax) break;
      YUPU_ASSIGN_OR_RETURN(const auto rows,
                            transaction_.query("SELECT title, url, publisher, published_ns FROM monitor_document WHERE "
                                               "monitor = ? AND id = ?",
                                               {monitor_, story.get<std::int64_t>()}));
      for (const Row& row : rows)
        documents.push_back({{"title", row.text(0)},
                             {"url", row.text(1)},
                             {"publisher", row.text(2)},
                             {"published", format_utc(row.integer(3))}});
    }
    return documents;
  }

  Result<OrderedJson> described(const Alarm& alarm) {
    OrderedJson json = alarm.to_json();
    YUPU_ASSIGN_OR_RETURN(const Json explanation, parse_json(alarm.explanation));
    for (const char* key : {"cause", "negative", "total"}) {
      if (explanation.is_object() && explanation.contains(key)) json[key] = explanation[key];
    }
    YUPU_ASSIGN_OR_RETURN(json["documents"], documents_of(explanation));
    return json;
  }

  Status write_notice(const std::string& name, const Group& group) {
    OrderedJson alarms = OrderedJson::array();
    for (const auto* list : {&group.firing, &group.resolved}) {
      for (const Alarm* alarm : *list) {
        YUPU_ASSIGN_OR_RETURN(OrderedJson json, described(*alarm));
        alarms.push_back(std::move(json));
        YUPU_RETURN_IF_ERROR(
            run("INSERT INTO monitor_told (monitor, route, alarm, firing, told_ns) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
                "(monitor, route, alarm) DO UPDATE SET firing = excluded.firing, told_ns = excluded.told_ns",
                {monitor_, route_.name, alarm->alarm, std::int64_t{alarm->firing}, now_ns_}));
      }
    }
    const OrderedJson body = {{"monitor", monitor_},   {"route", route_.name},
                              {"group", name},         {"status", group.firing.empty() ? "resolved" : "firing"},
                              {"repeat", !group.news}, {"time", format_utc(now_ns_)},
                              {"alarms", alarms}};
    return put_notice(transaction_, monitor_, route_, body, now_ns_);
  }

  Transaction& transaction_;
  const std::string& monitor_;
  const Route& route_;
  std::int64_t now_ns_;
  std::map<std::string, Told> told_;
  std::map<std::string, Group> groups_;
};

// `write`: false only asks whether there is something to write; then the count is 1 or 0.
Result<std::int64_t> plan(Transaction& transaction, const std::string& monitor, std::span<const Route> routes,
                          std::int64_t now_ns, bool write) {
  YUPU_ASSIGN_OR_RETURN(const auto alarms, alarms_since(transaction, monitor, now_ns - kResolvedToldWithinNs));
  YUPU_ASSIGN_OR_RETURN(const auto silenced, silences(transaction, monitor, now_ns));
  std::int64_t count = 0;
  for (const Route& route : routes) {
    RoutePlan plan(transaction, monitor, route, now_ns);
    YUPU_RETURN_IF_ERROR(plan.read());
    for (const Alarm& alarm : alarms) plan.consider(alarm, silenced);
    if (!plan.any()) continue;
    if (!write) return 1;
    YUPU_ASSIGN_OR_RETURN(const std::int64_t written, plan.write());
    count += written;
  }
  return count;
}

}  // namespace

std::string_view route_kind_name(RouteKind kind) {
  switch (kind) {
    case RouteKind::kWebhook:
      return "webhook";
    case RouteKind::kMail:
      return "mail";
    case RouteKind::kWecom:
      return "wecom";
    case RouteKind::kDingtalk:
      return "dingtalk";
    case RouteKind::kFeishu:
      return "feishu";
    case RouteKind::kSlack:
      return "slack";
  }
  return "";
}

OrderedJson Notice::to_json() const {
  OrderedJson json = {{"id", id},
                      {"route", route},
                      {"state", state},
                      {"attempts", attempts},
                      {"created", format_utc(created_ns)},
                      {"last_error", last_error}};
  if (!recipient.empty()) json["recipient"] = recipient;
  return json;
}

Status put_notice(Transaction& transaction, const std::string& monitor, const Route& route, const OrderedJson& body,
                  std::int64_t now_ns) {
  const std::vector<std::string> nobody = {""};
  for (const std::string& recipient : route.kind == RouteKind::kMail ? route.mail.to : nobody) {
    const std::string id = random_id("ntc");
    OrderedJson notice = {{"id", id}};
    notice.update(body);
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO monitor_notice (id, monitor, route, recipient, body, state, attempts, created_ns, "
                     "next_ns, sent_ns, last_error) VALUES (?, ?, ?, ?, ?, 'waiting', 0, ?, ?, NULL, '')",
                     {id, monitor, route.name, recipient,
                      notice.dump(-1, ' ', false, OrderedJson::error_handler_t::replace), now_ns, now_ns})
            .status());
  }
  return ok_status();
}

Result<std::int64_t> plan_notices(store::Store& store, const std::string& monitor, std::span<const Route> routes,
                                  std::int64_t now_ns) {
  std::int64_t count = 0;
  const auto pass = [&](bool write) {
    return [&, write](Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(count, plan(transaction, monitor, routes, now_ns, write));
      return ok_status();
    };
  };
  YUPU_RETURN_IF_ERROR(store.read(pass(false)));
  if (count == 0) return count;
  YUPU_RETURN_IF_ERROR(store.write(pass(true)));
  return count;
}

Result<std::vector<Notice>> list_notices(store::Store& store, const std::string& monitor, const std::string& state,
                                         std::int64_t limit) {
  std::vector<Notice> notices;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query(
            "SELECT id, route, body, state, last_error, attempts, created_ns, next_ns, recipient FROM monitor_notice "
            "WHERE monitor = ? AND (? = '' OR state = ?) ORDER BY created_ns DESC, id LIMIT ?",
            {monitor, state, state, limit}));
    notices.clear();
    for (const Row& row : rows) {
      Notice& notice = notices.emplace_back();
      notice.id = row.text(0);
      notice.route = row.text(1);
      notice.body = row.text(2);
      notice.state = row.text(3);
      notice.last_error = row.text(4);
      notice.attempts = row.integer(5);
      notice.created_ns = row.integer(6);
      notice.next_ns = row.integer(7);
      notice.recipient = row.text(8);
    }
    return ok_status();
  }));
  return notices;
}

Status resend_notice(store::Store& store, const std::string& monitor, const std::string& id, const std::string& who,
                     std::int64_t now_ns) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const std::int64_t changed,
        transaction.execute("UPDATE monitor_notice SET state = 'waiting', attempts = 0, created_ns = ?, next_ns = ? "
                            "WHERE monitor = ? AND id = ? AND state = 'dead'",
                            {now_ns, now_ns, monitor, id}));
    if (changed == 0) return not_found(fmt::format("there is no dead notice '{}'", id));
    return write_audit(
        transaction, monitor,
        {.time_ns = now_ns, .topic = "", .alarm = "", .event = "notice_resent", .who = who, .detail = id});
  });
}

Status put_test_notice(store::Store& store, const std::string& monitor, const Route& route, const std::string& who,
                       std::int64_t now_ns) {
  return store.write([&](Transaction& transaction) -> Status {
    const OrderedJson body = {{"monitor", monitor},
                              {"route", route.name},
                              {"group", ""},
                              {"status", "test"},
                              {"repeat", false},
                              {"time", format_utc(now_ns)},
                              {"alarms", OrderedJson::array()}};
    YUPU_RETURN_IF_ERROR(put_notice(transaction, monitor, route, body, now_ns));
    return write_audit(
        transaction, monitor,
        {.time_ns = now_ns, .topic = "", .alarm = "", .event = "notice_tested", .who = who, .detail = route.name});
  });
}

}  // namespace yupu::monitor
