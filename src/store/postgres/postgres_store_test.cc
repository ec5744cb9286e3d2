// What is particular to a server as the store: several processes on it, connections that break, a schema of its own.
// Runs where tests/loop/postgres_server.py has started a server, and says so where none is.
#include "store/postgres/postgres_store.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/migrations.h"
#include "store/postgres/connection.h"
#include "store/postgres/migrate.h"
#include "store/scrub.h"
#include "store/testing.h"

namespace yupu::store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PostgresUrl, SaysWhatIsWrongWithoutThePassword) {
  const Status nobody = open_store("postgresql://u:sesame@127.0.0.1:1/x").status();
  EXPECT_EQ(nobody.code(), Code::kUnavailable);
  EXPECT_THAT(nobody.message(), HasSubstr("127.0.0.1:1/x"));
  EXPECT_THAT(nobody.message(), Not(HasSubstr("sesame")));
  const Status odd = open_store("postgresql://u:sesame@[::1/x").status();
  EXPECT_EQ(odd.code(), Code::kInvalidArgument);
  EXPECT_THAT(odd.message(), HasSubstr("USER@HOST"));
  EXPECT_THAT(odd.message(), Not(HasSubstr("sesame")));
}

class PostgresStore : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::has_postgres()) GTEST_SKIP() << "no server: run through tests/loop/postgres_server.py";
    url_ = testing::fresh_url();
    store_ = open();
    ASSERT_TRUE(run(*store_, "CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT NOT NULL)").ok());
  }
  std::unique_ptr<Store> open() {
    auto opened = open_store(url_);
    EXPECT_TRUE(opened.ok()) << opened.status().to_string();
    return std::move(opened).value();
  }
  std::unique_ptr<PostgresConnection> connect() { return PostgresConnection::open(url_).value(); }
  static Status run(Store& store, const std::string& sql) {
    return store.write([&](Transaction& transaction) { return transaction.execute(sql).status(); });
  }
  static Result<std::int64_t> ask(Store& store, const std::string& sql) {
    std::int64_t found = -1;
    YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql));
      found = rows.at(0).integer(0);
      return ok_status();
    }));
    return found;
  }
  // Ends the connections of this test's stores, as a server that restarts does; `but`: the one that says so.
  void break_connections(PostgresConnection& but) {
    const auto ended = but.run(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE pid <> "
        "pg_backend_pid() AND application_name = 'broken'");
    ASSERT_TRUE(ended.ok()) << ended.status().to_string();
  }

  std::string url_;
  std::unique_ptr<Store> store_;
};

// Read, add one, write: without the write lock two of them would read the same.
TEST_F(PostgresStore, TwoProcessesWriteInTurns) {
  auto other = open();
  ASSERT_TRUE(run(*store_, "INSERT INTO item VALUES (1, '0')").ok());
  const auto count_up = [](Store& store) {
    for (int i = 0; i < 50; ++i) {
      const Status status = store.write([](Transaction& transaction) -> Status {
        YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT body FROM item WHERE id = 1"));
        return transaction
            .execute("UPDATE item SET body = ? WHERE id = 1", {std::to_string(std::stoi(rows.at(0).text(0)) + 1)})
            .status();
      });
      EXPECT_TRUE(status.ok()) << status.to_string();
    }
  };
  std::jthread beside([&] { count_up(*other); });
  count_up(*store_);
  beside.join();
  EXPECT_EQ(ask(*store_, "SELECT CAST(body AS bigint) FROM item WHERE id = 1").value(), 100);
}

TEST_F(PostgresStore, WhatOneProcessWroteTheOtherReads) {
  auto other = open();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(run(*store_, "INSERT INTO item (body) VALUES ('x')").ok());
    EXPECT_EQ(ask(*other, "SELECT count(*) FROM item").value(), i + 1);
  }
}

TEST_F(PostgresStore, ALockedStoreIsUnavailable) {
  auto holder = connect();
  ASSERT_TRUE(
      holder->run("SELECT pg_advisory_lock((2037739637::bigint << 32) | " + std::to_string(holder->schema_id()) + ")")
          .ok());
  const Status held = run(*store_, "INSERT INTO item (body) VALUES ('x')");
  EXPECT_EQ(held.code(), Code::kUnavailable);
  EXPECT_THAT(held.message(), HasSubstr("another process"));
  holder.reset();
  EXPECT_TRUE(run(*store_, "INSERT INTO item (body) VALUES ('x')").ok());
}

TEST_F(PostgresStore, GoesOnWhenItsConnectionsBreak) {
  url_ += "&application_name=broken";
  store_ = open();
  auto admin = PostgresConnection::open(url_ + "&application_name=admin").value();
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(run(*store_, "INSERT INTO item (body) VALUES ('x')").ok());
    ASSERT_EQ(ask(*store_, "SELECT count(*) FROM item").value(), round + 1);
    break_connections(*admin);
  }
}

TEST_F(PostgresStore, AWriteThatBrokeInItsMiddleRunsAgain) {
  int runs = 0;
  const Status status = store_->write([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(transaction.execute("INSERT INTO item VALUES (7, 'once')").status());
    if (++runs == 1) return transaction.query("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)").status();
    return ok_status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(ask(*store_, "SELECT count(*) FROM item WHERE id = 7").value(), 1);
}

TEST_F(PostgresStore, AReadThatBreaksIsSaidToBeLost) {
  int runs = 0;
  const Status status = store_->read([&](Transaction& transaction) {
    ++runs;
    return transaction.query("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)").status();
  });
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(runs, 1);
  EXPECT_TRUE(ask(*store_, "SELECT count(*) FROM item").ok());
}

TEST_F(PostgresStore, AWriteThatLostARaceRunsAgain) {
  int runs = 0;
  const Status status = store_->write([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(transaction.execute("INSERT INTO item VALUES (8, 'once')").status());
    if (++runs > 1) return ok_status();
    return transaction
        .execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'lost'; END $$")
        .status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(ask(*store_, "SELECT count(*) FROM item WHERE id = 8").value(), 1);
}

TEST_F(PostgresStore, AWorkThatGoesOnAfterAFailureFails) {
  const Status status = store_->write([&](Transaction& transaction) -> Status {
    static_cast<void>(transaction.execute("INSERT INTO nowhere VALUES (1)").ok());
    return ok_status();
  });
  EXPECT_EQ(status.code(), Code::kInternal);
  const Status ended = store_->write([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(transaction.execute("INSERT INTO item VALUES (9, 'x')").status());
    return transaction.execute("COMMIT").status();
  });
  EXPECT_EQ(ended.code(), Code::kInternal);
  EXPECT_TRUE(run(*store_, "INSERT INTO item VALUES (10, 'x')").ok());
}

TEST_F(PostgresStore, ALeadIsOneProcesss) {
  auto other = open();
  auto lead = store_->lead("sweeps").value();
  ASSERT_NE(lead, nullptr);
  EXPECT_EQ(other->lead("sweeps").value(), nullptr);
  EXPECT_NE(other->lead("something else").value(), nullptr);
  EXPECT_TRUE(lead->is_held());
  lead.reset();
  EXPECT_NE(other->lead("sweeps").value(), nullptr);
}

TEST_F(PostgresStore, ALeadIsLostWithItsConnection) {
  url_ += "&application_name=broken";
  store_ = open();
  auto lead = store_->lead("sweeps").value();
  ASSERT_NE(lead, nullptr);
  auto admin = PostgresConnection::open(url_ + "&application_name=admin").value();
  break_connections(*admin);
  EXPECT_FALSE(lead->is_held());
}

TEST_F(PostgresStore, TwoSchemasAreTwoStores) {
  auto apart = open_store(testing::fresh_url()).value();
  ASSERT_TRUE(run(*apart, "CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT NOT NULL)").ok());
  ASSERT_TRUE(run(*apart, "INSERT INTO item VALUES (1, 'apart')").ok());
  EXPECT_EQ(ask(*store_, "SELECT count(*) FROM item").value(), 0);
  auto lead = store_->lead("sweeps").value();
  EXPECT_NE(apart->lead("sweeps").value(), nullptr);
}

TEST_F(PostgresStore, SeveralProcessesMayOpenANewStoreAtOnce) {
  url_ = testing::fresh_url();
  std::atomic<int> opened = 0;
  {
    std::vector<std::jthread> processes;
    for (int i = 0; i < 4; ++i) processes.emplace_back([&] { opened += open_store(url_).ok() ? 1 : 0; });
  }
  EXPECT_EQ(opened, 4);
  EXPECT_EQ(ask(*open(), "SELECT count(*) FROM schema_version").value(),
            static_cast<std::int64_t>(migrations().size()));
}

TEST_F(PostgresStore, RefusesANewerStoreAndAnEditedMigration) {
  auto connection = connect();
  ASSERT_TRUE(connection->run("INSERT INTO schema_version VALUES (999, '0999_future', 'x')").ok());
  const Status newer = open_store(url_).status();
  EXPECT_EQ(newer.code(), Code::kConflict);
  EXPECT_THAT(newer.message(), HasSubstr("version 999"));
  ASSERT_TRUE(connection
                  ->run("DELETE FROM schema_version WHERE version = 999; UPDATE schema_version SET sha256 = "
                        "'other' WHERE version = 1")
                  .ok());
  EXPECT_EQ(open_store(url_).status().code(), Code::kConflict);
}

TEST_F(PostgresStore, AFailedMigrationLeavesTheOldSchema) {
  url_ = testing::fresh_url();
  auto connection = connect();
  const Migration first[] = {{1, "0001_a", "sha-a", "CREATE TABLE a (id INTEGER);"}};
  const Migration both[] = {first[0],
                            {2, "0002_b", "sha-b", "CREATE TABLE b (id INTEGER); CREATE TABLE a (id INTEGER);"}};
  ASSERT_TRUE(migrate(*connection, first).ok());
  const Status status = migrate(*connection, both);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr("0002_b"));
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_FALSE(connection->run("SELECT * FROM b").ok());
  EXPECT_TRUE(migrate(*connection, first).ok());
}

TEST_F(PostgresStore, FunctionsOfTheMigrations) {
  auto connection = connect();
  const auto rows = connection->run(
      "SELECT json_extract('{\"a\": {\"b\": \"c\"}, \"n\": 4}', '$.a.b'), json_extract('{}', '$.a'), "
      "json_valid('{\"a\": 1}'), json_valid('{a')");
  ASSERT_TRUE(rows.ok()) << rows.status().to_string();
  EXPECT_EQ(rows->at(0).text(0), "c");
  EXPECT_TRUE(rows->at(0).is_null(1));
  EXPECT_EQ(rows->at(0).integer(2), 1);
  EXPECT_EQ(rows->at(0).integer(3), 0);
}

TEST_F(PostgresStore, VectorsAreBytes) {
  auto connection = connect();
  const auto type = connection->run(
      "SELECT atttypid::regtype::text FROM pg_attribute WHERE attrelid = "
      "'knowledge_vector'::regclass AND attname = 'vector'");
  ASSERT_TRUE(type.ok()) << type.status().to_string();
  EXPECT_EQ(type->at(0).text(0), "bytea");
}

TEST_F(PostgresStore, ManyReadersShareAFewConnections) {
  std::atomic<int> read = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 40; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 10; ++k) read += ask(*store_, "SELECT count(*) FROM item").ok() ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(read, 400);
}

TEST_F(PostgresStore, ScrubVacuums) {
  ASSERT_TRUE(run(*store_, "INSERT INTO item VALUES (1, 'the number is 4111 1111')").ok());
  ASSERT_TRUE(run(*store_, "DELETE FROM item").ok());
  const Status scrubbed = scrub(*store_);
  EXPECT_TRUE(scrubbed.ok()) << scrubbed.to_string();
  auto connection = connect();
  // The table was all that was deleted: VACUUM has cut its file off.
  EXPECT_EQ(connection->run("SELECT pg_relation_size('item')").value().at(0).integer(0), 0);
}

}  // namespace
}  // namespace yupu::store
