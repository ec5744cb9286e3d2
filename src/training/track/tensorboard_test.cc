#include "training/track/tensorboard.h"

#include <csignal>
#include <cstring>
#include <filesystem>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/testing.h"
#include "handoff/testing.h"
#include "training/track/checksums.h"

namespace yupu::training {
namespace {

using handoff::testing::Notes;
using ::testing::HasSubstr;

std::string only_file(const std::string& folder) {
  std::string found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    EXPECT_TRUE(found.empty());
    found = entry.path().string();
  }
  return found;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

// The payloads of a file of TFRecords, each with its two checks.
std::vector<std::string> payloads(std::string_view bytes) {
  std::vector<std::string> out;
  while (!bytes.empty()) {
    if (bytes.size() < 16) {
      ADD_FAILURE() << "half a record";
      break;
    }
    const std::uint64_t length = little_endian(bytes.substr(0, 8));
    EXPECT_EQ(little_endian(bytes.substr(8, 4)), masked(crc32c(bytes.substr(0, 8))));
    const std::string_view payload = bytes.substr(12, length);
    EXPECT_EQ(little_endian(bytes.substr(12 + length, 4)), masked(crc32c(payload)));
    out.emplace_back(payload);
    bytes.remove_prefix(16 + length);
  }
  return out;
}

TEST(Checksums, VectorsOfTheStandards) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(masked(crc32c("123456789")), 0xc78ab0e5u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32("123456789"), 0xcbf43926u);
}

TEST(TensorBoard, FirstRecordAndScalarByteForByte) {
  const yupu::testing::TempDir dir;
  const FakeClock clock(1'000'000'000);
  auto file = EventFile::create(dir.path(), "test", clock);
  ASSERT_TRUE(file.ok()) << file.status().to_string();
  const Figure loss[] = {{"loss", 0.5}};
  ASSERT_TRUE(file->scalars(1, loss).ok());
  EXPECT_THAT(file->path(), HasSubstr("/events.out.tfevents.1."));
  EXPECT_EQ(to_hex(*read_file(file->path())),
            "1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a3286bf577a"
            "1a00000000000000129bd82d09000000000000f03f10012a0d0a0b0a046c6f7373150000003f27f95db1");
}

TEST(TensorBoard, HistogramCountsEveryNumberOnce) {
  std::vector<float> values;
  for (int i = 0; i <= 1000; ++i) values.push_back(static_cast<float>(i) * 0.001f - 0.25f);
  values.push_back(std::numeric_limits<float>::quiet_NaN());
  values.push_back(std::numeric_limits<float>::infinity());
  const std::string bytes = histogram_message(values).bytes();
  // min, max, num, sum, sum_squares: five doubles with a key each; then two packed lists of 64.
  const auto real = [&](std::size_t at) {
    double value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
  };
  ASSERT_EQ(bytes.size(), 5 * 9 + 2 * (1 + 2 + 64 * 8u));
  EXPECT_FLOAT_EQ(static_cast<float>(real(1)), -0.25f);
  EXPECT_FLOAT_EQ(static_cast<float>(real(10)), 0.75f);
  EXPECT_EQ(real(19), 1001.0);
  EXPECT_NEAR(real(28), 250.25, 1e-3);
  const std::size_t limits = 45 + 3, buckets = limits + 64 * 8 + 3;
  double counted = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    double expected = 0;
    for (const float x : values) {
      const bool above = i == 0 || double{x} > real(limits + (i - 1) * 8);
      if (above && double{x} <= real(limits + i * 8)) expected += 1;
    }
    EXPECT_EQ(real(buckets + i * 8), expected) << i;
    counted += real(buckets + i * 8);
  }
  EXPECT_EQ(counted, 1001.0);
  EXPECT_EQ(real(limits + 63 * 8), real(10));
}

TEST(TensorBoard, HistogramOfOneValueAndOfNone) {
  EXPECT_TRUE(histogram_message({}).bytes().empty());
  const float same[] = {2.0f, 2.0f, 2.0f};
  EXPECT_EQ(histogram_message(same).bytes().size(), 5 * 9 + 2 * (1 + 1 + 8u));
}

TEST(TensorBoard, ARunIsOptionsFiguresAndAnEnd) {
  const yupu::testing::TempDir dir;
  const FakeClock clock(1'795'600'000'000'000'000);
  Notes notes;
  const TrackOptions options{.run_name = "shop", .run_key = {}, .version = "1", .clock = clock, .progress = notes};
  const std::vector<std::string> specs = {"tensorboard:" + dir.path()};
  auto run = open_trackers(specs, options);
  ASSERT_TRUE(run.ok()) << run.status().to_string();
  EXPECT_FALSE(file_exists(dir.file("shop")));  // nothing before the run starts
  (*run)->run_started({.options = {{"lr", 0.1}, {"adapter", {{"rank", 8}}}, {"base", ""}, {"wide", true}}});
  const Figure figures[] = {{"train/loss", 0.5}, {"train/grad_norm", 2.0}};
  (*run)->figures(1, figures);
  ASSERT_TRUE((*run)->wants_histograms());
  const float weights[] = {1.0f, 2.0f};
  (*run)->histogram(1, "weights/w", weights);
  (*run)->run_ended({.outcome = RunEnd::Outcome::kFinished, .message = {}, .figures = {{"test.accuracy", 0.75}}});
  EXPECT_TRUE(notes.lines.empty());

  const auto records = payloads(*read_file(only_file(dir.file("shop"))));
  ASSERT_EQ(records.size(), 9u);
  const char* wanted[] = {
      "brain.Event:2", "",          "_hparams_/experiment", "_hparams_/session_start_info", "| lr | 0.1 |",
      "train/loss",    "weights/w", "result/test.accuracy", "_hparams_/session_end_info"};
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_THAT(records[i], HasSubstr(wanted[i])) << i;
  EXPECT_THAT(records[3], HasSubstr("adapter.rank"));
  EXPECT_THAT(records[3], ::testing::Not(HasSubstr("base")));
  EXPECT_THAT(records[5], HasSubstr("train/grad_norm"));  // one record for one moment
}

TEST(TensorBoard, AFolderThatCannotBeMadeIsSaidOnceAndTrainingGoesOn) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.file("occupied"), "a file").ok());
  const FakeClock clock(1'000'000'000);
  Notes notes;
  const TrackOptions options{.run_name = "shop", .run_key = {}, .version = "1", .clock = clock, .progress = notes};
  auto run = open_tensorboard(dir.file("occupied"), options);
  ASSERT_TRUE(run.ok());
  (*run)->run_started({});
  const Figure figures[] = {{"train/loss", 0.5}};
  (*run)->figures(1, figures);
  EXPECT_FALSE((*run)->wants_histograms());
  (*run)->run_ended({});
  ASSERT_EQ(notes.lines.size(), 2u);
  EXPECT_THAT(notes.lines[0], HasSubstr("training goes on"));
  EXPECT_THAT(notes.lines[1], HasSubstr("1 failures"));
}

// The limit on a file's size cuts a write short as a full disk does.
TEST(RecordFile, AWriteCutShortIsTakenBack) {
  const yupu::testing::TempDir dir;
  auto file = RecordFile::create(dir.file("log"));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->append("whole").ok());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit narrow = before;
  narrow.rlim_cur = 8;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &narrow), 0);
  const Status cut = file->append("does not fit");
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(cut.code(), Code::kResourceExhausted) << cut.to_string();
  EXPECT_EQ(*read_file(dir.file("log")), "whole");
  EXPECT_TRUE(file->append(" again").ok());
  EXPECT_EQ(*read_file(dir.file("log")), "whole again");
  EXPECT_EQ(RecordFile::create(dir.file("log")).status().code(), Code::kConflict);
}

TEST(Trackers, SpecsAreCheckedBeforeAnythingIsOpened) {
  EXPECT_TRUE(check_track_spec("tensorboard:runs").ok());
  EXPECT_TRUE(check_track_spec("mlflow:http://127.0.0.1:5000").ok());
  EXPECT_TRUE(check_track_spec("wandb:wandb").ok());
  for (const char* bad : {"", "tensorboard", "tensorboard:", "comet:x", ":x"}) {
    const Status status = check_track_spec(bad);
    EXPECT_EQ(status.code(), Code::kInvalidArgument) << bad;
    EXPECT_THAT(status.message(), HasSubstr("tensorboard:DIR, mlflow:URL, wandb:DIR"));
  }
}

}  // namespace
}  // namespace yupu::training
