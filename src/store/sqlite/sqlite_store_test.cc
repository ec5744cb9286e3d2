// What is particular to the embedded store: its file, its schema versions, its failures.
#include <fstream>
#include <latch>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/testing.h"
#include "store/migrations.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/turn.h"
#include "store/store.h"
#include "store/testing.h"

namespace yupu::store {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class SqliteStore : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open() {
    auto opened = open_store("sqlite:" + path_);
    EXPECT_TRUE(opened.ok()) << opened.status().to_string();
    return std::move(opened).value();
  }
  static Status run(Store& store, const std::string& sql) {
    return store.write([&](Transaction& transaction) { return transaction.execute(sql).status(); });
  }

  testing::TempDir folder_;
  std::string path_ = folder_.file("yupu.db");
};

TEST_F(SqliteStore, KeepsItsRowsAndItsFilePrivate) {
  {
    auto store = open();
    ASSERT_TRUE(run(*store, "CREATE TABLE item (id INTEGER)").ok());
    ASSERT_TRUE(run(*store, "INSERT INTO item VALUES (7)").ok());
    struct stat info = {};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
  }
  EXPECT_EQ(testing::number(*open(), "SELECT id FROM item"), 7);
}

TEST_F(SqliteStore, TwoProcessesWriteInTurns) {
  auto server = open();
  auto command = open();
  ASSERT_TRUE(run(*server, "CREATE TABLE item (id INTEGER PRIMARY KEY)").ok());
  const auto insert = [](Store& store, std::int64_t begin) {
    for (std::int64_t id = begin; id < begin + 40; ++id) {
      const Status status = store.write(
          [id](Transaction& transaction) { return transaction.execute("INSERT INTO item VALUES (?)", {id}).status(); });
      EXPECT_TRUE(status.ok()) << status.to_string();
    }
  };
  std::jthread other([&] { insert(*command, 1000); });
  insert(*server, 0);
  other.join();
  EXPECT_EQ(testing::number(*server, "SELECT count(*) FROM item"), 80);
}

TEST_F(SqliteStore, WhoWaitsIsBeforeWhoComesLater) {
  auto command = open();
  auto server = open();
  ASSERT_TRUE(run(*command, "CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)").ok());
  auto long_write = Connection::open({.path = path_});
  ASSERT_TRUE(long_write.value()->execute("BEGIN IMMEDIATE").ok());
  std::latch written(2);
  const auto add = [&written](Store& store, std::string name) {
    store.write_async(
        [name](Transaction& transaction) {
          return transaction.execute("INSERT INTO item (name) VALUES (?)", {name}).status();
        },
        [&written](const Status& status) {
          EXPECT_TRUE(status.ok()) << status.to_string();
          written.count_down();
        });
  };
  add(*command, "waits");
  const int turn = ::open((path_ + "-turn").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(turn, 0);
  int looks = 0;
  while (::flock(turn, LOCK_EX | LOCK_NB) == 0 && ++looks < 5000) {
    ::flock(turn, LOCK_UN);
    ::usleep(1000);
  }
  ::close(turn);
  EXPECT_LT(looks, 5000) << "the command never took the turn";
  add(*server, "comes later");
  ASSERT_TRUE(long_write.value()->execute("COMMIT").ok());
  written.wait();
  EXPECT_EQ(testing::number(*server, "SELECT id FROM item WHERE name = 'waits'"), 1);
}

TEST_F(SqliteStore, ATurnThatNobodyGivesBackHoldsUpNobodyForLong) {
  auto store = open();
  ASSERT_TRUE(run(*store, "CREATE TABLE item (id INTEGER)").ok());
  auto stopped = Turn::open(path_ + "-turn");
  ASSERT_TRUE(stopped.ok());
  stopped.value().take();
  EXPECT_TRUE(run(*store, "INSERT INTO item VALUES (7)").ok());
}

TEST_F(SqliteStore, ALockedDatabaseIsUnavailable) {
  auto store = open();
  auto other = Connection::open({.path = path_, .busy_timeout_ms = 20});
  ASSERT_TRUE(other.ok());
  const Status held = store->write([&](Transaction&) { return other.value()->execute("BEGIN IMMEDIATE").status(); });
  EXPECT_EQ(held.code(), Code::kUnavailable);
  EXPECT_THAT(held.message(), HasSubstr("another process"));
}

TEST_F(SqliteStore, RefusesANewerStore) {
  open().reset();
  {
    auto connection = Connection::open({.path = path_});
    ASSERT_TRUE(connection.value()->run_script("INSERT INTO schema_version VALUES (999, '0999_future', 'x')").ok());
  }
  const Status status = open_store("sqlite:" + path_).status();
  EXPECT_EQ(status.code(), Code::kConflict);
  EXPECT_THAT(status.message(), HasSubstr("version 999"));
  EXPECT_THAT(status.message(), HasSubstr("newer yupu"));
}

TEST_F(SqliteStore, RefusesAnEditedMigration) {
  open().reset();
  {
    auto connection = Connection::open({.path = path_});
    ASSERT_TRUE(connection.value()->run_script("UPDATE schema_version SET sha256 = 'other' WHERE version = 1").ok());
  }
  EXPECT_EQ(open_store("sqlite:" + path_).status().code(), Code::kConflict);
}

TEST_F(SqliteStore, AFailedMigrationLeavesTheOldSchema) {
  auto connection = Connection::open({.path = path_});
  const Migration first[] = {{1, "0001_a", "sha-a", "CREATE TABLE a (id INTEGER);"}};
  const Migration both[] = {first[0],
                            {2, "0002_b", "sha-b", "CREATE TABLE b (id INTEGER); CREATE TABLE a (id INTEGER);"}};
  ASSERT_TRUE(migrate(*connection.value(), first).ok());
  const Status status = migrate(*connection.value(), both);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr("0002_b"));
  EXPECT_FALSE(connection.value()->in_transaction());
  EXPECT_FALSE(connection.value()->query("SELECT * FROM b").ok());
  EXPECT_TRUE(migrate(*connection.value(), first).ok());
}

TEST_F(SqliteStore, MigrationsAreNumberedWithoutGaps) {
  int expected = 0;
  for (const Migration& migration : migrations()) {
    EXPECT_EQ(migration.version, ++expected);
    EXPECT_EQ(migration.sha256.size(), 64u);
    EXPECT_THAT(migration.sql, AnyOf(HasSubstr("CREATE TABLE"), HasSubstr("ALTER TABLE")));
  }
  EXPECT_GE(expected, 2);
}

TEST_F(SqliteStore, SaysWhatIsWrongWithTheFile) {
  ASSERT_TRUE(write_file_atomic(path_, std::string(8192, 'x')).ok());
  const Status garbage = open_store("sqlite:" + path_).status();
  EXPECT_EQ(garbage.code(), Code::kInternal);
  EXPECT_THAT(garbage.message(), HasSubstr("not a yupu database"));
  const Status missing = open_store("sqlite:" + folder_.file("nowhere/yupu.db")).status();
  EXPECT_EQ(missing.code(), Code::kNotFound);
  EXPECT_THAT(missing.message(), HasSubstr("nowhere"));
  EXPECT_FALSE(open_store("sqlite:" + folder_.path()).ok());
}

TEST_F(SqliteStore, ADamagedFileIsSaidToBeDamaged) {
  {
    auto store = open();
    ASSERT_TRUE(run(*store, "CREATE TABLE item (body TEXT)").ok());
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(run(*store, "INSERT INTO item VALUES (hex(randomblob(2000)))").ok());
  }
  auto bytes = read_file(path_);
  ASSERT_TRUE(bytes.ok());
  for (std::size_t at = 8192; at < bytes.value().size(); ++at) bytes.value()[at] = '\x5a';
  ASSERT_TRUE(write_file_atomic(path_, bytes.value()).ok());
  auto store = open_store("sqlite:" + path_);
  const Status status = store.ok() ? run(*store.value(), "UPDATE item SET body = body || 'x'") : store.status();
  EXPECT_EQ(status.code(), Code::kInternal);
  EXPECT_THAT(status.message(), HasSubstr("restore the last backup"));
}

TEST_F(SqliteStore, AFullDiskLosesNothingThatWasAcknowledged) {
  auto store = open();
  ASSERT_TRUE(run(*store, "CREATE TABLE item (body TEXT)").ok());
  const std::int64_t page_count = testing::number(*store, "PRAGMA page_count");
  ASSERT_TRUE(store
                  ->write([&](Transaction& transaction) {
                    return transaction.query("PRAGMA max_page_count = " + std::to_string(page_count + 60)).status();
                  })
                  .ok());
  std::int64_t acknowledged_count = 0;
  Status status;
  for (int i = 0; i < 500 && status.ok(); ++i) {
    status = run(*store, "INSERT INTO item VALUES (hex(randomblob(1000)))");
    acknowledged_count += status.ok() ? 1 : 0;
  }
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_THAT(status.message(), HasSubstr("free some space"));
  EXPECT_EQ(testing::number(*store, "SELECT count(*) FROM item"), acknowledged_count);
  ASSERT_TRUE(
      store
          ->write([](Transaction& transaction) { return transaction.query("PRAGMA max_page_count = 100000").status(); })
          .ok());
  EXPECT_TRUE(run(*store, "INSERT INTO item VALUES ('room again')").ok());
  EXPECT_EQ(testing::number(*store, "SELECT count(*) FROM item"), acknowledged_count + 1);
}

}  // namespace
}  // namespace yupu::store
