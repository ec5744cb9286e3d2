// Notices to a receiver that fails half of the time and hangs a tenth of it.
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "http/webhook.h"
#include "products/monitor/alarms/delivery.h"
#include "products/monitor/detect/series.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kStart = 20'000 * kDayNs;
constexpr std::int64_t kNotices = 200;

TEST(DeliveryToABadReceiver, EveryNoticeArrivesAndWhatComesTwiceHasItsKey) {
  const auto store = store::open_store(yupu::testing::fresh_url()).value();
  const std::vector<Route> routes = {{.name = "desk", .url = "http://desk.example/hook", .secret = "hush"}};
  ASSERT_TRUE(store
                  ->write([&](store::Transaction& transaction) -> Status {
                    for (std::int64_t i = 0; i < kNotices; ++i)
                      YUPU_RETURN_IF_ERROR(put_notice(transaction, "m", routes[0],
                                                      {{"monitor", "m"}, {"status", "firing"}, {"number", i}}, kStart));
                    return ok_status();
                  })
                  .ok());
  FakeClock clock(kStart);
  Rng pauses(1), luck(2);
  std::map<std::string, std::string> arrived;  // body by key
  std::int64_t attempts = 0, again = 0;
  const Send send = send_by(
      [&](const Route&, const std::string&, const http::Headers& headers,
          const std::string& body) -> Result<http::Response> {
        ++attempts;
        EXPECT_TRUE(http::check_signed(headers, "hush", body, clock.now_ns(), kMinuteNs).ok());
        const double draw = luck.uniform();
        if (draw < 0.5) return http::Response{.status = 503, .headers = {}, .body = {}};
        const bool hangs = draw < 0.6;
        if (hangs && luck.below(2) == 0) return unavailable("it hung before it read");
        const auto [known, is_new] = arrived.emplace(std::string(headers.get("idempotency-key")), body);
        if (!is_new) ++again;
        EXPECT_EQ(known->second, body);
        if (hangs) return unavailable("it hung before it answered");
        return http::Response{.status = 204, .headers = {}, .body = {}};
      },
      {});
  Delivered all;
  for (; clock.now_ns() < kStart + 24 * kHourNs && all.sent < kNotices; clock.advance_ns(5 * kSecondNs)) {
    const auto some = deliver(*store, clock, "m", routes, pauses, send);
    ASSERT_TRUE(some.ok()) << some.status().to_string();
    all.sent += some->sent;
    all.dead += some->dead;
  }
  EXPECT_EQ(all.sent, kNotices);
  EXPECT_EQ(all.dead, 0);
  EXPECT_EQ(static_cast<std::int64_t>(arrived.size()), kNotices) << "none is lost";
  EXPECT_GT(again, 0) << "some came twice";
  EXPECT_GT(attempts, 2 * kNotices);
  EXPECT_TRUE(list_notices(*store, "m", "waiting", 10)->empty());
}

}  // namespace
}  // namespace yupu::monitor
