#include "model/checkpoint/safetensors.h"

#include <bit>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"

namespace yupu::model {
namespace {

using ::testing::HasSubstr;

// A file of the given header and `buffer_bytes` zero bytes.
std::string file_of(const std::string& header, std::size_t buffer_bytes) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(header.size() >> (8 * i) & 0xFF);
  return bytes + header + std::string(buffer_bytes, '\0');
}

TEST(Safetensors, WrittenFileReadsBackAndIsAligned) {
  const yupu::testing::TempDir dir;
  const std::vector<std::pair<std::string, engine::Tensor>> tensors = {
      {"b.weight", engine::Tensor::from({2, 3}, {1, 2, 3, 4, 5, 6})},
      {"a.bias", engine::Tensor::from({3}, {-1, 0.5f, 7})},
  };
  const std::string path = dir.file("model.safetensors");
  ASSERT_TRUE(write_safetensors(path, tensors).ok());
  auto file = Safetensors::open(path);
  ASSERT_TRUE(file.ok()) << file.status().to_string();
  ASSERT_EQ(file->tensors().size(), 2u);
  EXPECT_EQ(file->metadata().at("format"), "pt");
  const TensorEntry* weight = file->find("b.weight");
  ASSERT_NE(weight, nullptr);
  EXPECT_EQ(shape_text(weight->shape), "[2, 3]");
  std::vector<float> values(6);
  ASSERT_TRUE(copy_to_f32(*weight, values, path).ok());
  EXPECT_EQ(values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file->find("a.bias")->bytes.data()) % 64, 0u);
  EXPECT_EQ(file->find("absent"), nullptr);
  EXPECT_FALSE(file_exists(path + ".part"));
}

TEST(Safetensors, ScalarsAndEmptyTensorsAreLegal) {
  const std::string bytes = file_of(
      R"({"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"e":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]}}   )",
      4);
  auto file = Safetensors::parse(bytes, "x");
  ASSERT_TRUE(file.ok()) << file.status().to_string();
  EXPECT_EQ(file->find("s")->element_count(), 1);
  EXPECT_EQ(file->find("e")->element_count(), 0);
  ASSERT_TRUE(copy_to_f32(*file->find("e"), {}, "x").ok());
}

struct Broken {
  const char* what;
  std::string bytes;
  const char* message;
};

TEST(Safetensors, BrokenFilesAreRefusedWithTheReason) {
  const std::string good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  std::string huge(16, '\xff');
  const std::vector<Broken> table = {
      {"empty", "", "too few"},
      {"header size 2^64-1", huge, "header of"},
      {"header longer than the file", file_of(good, 0).substr(0, 20), "cut short"},
      {"header size 0", std::string(8, '\0'), "begin with '{'"},
      {"not JSON", file_of("{\"a\":", 0), "not valid JSON"},
      {"a list", file_of("[]", 0), "begin with '{'"},
      {"leading space", file_of(" {}", 0), "begin with '{'"},
      {"truncated buffer", file_of(good, 7), "outside the buffer"},
      {"bytes behind", file_of(good, 9), "belong to none"},
      {"duplicate",
       file_of(
           R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
           8),
       "twice"},
      {"overlap",
       file_of(
           R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
           12),
       "overlaps"},
      {"hole",
       file_of(
           R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}})",
           16),
       "belong to no tensor"},
      {"size mismatch", file_of(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8), "needs 12 bytes"},
      {"unknown dtype", file_of(R"({"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}})", 8), "unknown dtype"},
      {"overflow", file_of(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}})", 8),
       "too large"},
      {"negative size", file_of(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8), "whole number"},
      {"fraction", file_of(R"({"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})", 8), "whole number"},
      {"end before begin", file_of(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[8,0]}})", 8), "outside"},
      {"odd bits", file_of(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}})", 1), "whole bytes"},
      {"unknown member", file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}})", 8),
       "unknown field"},
      {"entry not an object", file_of(R"({"a":7})", 0), "JSON object"},
      {"metadata not strings", file_of(R"({"__metadata__":{"a":1}})", 0), "must be a string"},
      {"deep", file_of("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}", 0), "deeper"},
      {"not UTF-8", file_of("{\"\xff\":1}", 0), "JSON"},
  };
  for (const Broken& row : table) {
    auto file = Safetensors::parse(row.bytes, "w.safetensors");
    ASSERT_FALSE(file.ok()) << row.what;
    EXPECT_THAT(file.status().message(), HasSubstr(row.message)) << row.what;
    EXPECT_THAT(file.status().message(), HasSubstr("w.safetensors")) << row.what;
  }
}

TEST(Safetensors, EveryTruncationOfAGoodFileIsRefused) {
  const yupu::testing::TempDir dir;
  const std::vector<std::pair<std::string, engine::Tensor>> tensors = {
      {"a", engine::Tensor::from({2, 2}, {1, 2, 3, 4})}};
  ASSERT_TRUE(write_safetensors(dir.file("m"), tensors).ok());
  auto bytes = read_file(dir.file("m"));
  ASSERT_TRUE(bytes.ok());
  for (std::size_t size = 0; size < bytes->size(); ++size) {
    EXPECT_FALSE(Safetensors::parse(std::string_view(*bytes).substr(0, size), "m").ok()) << size;
  }
  EXPECT_TRUE(Safetensors::parse(*bytes, "m").ok());
}

TEST(Safetensors, HalfAndBrainFloatsAreConverted) {
  struct Case {
    std::uint16_t bits;
    float value;
  };
  const std::vector<Case> halves = {{0x3C00, 1.0f},     {0xC000, -2.0f}, {0x0001, 0x1.0p-24f},
                                    {0x7BFF, 65504.0f}, {0x8000, -0.0f}, {0x3555, 0.333251953125f}};
  for (const Case& c : halves) {
    const std::string bytes{static_cast<char>(c.bits & 0xFF), static_cast<char>(c.bits >> 8)};
    float value = 9;
    ASSERT_TRUE(copy_to_f32({.name = "h", .dtype = "F16", .shape = {1}, .bytes = bytes}, {&value, 1}, "x").ok());
    EXPECT_EQ(std::bit_cast<std::uint32_t>(value), std::bit_cast<std::uint32_t>(c.value)) << c.bits;
  }
  float value = 0;
  ASSERT_TRUE(copy_to_f32({.name = "i", .dtype = "F16", .shape = {1}, .bytes = std::string_view("\x00\x7c", 2)},
                          {&value, 1}, "x")
                  .ok());
  EXPECT_TRUE(std::isinf(value));
  ASSERT_TRUE(copy_to_f32({.name = "b", .dtype = "BF16", .shape = {1}, .bytes = std::string_view("\x80\xbf", 2)},
                          {&value, 1}, "x")
                  .ok());
  EXPECT_EQ(value, -1.0f);
  EXPECT_THAT(copy_to_f32({.name = "w", .dtype = "U8", .shape = {1}, .bytes = "x"}, {&value, 1}, "f").message(),
              HasSubstr("dtype U8"));
}

TEST(Safetensors, EveryHalfRoundsToItself) {
  const yupu::testing::TempDir dir;
  std::vector<float> halves;
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const std::uint32_t exponent = bits >> 10 & 31;
    if (exponent == 31) continue;  // infinities and NaN
    const double mantissa = (bits & 0x3FF) + (exponent == 0 ? 0 : 1024);
    const double magnitude = std::ldexp(mantissa, static_cast<int>(exponent == 0 ? 1 : exponent) - 25);
    const auto value = static_cast<float>((bits & 0x8000) != 0 ? -magnitude : magnitude);
    ASSERT_EQ(float_to_half(value), bits) << value;
    halves.push_back(value);
  }
  const auto count = static_cast<std::int64_t>(halves.size());
  const std::string path = dir.file("half.safetensors");
  ASSERT_TRUE(write_safetensors(path,
                                {{{"small", engine::Tensor::from({1}, {0.5f})},
                                  {"all", engine::Tensor::from({count}, std::span<const float>(halves))}}},
                                {}, FloatFormat::kF16)
                  .ok());
  auto file = Safetensors::open(path);
  ASSERT_TRUE(file.ok()) << file.status().to_string();
  EXPECT_EQ(file->find("all")->dtype, "F16");
  std::vector<float> read(halves.size());
  ASSERT_TRUE(copy_to_f32(*file->find("all"), read, path).ok());
  EXPECT_EQ(read, halves);
}

TEST(Safetensors, HalvesRoundToNearestEvenAndOverflowIsRefused) {
  EXPECT_EQ(float_to_half(1.0f + 0x1p-11f), 0x3C00);             // a tie goes to the even mantissa
  EXPECT_EQ(float_to_half(1.0f + 3 * 0x1p-11f), 0x3C02);         // and here up
  EXPECT_EQ(float_to_half(1.0f + 0x1p-11f + 0x1p-20f), 0x3C01);  // just above a tie
  EXPECT_EQ(float_to_half(0x1p-25f), 0);                         // half of the least value: a tie, to zero
  EXPECT_EQ(float_to_half(0x1.8p-25f), 1);
  EXPECT_EQ(float_to_half(std::nextafter(0x1p-14f, 0.0f)), 0x0400);  // rounds up into the normal range
  EXPECT_EQ(float_to_half(65519.0f), 0x7BFF);
  EXPECT_EQ(float_to_half(65520.0f), 0x7C00);
  EXPECT_NE(float_to_half(std::nanf("")) & 0x3FF, 0);
  const yupu::testing::TempDir dir;
  const auto status = write_safetensors(dir.file("x.safetensors"),
                                        {{{"wide", engine::Tensor::from({3}, {1, -65520, 2})}}}, {}, FloatFormat::kF16);
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("tensor \"wide\" holds -65520 at element 1"));
  EXPECT_FALSE(file_exists(dir.file("x.safetensors")));
}

TEST(Safetensors, WriterRefusesBadNamesAndKeepsTheOldFileOnFailure) {
  const yupu::testing::TempDir dir;
  const engine::Tensor t = engine::Tensor::from({1}, {1.0f});
  const std::vector<std::pair<std::string, engine::Tensor>> twice = {{"a", t}, {"a", t}};
  EXPECT_EQ(write_safetensors(dir.file("m"), twice).code(), Code::kInvalidArgument);
  const std::vector<std::pair<std::string, engine::Tensor>> one = {{"a", t}};
  EXPECT_EQ(write_safetensors(dir.file("absent/m"), one).code(), Code::kNotFound);
}

}  // namespace
}  // namespace yupu::model
