// One group of jobs (store/write_queue.h) is one transaction:
//
//   BEGIN IMMEDIATE
//     SAVEPOINT job; work 1; RELEASE job           OK so far
//     SAVEPOINT job; work 2; ROLLBACK TO job ...   its own failure only
//     ...
//   COMMIT                                         durable: now, and only now, the waiting callers are told
//
// Invariant   a caller that is told an error has no row in the store: a COMMIT that fails fails all of its jobs.
#include "store/sqlite/sqlite_store.h"

#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/mutex.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/text_engine.h"
#include "store/sqlite/turn.h"
#include "store/transaction_on.h"
#include "store/write_queue.h"

namespace yupu::store {
namespace {

constexpr std::size_t kBatchMax = 1024;      // jobs of one COMMIT
constexpr std::size_t kIdleReadersMax = 16;  // connections kept open between reads
constexpr int kScrubWaitMs = 2000;  // for readers to finish, before a log that is to be emptied is left as it is

Status run_on(Connection& connection, const Work& work) {
  TransactionOn transaction(connection, sqlite_text_engine());
  return run_work(work, transaction);
}

// For statements whose own failure cannot be helped: the error that led there is the one to report.
void try_execute(Connection& connection, std::string_view sql) {
  const auto ignored = connection.execute(sql);
  static_cast<void>(ignored.ok());
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<Connection> writer, Turn turn, ConnectionOptions reader_options)
      : writer_(std::move(writer)),
        turn_(std::move(turn)),
        reader_options_(std::move(reader_options)),
        queue_([this](std::span<const WriteQueue::Job> jobs, std::span<Status> statuses) { commit(jobs, statuses); },
               kBatchMax) {}

  Status write(Work work) override { return queue_.write(std::move(work)); }
  void write_async(Work work, std::function<void(Status)> done) override {
    queue_.write_async(std::move(work), std::move(done));
  }

  Status read(const Work& work) override {
    YUPU_ASSIGN_OR_RETURN(std::unique_ptr<Connection> reader, take_reader());
    YUPU_RETURN_IF_ERROR(reader->execute("BEGIN").status());
    Status status = run_on(*reader, work);
    try_execute(*reader, "ROLLBACK");
    if (!reader->in_transaction()) give_back_reader(std::move(reader));
    return status;
  }

  // The log is emptied over a connection of its own: the writer's is in a transaction whenever a job runs.
  Status clear_deleted() override {
    if (reader_options_.is_memory) return ok_status();
    ConnectionOptions options = reader_options_;
    options.is_read_only = false;
    options.busy_timeout_ms = kScrubWaitMs;
    YUPU_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection, Connection::open(options));
    YUPU_ASSIGN_OR_RETURN(const std::vector<Row> rows, connection->query("PRAGMA wal_checkpoint(TRUNCATE)"));
    const bool is_busy = rows.at(0).integer(0) != 0;
    return is_busy ? unavailable("store: somebody reads it, so its log still has what was deleted; try again")
                   : ok_status();
  }

 private:
  void commit(std::span<const WriteQueue::Job> jobs, std::span<Status> statuses) {
    std::size_t job_index = 0;
    while (job_index < jobs.size()) job_index = commit_from(jobs, job_index, statuses);
  }

  // Runs and commits jobs[begin...] as one transaction; returns the first job not yet run. A full disk makes SQLite
  // give up the whole transaction at once: then the jobs in it so far are told, and the rest goes into a new one.
  std::size_t commit_from(std::span<const WriteQueue::Job> jobs, std::size_t begin, std::span<Status> statuses) {
    turn_.take();
    const Status begun = writer_->execute("BEGIN IMMEDIATE").status();
    turn_.leave();
    if (!begun.ok()) {
      for (std::size_t i = begin; i < jobs.size(); ++i) statuses[i] = begun;
      return jobs.size();
    }
    std::size_t end = begin;
    Status lost;
    while (end < jobs.size() && lost.ok()) {
      statuses[end] = run_job(jobs[end].work);
      if (!writer_->in_transaction()) {
        lost = statuses[end].ok() ? internal_error("store: the work ended its own transaction") : statuses[end];
      }
      ++end;
    }
    if (lost.ok()) lost = writer_->execute("COMMIT").status();
    if (lost.ok()) return end;
    if (writer_->in_transaction()) try_execute(*writer_, "ROLLBACK");
    for (std::size_t i = begin; i < end; ++i) {
      if (statuses[i].ok()) statuses[i] = lost;
    }
    return end;
  }

  Status run_job(const Work& work) {
    YUPU_RETURN_IF_ERROR(writer_->execute("SAVEPOINT job").status());
    Status status = run_on(*writer_, work);
    if (!writer_->in_transaction()) return status;
    if (status.ok()) status = writer_->execute("RELEASE job").status();
    if (status.ok()) return status;
    try_execute(*writer_, "ROLLBACK TO job");
    try_execute(*writer_, "RELEASE job");
    return status;
  }

  Result<std::unique_ptr<Connection>> take_reader() {
    {
      MutexLock lock(readers_mutex_);
      if (!idle_readers_.empty()) {
        std::unique_ptr<Connection> reader = std::move(idle_readers_.back());
        idle_readers_.pop_back();
        return reader;
      }
    }
    return Connection::open(reader_options_);
  }

  void give_back_reader(std::unique_ptr<Connection> reader) {
    MutexLock lock(readers_mutex_);
    if (idle_readers_.size() < kIdleReadersMax) idle_readers_.push_back(std::move(reader));
  }

  std::unique_ptr<Connection> writer_;  // the writer thread's, as the turn
  Turn turn_;
  const ConnectionOptions reader_options_;
  Mutex readers_mutex_;
  std::vector<std::unique_ptr<Connection>> idle_readers_ YUPU_GUARDED_BY(readers_mutex_);
  WriteQueue queue_;  // the last: its thread ends before what it writes with
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path) {
  if (path.empty()) return invalid_argument("store sqlite: has no path; write sqlite:PATH", "store");
  ConnectionOptions options;
  options.is_memory = path == ":memory:";
  // A database of SQLite's memdb file system is shared by name between connections; the name is random, so private to
  // us.
  options.path = options.is_memory ? "file:/" + random_id("mem") + "?vfs=memdb" : path;
  YUPU_ASSIGN_OR_RETURN(std::unique_ptr<Connection> writer, Connection::open(options));
  YUPU_RETURN_IF_ERROR(migrate(*writer, migrations()).with_context("store " + path));
  options.is_read_only = true;
  Turn turn;  // nobody else has a database in memory
  if (!options.is_memory) {
    YUPU_ASSIGN_OR_RETURN(turn, Turn::open(path + "-turn"));
  }
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(writer), std::move(turn), std::move(options)));
}

}  // namespace yupu::store
