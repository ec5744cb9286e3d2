// For tests only: a test of every backend that this run has.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/testing.h"
#include "store/backends.h"
#include "store/store.h"
#include "store/testing.h"

namespace yupu::store {

struct BackendTarget {
  std::string name;
  std::string url;  // "%" becomes a folder of the test's own; empty: a schema of its own on the test server
};

inline std::vector<BackendTarget> backend_targets() {
  std::vector<BackendTarget> all;
  for (const Backend& backend : backends()) {
    if (backend.scheme == "sqlite:") {
      all.push_back({"sqlite_file", "sqlite:%/yupu.db"});
      all.push_back({"sqlite_memory", "sqlite::memory:"});
    }
    if (backend.scheme == "postgresql:" && testing::has_postgres()) all.push_back({"postgres", ""});
  }
  return all;
}

// A store with a table `item`, on each backend this run has.
class EachBackend : public ::testing::TestWithParam<BackendTarget> {
 protected:
  void SetUp() override {
    url_ = GetParam().url;
    if (const auto at = url_.find('%'); at != std::string::npos) url_.replace(at, 1, folder_.path());
    if (url_.empty()) url_ = testing::fresh_url();
    auto opened = open_store(url_);
    ASSERT_TRUE(opened.ok()) << opened.status().to_string();
    store_ = std::move(opened).value();
    ASSERT_TRUE(run("CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT NOT NULL, weight REAL)").ok());
  }

  Status run(std::string sql, std::vector<Value> parameters = {}) {
    return store_->write([&](Transaction& transaction) {
      return transaction.execute(sql, std::span<const Value>(parameters)).status();
    });
  }
  Status insert(std::int64_t id, std::string body) {
    return run("INSERT INTO item (id, body) VALUES (?, ?)", {id, std::move(body)});
  }
  std::vector<Row> rows(std::string sql) {
    std::vector<Row> found;
    const Status status = store_->read([&](Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(found, transaction.query(sql));
      return ok_status();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return found;
  }
  std::int64_t count() { return rows("SELECT count(*) FROM item").at(0).integer(0); }

  testing::TempDir folder_;
  std::string url_;
  std::unique_ptr<Store> store_;
};

}  // namespace yupu::store
