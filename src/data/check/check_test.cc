#include "data/check/check.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "data/check/cross_validation.h"
#include "data/check/label_errors.h"
#include "data/rows.h"

namespace yupu::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LabelErrors, ByHand) {
  // Usual confidence: label 0 (0.9 + 0.8 + 0.01) / 3 = 0.57, label 1 (0.8 + 0.7 + 0.3) / 3 = 0.6.
  const Probabilities rows = {{0.9f, 0.1f}, {0.8f, 0.2f}, {0.01f, 0.99f}, {0.2f, 0.8f}, {0.3f, 0.7f}, {0.7f, 0.3f}};
  const std::vector<std::int32_t> labels = {0, 0, 0, 1, 1, 1};
  const auto errors = find_label_errors(rows, labels);
  ASSERT_EQ(errors.size(), 1u);  // the last row looks like label 0 too, but 0.3 is half of label 1's usual confidence
  EXPECT_EQ(errors[0].row, 2u);
  EXPECT_EQ(errors[0].suggested, 1);
  EXPECT_NEAR(errors[0].suggested_probability - errors[0].given_probability, 0.98, 1e-6);
  EXPECT_TRUE(find_label_errors({}, {}).empty());
}

TEST(LabelErrors, OverlapsNeedRowsAndAShare) {
  std::vector<std::int32_t> labels(40, 0);
  std::fill(labels.begin() + 20, labels.end(), 1);
  Probabilities rows;
  for (std::size_t i = 0; i < 40; ++i) {
    const bool across = i >= 15 && i < 25;
    rows.push_back(across == (labels[i] == 0) ? std::vector<float>{0.2f, 0.8f} : std::vector<float>{0.8f, 0.2f});
  }
  const auto overlaps = find_overlaps(rows, labels);
  ASSERT_EQ(overlaps.size(), 1u);
  EXPECT_EQ(overlaps[0].rows, 10);
  EXPECT_DOUBLE_EQ(overlaps[0].share, 0.25);
  EXPECT_TRUE(find_overlaps(rows, labels, {.rows_least = 11, .share_least = 0.2}).empty());
  EXPECT_TRUE(find_overlaps(rows, labels, {.rows_least = 5, .share_least = 0.3}).empty());
}

TEST(CrossValidation, SameNumbersWhateverTheThreadsAndNoRowSeesItsCopy) {
  std::vector<std::string> texts;
  std::vector<std::int32_t> labels;
  std::vector<std::uint64_t> groups;
  for (int i = 0; i < 40; ++i) {
    texts.push_back((i % 2 == 0 ? "where is my parcel " : "money back please ") + std::to_string(i / 4));
    labels.push_back(i % 2);
    groups.push_back(static_cast<std::uint64_t>(i));
  }
  // A text of its own under label 1, twice, in one group: nothing else teaches its words.
  for (int copy = 0; copy < 2; ++copy) {
    texts.emplace_back("zzz qqq xxx");
    labels.push_back(1);
    groups.push_back(1000);
  }
  const auto one = cross_validated_probabilities(texts, labels, groups, 2, {.threads = 1});
  const auto two = cross_validated_probabilities(texts, labels, groups, 2, {.threads = 2});
  EXPECT_EQ(one, two);
  for (std::size_t i = 0; i < 40; ++i) EXPECT_GT(one[i][static_cast<std::size_t>(labels[i])], 0.6f) << texts[i];
  for (std::size_t i = 40; i < 42; ++i) EXPECT_LT(one[i][1], 0.8f);
  for (const auto& row : one) EXPECT_NEAR(row[0] + row[1], 1.0, 1e-5);
}

// Flips a twentieth of the labels of a file's rows to another label; returns the rows as CSV and the flipped lines.
struct Planted {
  std::string csv = "text,label\n";
  std::vector<std::int64_t> lines;
};

std::string csv_field(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

Planted plant(const std::vector<handoff::Row>& rows, std::uint64_t seed) {
  std::vector<std::string> labels;
  for (const handoff::Row& row : rows) labels.push_back(row.label);
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  Rng rng(seed);
  Planted planted;
  std::int64_t line = 1;
  for (const handoff::Row& row : rows) {
    ++line;
    std::string label = row.label;
    if (rng.uniform() < 0.05) {
      while (label == row.label) label = labels[rng.below(labels.size())];
      planted.lines.push_back(line);
    }
    planted.csv += csv_field(row.text) + "," + csv_field(label) + "\n";
  }
  return planted;
}

struct Found {
  double recall = 0.0;
  double precision = 0.0;
};

Found find_planted(const std::vector<handoff::Row>& rows, std::uint64_t seed) {
  const yupu::testing::TempDir dir;
  const Planted planted = plant(rows, seed);
  CHECK(write_file_atomic(dir.file("planted.csv"), planted.csv).ok(), "the disk takes the file");
  CheckOptions options;
  options.import.name = "planted";
  options.import.sources = {{.path = dir.file("planted.csv")}};
  handoff::SilentProgress silent;
  auto report = check_before_training(options, silent);
  CHECK(report.ok(), report.status().to_string());
  std::size_t right = 0;
  std::size_t flagged = 0;
  std::size_t findable = planted.lines.size();
  for (const Finding& finding : report->findings) {
    const bool is_planted = std::binary_search(planted.lines.begin(), planted.lines.end(), finding.line);
    if (finding.kind == "label_error") {
      ++flagged;
      right += is_planted ? 1 : 0;
    }
    // A flipped row with a copy is found as a conflict, exactly.
    if (finding.kind == "conflict" && is_planted) --findable;
  }
  return {static_cast<double>(right) / static_cast<double>(findable),
          static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(1, flagged))};
}

TEST(Check, PlantedLabelErrorsOfTheShopAreFound) {
  auto rows = read_labelled_file({.path = YUPU_TESTDATA("examples/shop/data/train.csv"), .label_column = "intent"});
  ASSERT_TRUE(rows.ok()) << rows.status().to_string();
  const Found found = find_planted(*rows, 1);
  RecordProperty("recall", std::to_string(found.recall));
  RecordProperty("precision", std::to_string(found.precision));
  EXPECT_GE(found.recall, 0.8);
  EXPECT_GE(found.precision, 0.2);  // four times chance, of 44 labels that a linear model gets right every second time
}

TEST(Check, EveryKindOfFindingWithFileAndLine) {
  const yupu::testing::TempDir dir;
  std::string train = "text,label\n";
  for (int i = 0; i < 6; ++i) {
    train += fmt::format("where is parcel number {},parcel\n", i);
    train += fmt::format("money back for item {},refund\n", i);
  }
  train +=
      "Where is parcel number 0,parcel\n"    // line 14: duplicate of line 2
      "where is parcel number 1?!,parcel\n"  // 15: near duplicate of line 4
      "money-back for item 2,parcel\n"       // 16: near conflict with line 7
      "same words,parcel\n"                  // 17: conflict
      "same words,refund\n"                  // 18: conflict
      "only once,lonely\n"                   // 19: thin label
      ",parcel\n"                            // 20: blank text
      "in the test set,parcel\n"             // 21: leakage
      "in the test set too!,parcel\n";       // 22: near leakage
  ASSERT_TRUE(write_file_atomic(dir.file("train.csv"), train).ok());
  ASSERT_TRUE(
      write_file_atomic(dir.file("test.csv"), "text,label\nin the test set,parcel\nin the test set too,parcel\n").ok());
  CheckOptions options;
  options.import.name = "all";
  options.import.sources = {{.path = dir.file("train.csv"), .name = "train.csv", .fixed_split = "train"},
                            {.path = dir.file("test.csv"), .name = "test.csv", .fixed_split = "test"}};
  handoff::SilentProgress silent;
  auto report = check_before_training(options, silent);
  ASSERT_TRUE(report.ok()) << report.status().to_string();
  std::map<std::string, std::vector<std::string>> places;
  for (const Finding& finding : report->findings)
    if (finding.kind != "label_error") places[finding.kind].push_back(fmt::format("{}:{}", finding.file, finding.line));
  EXPECT_THAT(places["duplicate"], ElementsAre("train.csv:14"));
  EXPECT_THAT(places["near_duplicate"], ElementsAre("train.csv:15"));
  EXPECT_THAT(places["near_conflict"], ElementsAre("train.csv:16"));
  EXPECT_THAT(places["conflict"], ElementsAre("train.csv:17", "train.csv:18"));
  EXPECT_THAT(places["thin_label"], ElementsAre("train.csv:19:0"));
  EXPECT_THAT(places["blank_text"], ElementsAre("train.csv:20"));
  EXPECT_THAT(places["leakage"], ElementsAre("train.csv:21"));
  EXPECT_THAT(places["near_leakage"], ElementsAre("test.csv:3"));
  EXPECT_TRUE(report->any_error());
  EXPECT_EQ(report->rows, 23);
  ASSERT_TRUE(report->write(dir.file("report")).ok());
  EXPECT_THAT(*read_file(dir.file("report.txt")), HasSubstr("train.csv:16: near_conflict: but for marks"));
  const auto json = parse_json(*read_file(dir.file("report.json")));
  ASSERT_TRUE(json.ok());
  EXPECT_EQ((*json)["findings"].size(), report->findings.size());
  EXPECT_EQ((*json)["findings_of"]["near_conflict"], 1);
  EXPECT_EQ((*json)["ok"], false);
}

TEST(Check, CleanDataHasNoFindingAndSaysWhatWasNotChecked) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.file("a.csv"), "text,label\none,x\ntwo,x\nthree,x\n").ok());
  CheckOptions options;
  options.import.name = "a";
  options.import.sources = {{.path = dir.file("a.csv")}};
  handoff::SilentProgress silent;
  auto report = check_before_training(options, silent);
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->findings.empty());
  EXPECT_THAT(report->label_check, HasSubstr("fewer than two labels"));
  options.labels = false;
  EXPECT_THAT(check_before_training(options, silent)->label_check, HasSubstr("switched off"));
  options.import.sources[0].path = dir.file("missing.csv");
  EXPECT_EQ(check_before_training(options, silent).status().code(), Code::kNotFound);
}

TEST(Check, BareTextsKeepLettersMarksAndDigitsOfEveryScript) {
  EXPECT_EQ(bare_text("where is it?! 42"), "whereisit42");
  EXPECT_EQ(bare_text("在 吗？"), "在吗");
  EXPECT_EQ(bare_text("हिन्दी"), "हिन्दी");
  EXPECT_EQ(bare_text("?!"), "");
}

}  // namespace
}  // namespace yupu::data
