#include "data/masked_file.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/testing.h"

namespace yupu::data {
namespace {

class MaskedFileTest : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& bytes) {
    std::ofstream(dir_.file(name), std::ios::binary) << bytes;
    return dir_.file(name);
  }
  yupu::testing::TempDir dir_;
};

TEST_F(MaskedFileTest, ThereAndBackWithAMapOfItsOwn) {
  const std::string csv = "text,label\n\"call 13812345678\",a\nwrite a@example.com or 13812345678,b\n";
  const std::string in = write("in.csv", csv), out = dir_.file("out.csv"), map = dir_.file("map.jsonl");
  const auto done = mask_file(in, out, map);
  ASSERT_TRUE(done.ok()) << done.status().to_string();
  EXPECT_EQ(done->line_count, 3);
  EXPECT_EQ(done->value_count, 2);
  EXPECT_EQ(*read_file(out), "text,label\n\"call [phone 1]\",a\nwrite [email 1] or [phone 1],b\n");
  struct stat info {};
  ASSERT_EQ(::stat(map.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  const auto back = unmask_file(out, map, dir_.file("back.csv"));
  ASSERT_TRUE(back.ok()) << back.status().to_string();
  EXPECT_EQ(*read_file(dir_.file("back.csv")), csv);
  // Nothing is overwritten.
  EXPECT_EQ(mask_file(in, out, {}).status().code(), Code::kConflict);
  EXPECT_EQ(mask_file(in, dir_.file("other.csv"), map).status().code(), Code::kConflict);
}

TEST_F(MaskedFileTest, JsonStaysJson) {
  const std::string in =
      write("in.jsonl", R"({"text":"13812345678","more":{"phone":13912345678,"n":7,"b":[true,null]}})"
                        "\n");
  ASSERT_TRUE(mask_file(in, dir_.file("out.jsonl"), {}).ok());
  EXPECT_EQ(*read_file(dir_.file("out.jsonl")), R"({"text":"[phone]","more":{"phone":"[phone]","n":7,"b":[true,null]}})"
                                                "\n");
  const std::string bad = write("bad.jsonl", "{\"text\":\"a\"}\n{oops\n");
  const auto refused = mask_file(bad, dir_.file("none.jsonl"), {});
  EXPECT_EQ(refused.status().code(), Code::kInvalidArgument);
  EXPECT_NE(refused.status().message().find("line 2"), std::string::npos) << refused.status().message();
  EXPECT_EQ(mask_file(dir_.file("absent"), dir_.file("x"), {}).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace yupu::data
