#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "commerce/metering/usage.h"
#include "commerce/testing.h"
#include "store/testing.h"

namespace yupu::commerce {
namespace {

using handoff::Usage;
using ::testing::HasSubstr;
using testing::Shop;

constexpr std::int64_t kSecond = 1'000'000'000;

PlanSettings with_quota(std::optional<std::int64_t> tokens, std::optional<std::int64_t> ufen = std::nullopt) {
  PlanSettings settings = Shop::default_plan();
  settings.quota_tokens = tokens;
  settings.quota_ufen = ufen;
  return settings;
}

TEST(Commerce, OneCallIsHeldChargedAndBooked) {
  Shop shop;
  Usage usage = shop.usage("r1", 17);
  const auto hold = shop.commerce->hold(shop.caller, usage);
  ASSERT_TRUE(hold.ok()) << hold.status().to_string();
  EXPECT_EQ(hold.value().amount.ufen(), 340);
  EXPECT_EQ(shop.commerce->open_hold_count(), 1u);
  usage.tokens = 11;  // less than estimated
  const auto price = shop.commerce->capture(hold.value(), usage, [](store::Transaction& transaction) {
    return transaction
        .execute(
            "INSERT INTO idempotency (tenant_id, key, route, body_sha256, status, response, created_ns) "
            "VALUES ('t', 'k', 'r', 'b', 200, '{}', 1)")
        .status();
  });
  ASSERT_TRUE(price.ok()) << price.status().to_string();
  EXPECT_EQ(price.value().ufen(), 220);
  EXPECT_EQ(shop.commerce->open_hold_count(), 0u);
  EXPECT_EQ(shop.number("SELECT count(*) FROM idempotency"), 1) << "`also` is part of it";
  EXPECT_EQ(shop.number("SELECT count(*) FROM hold WHERE state = 'settled'"), 1);
  EXPECT_EQ(balance(*shop.store, shop.tenant.id).value().owed().ufen(), 220);
  const auto summary = usage_summary(*shop.store, shop.tenant.id, month_of(shop.clock.now_ns()));
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary.value().tokens, 11);
  EXPECT_EQ(summary.value().call_count, 1);
  EXPECT_EQ(summary.value().price.ufen(), 220);
  EXPECT_EQ(summary.value().to_json()["lines"][0]["meter"], "classify_tokens");
  shop.expect_books_ok();
}

TEST(Commerce, AReleasedCallCostsNothing) {
  Shop shop;
  const auto hold = shop.commerce->hold(shop.caller, shop.usage("r1", 17));
  ASSERT_TRUE(hold.ok());
  shop.commerce->release(hold.value());
  shop.commerce->release(hold.value());
  EXPECT_EQ(shop.commerce->open_hold_count(), 0u);
  ASSERT_TRUE(shop.run("DELETE FROM idempotency").ok());  // a write after ours: now theirs is in
  EXPECT_EQ(shop.number("SELECT count(*) FROM hold WHERE state = 'voided'"), 1);
  EXPECT_EQ(shop.number("SELECT count(*) FROM usage_event"), 0);
  shop.expect_books_ok();
}

TEST(Commerce, AFailingAlsoChargesNothing) {
  Shop shop;
  const Usage usage = shop.usage("r1", 10);
  const auto hold = shop.commerce->hold(shop.caller, usage);
  const auto price =
      shop.commerce->capture(hold.value(), usage, [](store::Transaction&) { return conflict("stored before"); });
  EXPECT_EQ(price.status().code(), Code::kConflict);
  EXPECT_EQ(shop.number("SELECT count(*) FROM usage_event"), 0);
  EXPECT_EQ(shop.commerce->open_hold_count(), 1u) << "the hold stands";
  EXPECT_TRUE(shop.commerce->capture(hold.value(), usage, nullptr).ok()) << "and can be captured again";
  EXPECT_EQ(shop.commerce->open_hold_count(), 0u);
  shop.expect_books_ok();
}

TEST(Commerce, SameIdOtherBodyIsAConflict) {
  Shop shop;
  ASSERT_TRUE(shop.call(shop.usage("r1", 10)).ok());
  EXPECT_EQ(shop.call(shop.usage("r1", 11)).status().code(), Code::kConflict);
  EXPECT_EQ(shop.call(shop.usage("r1", 10, "answer_tokens")).status().code(), Code::kConflict);
  shop.clock.advance_ns(kSecond);
  EXPECT_EQ(shop.call(shop.usage("r1", 10)).value().ufen(), 200) << "a retry is later, and the same";
  EXPECT_EQ(shop.number("SELECT count(*) FROM usage_event"), 1);
  EXPECT_EQ(shop.commerce->open_hold_count(), 0u);
  shop.expect_books_ok();
}

TEST(Commerce, RefusesWhatItCannotPriceOrName) {
  Shop shop;
  EXPECT_EQ(shop.call(shop.usage("r1", 10, "unknown_tokens")).status().field(), "meter");
  EXPECT_EQ(shop.call(shop.usage("", 10)).status().field(), "request_id");
  EXPECT_EQ(shop.call(shop.usage(std::string(201, 'x'), 10)).status().field(), "request_id");
  EXPECT_EQ(shop.call(shop.usage("r1", -1)).status().field(), "tokens");
  const auto hold = shop.commerce->hold(shop.caller, shop.usage("r1", 1));
  EXPECT_EQ(shop.commerce->capture(hold.value(), shop.usage("r2", 1), nullptr).status().field(), "request_id");
  EXPECT_EQ(shop.number("SELECT count(*) FROM usage_event"), 0);
}

TEST(Commerce, ChargedExactlyOnceFromEightThreads) {
  Shop shop;
  constexpr int kCalls = 60;
  std::atomic<int> error_count = 0;
  std::atomic<int> also_count = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls * 5; ++i) {
        if (i % 8 != t) continue;  // each call five times, by different threads
        const Usage usage = shop.usage("r" + std::to_string(i % kCalls), 1 + i % kCalls);
        const auto hold = shop.commerce->hold(shop.caller, usage);
        const auto price = shop.commerce->capture(hold.value(), usage, [&](store::Transaction&) {
          ++also_count;
          return ok_status();
        });
        if (!price.ok() || price.value().ufen() != 20 * usage.tokens) ++error_count;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(error_count, 0);
  EXPECT_EQ(also_count, kCalls);
  EXPECT_EQ(shop.number("SELECT count(*) FROM usage_event"), kCalls);
  EXPECT_EQ(shop.number("SELECT sum(price_ufen) FROM usage_event"), 20 * kCalls * (kCalls + 1) / 2);
  EXPECT_EQ(shop.commerce->open_hold_count(), 0u);
  shop.expect_books_ok();
}

// 64 calls in flight, estimates too small by up to ten times: used never exceeds the quota, and what fits is let in.
TEST(Commerce, AHardQuotaIsNeverOvershot) {
  constexpr std::int64_t kQuota = 20'000;
  Shop shop(yupu::testing::fresh_url(), with_quota(kQuota));
  std::atomic<std::int64_t> captured_tokens = 0;
  std::atomic<int> refused_count = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 64; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        Usage usage = shop.usage("r" + std::to_string(t) + "." + std::to_string(i), 3 + (t * 7 + i) % 40);
        const auto hold = shop.commerce->hold(shop.caller, usage);
        if (!hold.ok()) {
          EXPECT_EQ(hold.status().code(), Code::kPaymentRequired);
          ++refused_count;
          continue;
        }
        usage.tokens *= 1 + (t + i) % 10;
        const auto price = shop.commerce->capture(hold.value(), usage, nullptr);
        if (price.ok()) {
          captured_tokens += usage.tokens;
        } else {
          EXPECT_EQ(price.status().code(), Code::kPaymentRequired) << price.status().to_string();
          ++refused_count;
          shop.commerce->release(hold.value());
        }
      }
    });
  }
  threads.clear();
  EXPECT_GT(refused_count, 0);
  EXPECT_LE(captured_tokens, kQuota);
  EXPECT_GT(captured_tokens, kQuota - 430) << "what fits is let in";
  EXPECT_EQ(shop.number("SELECT sum(tokens) FROM usage_event"), captured_tokens);
  EXPECT_EQ(shop.commerce->open_hold_count(), 0u);
  shop.expect_books_ok();
}

// With exact estimates not one call too many, and not one too few.
TEST(Commerce, AQuotaInMoneyIsUsedToTheLastUfen) {
  Shop shop(yupu::testing::fresh_url(), with_quota(std::nullopt, 300 * 20));
  std::atomic<int> ok_count = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 30; ++i) {
        const Usage usage = shop.usage("r" + std::to_string(t) + "." + std::to_string(i), 1);
        auto price = shop.call(usage);
        while (!price.ok() && ok_count < 300 - 16)
          price = shop.call(usage);  // a hold in flight may have been in the way
        ok_count += price.ok() ? 1 : 0;
      }
    });
  }
  threads.clear();
  for (int i = 0; i < 20; ++i) ok_count += shop.call(shop.usage("late" + std::to_string(i), 1)).ok() ? 1 : 0;
  EXPECT_EQ(ok_count, 300);
  EXPECT_EQ(shop.number("SELECT sum(price_ufen) FROM usage_event"), 6000);
  const Status refused = shop.call(shop.usage("one more", 1)).status();
  EXPECT_EQ(refused.code(), Code::kPaymentRequired);
  EXPECT_THAT(refused.message(), HasSubstr("basic"));
  shop.expect_books_ok();
}

TEST(Commerce, AQuotaBeginsAnewWithTheMonthInShanghai) {
  Shop shop(yupu::testing::fresh_url(), with_quota(10));
  ASSERT_TRUE(shop.call(shop.usage("r1", 10)).ok());
  const Month november = month_of(shop.clock.now_ns());
  shop.clock.set_ns(november.end_ns() - 1);
  EXPECT_EQ(shop.call(shop.usage("r2", 1)).status().code(), Code::kPaymentRequired);
  shop.clock.set_ns(november.end_ns());
  EXPECT_TRUE(shop.call(shop.usage("r3", 10)).ok());
  EXPECT_EQ(shop.call(shop.usage("r4", 1)).status().code(), Code::kPaymentRequired);
  EXPECT_EQ(shop.number("SELECT count(DISTINCT month) FROM usage_event"), 2);
}

TEST(Commerce, ACallsRateIsLimited) {
  PlanSettings settings = Shop::default_plan();
  settings.calls_per_minute = 60;
  Shop shop(yupu::testing::fresh_url(), settings);
  int ok_count = 0;
  for (int i = 0; i < 50; ++i) ok_count += shop.call(shop.usage("a" + std::to_string(i), 1)).ok() ? 1 : 0;
  EXPECT_EQ(ok_count, 10) << "ten seconds' worth at once";
  EXPECT_EQ(shop.call(shop.usage("b", 1)).status().code(), Code::kResourceExhausted);
  EXPECT_EQ(shop.commerce->open_hold_count(), 0u);
  shop.clock.advance_ns(kSecond);
  EXPECT_TRUE(shop.call(shop.usage("c", 1)).ok());
  EXPECT_FALSE(shop.call(shop.usage("d", 1)).ok());
}

TEST(Commerce, ChangesOfAnotherProcessAreInForceWithinASecond) {
  Shop shop;
  ASSERT_TRUE(shop.call(shop.usage("r1", 10)).ok());
  ASSERT_TRUE(set_tenant_status(*shop.store, shop.tenant.id, "suspended").ok());
  shop.clock.advance_ns(kSecond);
  EXPECT_EQ(shop.call(shop.usage("r2", 10)).status().code(), Code::kPaymentRequired);
  ASSERT_TRUE(set_tenant_status(*shop.store, shop.tenant.id, "active").ok());
  ASSERT_TRUE(set_plan(*shop.store, shop.clock, with_quota(10)).ok());
  shop.clock.advance_ns(kSecond);
  EXPECT_EQ(shop.call(shop.usage("r3", 1)).status().code(), Code::kPaymentRequired) << "10 tokens are used already";
  ASSERT_TRUE(set_plan(*shop.store, shop.clock, with_quota(11)).ok());
  shop.clock.advance_ns(kSecond);
  EXPECT_TRUE(shop.call(shop.usage("r3", 1)).ok());
}

TEST(Commerce, ForgottenHoldsExpireAndLateCapturesAreCharged) {
  Shop shop(yupu::testing::fresh_url(), with_quota(10));
  const Usage forgotten = shop.usage("r1", 10);
  const auto hold = shop.commerce->hold(shop.caller, forgotten);
  ASSERT_TRUE(hold.ok());
  EXPECT_EQ(shop.commerce->hold(shop.caller, shop.usage("r2", 1)).status().code(), Code::kPaymentRequired);
  shop.clock.advance_ns(601 * kSecond);
  EXPECT_TRUE(shop.call(shop.usage("r2", 4)).ok());
  EXPECT_EQ(shop.number("SELECT count(*) FROM hold WHERE state = 'expired'"), 1);
  EXPECT_EQ(shop.commerce->capture(hold.value(), forgotten, nullptr).status().code(), Code::kPaymentRequired)
      << "no room left";
  Usage smaller = forgotten;
  smaller.tokens = 6;
  EXPECT_EQ(shop.commerce->capture(hold.value(), smaller, nullptr).value().ufen(), 120);
  EXPECT_EQ(shop.commerce->open_hold_count(), 0u);
  shop.expect_books_ok();
}

TEST(Commerce, ARestartFindsAndEndsOpenHolds) {
  Shop shop(yupu::testing::fresh_url(), with_quota(10));
  ASSERT_TRUE(shop.commerce->hold(shop.caller, shop.usage("r1", 10)).ok());
  shop.commerce.reset();  // nothing in memory is left, as after a kill
  EXPECT_EQ(shop.number("SELECT count(*) FROM hold WHERE state = 'held'"), 1);
  shop.commerce = Commerce::open(*shop.store, shop.clock, {.pepper_path = shop.folder.file("secrets/pepper")}).value();
  EXPECT_EQ(shop.number("SELECT count(*) FROM hold WHERE state = 'held'"), 0);
  EXPECT_EQ(shop.number("SELECT count(*) FROM hold WHERE state = 'expired'"), 1);
  EXPECT_TRUE(shop.call(shop.usage("r2", 10)).ok()) << "the quota is free again";
}

TEST(Commerce, UsedQuotaSurvivesARestart) {
  Shop shop(yupu::testing::fresh_url(), with_quota(10));
  ASSERT_TRUE(shop.call(shop.usage("r1", 7)).ok());
  shop.commerce = nullptr;
  shop.commerce = Commerce::open(*shop.store, shop.clock, {.pepper_path = shop.folder.file("secrets/pepper")}).value();
  EXPECT_EQ(shop.call(shop.usage("r2", 4)).status().code(), Code::kPaymentRequired);
  EXPECT_TRUE(shop.call(shop.usage("r3", 3)).ok());
}

TEST(Commerce, OneTenantsQuotaIsNotAnothers) {
  Shop shop(yupu::testing::fresh_url(), with_quota(10));
  const Tenant other = create_tenant(*shop.store, shop.clock, "book shop", "basic").value();
  const handoff::Caller other_caller{other.id, "key_x", {"inference"}};
  ASSERT_TRUE(shop.call(shop.usage("r1", 10)).ok());
  const auto hold = shop.commerce->hold(other_caller, shop.usage("r1", 10));
  ASSERT_TRUE(hold.ok()) << "the same request id of another tenant is another call";
  EXPECT_TRUE(shop.commerce->capture(hold.value(), shop.usage("r1", 10), nullptr).ok());
  EXPECT_EQ(shop.number("SELECT count(*) FROM usage_event"), 2);
  EXPECT_EQ(balance(*shop.store, other.id).value().owed().ufen(), 200);
  shop.expect_books_ok();
}

TEST(Commerce, AFullDiskChargesNothingAndLosesNothing) {
  yupu::testing::TempDir folder;
  Shop shop("sqlite:" + folder.file("yupu.db"));
  const std::int64_t page_count = shop.number("PRAGMA page_count");
  const auto limit_pages = [&](std::int64_t count) {
    return shop.store->write([&](store::Transaction& transaction) {
      return transaction.query("PRAGMA max_page_count = " + std::to_string(count)).status();
    });
  };
  ASSERT_TRUE(limit_pages(page_count + 8).ok());
  std::int64_t ok_count = 0;
  Status status;
  for (int i = 0; i < 2000 && status.ok(); ++i) {
    status = shop.call(shop.usage("r" + std::to_string(i), 1)).status();
    ok_count += status.ok() ? 1 : 0;
  }
  EXPECT_EQ(status.code(), Code::kResourceExhausted) << status.to_string();
  EXPECT_EQ(shop.number("SELECT count(*) FROM usage_event"), ok_count);
  shop.expect_books_ok();
  ASSERT_TRUE(limit_pages(page_count + 1000).ok());
  EXPECT_TRUE(shop.call(shop.usage("r" + std::to_string(ok_count), 1)).ok()) << "the refused call may be sent again";
  EXPECT_EQ(shop.number("SELECT count(*) FROM usage_event"), ok_count + 1);
  EXPECT_EQ(shop.commerce->open_hold_count(), 0u);
  shop.expect_books_ok();
}

// Holds of one are not seen by the other; what is charged never exceeds the quota all the same, and what fits is let
// in.
TEST(Commerce, TwoServersKeepOneQuota) {
  if (!yupu::testing::has_postgres()) GTEST_SKIP() << "needs a store that servers share";
  const std::string url = yupu::testing::fresh_url();
  Shop shop(url, with_quota(1000));
  const auto other_store = store::open_store(url).value();
  const auto other =
      Commerce::open(*other_store, shop.clock, {.pepper_path = shop.folder.file("secrets/pepper"), .instance = "other"})
          .value();
  std::atomic<std::int64_t> captured_tokens = 0;
  const auto call_often = [&](Commerce& server, const std::string& name) {
    for (int i = 0; i < 100; ++i) {
      const Usage usage = shop.usage(name + std::to_string(i), 7);
      const auto hold = server.hold(shop.caller, usage);
      if (!hold.ok()) continue;
      const auto price = server.capture(hold.value(), usage, nullptr);
      if (price.ok()) {
        captured_tokens += usage.tokens;
      } else {
        EXPECT_EQ(price.status().code(), Code::kPaymentRequired) << price.status().to_string();
        server.release(hold.value());
      }
    }
  };
  std::jthread beside([&] { call_often(*other, "b"); });
  call_often(*shop.commerce, "a");
  beside.join();
  EXPECT_EQ(captured_tokens, 994);
  EXPECT_EQ(shop.number("SELECT sum(tokens) FROM usage_event"), captured_tokens);
  shop.expect_books_ok();
}

}  // namespace
}  // namespace yupu::commerce
