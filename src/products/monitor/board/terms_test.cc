#include "products/monitor/board/terms.h"

#include <cmath>

#include <gtest/gtest.h>

namespace yupu::monitor {
namespace {

using Texts = std::vector<std::string>;

std::string names(const std::vector<Term>& terms) {
  std::string all;
  for (const Term& term : terms) all += term.term + " ";
  return all;
}

TEST(Terms, WhatIsNewStandsOutAndWhatIsUsualDoesNot) {
  const Texts before(20, "the tea company sells tea in the shop");
  const Texts now = {"the tea company recalls tea: glass", "Glass in the tea of the company", "recalls! glass, again"};
  const auto terms = telling_terms(now, before, 10);
  ASSERT_EQ(names(terms), "glass recalls ");
  EXPECT_EQ(terms[0].documents, 3);
  EXPECT_EQ(terms[0].before, 0);
  // By hand: 3 of 3 and 0 of 20, a prior of 4 * 3.5 / 24 documents with the term.
  const double prior = 4 * 3.5 / 24;
  const double delta = std::log((3 + prior) / (4 - prior)) - std::log(prior / (24 - prior));
  EXPECT_NEAR(terms[0].z, delta / std::sqrt(1 / (3 + prior) + 1 / prior), 1e-12);
}

TEST(Terms, IdeographsThatStandTogetherAreOneTerm) {
  const Texts before(20, "青山茶业今天上市新茶");
  const Texts now(4, "青山茶业召回：发现玻璃碎片");
  const std::string all = names(telling_terms(now, before, 10));
  EXPECT_NE(all.find("发现玻璃碎片 "), std::string::npos) << all;
  EXPECT_EQ(all.find("青山"), std::string::npos) << all;
}

TEST(Terms, OneTextANumberOrNothingToCompareWithTellsNothing) {
  const Texts before(20, "tea");
  EXPECT_EQ(names(telling_terms(Texts{"glass glass glass"}, before, 10)), "");
  EXPECT_EQ(names(telling_terms(Texts(5, "2026 7 x"), before, 10)), "");
  EXPECT_TRUE(telling_terms(Texts(5, "glass"), Texts(), 10).empty());
  EXPECT_TRUE(telling_terms(Texts(), before, 10).empty());
  EXPECT_EQ(telling_terms(Texts(5, "glass in every box they sold"), before, 3).size(), 3u);
}

}  // namespace
}  // namespace yupu::monitor
