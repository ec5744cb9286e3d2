#include "base/builtin.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/testing.h"

namespace yupu {
namespace {

TEST(Builtin, ReadsLikeAFile) {
  add_builtin_file("builtin:cupboard/a.txt", "abc");
  EXPECT_EQ(*read_file("builtin:cupboard/a.txt"), "abc");
  EXPECT_EQ(read_file("builtin:cupboard/a.txt", 2).status().code(), Code::kTooLarge);
  EXPECT_EQ(*file_sha256("builtin:cupboard/a.txt"), sha256_hex("abc"));
  EXPECT_TRUE(file_exists("builtin:cupboard/a.txt"));
  EXPECT_TRUE(file_exists("builtin:cupboard"));
  EXPECT_FALSE(file_exists("builtin:cupboard/b.txt"));
  EXPECT_FALSE(file_exists("builtin:cup"));
  EXPECT_EQ(read_file("builtin:cupboard/b.txt").status().code(), Code::kNotFound);
  {
    auto first = MappedFile::open("builtin:cupboard/a.txt");
    ASSERT_TRUE(first.ok());
    MappedFile moved = std::move(*first);
    EXPECT_EQ(moved.bytes(), "abc");
  }
  EXPECT_EQ(MappedFile::open("builtin:cupboard/a.txt")->bytes(), "abc") << "closing a map does not take it away";
}

TEST(Builtin, ANameIsADirectoryFirst) {
  const testing::TempDir dir;
  add_builtin_file("builtin:shelf/config.json", "{}");
  EXPECT_EQ(directory_or_builtin("shelf"), "builtin:shelf");
  EXPECT_EQ(directory_or_builtin("builtin:shelf"), "builtin:shelf");
  EXPECT_EQ(directory_or_builtin("nothing-like-it"), "nothing-like-it");
  EXPECT_EQ(directory_or_builtin(dir.path()), dir.path());
}

}  // namespace
}  // namespace yupu
