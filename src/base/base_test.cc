#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/money.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/testing.h"

namespace yupu {
namespace {

TEST(Status, ContextAndField) {
  const Status status = invalid_argument("no column 'text'", "text").with_context("reviews.csv: line 1");
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(status.message(), "reviews.csv: line 1: no column 'text'");
  EXPECT_EQ(status.field(), "text");
  EXPECT_TRUE(ok_status().with_context("x").ok());
}

TEST(Rng, PhiloxKnownAnswers) {  // from the authors' known-answer file (Random123, kat_vectors)
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, PositionRestores) {
  Rng a(7);
  a.next_u64();
  const auto position = a.position();
  const auto expected = a.next_u64();
  Rng b(7);
  b.set_position(position);
  EXPECT_EQ(b.next_u64(), expected);
}

TEST(Hash, KnownAnswers) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),  // RFC 4231, test case 2
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_NE(Sha256().field("ab").field("c").finish_hex(), Sha256().field("a").field("bc").finish_hex());
}

TEST(Ids, RandomIdsDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_id("tr"));
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_EQ(content_id("ds", "x"), content_id("ds", "x"));
}

TEST(Money, ParseAndRound) {
  EXPECT_EQ(parse_yuan("0.00000003").value().ufen(), 3);
  EXPECT_EQ(parse_yuan("12.5").value().ufen(), 1'250'000'000);
  for (const char* bad : {"", ".", "1.", ".5", "-1", "1e2", "1.123456789", "12345678901", "１", "0x1", " 1"}) {
    EXPECT_EQ(parse_yuan(bad).status().code(), Code::kInvalidArgument) << bad;
  }
  EXPECT_EQ(Money::from_ufen(499'999).round_to_fen(), 0);
  EXPECT_EQ(Money::from_ufen(500'000).round_to_fen(), 1);
  EXPECT_EQ(Money::from_ufen(-500'000).round_to_fen(), -1);
  EXPECT_EQ(Money::from_ufen(10).times_ratio(1, 4).ufen(), 3);  // 2.5 -> 3
  EXPECT_EQ(Money::from_ufen(300).to_string(), "¥0.00000300");
}

TEST(Clock, ShanghaiMonths) {
  EXPECT_EQ(month_of(1'790'783'999'000'000'000).to_string(), "2026-09");  // 2026-09-30T15:59:59Z
  EXPECT_EQ(month_of(1'790'784'000'000'000'000).to_string(), "2026-10");  // one second later: October in Shanghai
  Month month;
  ASSERT_TRUE(parse_month("2026-12", month));
  EXPECT_EQ(month.end_ns(), (Month{2027, 1}.begin_ns()));
  EXPECT_FALSE(parse_month("2026-13", month));
  EXPECT_EQ(format_utc(1'790'784'000'123'000'000), "2026-09-30T16:00:00.123Z");
}

TEST(Json, StrictParser) {
  EXPECT_TRUE(parse_json(R"({"a":[1,2,{"b":null}]})").ok());
  EXPECT_EQ(parse_json(R"({"a":[1,2,{"b":null}]})").value()["a"][2]["b"], nullptr);
  for (const char* bad : {"", "{", "{\"a\":1,\"a\":2}", "[1,]", "NaN", "\"\xff\"", "{} {}", "01"}) {
    EXPECT_EQ(parse_json(bad).status().code(), Code::kInvalidArgument) << bad;
  }
  EXPECT_FALSE(parse_json(std::string(1000, '[') + std::string(1000, ']')).ok());
  EXPECT_EQ(parse_json("[1]", {.bytes_max = 2}).status().code(), Code::kTooLarge);
}

TEST(File, AtomicWriteAndMap) {
  const testing::TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.file("a"), "hello").ok());
  ASSERT_TRUE(write_file_atomic(dir.file("a"), "world").ok());
  EXPECT_EQ(read_file(dir.file("a")).value(), "world");
  EXPECT_EQ(MappedFile::open(dir.file("a")).value().bytes(), "world");
  EXPECT_EQ(file_sha256(dir.file("a")).value(), sha256_hex("world"));
  EXPECT_EQ(read_file(dir.file("none")).status().code(), Code::kNotFound);
  EXPECT_EQ(write_file_atomic("/dev/full/x", "x").code(), Code::kInvalidArgument);
  EXPECT_EQ(read_file(dir.file("a"), 3).status().code(), Code::kTooLarge);
}

TEST(File, AMapIsWhatTheFileWasAndWhatIsWrittenStaysInTheProcess) {
  const testing::TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.file("a"), "hello").ok());
  EXPECT_FALSE(MappedFile::open(dir.file("a"))->writable());
  const auto map = MappedFile::open(dir.file("a"), MappedFile::Access::kPrivate);
  ASSERT_TRUE(map.ok());
  ASSERT_TRUE(map->writable());
  const_cast<char*>(map->bytes().data())[0] = 'j';
  EXPECT_EQ(map->bytes(), "jello");
  EXPECT_EQ(read_file(dir.file("a")).value(), "hello");
  ASSERT_TRUE(write_file_atomic(dir.file("a"), "other").ok());  // renamed over it
  EXPECT_EQ(map->bytes(), "jello");
}

TEST(File, FullDiskIsReportedAndNothingLost) {  // /dev/full answers every write with ENOSPC
  auto writer = FileWriter::create("/dev/full");
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE(writer->write("x").ok());
  EXPECT_EQ(writer->close().code(), Code::kResourceExhausted);
}

}  // namespace
}  // namespace yupu
