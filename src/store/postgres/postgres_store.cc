// One group of jobs (store/write_queue.h) is one transaction, as in sqlite_store.cc; and one transaction writes at a
// time, in all processes together (locks.h).  That is what the rooms were written for: what a write has read stays true
// until it is committed, and numbers that it takes grow in the order of the commits.
//
//   BEGIN; take the write lock; write the group's number into the writer's row of store_writer
//     SAVEPOINT job; work 1
//     RELEASE job; SAVEPOINT job; work 2; ROLLBACK TO job      its own failure only
//     ...
//   COMMIT                                                     durable, the lock is free
//
// Invariants  1. A caller that is told an error has no row in the store, and one that is told OK has all of them.
//             2. Where the connection breaks before COMMIT was sent, nothing was kept: the group runs again on a new
//                connection. Where it breaks after, the writer takes the write lock once more, which it gets only when
//                the broken transaction is over, and looks for the group's number in its row: it was committed with the
//                rest, or nothing was. Only when that cannot be done for kUnknown is a caller told that the outcome is
//                not known. (The transaction's own number would not do: after a crash the server may give it again.)
#include "store/postgres/postgres_store.h"

#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/log.h"
#include "store/postgres/connection.h"
#include "store/postgres/locks.h"
#include "store/postgres/migrate.h"
#include "store/postgres/readers.h"
#include "store/postgres/text_engine.h"
#include "store/transaction_on.h"
#include "store/write_queue.h"

namespace yupu::store {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kBatchMax = 64;  // jobs of one COMMIT; of more savepoints the server keeps a list on the disk
constexpr std::size_t kReadersMax = 16;
constexpr int kAttemptsMax = 5;           // of a group that the server stopped
constexpr milliseconds kReconnect{5000};  // for a server that comes back, before callers are told
constexpr milliseconds kUnknown{30'000};  // for the fate of a group; the server ends what stands idle for 20 s
constexpr milliseconds kPause{100};

Status run_on(PostgresConnection& connection, const Work& work) {
  TransactionOn transaction(connection, postgres_text_engine());
  return run_work(work, transaction);
}

class PostgresLead final : public Lead {
 public:
  explicit PostgresLead(std::unique_ptr<PostgresConnection> connection) : connection_(std::move(connection)) {}
  bool is_held() override { return connection_->run("SELECT 1").ok(); }

 private:
  std::unique_ptr<PostgresConnection> connection_;  // the lock ends with it
};

class PostgresStore final : public Store {
 public:
  PostgresStore(std::string url, std::unique_ptr<PostgresConnection> writer)
      : url_(std::move(url)),
        readers_(url_, kReadersMax),
        writer_(std::move(writer)),
        queue_([this](std::span<const WriteQueue::Job> jobs, std::span<Status> statuses) { commit(jobs, statuses); },
               kBatchMax) {}

  static Result<std::unique_ptr<PostgresConnection>> open_writer(const std::string& url) {
    YUPU_ASSIGN_OR_RETURN(auto connection, PostgresConnection::open(url));
    // A process that stands still in a transaction holds up all others: the server ends it.
    YUPU_RETURN_IF_ERROR(
        connection->run("SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '20s'").status());
    return connection;
  }

  Status write(Work work) override { return queue_.write(std::move(work)); }
  void write_async(Work work, std::function<void(Status)> done) override {
    queue_.write_async(std::move(work), std::move(done));
  }

  Status read(const Work& work) override {
    YUPU_ASSIGN_OR_RETURN(std::unique_ptr<PostgresConnection> reader, readers_.begin());
    Status status = run_on(*reader, work);
    readers_.end(std::move(reader));
    return status;
  }

  bool is_shared() const override { return true; }

  Result<std::unique_ptr<Lead>> lead(std::string_view name) override {
    YUPU_ASSIGN_OR_RETURN(auto connection, PostgresConnection::open(url_));
    const Value asked[] = {std::string(name)};
    YUPU_ASSIGN_OR_RETURN(const auto rows, connection->query(try_lead_sql(connection->schema_id()), asked));
    if (rows.at(0).integer(0) == 0) return std::unique_ptr<Lead>();
    return std::unique_ptr<Lead>(std::make_unique<PostgresLead>(std::move(connection)));
  }

  // VACUUM stands in no transaction, so each table is a statement of its own.
  Status clear_deleted() override {
    YUPU_ASSIGN_OR_RETURN(const auto connection, PostgresConnection::open(url_));
    YUPU_ASSIGN_OR_RETURN(
        const auto tables,
        connection->run("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname "
                        "= current_schema() AND tableowner = current_user ORDER BY tablename"));
    for (const Row& table : tables) YUPU_RETURN_IF_ERROR(connection->run("VACUUM " + table.text(0)).status());
    return ok_status();
  }

 private:
  void commit(std::span<const WriteQueue::Job> jobs, std::span<Status> statuses) {
    Status stopped;
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      stopped = begin();
      if (!stopped.ok()) break;  // it has waited as long as it should
      if (run_jobs(jobs, statuses)) {
        const std::optional<Status> outcome = end();
        if (outcome) {
          fail_all(statuses, *outcome);
          return;
        }
      }
      stopped = unavailable("store: the database stopped this write, more than once: retry");
      abandon();
      log::warn("store_write_again", {{"attempt", attempt + 1}, {"jobs", jobs.size()}});
    }
    for (Status& status : statuses) status = stopped;
  }

  // What was OK so far shares the fate of the transaction.
  static void fail_all(std::span<Status> statuses, const Status& fate) {
    if (fate.ok()) return;
    for (Status& status : statuses) {
      if (status.ok()) status = fate;
    }
  }

  std::string note_group_sql(std::int64_t number) const {
    return "INSERT INTO store_writer (writer, group_number, written_at) VALUES ('" + name_ + "', " +
           std::to_string(number) +
           ", now()) ON CONFLICT (writer) DO UPDATE SET group_number = excluded.group_number, written_at = "
           "excluded.written_at";
  }

  // A new write transaction, on a new connection where the old one is broken.
  Status begin() {
    const auto until = Steady::now() + (was_away_ ? milliseconds(0) : kReconnect);
    while (true) {
      Status status = connect();
      if (status.ok()) {
        status = writer_->run(begin_write_sql(writer_->schema_id()) + note_group_sql(++group_number_)).status();
        if (status.ok()) {
          was_away_ = false;
          return ok_status();
        }
        abandon();
        if (writer_ != nullptr) return status;  // the server is there, and says no: somebody holds the lock
      }
      if (status.code() != Code::kUnavailable || Steady::now() >= until) {
        was_away_ = true;
        return status;
      }
      std::this_thread::sleep_for(kPause);
    }
  }

  Status connect() {
    if (writer_ != nullptr && writer_->is_lost()) writer_ = nullptr;
    if (writer_ != nullptr) return ok_status();
    YUPU_ASSIGN_OR_RETURN(writer_, open_writer(url_));
    return ok_status();
  }

  // Whatever transaction the writer stands in is given up; where that does not work, its connection is.
  void abandon() {
    if (writer_ == nullptr) return;
    if (!writer_->run("ROLLBACK").ok()) writer_ = nullptr;
  }

  // False when the transaction has come to nothing and may run again. A job that is alone needs no savepoint.
  bool run_jobs(std::span<const WriteQueue::Job> jobs, std::span<Status> statuses) {
    const bool alone = jobs.size() == 1;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (!alone && !writer_->run(i == 0 ? "SAVEPOINT job" : "RELEASE SAVEPOINT job; SAVEPOINT job").ok()) return false;
      statuses[i] = run_job(jobs[i].work);
      if (writer_->is_lost() || (writer_->in_failed_transaction() && writer_->lost_a_race())) return false;
      if (!writer_->in_transaction() && !writer_->in_failed_transaction()) {
        // The work has sent a COMMIT or ROLLBACK of its own: nobody knows what was kept, so all are told.
        const Status broken = internal_error("store: the work ended its own transaction");
        for (Status& status : statuses) status = broken;
        return true;
      }
      if (!statuses[i].ok() && !writer_->run(alone ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT job").ok()) return false;
    }
    return true;
  }

  Status run_job(const Work& work) {
    Status status = run_on(*writer_, work);
    if (status.ok() && writer_->in_failed_transaction())
      return internal_error("store: the work went on after a statement that had failed");
    return status;
  }

  // COMMIT. OK, or why nothing was kept; nothing when it came to nothing and may run again.
  std::optional<Status> end() {
    if (writer_->is_lost()) return std::nullopt;         // COMMIT was never sent
    if (!writer_->in_transaction()) return ok_status();  // it is over, and the statuses say how
    const Status status = writer_->run("COMMIT").status();
    if (status.ok()) return ok_status();
    if (!writer_->is_lost() && writer_->lost_a_race()) return std::nullopt;
    if (status.code() != Code::kUnavailable) {
      abandon();
      return status;
    }
    // The server or the way to it went down. Whether before or after the commit, only the store can say, and not to
    // this connection, which would see what it has not committed.
    writer_ = nullptr;
    return fate_of_group();
  }

  // What became of a group whose COMMIT was sent and not answered.
  std::optional<Status> fate_of_group() {
    log::warn("store_commit_unanswered", {{"group", group_number_}});
    const std::string ask = "SELECT group_number FROM store_writer WHERE writer = '" + name_ + "'";
    const auto until = Steady::now() + kUnknown;
    for (; Steady::now() < until; std::this_thread::sleep_for(kPause)) {
      if (!connect().ok()) continue;
      const auto rows = writer_->run(begin_write_sql(writer_->schema_id()) + ask);
      abandon();
      if (!rows.ok()) continue;
      if (!rows->empty() && rows->at(0).integer(0) == group_number_) return ok_status();
      return std::nullopt;
    }
    return unavailable(
        "store: the connection broke while the rows were written, and the server does not say whether it has "
        "them: look before you send them again");
  }

  const std::string url_;
  Readers readers_;
  std::unique_ptr<PostgresConnection> writer_;  // the writer thread's; null while there is none
  const std::string name_ = random_id("wr");    // of this writer among all of the store
  std::int64_t group_number_ = 0;               // of the last group that was begun
  bool was_away_ = false;                       // the server, the last time it was needed
  WriteQueue queue_;                            // the last: its thread ends before what it writes with
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres(const std::string& rest) {
  const std::string url = "postgresql:" + rest;
  YUPU_ASSIGN_OR_RETURN(auto writer, PostgresStore::open_writer(url));
  YUPU_RETURN_IF_ERROR(migrate(*writer, migrations()).with_context("store postgresql"));
  // Rows of writers that are long gone.
  YUPU_RETURN_IF_ERROR(writer->run("DELETE FROM store_writer WHERE written_at < now() - interval '1 day'").status());
  return std::unique_ptr<Store>(std::make_unique<PostgresStore>(url, std::move(writer)));
}

}  // namespace yupu::store
