#include "model/heads/wide/wide.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"

namespace yupu::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Hashes = std::vector<std::uint64_t>;

FeatureTally tally_of(std::vector<Hashes> rows) {
  FeatureTally tally;
  for (Hashes& row : rows) tally.add(row);
  return tally;
}

TEST(WideBranch, KeepsTheFeaturesOfMostRowsAndScalesThemToLengthOne) {
  // 30 in three rows, 10 and 20 in two, 40 in one; twice in a row counts once.
  const FeatureTally tally = tally_of({{30, 10, 10}, {20, 30}, {20, 10, 30, 40, 40}});
  const auto all = WideBranch::fit(tally, 2, {.features_max = 10, .documents_min = 2});
  ASSERT_NE(all, nullptr);
  EXPECT_EQ(all->feature_count(), 3);
  engine::SparseRows rows;
  Hashes unknown = {40, 50};
  Hashes some = {30, 40, 10, 30};
  all->append_row(unknown, rows);
  all->append_row(some, rows);
  EXPECT_THAT(rows.offsets, ElementsAre(0, 0, 2));
  EXPECT_THAT(rows.indices, ElementsAre(0, 2));  // by hash: 10, 20, 30
  const auto half = static_cast<float>(1.0 / std::sqrt(2.0));
  EXPECT_THAT(rows.values, ElementsAre(half, half));

  const auto one = WideBranch::fit(tally, 2, {.features_max = 1, .documents_min = 2});
  engine::SparseRows single;
  one->append_row(some, single);
  EXPECT_THAT(single.values, ElementsAre(1.0f)) << "30 alone, in most rows";
  EXPECT_EQ(WideBranch::fit(tally, 2, {.features_max = 10, .documents_min = 4}), nullptr);
}

TEST(WideBranch, OfNamedFeaturesIsSavedAndReadAsARecordTells) {
  const yupu::testing::TempDir dir;
  const auto branch = WideBranch::fit(tally_of({{7, 9}, {7, 9}}), 3, {});
  for (float& value : branch->weight().value.values()) value = 0.5f;
  ASSERT_TRUE(branch->save(dir.path()).ok());
  const auto again = WideBranch::load_recorded({{"wide", 2}}, dir.path(), 3);
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ((*again)->content_id(), branch->content_id());
  engine::SparseRows before, after;
  Hashes hashes = {9, 7};
  branch->append_row(hashes, before);
  (*again)->append_row(hashes, after);
  EXPECT_EQ(after.values, before.values);
  for (const Json& nothing : {Json::object(), Json{{"wide", nullptr}}}) {
    const auto none = WideBranch::load_recorded(nothing, dir.path(), 3);
    ASSERT_TRUE(none.ok());
    EXPECT_EQ(*none, nullptr);
  }
  EXPECT_THAT(WideBranch::load_recorded({{"wide", 5}}, dir.path(), 3).status().message(),
              HasSubstr("'wide' is 5 features, wide.safetensors holds 2"));
  EXPECT_THAT(WideBranch::load_recorded({{"wide", 2}}, dir.path(), 4).status().message(), HasSubstr("wide.weight"));
  EXPECT_EQ(WideBranch::load_recorded({{"wide", "2"}}, dir.path(), 3).status().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace yupu::model
