#include "products/monitor/documents/push.h"

#include <fstream>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "products/monitor/documents/counts.h"
#include "products/monitor/documents/push_file.h"
#include "products/monitor/documents/push_row.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

std::vector<std::string> lines_from(const std::string& path, std::string& position, bool finished) {
  auto file = PushFile::open(path, position, 20).value();
  std::vector<std::string> lines;
  PushFile::Line line;
  while (file.next(line, finished).value()) lines.push_back(line.text + (line.too_long ? "+" : ""));
  position = file.position().value();
  return lines;
}

void append(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::app) << bytes; }

using Lines = std::vector<std::string>;

TEST(PushFile, GoesOnWhereItWasLeft) {
  const testing::TempDir folder;
  const std::string path = folder.file("rows");
  std::string position;
  append(path, "one\r\ntwo\n\nthr");
  EXPECT_EQ(lines_from(path, position, false), (Lines{"one", "two", ""}));
  EXPECT_EQ(lines_from(path, position, false), Lines{});
  append(path, "ee\n");
  EXPECT_EQ(lines_from(path, position, false), Lines{"three"});
  append(path, "end");
  EXPECT_EQ(lines_from(path, position, true), Lines{"end"});
  EXPECT_EQ(lines_from(path, position, true), Lines{});
  // Another file of the same name, shorter or not.
  ASSERT_TRUE(write_file_atomic(path, "new\n").ok());
  EXPECT_TRUE(PushFile::open(path, position, 20)->starts_over());
  EXPECT_EQ(lines_from(path, position, true), Lines{"new"});
  EXPECT_FALSE(PushFile::open(path, "{}", 20).ok());
  EXPECT_EQ(PushFile::open(path + "x", "", 20).status().code(), Code::kNotFound);
}

TEST(PushFile, LongLinesAreCutAndCostNoMemory) {
  const testing::TempDir folder;
  const std::string path = folder.file("rows");
  append(path, std::string(600'000, 'x') + "\n" + std::string(20, 'y') + "\n" + std::string(21, 'z'));
  std::string position;
  EXPECT_EQ(lines_from(path, position, true),
            (Lines{std::string(20, 'x') + "+", std::string(20, 'y'), std::string(20, 'z') + "+"}));
}

TEST(Push, CountsRefusesAndGoesOn) {
  const testing::TempDir folder;
  const std::string path = folder.file("rows.jsonl");
  const FakeClock clock(20'000 * kDayNs);
  const auto store = store::open_store(yupu::testing::fresh_url()).value();
  const auto topics = TopicDictionary::create({{"tea", {}}}).value();
  const auto push = [&] { return push_file(*store, clock, "m", topics, path, "src", {.batch_rows = 2}); };
  for (int i = 0; i < 5; ++i)
    append(path, R"({"guid": ")" + std::to_string(i) + R"(", "text": "tea )" + std::to_string(i) +
                     R"(", "sentiment": "negative"})" + "\n");
  append(path, "nonsense\n\n{\"text\": \"tea\"}\n" + std::string(kRowBytesMax + 1, ' ') + "\n");
  const auto report = push();
  ASSERT_TRUE(report.ok()) << report.status().to_string();
  EXPECT_EQ(report->rows, 8);
  EXPECT_EQ(report->outcomes,
            (Outcomes{{"new", 5}, {"refused_malformed", 1}, {"refused_sentiment", 1}, {"refused_too_large", 1}}));
  EXPECT_TRUE(report->first_refusal.starts_with("row 6: ")) << report->first_refusal;
  EXPECT_EQ(push()->rows, 0);
  append(path, R"({"guid": "3", "text": "tea 3", "sentiment": "negative"})");
  EXPECT_EQ(push()->outcomes, (Outcomes{{"repeated", 1}}));
  EXPECT_EQ(count_topic(*store, "m", "tea", 0, INT64_MAX)->negative, 5);
}

}  // namespace
}  // namespace yupu::monitor
