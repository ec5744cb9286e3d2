#include "commerce/metering/sponsored.h"

#include <gtest/gtest.h>

#include "commerce/metering/usage.h"
#include "commerce/testing.h"

namespace yupu::commerce {
namespace {

using testing::Shop;

TEST(SponsoredClicks, AreBookedOnceAndStandInTheMonth) {
  Shop shop;
  SponsoredClick click{.payer_id = shop.tenant.id,
                       .campaign = "autumn",
                       .click_id = "imp_1",
                       .price = Money::from_ufen(40'000'001),
                       .clicked_ns = shop.clock.now_ns()};
  const auto book = [&] {
    return shop.store->write([&](store::Transaction& transaction) { return record_click(transaction, click); });
  };
  for (int again = 0; again < 3; ++again) ASSERT_TRUE(book().ok());
  EXPECT_EQ(balance(*shop.store, shop.tenant.id).value().owed().ufen(), 40'000'001);
  const auto summary = usage_summary(*shop.store, shop.tenant.id, month_of(shop.clock.now_ns()));
  ASSERT_TRUE(summary.ok());
  ASSERT_EQ(summary->lines.size(), 1U);
  EXPECT_EQ(summary->lines[0].meter, kSponsoredMeter);
  EXPECT_EQ(summary->lines[0].model, "autumn");
  EXPECT_EQ(summary->lines[0].call_count, 1);
  EXPECT_EQ(summary->tokens, 0);
  shop.expect_books_ok();
  click.campaign = "winter";
  EXPECT_EQ(book().code(), Code::kConflict);
  click.payer_id = "tenant_none";
  EXPECT_EQ(book().code(), Code::kNotFound);
  shop.expect_books_ok();
}

}  // namespace
}  // namespace yupu::commerce
