#include "commerce/invoices/invoices.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "commerce/testing.h"

namespace yupu::commerce {
namespace {

using testing::FaultyStore;
using testing::kDay;
using testing::Shop;

// 3.5 fen on three lines: the fen do not divide evenly.
void use_some(const Shop& shop) {
  ASSERT_TRUE(shop.call(shop.usage("r1", 83'333)).ok());  // 1.666660 fen
  ASSERT_TRUE(
      shop.call(shop.usage("r2", 1'000'001, "answer_tokens")).ok());  // 1.500002 fen (rounded half up from .0015)
  handoff::Usage other = shop.usage("r3", 16'667);                    // 0.333340 fen
  other.model = "other";
  ASSERT_TRUE(shop.call(other).ok());
}

TEST(Invoices, DraftWhileTheMonthRunsThenOpenForGood) {
  Shop shop;
  use_some(shop);
  const Month month = month_of(shop.clock.now_ns());
  const auto draft = run_invoices(*shop.store, shop.clock, month);
  ASSERT_TRUE(draft.ok()) << draft.status().to_string();
  EXPECT_EQ(draft.value().draft_count, 1);
  ASSERT_EQ(draft.value().invoices.size(), 1u);
  EXPECT_EQ(draft.value().invoices[0].state, "draft");
  EXPECT_EQ(draft.value().invoices[0].number, "");
  EXPECT_EQ(balance(*shop.store, shop.tenant.id).value().accounts.at("vat_payable").ufen(), 0)
      << "a draft books nothing";

  ASSERT_TRUE(shop.call(shop.usage("r4", 1)).ok());
  shop.clock.set_ns(month.end_ns());
  const auto opened = run_invoices(*shop.store, shop.clock, month);
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  EXPECT_EQ(opened.value().opened_count, 1);
  const Invoice& invoice = opened.value().invoices.at(0);
  EXPECT_EQ(invoice.state, "open");
  EXPECT_EQ(invoice.number, "YP202611-000001");
  EXPECT_EQ(invoice.net.ufen(), 1'666'660 + 1'500'002 + 333'340 + 20);  // 3.500022 fen
  EXPECT_EQ(invoice.net_fen, 4);
  EXPECT_EQ(invoice.vat_ppm, 60'000);
  EXPECT_EQ(invoice.vat_fen, 0);  // 0.24 fen
  EXPECT_EQ(invoice.total_fen, 4);
  ASSERT_EQ(invoice.lines.size(), 3u);
  EXPECT_EQ(invoice.lines[0].meter, "answer_tokens");
  EXPECT_EQ(invoice.lines[0].amount_fen, 2);  // rest .500002
  EXPECT_EQ(invoice.lines[1].amount_fen, 0);  // model "other", rest .333340: the one that goes without
  EXPECT_EQ(invoice.lines[2].amount_fen, 2);  // rest .666680
  shop.expect_books_ok();
}

TEST(Invoices, OpenOnesAreImmutableAndRunsIdempotent) {
  Shop shop;
  use_some(shop);
  const Month month = month_of(shop.clock.now_ns());
  shop.clock.set_ns(month.end_ns() + kDay);
  const std::string first = run_invoices(*shop.store, shop.clock, month).value().invoices.at(0).to_json().dump();
  shop.clock.advance_ns(kDay);
  const auto again = run_invoices(*shop.store, shop.clock, month);
  EXPECT_EQ(again.value().unchanged_count, 1);
  EXPECT_EQ(again.value().opened_count, 0);
  EXPECT_EQ(again.value().invoices.at(0).to_json().dump(), first);
  for (const char* sql :
       {"UPDATE invoice SET total_fen = net_fen + vat_fen", "DELETE FROM invoice", "UPDATE invoice_line SET tokens = 0",
        "DELETE FROM invoice_line", "INSERT INTO invoice_line SELECT id, 9, 'm', 'm', 1, 1, 1, 1 FROM invoice"}) {
    EXPECT_EQ(shop.run(sql).code(), Code::kConflict) << sql;
  }
  EXPECT_EQ(shop.number("SELECT count(*) FROM ledger_tx WHERE kind = 'invoice'"), 1);
  shop.expect_books_ok();
}

TEST(Invoices, ReceivableIsTheTotalToTheFen) {
  Shop shop;
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(shop.call(shop.usage("r" + std::to_string(i), 9'999'991)).ok());
  const Month month = month_of(shop.clock.now_ns());
  shop.clock.set_ns(month.end_ns());
  const auto run = run_invoices(*shop.store, shop.clock, month);
  const Invoice& invoice = run.value().invoices.at(0);
  EXPECT_EQ(invoice.net.ufen(), 7 * 199'999'820);
  EXPECT_EQ(invoice.net_fen, 1400);
  EXPECT_EQ(invoice.vat_fen, 84);
  const Balance books = balance(*shop.store, shop.tenant.id).value();
  EXPECT_EQ(books.owed().ufen(), invoice.total_fen * 1'000'000);
  EXPECT_EQ(books.accounts.at("vat_payable").ufen(), -84'000'000);
  EXPECT_EQ(books.accounts.at("rounding").ufen(), invoice.net.ufen() - 1'400'000'000);
  shop.expect_books_ok();
}

TEST(Invoices, LateCallsAreOnTheNextOne) {
  Shop shop;
  use_some(shop);
  const handoff::Usage late = shop.usage("late", 50);
  const auto hold = shop.commerce->hold(shop.caller, late);
  const Month november = month_of(shop.clock.now_ns());
  shop.clock.set_ns(november.end_ns());
  ASSERT_TRUE(run_invoices(*shop.store, shop.clock, november).ok());
  ASSERT_TRUE(shop.commerce->capture(hold.value(), late, nullptr).ok());
  shop.expect_books_ok();
  const Month december = month_of(shop.clock.now_ns());
  shop.clock.set_ns(december.end_ns());
  const auto run = run_invoices(*shop.store, shop.clock, december);
  ASSERT_EQ(run.value().invoices.size(), 1u);
  EXPECT_EQ(run.value().invoices[0].net.ufen(), 1000);
  EXPECT_EQ(run.value().invoices[0].number, "YP202612-000002");
  EXPECT_EQ(list_invoices(*shop.store, shop.tenant.id).value().size(), 2u);
  shop.expect_books_ok();
}

TEST(Invoices, AreFoundByTheirOwnTenantOnly) {
  Shop shop;
  use_some(shop);
  const Month month = month_of(shop.clock.now_ns());
  shop.clock.set_ns(month.end_ns());
  ASSERT_TRUE(run_invoices(*shop.store, shop.clock, month).ok());
  EXPECT_TRUE(show_invoice(*shop.store, "YP202611-000001", shop.tenant.id).ok());
  EXPECT_TRUE(show_invoice(*shop.store, "YP202611-000001").ok());
  EXPECT_EQ(show_invoice(*shop.store, "YP202611-000001", "tn_other").status().code(), Code::kNotFound);
  EXPECT_EQ(show_invoice(*shop.store, "YP209901-000001").status().code(), Code::kNotFound);
  EXPECT_TRUE(list_invoices(*shop.store, "tn_other").value().empty());
}

TEST(Invoices, AMonthThatHasNotBegunIsRefused) {
  Shop shop;
  const Month next = month_of(month_of(shop.clock.now_ns()).end_ns());
  EXPECT_EQ(run_invoices(*shop.store, shop.clock, next).status().field(), "month");
}

// Interrupted after every statement there is, and continued: the same invoices as of a run in peace.
TEST(Invoices, ARunMayStopAtAnyStatement) {
  const auto prepare = [](Shop& shop) {
    use_some(shop);
    for (int i = 0; i < 2; ++i) {
      const Tenant tenant = create_tenant(*shop.store, shop.clock, "tenant " + std::to_string(i), "basic").value();
      const handoff::Caller caller{tenant.id, "key_x", {"inference"}};
      const handoff::Usage usage = shop.usage("r1", 5000 + i);
      const auto hold = shop.commerce->hold(caller, usage);
      ASSERT_TRUE(shop.commerce->capture(hold.value(), usage, nullptr).ok());
    }
    shop.clock.set_ns(month_of(shop.clock.now_ns()).end_ns());
  };
  const Month month = month_of(testing::kNovember);
  int fault_count = 0;
  bool is_done = false;
  Shop shop;
  prepare(shop);
  for (int statement_count = 0; !is_done; ++statement_count) {
    ASSERT_LT(statement_count, 200);
    // A fresh start each time, from one that has nothing open: only the last run gets through.
    FaultyStore faulty(*shop.store);
    faulty.fail_after(statement_count);
    const auto run = run_invoices(faulty, shop.clock, month);
    is_done = run.ok();
    fault_count += is_done ? 0 : 1;
    shop.expect_books_ok();
  }
  EXPECT_GT(fault_count, 10);
  const auto invoices = run_invoices(*shop.store, shop.clock, month).value().invoices;
  ASSERT_EQ(invoices.size(), 3u);
  std::set<std::string> numbers;
  for (const Invoice& invoice : invoices) {
    EXPECT_EQ(invoice.state, "open");
    numbers.insert(invoice.number);
  }
  EXPECT_EQ(numbers, (std::set<std::string>{"YP202611-000001", "YP202611-000002", "YP202611-000003"}));
}

TEST(Invoices, RunsAtOnceMakeOneOfEach) {
  Shop shop;
  for (int i = 0; i < 20; ++i) {
    const Tenant tenant = create_tenant(*shop.store, shop.clock, "tenant " + std::to_string(i), "basic").value();
    const handoff::Usage usage = shop.usage("r1", 5000 + i);
    const auto hold = shop.commerce->hold({tenant.id, "key_x", {"inference"}}, usage);
    ASSERT_TRUE(shop.commerce->capture(hold.value(), usage, nullptr).ok());
  }
  const Month month = month_of(shop.clock.now_ns());
  shop.clock.set_ns(month.end_ns());
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] { EXPECT_TRUE(run_invoices(*shop.store, shop.clock, month).ok()); });
  }
  threads.clear();
  EXPECT_EQ(shop.number("SELECT count(*) FROM invoice WHERE state = 'open'"), 20);
  EXPECT_EQ(shop.number("SELECT max(sequence) FROM invoice"), 20);
  shop.expect_books_ok();
}

}  // namespace
}  // namespace yupu::commerce
