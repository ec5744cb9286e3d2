// What the people of a shop are told while nobody looks at the console, over the routes of monitor/alarms/notices.h: a
// chat's robot, mail, a signed webhook.
//
//   waiting   visitors have been nobody's for the route's wait_ns; the new ones are one notice, one an interval_ns at
//             most. Each is told of once; who was taken and goes back to the queue is news again
//   ticket    somebody has left a way to reach them (tickets.h); again when they change it
//   release, refused, failed, tests      what came of a round (strategy/rounds.h), told by tell_shop()
//
// A notice names conversations by their ids, languages, intents and priorities: nothing that a visitor wrote leaves the
// shop.  It is written with what it says of whom was told, in one transaction; sending it is notice_sender.h's
// business. A route's `topics` are the events it wants; none: all. Threads  any.        Outcomes  those of the store.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "products/monitor/alarms/notices.h"
#include "store/store.h"

namespace yupu::products {

inline constexpr std::array<std::string_view, 6> kShopEvents = {"waiting", "ticket", "release",
                                                                "refused", "failed", "tests"};

struct ShopNotices {
  std::string shop;  // the strategy's name
  std::string bot;
  std::string link;  // of the console, where people reach it; empty: none
  std::vector<monitor::Route> routes;
};

// The name under which a shop's notices stand among those of monitors; no monitor can have it.
std::string notice_place(const std::string& shop);

// Writes the notices of visitors and tickets that are due.  Gives how many.
Result<std::int64_t> plan_shop_notices(store::Store& store, const ShopNotices& shop, std::int64_t now_ns);

struct ShopWords {
  std::string subject;
  std::vector<std::string> lines;
};
struct ShopNews {
  std::string event;    // one of kShopEvents
  std::string subject;  // what it is about: told of once
  ShopWords zh, en;
};
// To every route that wants to hear of it.
Status tell_shop(store::Store& store, const ShopNotices& shop, const ShopNews& news, std::int64_t now_ns);

}  // namespace yupu::products
