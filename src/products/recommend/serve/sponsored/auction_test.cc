#include "products/recommend/serve/sponsored/auction.h"

#include <vector>

#include <gtest/gtest.h>

namespace yupu::recommend {
namespace {

Money fen(std::int64_t amount) { return Money::from_fen(amount); }

TEST(Auction, TheSecondPriceWeighsTheRate) {
  // 50 fen at 2 % against 80 fen at 1 %: 1.0 against 0.8, so the first stands and pays 80 * 1 / 2 = 40 fen and one
  // ufen.
  const std::vector<Bidder> bidders = {{.campaign = "a", .bid = fen(80), .left = fen(1000), .rate = 10'000},
                                       {.campaign = "b", .bid = fen(50), .left = fen(1000), .rate = 20'000}};
  const auto won = run_auction(bidders);
  ASSERT_TRUE(won);
  EXPECT_EQ(won->place, 1U);
  EXPECT_EQ(won->price.ufen(), fen(40).ufen() + 1);
  // At that price it would still stand, at one ufen less it would tie, and lose by name.
  EXPECT_GT(won->price.ufen() * 20'000, fen(80).ufen() * 10'000);
  EXPECT_EQ((won->price.ufen() - 1) * 20'000, fen(80).ufen() * 10'000);
  // What the winner bids beyond that changes nothing: its own bid is not its price.
  std::vector<Bidder> higher = bidders;
  higher[1].bid = fen(500);
  EXPECT_EQ(run_auction(higher)->price, won->price);
}

TEST(Auction, PriceIsWithinReserveBidAndBudget) {
  EXPECT_FALSE(run_auction({}));
  const std::vector<Bidder> alone = {{.campaign = "a", .bid = fen(80), .left = fen(3), .rate = 10'000}};
  EXPECT_EQ(run_auction(alone)->price, kReserve);
  const std::vector<Bidder> low = {{.campaign = "a", .bid = Money::from_ufen(999'999), .left = fen(9), .rate = 10'000}};
  EXPECT_FALSE(run_auction(low)) << "below the reserve";
  // Equal ranks: the earlier name stands and pays its own bid, no more.
  const std::vector<Bidder> equal = {{.campaign = "b", .bid = fen(10), .left = fen(99), .rate = 10'000},
                                     {.campaign = "a", .bid = fen(10), .left = fen(99), .rate = 10'000}};
  EXPECT_EQ(run_auction(equal)->place, 1U);
  EXPECT_EQ(run_auction(equal)->price, fen(10));
  // The best cannot pay the 40 fen its click costs: the next stands.
  const std::vector<Bidder> poor = {{.campaign = "a", .bid = fen(80), .left = fen(39), .rate = 20'000},
                                    {.campaign = "b", .bid = fen(80), .left = fen(99), .rate = 10'000}};
  EXPECT_EQ(run_auction(poor)->place, 1U);
  EXPECT_EQ(run_auction(poor)->price, kReserve);
  // Bids of billions times rates do not overflow.
  const std::vector<Bidder> rich = {
      {.campaign = "a", .bid = fen(9'000'000'000'000), .left = fen(9'000'000'000'000), .rate = 999'999},
      {.campaign = "b", .bid = fen(9'000'000'000'000), .left = fen(9'000'000'000'000), .rate = 1'000'000}};
  EXPECT_EQ(run_auction(rich)->place, 1U);
}

TEST(Auction, RatesBeginAtTwoPercentAndFollowWhatHappened) {
  EXPECT_EQ(predicted_rate(0, 0, 0), 20'000);
  EXPECT_EQ(predicted_rate(98, 900, 0), 100'000);
  EXPECT_EQ(predicted_rate(0, 0, kMillion), 40'000);
  EXPECT_EQ(predicted_rate(0, 0, kMillion / 2), 30'000);
  EXPECT_EQ(predicted_rate(1000, 1000, kMillion), kMillion);
}

TEST(Auction, TheBudgetLastsToTheEvening) {
  EXPECT_TRUE(is_paced(Money(), fen(240), 0));
  EXPECT_TRUE(is_paced(fen(10), fen(240), 0)) << "the first hour's share may be spent at once";
  EXPECT_FALSE(is_paced(fen(11), fen(240), 0));
  EXPECT_TRUE(is_paced(fen(130), fen(240), 12 * 3600));
  EXPECT_FALSE(is_paced(fen(131), fen(240), 12 * 3600));
  EXPECT_TRUE(is_paced(fen(240), fen(240), 86'399));
}

}  // namespace
}  // namespace yupu::recommend
