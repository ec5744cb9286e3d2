#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "commerce/invoices/invoices.h"
#include "commerce/testing.h"

namespace yupu::commerce {
namespace {

using ::testing::HasSubstr;
using testing::kDay;
using testing::Shop;

TEST(Ledger, EntriesAreNeverChanged) {
  Shop shop;
  ASSERT_TRUE(shop.call(shop.usage("r1", 10)).ok());
  for (const char* sql :
       {"UPDATE ledger_entry SET amount_ufen = 0", "DELETE FROM ledger_entry", "DELETE FROM ledger_tx",
        "UPDATE ledger_tx SET kind = 'invoice'", "UPDATE usage_event SET tokens = 0", "DELETE FROM usage_event"}) {
    const Status status = shop.run(sql);
    EXPECT_EQ(status.code(), Code::kConflict) << sql;
    EXPECT_THAT(status.message(), HasSubstr("append-only"));
  }
  shop.expect_books_ok();
}

TEST(Ledger, AKeyIsPostedOnce) {
  Shop shop;
  const std::array entries = {Entry{"receivable", Money::from_ufen(5)}, Entry{"revenue_usage", Money::from_ufen(-5)}};
  const auto once = [&] {
    return shop.store->write([&](store::Transaction& transaction) {
      return post(transaction,
                  {.idem_key = "invoice:x", .kind = "invoice", .tenant_id = shop.tenant.id, .entries = entries});
    });
  };
  EXPECT_TRUE(once().ok());
  EXPECT_EQ(once().code(), Code::kConflict);
  EXPECT_EQ(balance(*shop.store, shop.tenant.id).value().owed().ufen(), 5);
  EXPECT_EQ(balance(*shop.store, "tn_nobody").status().code(), Code::kNotFound);
}

class NoTransaction final : public store::Transaction {
 public:
  Result<std::int64_t> execute(std::string_view, std::span<const store::Value>) override {
    return internal_error("not reached");
  }
  Result<std::vector<store::Row>> query(std::string_view, std::span<const store::Value>) override {
    return internal_error("not reached");
  }
};

TEST(LedgerDeathTest, AnUnbalancedPostingIsABug) {
  NoTransaction transaction;
  const std::array entries = {Entry{"receivable", Money::from_ufen(5)}};
  EXPECT_DEATH(
      static_cast<void>(post(transaction, {.idem_key = "x", .kind = "usage", .tenant_id = "tn_1", .entries = entries})),
      "sums to");
}

// Every kind of damage is found, though the triggers are out of the way.
TEST(LedgerCheck, FindsDamage) {
  struct Damage {
    const char* sql;
    const char* says;
  };
  constexpr Damage kDamage[] = {
      {"UPDATE ledger_entry SET amount_ufen = amount_ufen + 1 WHERE tx_id = 1 AND sequence = 0",
       "tx 1: entries do not balance"},
      {"DELETE FROM ledger_entry WHERE tx_id = 1 AND sequence = 1", "tx 1: entries do not balance"},
      {"UPDATE balance SET posted_ufen = posted_ufen + 1 WHERE account_id LIKE '%receivable'",
       "balance is not the sum"},
      {"DELETE FROM balance", "balance is not the sum"},
      {"INSERT INTO ledger_tx (idem_key, kind, tenant_id, booked_ns, created_ns) SELECT 'usage:x', 'usage', id, 1, 1 "
       "FROM tenant",
       "usage transactions beyond the events"},
      {"UPDATE usage_event SET price_ufen = price_ufen + 1 WHERE event_id = 'r1'", "r1"},
      {"UPDATE usage_event SET event_id = 'other' WHERE event_id = 'r1'", "usage event other"},
      {"UPDATE usage_month SET tokens = tokens + 1", "the month's counter"},
      {"DELETE FROM usage_month", "the month's counter"},
      {"UPDATE invoice SET net_ufen = net_ufen + 1", "is not the sum of its"},
      {"UPDATE invoice SET sequence = 7", "have gaps"},
      {"UPDATE invoice_line SET amount_fen = amount_fen + 1", "is not the sum of its lines"},
      {"UPDATE ledger_tx SET kind = 'invoice' WHERE id = 1", "invoice transactions beyond"},
  };
  for (const Damage& damage : kDamage) {
    Shop shop;
    ASSERT_TRUE(shop.call(shop.usage("r1", 10)).ok());
    ASSERT_TRUE(shop.call(shop.usage("r2", 3, "answer_tokens")).ok());
    const Month month = month_of(shop.clock.now_ns());
    shop.clock.set_ns(month.end_ns());
    ASSERT_TRUE(run_invoices(*shop.store, shop.clock, month).ok());
    shop.expect_books_ok();
    ASSERT_TRUE(shop.store
                    ->write([&](store::Transaction& transaction) -> Status {
                      YUPU_RETURN_IF_ERROR(yupu::testing::drop_triggers(transaction));
                      return transaction.execute(damage.sql).status();
                    })
                    .ok())
        << damage.sql;
    const auto report = ledger_check(*shop.store);
    ASSERT_TRUE(report.ok()) << report.status().to_string();
    EXPECT_FALSE(report.value().ok()) << damage.sql;
    EXPECT_THAT(report.value().to_json().dump(), HasSubstr(damage.says)) << damage.sql;
  }
}

// Random flows over tenants, plans, meters, months, retries, releases and invoice runs: the books are right all along.
TEST(Ledger, RandomFlowsStayBalanced) {
  Shop shop;
  Rng rng(20261124);
  std::vector<handoff::Caller> callers = {shop.caller};
  for (int i = 0; i < 4; ++i) {
    const Tenant tenant = create_tenant(*shop.store, shop.clock, "tenant " + std::to_string(i), "basic").value();
    callers.push_back({tenant.id, "key_x", {"inference"}});
  }
  std::int64_t charged_ufen = 0;
  PlanSettings settings = Shop::default_plan();
  for (int step = 0; step < 3000; ++step) {
    const handoff::Caller& caller = callers[rng.below(callers.size())];
    const std::uint64_t dice = rng.below(1000);
    if (dice < 20) {
      settings.ufen_per_1000["answer_tokens"] = static_cast<std::int64_t>(rng.below(5000));
      ASSERT_TRUE(set_plan(*shop.store, shop.clock, settings).ok());
      shop.clock.advance_ns(1'000'000'000);
    } else if (dice < 40) {
      shop.clock.advance_ns(static_cast<std::int64_t>(rng.below(4)) * kDay);
    } else if (dice < 50) {
      Month month = month_of(shop.clock.now_ns());
      if (rng.below(2) == 0) month = month_of(month.begin_ns() - 1);
      ASSERT_TRUE(run_invoices(*shop.store, shop.clock, month).ok());
    } else {
      handoff::Usage usage =
          shop.usage("r" + std::to_string(rng.below(4000)), static_cast<std::int64_t>(rng.below(600)),
                     rng.below(2) == 0 ? "answer_tokens" : "classify_tokens");
      const std::int64_t before = shop.number("SELECT count(*) FROM usage_event");
      const auto hold = shop.commerce->hold(caller, usage);
      ASSERT_TRUE(hold.ok()) << hold.status().to_string();
      if (rng.below(10) == 0) {
        shop.commerce->release(hold.value());
        continue;
      }
      usage.occurred_ns -= static_cast<std::int64_t>(rng.below(3)) * kDay;  // some arrive after their month's invoice
      const auto price = shop.commerce->capture(hold.value(), usage, nullptr);
      if (!price.ok()) shop.commerce->release(hold.value());
      const bool is_new = shop.number("SELECT count(*) FROM usage_event") > before;
      EXPECT_TRUE(price.ok() || !is_new);
      if (is_new) charged_ufen += price.value().ufen();
    }
    if (step % 500 == 0) shop.expect_books_ok();
  }
  shop.expect_books_ok();
  EXPECT_EQ(shop.number("SELECT sum(price_ufen) FROM usage_event"), charged_ufen);
  EXPECT_EQ(shop.commerce->open_hold_count(), 0u);
  EXPECT_GT(shop.number("SELECT count(*) FROM invoice WHERE state = 'open'"), 5);
}

}  // namespace
}  // namespace yupu::commerce
