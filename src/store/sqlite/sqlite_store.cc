// Group commit.  An fsync costs as much as hundreds of inserts, so the writer thread takes every job that has queued up
// while the last COMMIT ran, and lets them share the next one:
//
//   BEGIN IMMEDIATE
//     SAVEPOINT job; work 1; RELEASE job           OK so far
//     SAVEPOINT job; work 2; ROLLBACK TO job ...   its own failure only
//     ...
//   COMMIT                                         durable: now, and only now, the waiting callers are told
//
// Invariants  1. A caller is told OK only after the COMMIT that holds its rows.
//             2. A caller that is told an error has no row in the store: a COMMIT that fails fails all of its jobs.
//             3. Jobs run in the order they queued.
#include "store/sqlite/sqlite_store.h"

#include <deque>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/ids.h"
#include "base/mutex.h"
#include "store/scrub.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/migrate.h"

namespace yupu::store {
namespace {

constexpr std::size_t kQueueMax = 4096;      // jobs waiting; a caller beyond it waits for room
constexpr std::size_t kBatchMax = 1024;      // jobs of one COMMIT
constexpr std::size_t kIdleReadersMax = 16;  // connections kept open between reads
constexpr int kScrubWaitMs = 2000;  // for readers to finish, before a log that is to be emptied is left as it is

class SqliteTransaction final : public Transaction {
 public:
  explicit SqliteTransaction(Connection& connection) : connection_(connection) {}
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters) override {
    return connection_.execute(sql, parameters);
  }
  Result<std::vector<Row>> query(std::string_view sql, std::span<const Value> parameters) override {
    return connection_.query(sql, parameters);
  }

 private:
  Connection& connection_;
};

Status run_work(const Work& work, Connection& connection) {
  SqliteTransaction transaction(connection);
  try {
    return work(transaction);
  } catch (const std::exception& error) {
    return internal_error(std::string("store: the work of a transaction threw: ") + error.what());
  }
}

// For statements whose own failure cannot be helped: the error that led there is the one to report.
void try_execute(Connection& connection, std::string_view sql) {
  const auto ignored = connection.execute(sql);
  static_cast<void>(ignored.ok());
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<Connection> writer, ConnectionOptions reader_options)
      : writer_(std::move(writer)), reader_options_(std::move(reader_options)) {
    thread_ = std::jthread([this] { run_writer(); });
  }

  ~SqliteStore() override {
    {
      MutexLock lock(mutex_);
      is_closing_ = true;
    }
    work_queued_.notify_all();
    thread_.join();
  }

  Status write(Work work) override {
    CHECK(std::this_thread::get_id() != thread_.get_id(), "Store::write on the writer thread would wait for itself");
    struct {
      Mutex mutex;
      Condition is_done;
      bool done = false;
      Status status;
    } answer;
    enqueue({std::move(work), [&answer](Status status) {
               // Notified under the lock: the waiter may destroy `answer` as soon as it is released.
               MutexLock lock(answer.mutex);
               answer.status = std::move(status);
               answer.done = true;
               answer.is_done.notify_one();
             }});
    MutexLock lock(answer.mutex);
    while (!answer.done) answer.is_done.wait(answer.mutex);
    return answer.status;
  }

  void write_async(Work work, std::function<void(Status)> done) override {
    enqueue({std::move(work), std::move(done)});
  }

  Status read(const Work& work) override {
    YUPU_ASSIGN_OR_RETURN(std::unique_ptr<Connection> reader, take_reader());
    YUPU_RETURN_IF_ERROR(reader->execute("BEGIN").status());
    Status status = run_work(work, *reader);
    try_execute(*reader, "ROLLBACK");
    if (!reader->in_transaction()) give_back_reader(std::move(reader));
    return status;
  }

  // The log is emptied over a connection of its own: the writer's is in a transaction whenever a job runs.
  Status empty_log() {
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
  struct Job {
    Work work;
    std::function<void(Status)> done;
  };

  void enqueue(Job job) {
    {
      MutexLock lock(mutex_);
      // The writer itself (a `done` that writes on) must not wait for the room only it can make.
      const bool may_wait = std::this_thread::get_id() != thread_.get_id();
      while (may_wait && queue_.size() >= kQueueMax) room_made_.wait(mutex_);
      queue_.push_back(std::move(job));
    }
    work_queued_.notify_one();
  }

  // Empty when the store closes and every job is done.
  std::vector<Job> take_jobs() {
    std::vector<Job> jobs;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !is_closing_) work_queued_.wait(mutex_);
      while (!queue_.empty() && jobs.size() < kBatchMax) {
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    room_made_.notify_all();
    return jobs;
  }

  void run_writer() {
    for (std::vector<Job> jobs = take_jobs(); !jobs.empty(); jobs = take_jobs()) {
      std::vector<Status> statuses(jobs.size());
      std::size_t job_index = 0;
      while (job_index < jobs.size()) job_index = commit_from(jobs, job_index, statuses);
      for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (jobs[i].done) jobs[i].done(std::move(statuses[i]));
      }
    }
  }

  // Runs and commits jobs[begin...] as one transaction; returns the first job not yet run. A full disk makes SQLite
  // give up the whole transaction at once: then the jobs in it so far are told, and the rest goes into a new one.
  std::size_t commit_from(const std::vector<Job>& jobs, std::size_t begin, std::vector<Status>& statuses) {
    if (const Status begun = writer_->execute("BEGIN IMMEDIATE").status(); !begun.ok()) {
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
    Status status = run_work(work, *writer_);
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

  std::unique_ptr<Connection> writer_;  // the writer thread's
  const ConnectionOptions reader_options_;
  Mutex mutex_;
  Condition work_queued_;
  Condition room_made_;
  std::deque<Job> queue_ YUPU_GUARDED_BY(mutex_);
  bool is_closing_ YUPU_GUARDED_BY(mutex_) = false;
  Mutex readers_mutex_;
  std::vector<std::unique_ptr<Connection>> idle_readers_ YUPU_GUARDED_BY(readers_mutex_);
  std::jthread thread_;
};

}  // namespace

Status scrub(Store& store) {
  auto* const sqlite = dynamic_cast<SqliteStore*>(&store);
  return sqlite != nullptr ? sqlite->empty_log() : ok_status();
}

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
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(writer), std::move(options)));
}

}  // namespace yupu::store
