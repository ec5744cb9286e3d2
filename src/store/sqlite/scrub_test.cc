#include "store/scrub.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"

namespace yupu::store {
namespace {

class Scrub : public ::testing::Test {
 protected:
  Status run(const std::string& sql, std::vector<Value> values = {}) {
    return store_->write(
        [&](Transaction& transaction) { return transaction.execute(sql, std::span<const Value>(values)).status(); });
  }
  // Whether a text stands anywhere in the database file or its log.
  bool is_on_disk(const std::string& text) const {
    for (const char* suffix : {"", "-wal"}) {
      const auto bytes = read_file(path_ + suffix);
      if (bytes.ok() && bytes->find(text) != std::string::npos) return true;
    }
    return false;
  }

  testing::TempDir folder_;
  std::string path_ = folder_.file("yupu.db");
  std::unique_ptr<Store> store_ = open_store("sqlite:" + path_).value();
};

TEST_F(Scrub, WhatIsDeletedIsInNoFile) {
  ASSERT_TRUE(run("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)").ok());
  const std::string secret = "the number is 4111 1111";
  const std::string filler(300, 'x');
  for (std::int64_t id = 0; id < 40; ++id) {
    // Long ones lie on pages of their own.
    const std::string text = id == 7 ? secret : id == 8 ? std::string(9000, 'y') + secret : filler;
    ASSERT_TRUE(run("INSERT INTO note VALUES (?, ?)", {id, text}).ok());
  }
  ASSERT_TRUE(run("UPDATE note SET text = text || ' again' WHERE id = 7").ok());
  EXPECT_TRUE(is_on_disk(secret));
  ASSERT_TRUE(run("DELETE FROM note WHERE id IN (7, 8)").ok());
  EXPECT_TRUE(is_on_disk(secret)) << "the log has the pages as they were: without that this test shows nothing";
  ASSERT_TRUE(scrub(*store_).ok());
  EXPECT_FALSE(is_on_disk(secret));
  EXPECT_TRUE(is_on_disk(filler)) << "what was not deleted stays";
  EXPECT_TRUE(scrub(*store_).ok());
  ASSERT_TRUE(run("INSERT INTO note VALUES (100, 'more')").ok());
}

TEST_F(Scrub, AReaderThatStaysIsSaidToBeThere) {
  ASSERT_TRUE(run("CREATE TABLE note (text TEXT)").ok());
  ASSERT_TRUE(run("INSERT INTO note VALUES ('before')").ok());
  const Status read = store_->read([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(transaction.query("SELECT text FROM note").status());
    EXPECT_TRUE(run("DELETE FROM note").ok());
    EXPECT_EQ(scrub(*store_).code(), Code::kUnavailable);
    return ok_status();
  });
  EXPECT_TRUE(read.ok());
  EXPECT_TRUE(scrub(*store_).ok());
}

TEST_F(Scrub, InMemoryThereIsNothingToDo) {
  const auto memory = open_store("sqlite::memory:").value();
  EXPECT_TRUE(scrub(*memory).ok());
}

}  // namespace
}  // namespace yupu::store
