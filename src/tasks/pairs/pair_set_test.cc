#include "tasks/pairs/pair_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::tasks {
namespace {

using ::testing::HasSubstr;

PairSet set_of(const std::vector<std::string>& labels) {
  PairSet set{.path = "p.csv", .label_column = "how", .rows = {}};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    set.rows.push_back(
        {.a = "a", .b = "b", .label = labels[i], .score = 0.0, .group = {}, .line = static_cast<std::int64_t>(i) + 2});
  }
  return set;
}

TEST(PairSet, MoreThanTwoNumbersAreAScore) {
  EXPECT_EQ(*detect_target(set_of({"0", "1", "1"})), PairTarget::kClasses);
  EXPECT_EQ(*detect_target(set_of({"0", "1", "0.5"})), PairTarget::kScore);
  EXPECT_EQ(*detect_target(set_of({"entails", "neutral", "contradicts"})), PairTarget::kClasses);
  EXPECT_EQ(*detect_target(set_of({"1", "2", "x"})), PairTarget::kClasses);  // two numbers are names
}

TEST(PairSet, ASlipAmongScoresIsNamed) {
  const Status status = detect_target(set_of({"0", "2.5", "4", "thre"})).status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(status.field(), "how");
  EXPECT_THAT(status.message(), HasSubstr("p.csv: line 5: field 'how': \"thre\" is no number"));
}

TEST(PairSet, ScoresAreTakenOrTheFirstThatIsNoneIsNamed) {
  PairSet good = set_of({"0", "-2.5", "1e1"});
  ASSERT_TRUE(take_scores(good).ok());
  EXPECT_EQ(good.rows[1].score, -2.5);
  EXPECT_EQ(good.rows[2].score, 10.0);
  for (const char* bad : {"good", "1,5", "", "nan", "inf", "3 "}) {
    PairSet set = set_of({"1", bad});
    EXPECT_THAT(take_scores(set).message(), HasSubstr("p.csv: line 3: field 'how': ")) << bad;
  }
}

TEST(PairSet, TheHashSeesEveryMember) {
  PairSet set = set_of({"0", "1"});
  const std::string before = rows_sha256(set);
  EXPECT_EQ(rows_sha256(set), before);
  set.rows[1].group = "q";
  EXPECT_NE(rows_sha256(set), before);
}

}  // namespace
}  // namespace yupu::tasks
