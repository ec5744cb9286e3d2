#include "products/monitor/alarms/notices.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/alarms/delivery.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kStart = 20'000 * kDayNs;

class Notices : public ::testing::Test {
 protected:
  void SetUp() override { store_ = store::open_store(yupu::testing::fresh_url()).value(); }

  void change(const std::string& topic, TopicState from, TopicState to, std::int64_t time_ns,
              std::int64_t fired_ns = kStart) {
    ASSERT_TRUE(store_
                    ->write([&](store::Transaction& transaction) {
                      return write_change(transaction, "m",
                                          {.topic = topic,
                                           .from = from,
                                           .to = to,
                                           .time_ns = time_ns,
                                           .alarm = topic + "@" + std::to_string(fired_ns)});
                    })
                    .ok());
  }
  void fire(const std::string& topic, std::int64_t time_ns) {
    change(topic, TopicState::kQuiet, TopicState::kFiring, time_ns);
  }
  void resolve(const std::string& topic, std::int64_t time_ns) {
    change(topic, TopicState::kFiring, TopicState::kResolved, time_ns);
  }
  // Notices written while the clock goes from `begin_ns` to `end_ns` second by second, in steps.
  std::int64_t planned(std::int64_t begin_ns, std::int64_t end_ns, std::int64_t step_ns = 10 * kSecondNs) {
    std::int64_t count = 0;
    for (std::int64_t now = begin_ns; now <= end_ns; now += step_ns)
      count += plan_notices(*store_, "m", routes_, now).value();
    return count;
  }
  Json newest() { return parse_json(list_notices(*store_, "m", "", 1)->front().body).value(); }

  std::unique_ptr<store::Store> store_;
  std::vector<Route> routes_ = {{.name = "desk", .url = "http://desk.example/hook"}};
};

TEST_F(Notices, WaitThenOnceThenRepeatsNotBeforeTheirTime) {
  fire("tea", kStart);
  EXPECT_EQ(planned(kStart, kStart + 20 * kSecondNs), 0);
  EXPECT_EQ(planned(kStart + 30 * kSecondNs, kStart + 30 * kSecondNs), 1);
  EXPECT_EQ(newest()["status"], "firing");
  EXPECT_EQ(newest()["alarms"][0]["topic"], "tea");
  EXPECT_EQ(planned(kStart + kMinuteNs, kStart + 4 * kHourNs, kMinuteNs), 0);
  EXPECT_EQ(planned(kStart + 4 * kHourNs + 30 * kSecondNs, kStart + 5 * kHourNs, kMinuteNs), 1);
  EXPECT_EQ(newest()["repeat"], true);
  resolve("tea", kStart + 5 * kHourNs);
  EXPECT_EQ(planned(kStart + 5 * kHourNs, kStart + 10 * kHourNs, kMinuteNs), 1);
  EXPECT_EQ(newest()["status"], "resolved");
}

TEST_F(Notices, OneThatResolvedBeforeItWasToldIsNotTold) {
  fire("tea", kStart);
  EXPECT_EQ(planned(kStart, kStart), 0);
  resolve("tea", kStart + 20 * kSecondNs);
  EXPECT_EQ(planned(kStart + 20 * kSecondNs, kStart + kHourNs), 0);
}

TEST_F(Notices, FlappingIsHeldToTheInterval) {
  fire("tea", kStart);
  EXPECT_EQ(planned(kStart, kStart + 30 * kSecondNs), 1);
  std::int64_t count = 0;
  for (int i = 0; i < 10; ++i) {
    const std::int64_t at = kStart + kMinuteNs + i * 20 * kSecondNs;
    i % 2 == 0 ? resolve("tea", at) : fire("tea", at);
    count += planned(at, at + 10 * kSecondNs);
  }
  EXPECT_EQ(count, 0);                                              // within five minutes of the last notice
  EXPECT_EQ(planned(kStart + 4 * kMinuteNs, kStart + kHourNs), 0);  // and it fires as it did when it was told
  EXPECT_EQ(list_alarms(*store_, "m", 1)->front().fired_count, 6);
}

TEST_F(Notices, ManyAtOnceAreOneNoticeAGroup) {
  for (int i = 0; i < 500; ++i) fire("topic " + std::to_string(i), kStart);
  routes_ = {{.name = "all", .url = "http://a.example/", .one_group = true},
             {.name = "three", .url = "http://b.example/", .topics = {"topic 1", "topic 2", "topic 3"}}};
  EXPECT_EQ(planned(kStart, kStart + kMinuteNs), 4);
  std::int64_t most = 0;
  const std::vector<Notice> notices = list_notices(*store_, "m", "", 10).value();
  for (const Notice& notice : notices)
    most = std::max(most, static_cast<std::int64_t>(parse_json(notice.body).value()["alarms"].size()));
  EXPECT_EQ(most, 500);
}

TEST_F(Notices, AcknowledgedIsNotRepeatedAndSilencedIsNotTold) {
  fire("tea", kStart);
  fire("water", kStart);
  const Silence silence{.id = "",
                        .topic = "water",
                        .begins_ns = kStart,
                        .ends_ns = kStart + 2 * kHourNs,
                        .created_by = "Li",
                        .note = "known"};
  ASSERT_TRUE(add_silence(*store_, "m", silence).ok());
  EXPECT_EQ(planned(kStart, kStart + kMinuteNs), 1);
  EXPECT_EQ(newest()["group"], "tea");
  ASSERT_TRUE(acknowledge(*store_, "m", "tea@" + std::to_string(kStart), "Li", "", kStart + kMinuteNs).ok());
  EXPECT_EQ(planned(kStart + kMinuteNs, kStart + 2 * kHourNs - kMinuteNs, kMinuteNs), 0);
  EXPECT_EQ(planned(kStart + 2 * kHourNs, kStart + 3 * kHourNs, kMinuteNs), 1);  // the silence has ended
  EXPECT_EQ(newest()["group"], "water");
  resolve("water", kStart + 3 * kHourNs);
  EXPECT_EQ(planned(kStart + 3 * kHourNs, kStart + 9 * kHourNs, kMinuteNs), 1);  // tea: no repeat
  resolve("tea", kStart + 9 * kHourNs);
  EXPECT_EQ(planned(kStart + 9 * kHourNs, kStart + 10 * kHourNs, kMinuteNs), 1);
}

TEST_F(Notices, EscalatesWhatNobodyAcknowledged) {
  routes_ = {{.name = "boss", .url = "http://boss.example/", .wait_ns = 0, .after_ns = kHourNs}};
  fire("tea", kStart);
  fire("water", kStart);
  ASSERT_TRUE(acknowledge(*store_, "m", "tea@" + std::to_string(kStart), "Li", "", kStart + kMinuteNs).ok());
  EXPECT_EQ(planned(kStart, kStart + kHourNs - kMinuteNs, kMinuteNs), 0);
  EXPECT_EQ(planned(kStart + kHourNs, kStart + 2 * kHourNs, kMinuteNs), 1);
  EXPECT_EQ(newest()["group"], "water");
}

// Answers by turns, and what was asked.
class Receiver {
 public:
  explicit Receiver(std::vector<int> statuses) : statuses_(std::move(statuses)) {}  // 0: hangs
  Post post() {
    return [this](const Route& route, const std::string&, const http::Headers& headers,
                  const std::string& body) -> Result<http::Response> {
      keys.emplace_back(headers.get("idempotency-key"));
      const std::string signed_text = std::string(headers.get("x-yupu-timestamp")) + "." + body;
      EXPECT_EQ(headers.get("x-yupu-signature"), "sha256=" + to_hex(hmac_sha256(route.secret, signed_text)));
      const int status = statuses_[std::min(keys.size(), statuses_.size()) - 1];
      if (status == 0) return unavailable("no answer");
      http::Response response{.status = status, .headers = {}, .body = {}};
      if (status == 429) response.headers.add("retry-after", "120");
      return response;
    };
  }
  std::vector<std::string> keys;

 private:
  std::vector<int> statuses_;
};

class Delivery : public Notices {
 protected:
  void SetUp() override {
    Notices::SetUp();
    routes_[0].wait_ns = 0;
    routes_[0].secret = "hush";
    fire("tea", kStart);
    EXPECT_EQ(planned(kStart, kStart), 1);
  }
  Delivered try_until(Receiver& receiver, std::int64_t end_ns, std::int64_t step_ns) {
    Delivered all;
    for (; clock_.now_ns() <= end_ns; clock_.advance_ns(step_ns)) {
      const Delivered some = deliver(*store_, clock_, "m", routes_, rng_, send_by(receiver.post(), {})).value();
      all.sent += some.sent;
      all.postponed += some.postponed;
      all.dead += some.dead;
    }
    return all;
  }
  FakeClock clock_{kStart};
  Rng rng_{9};
};

TEST_F(Delivery, TriesAgainUnderTheSameKey) {
  Receiver receiver({500, 0, 429, 408, 204});
  const Delivered delivered = try_until(receiver, kStart + kMinuteNs, kSecondNs);
  EXPECT_EQ(delivered.sent, 0);  // Retry-After: two minutes
  EXPECT_EQ(delivered.postponed, 3);
  EXPECT_EQ(try_until(receiver, kStart + 10 * kMinuteNs, kSecondNs).sent, 1);
  ASSERT_EQ(receiver.keys.size(), 5u);
  EXPECT_EQ(std::count(receiver.keys.begin(), receiver.keys.end(), receiver.keys[0]), 5);
  EXPECT_EQ(list_notices(*store_, "m", "sent", 10)->front().attempts, 5);
}

TEST_F(Delivery, GivesUpAfterADayAndCanBeSentAgain) {
  Receiver broken({503});
  const Delivered delivered = try_until(broken, kStart + 26 * kHourNs, kMinuteNs);
  EXPECT_EQ(delivered.dead, 1);
  EXPECT_GT(delivered.postponed, 60);
  const std::string id = list_notices(*store_, "m", "dead", 10)->front().id;
  EXPECT_EQ(resend_notice(*store_, "m", "ntc_x", "Li", clock_.now_ns()).code(), Code::kNotFound);
  ASSERT_TRUE(resend_notice(*store_, "m", id, "Li", clock_.now_ns()).ok());
  const auto resent = read_audit_of(*store_, "m", "notice_resent", 0).value();
  ASSERT_EQ(resent.size(), 1u);
  EXPECT_EQ(resent[0].who, "Li");
  EXPECT_EQ(resent[0].detail, id);
  Receiver mended({200});
  EXPECT_EQ(try_until(mended, clock_.now_ns(), kMinuteNs).sent, 1);
  EXPECT_EQ(mended.keys, std::vector<std::string>{id});
}

TEST_F(Delivery, WhatCannotSucceedIsDeadAtOnce) {
  Receiver receiver({404});
  EXPECT_EQ(try_until(receiver, kStart, kSecondNs).dead, 1);
  EXPECT_EQ(list_notices(*store_, "m", "dead", 10)->front().last_error, "HTTP 404");
  EXPECT_EQ(read_audit(*store_, "m", 1)->front().event, "notice_dead");
}

TEST_F(Delivery, ThisMachineIsRefusedUnlessAllowed) {
  routes_[0].url = "http://127.0.0.1:1/hook";
  const Post post = http_post(200);
  const auto code = [&] { return post(routes_[0], routes_[0].url, {}, "").status().code(); };
  EXPECT_EQ(code(), Code::kPermissionDenied);
  routes_[0].allow_private = true;
  EXPECT_EQ(code(), Code::kUnavailable);  // nobody listens
  routes_[0].url = "https://127.0.0.1:1/hook";
  EXPECT_EQ(code(), Code::kUnavailable);
}

}  // namespace
}  // namespace yupu::monitor
