// For tests of commerce only: a shop with one plan, one tenant and one key; and a store that fails where it is told to.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/testing.h"
#include "commerce/commerce.h"
#include "commerce/keys/keys.h"
#include "commerce/ledger/ledger.h"
#include "commerce/plans/plans.h"
#include "commerce/tenants/tenants.h"
#include "store/store.h"
#include "store/testing.h"

namespace yupu::commerce::testing {

inline constexpr std::int64_t kNovember = 1'794'000'000'000'000'000;  // 2026-11-06T21:20:00Z
inline constexpr std::int64_t kDay = 86'400'000'000'000;

// 20 ufen a classify token, 1.5 ufen an answer token (rounded half up).
struct Shop {
  explicit Shop(const std::string& url = yupu::testing::fresh_url(), const PlanSettings& settings = default_plan()) {
    auto opened = store::open_store(url);
    EXPECT_TRUE(opened.ok()) << opened.status().to_string();
    store = std::move(opened).value();
    auto commerce_opened = Commerce::open(*store, clock, {.pepper_path = folder.file("secrets/pepper")});
    EXPECT_TRUE(commerce_opened.ok()) << commerce_opened.status().to_string();
    commerce = std::move(commerce_opened).value();
    EXPECT_TRUE(set_plan(*store, clock, settings).ok());
    tenant = create_tenant(*store, clock, "tea shop", settings.name).value();
    key = create_key(*store, clock, commerce->pepper(), {.tenant_id = tenant.id, .name = "till"}).value();
    clock.advance_ns(1'000'000'000);
    caller = commerce->authenticate(key.secret).value();
  }

  static PlanSettings default_plan() {
    return {.name = "basic", .ufen_per_1000 = {{"answer_tokens", 1500}, {"classify_tokens", 20000}}};
  }

  handoff::Usage usage(std::string id, std::int64_t tokens, std::string meter = "classify_tokens") const {
    return {.request_id = std::move(id),
            .meter = std::move(meter),
            .model = "shop",
            .release_id = "rel_1",
            .tokens = tokens,
            .occurred_ns = clock.now_ns()};
  }
  // hold + capture of the same usage.
  Result<Money> call(const handoff::Usage& usage) const {
    YUPU_ASSIGN_OR_RETURN(const handoff::Hold hold, commerce->hold(caller, usage));
    auto price = commerce->capture(hold, usage, nullptr);
    if (!price.ok()) commerce->release(hold);
    return price;
  }
  void expect_books_ok() const {
    const auto report = ledger_check(*store);
    ASSERT_TRUE(report.ok()) << report.status().to_string();
    EXPECT_TRUE(report.value().ok()) << report.value().to_json().dump(1);
    EXPECT_EQ(report.value().sum, Money());
  }
  std::int64_t number(const std::string& sql) const {
    std::int64_t found = 0;
    const Status status = store->read([&](store::Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql));
      found = rows.at(0).integer(0);
      return ok_status();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return found;
  }
  Status run(const std::string& sql) const {
    return store->write([&](store::Transaction& transaction) { return transaction.execute(sql).status(); });
  }

  yupu::testing::TempDir folder;
  FakeClock clock{kNovember};
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Commerce> commerce;
  Tenant tenant;
  CreatedKey key;
  handoff::Caller caller;
};

// Lets `statements_left` statements of writes pass, then fails each one, as a crash or a full disk would.
class FaultyStore final : public store::Store {
 public:
  explicit FaultyStore(store::Store& store) : store_(store) {}
  void fail_after(std::int64_t statement_count) { statements_left_ = statement_count; }

  Status write(store::Work work) override {
    return store_.write([&](store::Transaction& transaction) {
      FaultyTransaction faulty(transaction, statements_left_);
      return work(faulty);
    });
  }
  void write_async(store::Work work, std::function<void(Status)> done) override {
    store_.write_async(std::move(work), std::move(done));
  }
  Status read(const store::Work& work) override { return store_.read(work); }

 private:
  class FaultyTransaction final : public store::Transaction {
   public:
    FaultyTransaction(store::Transaction& transaction, std::atomic<std::int64_t>& left)
        : transaction_(transaction), left_(left) {}
    Result<std::int64_t> execute(std::string_view sql, std::span<const store::Value> parameters) override {
      if (left_-- <= 0) return unavailable("injected fault");
      return transaction_.execute(sql, parameters);
    }
    Result<std::vector<store::Row>> query(std::string_view sql, std::span<const store::Value> parameters) override {
      if (left_-- <= 0) return unavailable("injected fault");
      return transaction_.query(sql, parameters);
    }

   private:
    store::Transaction& transaction_;
    std::atomic<std::int64_t>& left_;
  };

  store::Store& store_;
  std::atomic<std::int64_t> statements_left_ = INT64_MAX;
};

}  // namespace yupu::commerce::testing
