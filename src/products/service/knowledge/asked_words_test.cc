#include "products/service/knowledge/asked_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::products {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> units(std::string_view question) {
  std::vector<std::string> out;
  for (const AskedWord& word : asked_words(question)) out.push_back(word.unit);
  return out;
}

TEST(AskedWords, AreTheSubjectsOfAQuestion) {
  EXPECT_THAT(units("How many days does a Refund take? Refunds!"), ElementsAre("day", "refund", "take"));
  EXPECT_THAT(units("请问怎么退款？"), ElementsAre("退", "款"));
  EXPECT_THAT(units("退 iPhone 的钱"), ElementsAre("退", "iphone", "钱"));
  EXPECT_EQ(asked_words("the days").at(0).term, "days");
}

TEST(AskedWords, WithoutASubjectAreAllOfThem) {
  EXPECT_THAT(units("What is it?"), ElementsAre("what", "is", "it"));
  EXPECT_THAT(units("吗？"), ElementsAre("吗"));
  EXPECT_THAT(units(" ?! 。"), IsEmpty());
}

TEST(AskedWords, PluralsAreTheirSingulars) {
  EXPECT_THAT(units_of("policies fees takes shoes buses glass bus is 七天"),
              UnorderedElementsAre("policy", "fee", "take", "shoe", "buse", "glass", "bus", "is", "七", "天"));
}

}  // namespace
}  // namespace yupu::products
