#include "products/service/agents/notices.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/json.h"

namespace yupu::products {
namespace {

using monitor::Route;
using store::Transaction;

constexpr std::int64_t kRowsMost = 100;  // of one notice
constexpr std::size_t kLinesMost = 5;
constexpr std::int64_t kTicketNewsNs = monitor::kDayNs;  // one that was left before is no news to a route made today
constexpr std::int64_t kToldKeptNs = 30 * monitor::kDayNs;

bool wants(const Route& route, std::string_view event) {
  return route.topics.empty() || std::find(route.topics.begin(), route.topics.end(), event) != route.topics.end();
}

OrderedJson words_json(const ShopWords& words) { return {{"subject", words.subject}, {"lines", words.lines}}; }

// The notice without what it is about.
OrderedJson notice_of(const ShopNotices& shop, const Route& route, std::string_view event, const ShopWords& zh,
                      const ShopWords& en, std::int64_t now_ns) {
  OrderedJson body = {{"shop", shop.shop},
                      {"route", route.name},
                      {"event", std::string(event)},
                      {"time", format_utc(now_ns)},
                      {"words", {{"zh", words_json(zh)}, {"en", words_json(en)}}}};
  if (!shop.link.empty()) body["link"] = shop.link;
  return body;
}

Status mark_told(Transaction& transaction, const ShopNotices& shop, const Route& route, std::string_view event,
                 const std::string& subject, std::int64_t now_ns) {
  return transaction
      .execute(
          "INSERT INTO shop_told (shop, route, event, subject, told_ns) VALUES (?, ?, ?, ?, ?) ON CONFLICT (shop, "
          "route, event, subject) DO UPDATE SET told_ns = excluded.told_ns",
          {shop.shop, route.name, std::string(event), subject, now_ns})
      .status();
}

struct Waiting {
  std::string conversation, lang, intent;
  std::int64_t priority = 0;
  std::int64_t since_ns = 0;
};

// Those a route was not told of; the most urgent first.
Result<std::vector<Waiting>> waiting_news(Transaction& transaction, const ShopNotices& shop, const Route& route,
                                          std::int64_t now_ns) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query(
          "SELECT h.conversation_id, h.lang, h.intent, c.priority, h.queued_ns FROM handover h JOIN conversation c ON "
          "c.id = h.conversation_id WHERE c.bot = ? AND h.agent_id IS NULL AND h.queued_ns <= ? AND NOT EXISTS (SELECT "
          "1 FROM shop_told t WHERE t.shop = ? AND t.route = ? AND t.event = 'waiting' AND t.subject = "
          "h.conversation_id) ORDER BY c.priority DESC, h.queued_ns, h.conversation_id LIMIT ?",
          {shop.bot, now_ns - route.wait_ns, shop.shop, route.name, kRowsMost}));
  std::vector<Waiting> news;
  for (const store::Row& row : rows) {
    news.push_back({.conversation = row.text(0),
                    .lang = row.text(1),
                    .intent = row.text(2),
                    .priority = row.integer(3),
                    .since_ns = row.integer(4)});
  }
  return news;
}

// Whether the route was told of visitors less than its interval ago.
Result<bool> is_held(Transaction& transaction, const ShopNotices& shop, const Route& route, std::int64_t now_ns) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT told_ns FROM shop_told WHERE shop = ? AND route = ? AND event = "
                                          "'waiting' AND subject = ''",
                                          {shop.shop, route.name}));
  return !rows.empty() && now_ns - rows[0].integer(0) < route.interval_ns;
}

ShopWords waiting_words(const std::vector<Waiting>& news, bool chinese, std::int64_t now_ns) {
  ShopWords words;
  words.subject = chinese             ? fmt::format("有 {} 位访客在等人工", news.size())
                  : news.size() == 1u ? std::string("A visitor waits for a person")
                                      : fmt::format("{} visitors wait for a person", news.size());
  for (const Waiting& one : news) {
    if (words.lines.size() == kLinesMost) break;
    const std::int64_t minutes = (now_ns - one.since_ns) / monitor::kMinuteNs;
    std::string line = chinese ? fmt::format("等了 {} 分钟", minutes) : fmt::format("for {} minutes", minutes);
    if (!one.intent.empty()) line += (chinese ? "，意图 " : ", intent ") + one.intent;
    if (!one.lang.empty()) line += (chinese ? "，语言 " : ", language ") + one.lang;
    if (one.priority > 0) line += fmt::format("{}{}", chinese ? "，优先级 " : ", priority ", one.priority);
    words.lines.push_back(std::move(line));
  }
  return words;
}

Status write_waiting(Transaction& transaction, const ShopNotices& shop, const Route& route,
                     const std::vector<Waiting>& news, std::int64_t now_ns) {
  OrderedJson body =
      notice_of(shop, route, "waiting", waiting_words(news, true, now_ns), waiting_words(news, false, now_ns), now_ns);
  body["waiting"] = OrderedJson::array();
  for (const Waiting& one : news) {
    body["waiting"].push_back({{"conversation", one.conversation},
                               {"since", format_utc(one.since_ns)},
                               {"lang", one.lang},
                               {"intent", one.intent},
                               {"priority", one.priority}});
    YUPU_RETURN_IF_ERROR(mark_told(transaction, shop, route, "waiting", one.conversation, now_ns));
  }
  YUPU_RETURN_IF_ERROR(mark_told(transaction, shop, route, "waiting", "", now_ns));
  return monitor::put_notice(transaction, notice_place(shop.shop), route, body, now_ns);
}

Result<std::vector<std::string>> ticket_news(Transaction& transaction, const ShopNotices& shop, const Route& route,
                                             std::int64_t now_ns) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query(
          "SELECT t.conversation_id FROM ticket t JOIN conversation c ON c.id = t.conversation_id WHERE c.bot = ? AND "
          "t.created_ns >= ? AND NOT EXISTS (SELECT 1 FROM shop_told s WHERE s.shop = ? AND s.route = ? AND s.event = "
          "'ticket' AND s.subject = t.conversation_id AND s.told_ns >= t.created_ns) ORDER BY t.created_ns, "
          "t.conversation_id LIMIT ?",
          {shop.bot, now_ns - kTicketNewsNs, shop.shop, route.name, kRowsMost}));
  std::vector<std::string> news;
  for (const store::Row& row : rows) news.push_back(row.text(0));
  return news;
}

Status write_tickets(Transaction& transaction, const ShopNotices& shop, const Route& route,
                     const std::vector<std::string>& news, std::int64_t now_ns) {
  const ShopWords zh{.subject = fmt::format("有 {} 位访客留下了联系方式", news.size()),
                     .lines = {"当时没有客服在线；内容见 yupu conversations list --tickets"}};
  const ShopWords en{.subject = news.size() == 1u ? std::string("A visitor left a way to reach them")
                                                  : fmt::format("{} visitors left a way to reach them", news.size()),
                     .lines = {"nobody was on duty; read it with yupu conversations list --tickets"}};
  OrderedJson body = notice_of(shop, route, "ticket", zh, en, now_ns);
  body["conversations"] = news;
  for (const std::string& conversation : news)
    YUPU_RETURN_IF_ERROR(mark_told(transaction, shop, route, "ticket", conversation, now_ns));
  return monitor::put_notice(transaction, notice_place(shop.shop), route, body, now_ns);
}

constexpr std::string_view kOver =
    " FROM shop_told WHERE shop = ? AND ((event = 'waiting' AND subject <> '' AND NOT EXISTS (SELECT 1 FROM handover h "
    "WHERE h.conversation_id = shop_told.subject AND h.agent_id IS NULL)) OR (event <> 'waiting' AND told_ns < ?))";

// `write`: false only asks whether there is something to write; then the count is 1 or 0.
Result<std::int64_t> plan(Transaction& transaction, const ShopNotices& shop, std::int64_t now_ns, bool write) {
  std::int64_t count = 0;
  YUPU_ASSIGN_OR_RETURN(const auto over,
                        transaction.query("SELECT COUNT(*)" + std::string(kOver), {shop.shop, now_ns - kToldKeptNs}));
  if (over[0].integer(0) > 0) {
    if (!write) return 1;
    YUPU_RETURN_IF_ERROR(
        transaction.execute("DELETE" + std::string(kOver), {shop.shop, now_ns - kToldKeptNs}).status());
  }
  for (const Route& route : shop.routes) {
    if (wants(route, "waiting")) {
      YUPU_ASSIGN_OR_RETURN(const bool held, is_held(transaction, shop, route, now_ns));
      std::vector<Waiting> news;
      if (!held) {
        YUPU_ASSIGN_OR_RETURN(news, waiting_news(transaction, shop, route, now_ns));
      }
      if (!news.empty() && !write) return 1;
      if (!news.empty()) YUPU_RETURN_IF_ERROR(write_waiting(transaction, shop, route, news, now_ns));
      count += news.empty() ? 0 : 1;
    }
    if (!wants(route, "ticket")) continue;
    YUPU_ASSIGN_OR_RETURN(const auto tickets, ticket_news(transaction, shop, route, now_ns));
    if (tickets.empty()) continue;
    if (!write) return 1;
    YUPU_RETURN_IF_ERROR(write_tickets(transaction, shop, route, tickets, now_ns));
    ++count;
  }
  return count;
}

}  // namespace

std::string notice_place(const std::string& shop) { return "shop/" + shop; }

Result<std::int64_t> plan_shop_notices(store::Store& store, const ShopNotices& shop, std::int64_t now_ns) {
  std::int64_t count = 0;
  const auto pass = [&](bool write) {
    return [&, write](Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(count, plan(transaction, shop, now_ns, write));
      return ok_status();
    };
  };
  YUPU_RETURN_IF_ERROR(store.read(pass(false)));
  if (count == 0) return count;
  YUPU_RETURN_IF_ERROR(store.write(pass(true)));
  return count;
}

Status tell_shop(store::Store& store, const ShopNotices& shop, const ShopNews& news, std::int64_t now_ns) {
  if (shop.routes.empty()) return ok_status();
  return store.write([&](Transaction& transaction) -> Status {
    for (const Route& route : shop.routes) {
      if (!wants(route, news.event)) continue;
      YUPU_ASSIGN_OR_RETURN(const auto told,
                            transaction.query("SELECT 1 FROM shop_told WHERE shop = ? AND route = ? AND event = ? AND "
                                              "subject = ?",
                                              {shop.shop, route.name, news.event, news.subject}));
      if (!told.empty()) continue;
      YUPU_RETURN_IF_ERROR(mark_told(transaction, shop, route, news.event, news.subject, now_ns));
      YUPU_RETURN_IF_ERROR(monitor::put_notice(transaction, notice_place(shop.shop), route,
                                               notice_of(shop, route, news.event, news.zh, news.en, now_ns), now_ns));
    }
    return ok_status();
  });
}

}  // namespace yupu::products
