#include "training/embed/contrast_batches.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace yupu::training {
namespace {

using tasks::TextRow;
using tasks::TextSet;
using tasks::TextSetKind;

TextRow pair(std::string text, std::string other, std::string negative = {}) {
  TextRow row;
  row.text = std::move(text);
  row.other = std::move(other);
  row.negative = std::move(negative);
  return row;
}

// `answers` different second texts, each asked for `times`.
TextSet faq(int answers, int times) {
  TextSet set{.path = "faq", .kind = TextSetKind::kPairs, .rows = {}};
  for (int i = 0; i < answers * times; ++i)
    set.rows.push_back(pair("q" + std::to_string(i), "a" + std::to_string(i % answers)));
  return set;
}

std::vector<std::uint32_t> all_rows(const std::vector<Batch>& batches) {
  std::vector<std::uint32_t> rows;
  for (const Batch& batch : batches) rows.insert(rows.end(), batch.begin(), batch.end());
  std::sort(rows.begin(), rows.end());
  return rows;
}

void expect_no_text_twice(const TextSet& set, const std::vector<Batch>& batches) {
  for (const Batch& batch : batches) {
    std::set<std::string> seen;
    for (const std::uint32_t row : batch) {
      std::set<std::string> own = {set.rows[row].text, set.rows[row].other};
      if (set.has_negatives()) own.insert(set.rows[row].negative);
      for (const std::string& text : own) EXPECT_TRUE(seen.insert(text).second) << text << " stands twice in a batch";
    }
  }
}

TEST(ContrastBatches, NoTextStandsTwiceInABatchAndBatchesFillUp) {
  const TextSet set = faq(40, 11);
  const ContrastBatches contrast(set);
  for (std::int64_t epoch = 0; epoch < 5; ++epoch) {
    const auto batches = contrast.plan(16, 1, epoch);
    expect_no_text_twice(set, batches);
    const auto rows = all_rows(batches);
    EXPECT_TRUE(std::adjacent_find(rows.begin(), rows.end()) == rows.end()) << "a row twice";
    EXPECT_GE(rows.size(), 440u - 2u);
    const auto full = std::count_if(batches.begin(), batches.end(), [](const Batch& b) { return b.size() == 16; });
    EXPECT_GE(full, 24);  // 440 rows are 27.5 batches
    EXPECT_EQ(contrast.plan(16, 1, epoch), batches);
    EXPECT_NE(contrast.plan(16, 1, epoch + 1), batches);
    EXPECT_NE(contrast.plan(16, 2, epoch), batches);
  }
}

TEST(ContrastBatches, TextsMeetOnNoSide) {
  TextSet set{.path = "p", .kind = TextSetKind::kPairs, .rows = {}};
  for (int i = 0; i < 60; ++i) {  // a chain: what answers one row asks the next
    const auto name = [](int k) { return "t" + std::to_string(k); };
    set.rows.push_back(pair(name(i), name(i + 1), name((i * 7 + 3) % 70 == i + 1 ? 70 : (i * 7 + 3) % 70)));
  }
  const auto batches = ContrastBatches(set).plan(8, 3, 0);
  expect_no_text_twice(set, batches);
  EXPECT_EQ(all_rows(batches).size(), 60u);  // a negative is enough to be told apart from
}

TEST(ContrastBatches, ABatchOfOneIsLeftOut) {
  const TextSet set = faq(1, 5);  // the same answer five times
  EXPECT_TRUE(ContrastBatches(set).plan(4, 1, 0).empty());
}

TEST(ContrastBatches, RowsOfALabelMeet) {
  TextSet set{.path = "l", .kind = TextSetKind::kLabels, .rows = {}};
  for (int i = 0; i < 101; ++i) {
    TextRow row;
    row.text = "t" + std::to_string(i);
    row.label = i < 100 ? "l" + std::to_string(i % 20) : "alone";
    set.rows.push_back(row);
  }
  for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
    const auto batches = ContrastBatches(set).plan(16, 1, epoch);
    EXPECT_GE(all_rows(batches).size(), 100u);
    for (const Batch& batch : batches) {
      EXPECT_LE(batch.size(), 16u);
      for (const std::uint32_t row : batch) {
        const std::string& label = set.rows[row].label;
        if (label == "alone") continue;
        EXPECT_GE(std::count_if(batch.begin(), batch.end(), [&](auto r) { return set.rows[r].label == label; }), 2);
      }
    }
  }
}

TEST(ContrastBatches, ScoredRowsComeOnceEach) {
  TextSet set = faq(3, 7);
  set.kind = TextSetKind::kScored;
  const auto batches = ContrastBatches(set).plan(5, 1, 0);
  EXPECT_EQ(batches.size(), 4u);  // the last one would be of one row
  EXPECT_EQ(all_rows(batches).size(), 20u);
}

}  // namespace
}  // namespace yupu::training
