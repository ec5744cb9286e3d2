// The SQL that the rooms may count on (docs/adr/0004-postgresql.md), asked of each backend.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "store/each_backend.h"
#include "store/store.h"

namespace yupu::store {
namespace {

class StoreSql : public EachBackend {};

TEST_P(StoreSql, NumbersAreGivenInTheOrderOfTheCommits) {
  ASSERT_TRUE(run("CREATE TABLE log (sequence INTEGER PRIMARY KEY AUTOINCREMENT, who TEXT NOT NULL)").ok());
  std::atomic<bool> is_over = false;
  std::jthread reader([&] {
    // Whoever has read up to a number has seen all that will ever stand before it.
    std::int64_t last = 0, seen = 0;
    while (!is_over) {
      const auto found = rows("SELECT count(*), coalesce(max(sequence), 0) FROM log");
      const auto before = rows("SELECT count(*) FROM log WHERE sequence <= " + std::to_string(last));
      EXPECT_EQ(before.at(0).integer(0), seen);
      seen = found.at(0).integer(0);
      last = found.at(0).integer(1);
    }
  });
  std::vector<std::jthread> writers;
  for (const char* who : {"a", "b", "c"}) {
    writers.emplace_back([this, who] {
      for (int i = 0; i < 30; ++i) EXPECT_TRUE(run("INSERT INTO log (who) VALUES (?)", {who}).ok());
    });
  }
  for (std::jthread& writer : writers) writer.join();
  is_over = true;
}

TEST_P(StoreSql, SumsDivisionsAndTruthsAreIntegers) {
  ASSERT_TRUE(run("INSERT INTO item VALUES (1,'a',0.5), (2,'b',0.25)").ok());
  const auto found = rows("SELECT sum(id), count(*), 7 / 2, -7 / 2, max(id) - 5, sum(weight), 1 = 1 FROM item");
  EXPECT_EQ(found[0].integer(0), 3);
  EXPECT_EQ(found[0].integer(1), 2);
  EXPECT_EQ(found[0].integer(2), 3);
  EXPECT_EQ(found[0].integer(3), -3);
  EXPECT_EQ(found[0].integer(4), -3);
  EXPECT_EQ(found[0].real(5), 0.75);
  EXPECT_EQ(found[0].integer(6), 1);
}

TEST_P(StoreSql, TextsCompareByTheirBytes) {
  for (const char* body : {"b", "B", "a", "Z", "é", "_", "10", "9"})
    ASSERT_TRUE(run("INSERT INTO item (body, id) SELECT ?, count(*) FROM item", {body}).ok());
  std::string order;
  for (const Row& row : rows("SELECT body FROM item ORDER BY body")) order += row.text(0) + " ";
  EXPECT_EQ(order, "10 9 B Z _ a b é ");
}

TEST_P(StoreSql, AnUpsertKeepsOneRow) {
  const std::string upsert =
      "INSERT INTO item (id, body, weight) VALUES (?, ?, 1) ON CONFLICT (id) DO UPDATE SET body = excluded.body, "
      "weight = item.weight + excluded.weight";
  ASSERT_TRUE(run(upsert, {1, "a"}).ok());
  ASSERT_TRUE(run(upsert, {1, "b"}).ok());
  const auto found = rows("SELECT body, weight FROM item");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].text(0), "b");
  EXPECT_EQ(found[0].real(1), 2.0);
}

TEST_P(StoreSql, ALeadIsGivenAndTakenBack) {
  {
    auto lead = store_->lead("sweeps");
    ASSERT_TRUE(lead.ok()) << lead.status().to_string();
    ASSERT_NE(*lead, nullptr);
    EXPECT_TRUE((*lead)->is_held());
  }
  EXPECT_NE(store_->lead("sweeps").value(), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Backends, StoreSql, ::testing::ValuesIn(backend_targets()),
                         [](const auto& target) { return target.param.name; });

}  // namespace
}  // namespace yupu::store
