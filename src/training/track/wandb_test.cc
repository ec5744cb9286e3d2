#include "training/track/wandb.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/testing.h"
#include "training/track/checksums.h"

namespace yupu::training {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kBlock = 32768;

std::size_t number(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

// What a reader of LevelDB's log makes of the file.
std::vector<std::string> read_log(const std::string& bytes) {
  std::vector<std::string> records;
  std::string open;
  std::size_t at = 7;
  while (at < bytes.size()) {
    const std::size_t left = kBlock - at % kBlock;
    if (left < 7) {
      EXPECT_EQ(bytes.substr(at, left), std::string(left, '\0'));
      at += left;
      continue;
    }
    const std::string_view head = std::string_view(bytes).substr(at, 7);
    const std::size_t length = number(head.substr(4, 2));
    const char type = head[6];
    EXPECT_LE(7 + length, left) << "a fragment crosses its block";
    EXPECT_EQ(number(head.substr(0, 4)), crc32(std::string_view(bytes).substr(at + 6, 1 + length)));
    EXPECT_TRUE(open.empty() || (type != 1 && type != 2));
    open += bytes.substr(at + 7, length);
    at += 7 + length;
    if (type != 1 && type != 4) continue;
    records.push_back(std::move(open));
    open.clear();
  }
  EXPECT_TRUE(open.empty());
  return records;
}

TEST(WandbLog, HeadAndOneRecordByteForByte) {
  const yupu::testing::TempDir dir;
  auto log = WandbLog::create(dir.file("run.wandb"));
  ASSERT_TRUE(log.ok()) << log.status().to_string();
  ASSERT_TRUE(log->append("hello").ok());
  // struct.pack("<4sHB", b":W&B", 0xBEE1, 0) + struct.pack("<IHB", zlib.crc32(b"\x01hello"), 5, 1) + b"hello"
  EXPECT_EQ(to_hex(*read_file(dir.file("run.wandb"))), "3a572642e1be009d23ac8a05000168656c6c6f");
}

TEST(WandbLog, RecordsOfAnySizeComeBack) {
  const yupu::testing::TempDir dir;
  auto log = WandbLog::create(dir.file("run.wandb"));
  ASSERT_TRUE(log.ok());
  Rng rng(7);
  std::vector<std::string> records;
  std::size_t end = 7;
  const auto add = [&](std::size_t bytes) {
    std::string record(bytes, '\0');
    for (char& c : record) c = static_cast<char>(rng.below(256));
    ASSERT_TRUE(log->append(record).ok());
    records.push_back(std::move(record));
    end = static_cast<std::size_t>(std::filesystem::file_size(dir.file("run.wandb")));
  };
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{40000}, std::size_t{100000}}) add(bytes);
  // Every place near the end of a block where a head fits, just fits, or does not.
  for (std::size_t left = 0; left <= 20; ++left) {
    const std::size_t room = kBlock - end % kBlock;
    if (room > left + 7) add(room - left - 7);
    add(5);
  }
  for (int i = 0; i < 200; ++i) add(1 + rng.below(700));
  EXPECT_EQ(read_log(*read_file(dir.file("run.wandb"))), records);
}

TEST(Wandb, ARunIsHeaderRunOneHistoryAStepSummaryExit) {
  const yupu::testing::TempDir dir;
  const FakeClock clock(1'795'600'388'000'000'000);
  handoff::SilentProgress progress;
  const TrackOptions options{.run_name = "shop", .run_key = {}, .version = "1", .clock = clock, .progress = progress};
  auto run = open_wandb(dir.path(), options);
  ASSERT_TRUE(run.ok());
  (*run)->run_started({.options = {{"lr", 0.1}}});
  const Figure first[] = {{"train/loss", 0.5}};
  const Figure second[] = {{"train/loss", 0.25}, {"train/nan", std::numeric_limits<double>::quiet_NaN()}};
  const Figure epoch[] = {{"eval/accuracy", 0.75}};
  (*run)->figures(1, first);
  (*run)->figures(2, second);
  (*run)->figures(2, epoch);
  const float weights[] = {1.0f, 2.0f};
  (*run)->histogram(2, "weights/w", weights);
  (*run)->run_ended({.outcome = RunEnd::Outcome::kFailed, .message = "no memory", .figures = {}});

  std::string folder;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) folder = entry.path().string();
  EXPECT_THAT(folder, HasSubstr("offline-run-20261125_095308-"));
  std::string file;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) file = entry.path().string();
  EXPECT_TRUE(file.ends_with(".wandb"));
  const auto records = read_log(*read_file(file));
  ASSERT_EQ(records.size(), 6u);
  EXPECT_THAT(records[0], HasSubstr("yupu 1"));
  EXPECT_THAT(records[1], HasSubstr("shop"));
  EXPECT_THAT(records[2], HasSubstr("0.5"));
  EXPECT_THAT(records[3], HasSubstr("eval/accuracy"));
  EXPECT_THAT(records[3], HasSubstr("histogram"));
  EXPECT_THAT(records[3], ::testing::Not(HasSubstr("train/nan")));
  EXPECT_THAT(records[4], HasSubstr("no memory"));
}

}  // namespace
}  // namespace yupu::training
