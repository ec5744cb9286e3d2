// What a crawl has done and what it still has to do, line by line in a file, so that it goes on after kill -9.
//
//   {"crawl": 1, "plan": "..."}                          first: whose journal it is
//   {"url": "...", "depth": 2}                           found, in the order it will be fetched
//   {"done": "...", "rows": 1234, "what": "written"}     fetched, with the bytes of the file of rows by then
//
// What a page led to is written before that it is done, and its row before both: a crawl killed between them fetches
// that one page again, cuts the file of rows to what the last line says, and finds the links it knows already.
// Threads  one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "base/status.h"

namespace yupu::data {

// Appends to a file that is open for as long as it lives.
class AppendFile {
 public:
  static Result<AppendFile> open(const std::string& path);
  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&&) = delete;
  AppendFile(const AppendFile&) = delete;
  ~AppendFile();
  Status append(std::string_view bytes);
  Status cut(std::int64_t bytes);  // what is behind them is gone.  Errors: kConflict: the file is shorter
  Status sync();
  std::int64_t size() const { return size_; }

 private:
  AppendFile(int fd, std::string path, std::int64_t size) : fd_(fd), path_(std::move(path)), size_(size) {}
  int fd_;
  std::string path_;
  std::int64_t size_;
};

struct Waiting {
  std::string url;
  std::int64_t depth = 0;
};

class CrawlJournal {
 public:
  // Reads what is there; `plan` says what the crawl is asked for.  A last line without its end is cut off.
  // Errors: kConflict: a journal of another plan; kInvalidArgument with the line: none of ours.
  static Result<CrawlJournal> open(const std::string& path, const std::string& plan);

  bool empty() const { return waiting_.empty(); }
  const Waiting& next() const { return waiting_.front(); }  // REQUIRES: !empty()
  std::int64_t done() const { return done_; }
  std::int64_t rows_bytes() const { return rows_bytes_; }
  const std::set<std::string>& contents() const { return contents_; }

  // The front one is done; what it led to waits behind the others, each address once.
  // `content`: the hash of what was written, or empty.
  Status finish(const std::vector<Waiting>& found, const std::string& what, const std::string& content,
                std::int64_t rows_bytes);
  Status add(const std::vector<Waiting>& found);  // where the crawl begins
  Status sync() { return file_.sync(); }

 private:
  explicit CrawlJournal(AppendFile file) : file_(std::move(file)) {}
  Status replay(const std::string& line, const std::string& plan, bool first);
  std::string lines_of(const std::vector<Waiting>& found);

  AppendFile file_;
  std::deque<Waiting> waiting_;
  std::set<std::string> known_;     // addresses that were ever found
  std::set<std::string> contents_;  // of what was written
  std::int64_t done_ = 0;
  std::int64_t rows_bytes_ = 0;
};

}  // namespace yupu::data
