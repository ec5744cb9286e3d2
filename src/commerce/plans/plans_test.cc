#include <gtest/gtest.h>

#include "commerce/testing.h"

namespace yupu::commerce {
namespace {

using testing::kDay;
using testing::kNovember;
using testing::Shop;

Plan plan_of(std::int64_t ufen_per_1000) {
  Plan plan;
  plan.name = "p";
  plan.versions = {{1, 0, {{"m", ufen_per_1000}}}};
  return plan;
}

struct Golden {
  std::int64_t ufen_per_1000;
  std::int64_t tokens;
  std::int64_t price_ufen;
};

// tokens * price / 1000, half up to the ufen; worked out by hand.
constexpr Golden kGolden[] = {
    {0, 0, 0},
    {0, 1'000'000, 0},
    {1000, 0, 0},
    {1000, 1, 1},
    {1000, 999, 999},
    {1, 1, 0},
    {1, 499, 0},
    {1, 500, 1},
    {1, 501, 1},
    {1, 999, 1},
    {1, 1000, 1},
    {1, 1499, 1},
    {1, 1500, 2},
    {1500, 1, 2},
    {1500, 2, 3},
    {1500, 3, 5},
    {333, 3, 1},
    {334, 3, 1},
    {166, 3, 0},
    {167, 3, 1},
    {20'000, 7, 140},
    {20'000, 17, 340},
    {30'000, 1000, 30'000},  // 0.0003 yuan per 1000 tokens
    {200'000, 512, 102'400},
    {99'999, 10, 1000},
    {99'949, 10, 999},
    {99'950, 10, 1000},
    {kUfenPer1000Max, 1, 10'000'000},
    {kUfenPer1000Max, 1000, kUfenPer1000Max},
    {kUfenPer1000Max, kTokensMax, 100'000'000'000'000},  // a million yuan: the largest call there is
    {kUfenPer1000Max - 1, kTokensMax, 99'999'999'990'000},
};

TEST(Price, Golden) {
  for (const Golden& row : kGolden) {
    const auto price = price_call(plan_of(row.ufen_per_1000), "m", row.tokens, 1);
    ASSERT_TRUE(price.ok()) << price.status().to_string();
    EXPECT_EQ(price.value().amount.ufen(), row.price_ufen) << row.tokens << " tokens at " << row.ufen_per_1000;
  }
}

TEST(Price, UnknownMeterIsRefusedNeverFree) {
  const Status status = price_call(plan_of(5), "other", 1, 1).status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(status.field(), "meter");
  EXPECT_EQ(price_call(plan_of(5), "", 1, 1).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(price_call(plan_of(5), "m", 1, -1).status().code(), Code::kInvalidArgument) << "before the first version";
  EXPECT_EQ(price_call(plan_of(5), "m", -1, 1).status().field(), "tokens");
  EXPECT_EQ(price_call(plan_of(5), "m", kTokensMax + 1, 1).status().field(), "tokens");
}

TEST(Plans, NewPricesAreANewVersionAndAlterNoPastCall) {
  Shop shop;
  EXPECT_EQ(shop.call(shop.usage("before", 10)).value().ufen(), 200);
  PlanSettings settings = Shop::default_plan();
  ASSERT_TRUE(set_plan(*shop.store, shop.clock, settings).ok());
  EXPECT_EQ(get_plan(*shop.store, "basic").value().versions.size(), 1u) << "equal prices: no new version";
  settings.ufen_per_1000["classify_tokens"] = 40'000;
  settings.effective_ns = shop.clock.now_ns() + kDay;
  const auto plan = set_plan(*shop.store, shop.clock, settings);
  ASSERT_TRUE(plan.ok()) << plan.status().to_string();
  ASSERT_EQ(plan.value().versions.size(), 2u);
  shop.clock.advance_ns(kDay - 1);
  EXPECT_EQ(shop.call(shop.usage("the day before", 10)).value().ufen(), 200);
  shop.clock.advance_ns(1);
  EXPECT_EQ(shop.call(shop.usage("on the day", 10)).value().ufen(), 400);
  EXPECT_EQ(shop.call(shop.usage("before", 10)).value().ufen(), 200) << "the first price of the same call";
  EXPECT_EQ(shop.number("SELECT sum(price_ufen) FROM usage_event"), 800);
  EXPECT_EQ(shop.run("UPDATE price SET ufen_per_1000 = 1").code(), Code::kConflict);
  EXPECT_EQ(shop.run("DELETE FROM price_version").code(), Code::kConflict);
  shop.expect_books_ok();
}

TEST(Plans, BadSettingsNameTheField) {
  Shop shop;
  const auto field_of = [&](auto change) {
    PlanSettings settings = Shop::default_plan();
    change(settings);
    const Status status = set_plan(*shop.store, shop.clock, settings).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    return status.field();
  };
  EXPECT_EQ(field_of([](PlanSettings& s) { s.name = ""; }), "name");
  EXPECT_EQ(field_of([](PlanSettings& s) { s.name = "Bäsic"; }), "name");
  EXPECT_EQ(field_of([](PlanSettings& s) { s.quota_tokens = -1; }), "quota_tokens");
  EXPECT_EQ(field_of([](PlanSettings& s) { s.quota_ufen = -1; }), "quota_ufen");
  EXPECT_EQ(field_of([](PlanSettings& s) { s.calls_per_minute = 0; }), "calls_per_minute");
  EXPECT_EQ(field_of([](PlanSettings& s) { s.ufen_per_1000.clear(); }), "prices");
  EXPECT_EQ(field_of([](PlanSettings& s) { s.ufen_per_1000["m"] = -1; }), "prices");
  EXPECT_EQ(field_of([](PlanSettings& s) { s.ufen_per_1000["m"] = kUfenPer1000Max + 1; }), "prices");
  EXPECT_EQ(field_of([](PlanSettings& s) { s.ufen_per_1000["a meter"] = 1; }), "prices");
  EXPECT_EQ(field_of([](PlanSettings& s) {
              s.ufen_per_1000["m"] = 1;
              s.effective_ns = kNovember - kDay;
            }),
            "effective_ns");
}

TEST(Tenants, NamesAreUniqueAndPlansExist) {
  Shop shop;
  EXPECT_EQ(create_tenant(*shop.store, shop.clock, "tea shop", "basic").status().code(), Code::kConflict);
  EXPECT_EQ(create_tenant(*shop.store, shop.clock, "other", "no plan").status().code(), Code::kNotFound);
  EXPECT_EQ(create_tenant(*shop.store, shop.clock, "", "basic").status().field(), "name");
  EXPECT_EQ(create_tenant(*shop.store, shop.clock, "tn_x", "basic").status().field(), "name");
  EXPECT_EQ(find_tenant(*shop.store, "tea shop").value().id, shop.tenant.id);
  EXPECT_EQ(find_tenant(*shop.store, shop.tenant.id).value().name, "tea shop");
  EXPECT_EQ(find_tenant(*shop.store, "nobody").status().code(), Code::kNotFound);
  EXPECT_EQ(list_tenants(*shop.store).value().size(), 1u);
  EXPECT_EQ(set_tenant_plan(*shop.store, shop.tenant.id, "no plan").code(), Code::kNotFound);
  EXPECT_EQ(set_tenant_status(*shop.store, shop.tenant.id, "sleepy").field(), "status");
}

}  // namespace
}  // namespace yupu::commerce
