#include "training/class_weights.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "training/testing.h"
#include "training/training.h"

namespace yupu::training {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<handoff::Row> rows_of(const std::map<std::string, int>& counts) {
  std::vector<handoff::Row> rows;
  for (const auto& [label, count] : counts)
    rows.insert(rows.end(), static_cast<std::size_t>(count), {.text = "t", .label = label, .lang = {}, .source = {}});
  return rows;
}

TEST(ClassWeights, BalancedAsScikitLearnCountsIt) {
  // compute_class_weight("balanced", classes=["a","b","c"], y=["a"]*6 + ["b"]*3 + ["c"]): 10/18, 10/9, 10/3.  Rows out
  // of scope are no class.
  const auto rows = rows_of({{"a", 6}, {"b", 3}, {"c", 1}, {std::string(handoff::kOutOfScope), 5}});
  const auto weights = weights_of({.balanced = true, .given = {}}, {"a", "b", "c"}, rows);
  ASSERT_TRUE(weights.ok());
  EXPECT_THAT(*weights, ElementsAre(10.0f / 18.0f, 10.0f / 9.0f, 10.0f / 3.0f));
}

TEST(ClassWeights, AFileGivesThemByLabel) {
  const yupu::testing::TempDir dir;
  const std::string path = dir.file("w.json");
  ASSERT_TRUE(write_file_atomic(path, R"({"b": 2.5})").ok());
  const auto read = read_class_weights(path);
  ASSERT_TRUE(read.ok()) << read.status().to_string();
  const auto rows = rows_of({{"a", 1}, {"b", 1}});
  EXPECT_THAT(*weights_of(*read, {"a", "b"}, rows), ElementsAre(1.0f, 2.5f));
  EXPECT_THAT(weights_of(*read, {"a", "c"}, rows).status().message(), HasSubstr("\"b\""));
  EXPECT_FALSE(read_class_weights("off")->any());
  EXPECT_TRUE(read_class_weights("balanced")->balanced);
  EXPECT_EQ(read_class_weights(dir.file("none.json")).status().code(), Code::kNotFound);
  for (const char* bad : {"[]", "{}", R"({"b": "x"})", R"({"b": 0})", R"({"b": -1})", "{"}) {
    ASSERT_TRUE(write_file_atomic(path, bad).ok());
    EXPECT_THAT(read_class_weights(path).status().message(), HasSubstr("w.json")) << bad;
  }
}

// One label has 4 rows against 40: unweighted it is drowned.
TEST(ClassWeights, ARareLabelIsHeard) {
  const yupu::testing::TempDir dir;
  std::map<bool, double> recall;
  for (const bool balanced : {false, true}) {
    TrainOptions options = testing::quick_options(dir.file(balanced ? "balanced" : "off"));
    options.train.clear();
    int rare = 0;
    for (const handoff::Row& row : testing::make_rows(40, 1)) {
      if (row.label != "refund" || ++rare <= 4) options.train.push_back(row);
    }
    options.epochs = 4;
    options.wide = false;
    options.class_weights.balanced = balanced;
    handoff::SilentProgress progress;
    const auto result = train(options, progress);
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    for (const auto& [label, figures] : result->test->report.labels) {
      if (label == "refund") recall[balanced] = figures.recall;
    }
    EXPECT_EQ(deciding_options(options).contains("class_weights"), balanced);
  }
  EXPECT_GT(recall[true], recall[false]);
}

}  // namespace
}  // namespace yupu::training
