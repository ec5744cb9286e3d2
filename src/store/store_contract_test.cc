// What every backend promises (store.h), asked of each row of the backends table.
#include <atomic>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.h"
#include "store/backends.h"
#include "store/each_backend.h"
#include "store/store.h"

namespace yupu::store {
namespace {

class StoreContract : public EachBackend {};

TEST_P(StoreContract, ValuesComeBackAsTheyWere) {
  const std::string bytes("zero\0byte \xff\xfe 语铺", 20);
  ASSERT_TRUE(run("INSERT INTO item VALUES (?, ?, ?)", {INT64_MAX, bytes, 0.1}).ok());
  ASSERT_TRUE(run("INSERT INTO item VALUES (?, ?, ?)", {INT64_MIN, "", nullptr}).ok());
  const auto found = rows("SELECT id, body, weight FROM item ORDER BY id");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].integer(0), INT64_MIN);
  EXPECT_EQ(found[0].text(1), "");
  EXPECT_TRUE(found[0].is_null(2));
  EXPECT_EQ(found[1].integer(0), INT64_MAX);
  EXPECT_EQ(found[1].text(1), bytes);
  EXPECT_EQ(found[1].real(2), 0.1);
  EXPECT_EQ(found[1].size(), 3u);
}

TEST_P(StoreContract, ExecuteCountsChangedRows) {
  const Status status = store_->write([](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const std::int64_t inserted,
                          transaction.execute("INSERT INTO item VALUES (1,'a',0), (2,'b',0)"));
    EXPECT_EQ(inserted, 2);
    YUPU_ASSIGN_OR_RETURN(const std::int64_t skipped,
                          transaction.execute("INSERT INTO item VALUES (1,'c',0) ON CONFLICT (id) DO NOTHING"));
    EXPECT_EQ(skipped, 0);
    YUPU_ASSIGN_OR_RETURN(const auto returned,
                          transaction.query("UPDATE item SET weight = 2 WHERE id = ? RETURNING body", {2}));
    EXPECT_EQ(returned.at(0).text(0), "b");
    return ok_status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
}

TEST_P(StoreContract, AFailedWorkKeepsNothing) {
  const Status status = store_->write([](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(transaction.execute("INSERT INTO item VALUES (1,'a',0)").status());
    return invalid_argument("changed my mind");
  });
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(count(), 0);
  ASSERT_TRUE(insert(1, "a").ok());
  EXPECT_EQ(insert(1, "b").code(), Code::kConflict);
  EXPECT_EQ(count(), 1);
}

TEST_P(StoreContract, AThrowingWorkBecomesAStatus) {
  const Status status = store_->write([](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(transaction.execute("INSERT INTO item VALUES (1,'a',0)").status());
    throw std::runtime_error("from a library");
  });
  EXPECT_EQ(status.code(), Code::kInternal);
  EXPECT_THAT(status.message(), ::testing::HasSubstr("from a library"));
  EXPECT_EQ(count(), 0);
}

TEST_P(StoreContract, BadSqlIsAnErrorNotACrash) {
  EXPECT_EQ(run("SELEC 1").code(), Code::kInternal);
  EXPECT_EQ(run("").code(), Code::kInternal);
  EXPECT_EQ(run("INSERT INTO item VALUES (?, ?, ?)", {1}).code(), Code::kInternal);
  EXPECT_EQ(run("DELETE FROM item; DELETE FROM item").code(), Code::kInternal);
  EXPECT_TRUE(insert(1, "still works").ok());
}

TEST_P(StoreContract, ReadsCannotWrite) {
  const Status status = store_->read(
      [](Transaction& transaction) { return transaction.execute("INSERT INTO item VALUES (1,'a',0)").status(); });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(count(), 0);
}

TEST_P(StoreContract, OneFailureInACommonCommitIsAlone) {
  std::atomic<int> ok_count = 0;
  std::atomic<int> conflict_count = 0;
  Mutex mutex;
  Condition changed;
  int answered = 0;
  mutex.lock();  // the first job waits on this, so that the others queue behind it and share a commit
  store_->write_async(
      [&](Transaction&) {
        MutexLock lock(mutex);
        return ok_status();
      },
      nullptr);
  for (int i = 0; i < 100; ++i) {
    store_->write_async(
        [i](Transaction& transaction) {
          return transaction.execute("INSERT INTO item (id, body) VALUES (?, 'x')", {std::int64_t{i / 2}}).status();
        },
        [&](const Status& status) {
          if (status.ok()) ++ok_count;
          if (status.code() == Code::kConflict) ++conflict_count;
          MutexLock lock(mutex);
          ++answered;
          changed.notify_all();
        });
  }
  while (answered < 100) changed.wait(mutex);
  mutex.unlock();
  EXPECT_EQ(ok_count, 50);
  EXPECT_EQ(conflict_count, 50);
  EXPECT_EQ(count(), 50);
}

TEST_P(StoreContract, ManyWritersAndReadersSeeWholeTransactions) {
  std::atomic<bool> is_over = false;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([this, t, &is_over] {
      if (t == 0) {
        while (!is_over) EXPECT_EQ(count() % 2, 0);
        return;
      }
      for (std::int64_t i = 0; i < 50; ++i) {
        const std::int64_t id = 1000 * t + 2 * i;
        const Status status = store_->write([id](Transaction& transaction) -> Status {
          YUPU_RETURN_IF_ERROR(transaction.execute("INSERT INTO item (id, body) VALUES (?, 'x')", {id}).status());
          return transaction.execute("INSERT INTO item (id, body) VALUES (?, 'x')", {id + 1}).status();
        });
        EXPECT_TRUE(status.ok()) << status.to_string();
      }
    });
  }
  threads[1].join();
  threads[2].join();
  is_over = true;
  threads[0].join();
  EXPECT_EQ(count(), 200);
}

TEST_P(StoreContract, AReadSeesOneMoment) {
  ASSERT_TRUE(insert(1, "a").ok());
  if (GetParam().name == "sqlite_memory") GTEST_SKIP() << "a write waits for the reads of an in-memory database";
  const Status status = store_->read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto before, transaction.query("SELECT count(*) FROM item"));
    std::jthread([&] { EXPECT_TRUE(insert(2, "b").ok()); }).join();
    YUPU_ASSIGN_OR_RETURN(const auto after, transaction.query("SELECT count(*) FROM item"));
    EXPECT_EQ(before.at(0).integer(0), after.at(0).integer(0));
    return ok_status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
  EXPECT_EQ(count(), 2);
}

TEST_P(StoreContract, ClosingFinishesWhatIsQueued) {
  std::atomic<int> answered = 0;
  for (int i = 0; i < 200; ++i) {
    store_->write_async(
        [i](Transaction& transaction) {
          return transaction.execute("INSERT INTO item (id, body) VALUES (?, 'x')", {std::int64_t{i}}).status();
        },
        [&](const Status& status) { answered += status.ok() ? 1 : 0; });
  }
  store_.reset();
  EXPECT_EQ(answered, 200);
}

TEST_P(StoreContract, ADoneMayWriteOn) {
  Mutex mutex;
  Condition changed;
  bool is_done = false;
  store_->write_async(
      [](Transaction& transaction) { return transaction.execute("INSERT INTO item VALUES (1,'a',0)").status(); },
      [&](const Status&) {
        store_->write_async(
            [](Transaction& transaction) { return transaction.execute("INSERT INTO item VALUES (2,'b',0)").status(); },
            [&](const Status&) {
              MutexLock lock(mutex);
              is_done = true;
              changed.notify_all();
            });
      });
  {
    MutexLock lock(mutex);
    while (!is_done) changed.wait(mutex);
  }
  EXPECT_EQ(count(), 2);
}

INSTANTIATE_TEST_SUITE_P(Backends, StoreContract, ::testing::ValuesIn(backend_targets()),
                         [](const auto& target) { return target.param.name; });

TEST(Backends, ThoseThisRunLacks) {
  for (const Backend& backend : backends()) {
    if (!backend.is_built_in) GTEST_SKIP() << "no contract tests for " << backend.scheme << " in this build";
  }
  if (!testing::has_postgres())
    GTEST_SKIP() << "no contract tests for postgresql: here; tests/loop/postgres_server.py starts a server for them";
}

TEST(OpenStore, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(open_store("mysql://x").status().code(), Code::kInvalidArgument);
  EXPECT_EQ(open_store("").status().code(), Code::kInvalidArgument);
  EXPECT_EQ(open_store("sqlite:").status().code(), Code::kInvalidArgument);
  for (const Backend& backend : backends()) {
    if (backend.scheme != "postgresql:" || backend.is_built_in) continue;
    const Status status = open_store("postgresql://localhost/yupu").status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    EXPECT_THAT(status.message(), ::testing::HasSubstr("this build has no PostgreSQL store"));
  }
}

}  // namespace
}  // namespace yupu::store
