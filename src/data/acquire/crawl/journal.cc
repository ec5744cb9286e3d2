#include "data/acquire/crawl/journal.h"

#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

namespace yupu::data {

Result<AppendFile> AppendFile::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return errno_status(errno, path);
  struct stat about {};
  if (::fstat(fd, &about) != 0) {
    const Status status = errno_status(errno, path);
    ::close(fd);
    return status;
  }
  return AppendFile(fd, path, static_cast<std::int64_t>(about.st_size));
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), size_(other.size_) {}

AppendFile::~AppendFile() {
  if (fd_ >= 0) ::close(fd_);
}

Status AppendFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_status(errno, path_);
    size_ += written;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok_status();
}

Status AppendFile::cut(std::int64_t bytes) {
  if (bytes > size_)
    return conflict(
        fmt::format("{}: has {} bytes, and {} were written to it: it is another file", path_, size_, bytes));
  if (bytes == size_) return ok_status();
  if (::ftruncate(fd_, static_cast<off_t>(bytes)) != 0) return errno_status(errno, path_);
  size_ = bytes;
  return ok_status();
}

Status AppendFile::sync() { return ::fsync(fd_) == 0 ? ok_status() : errno_status(errno, path_); }

Result<CrawlJournal> CrawlJournal::open(const std::string& path, const std::string& plan) {
  std::string text;
  if (file_exists(path)) {
    YUPU_ASSIGN_OR_RETURN(text, read_file(path));
  }
  YUPU_ASSIGN_OR_RETURN(AppendFile file, AppendFile::open(path));
  const std::size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  YUPU_RETURN_IF_ERROR(file.cut(static_cast<std::int64_t>(whole)));
  CrawlJournal journal(std::move(file));
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < whole;) {
    const std::size_t end = text.find('\n', begin);
    const Status status = journal.replay(text.substr(begin, end - begin), plan, ++number == 1);
    if (!status.ok()) return status.with_context(fmt::format("{}: line {}", path, number));
    begin = end + 1;
  }
  if (number == 0) YUPU_RETURN_IF_ERROR(journal.file_.append(to_text({{"crawl", 1}, {"plan", plan}}) + "\n"));
  return journal;
}

Status CrawlJournal::replay(const std::string& line, const std::string& plan, bool first) {
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_json(line));
  if (first) {
    YUPU_ASSIGN_OR_RETURN(const std::string found, json_string(json, "plan", "journal"));
    if (found != plan)
      return conflict("the journal of another crawl (" + found + "); ask for the same, or write to another file");
    return ok_status();
  }
  if (json.contains("url")) {
    Waiting one;
    YUPU_ASSIGN_OR_RETURN(one.url, json_string(json, "url", "journal"));
    YUPU_ASSIGN_OR_RETURN(one.depth, json_int(json, "depth", "journal"));
    if (known_.insert(one.url).second) waiting_.push_back(std::move(one));
    return ok_status();
  }
  YUPU_ASSIGN_OR_RETURN(const std::string url, json_string(json, "done", "journal"));
  YUPU_ASSIGN_OR_RETURN(rows_bytes_, json_int(json, "rows", "journal"));
  YUPU_ASSIGN_OR_RETURN(const std::string content, json_string(json, "content", "journal"));
  if (waiting_.empty() || waiting_.front().url != url) return invalid_argument("done before its turn: " + url, "done");
  waiting_.pop_front();
  ++done_;
  if (!content.empty()) contents_.insert(content);
  return ok_status();
}

std::string CrawlJournal::lines_of(const std::vector<Waiting>& found) {
  std::string lines;
  for (const Waiting& one : found) {
    if (!known_.insert(one.url).second) continue;
    lines += to_text({{"url", one.url}, {"depth", one.depth}}) + "\n";
    waiting_.push_back(one);
  }
  return lines;
}

Status CrawlJournal::add(const std::vector<Waiting>& found) { return file_.append(lines_of(found)); }

Status CrawlJournal::finish(const std::vector<Waiting>& found, const std::string& what, const std::string& content,
                            std::int64_t rows_bytes) {
  const std::string url = waiting_.front().url;
  std::string lines = lines_of(found);
  lines += to_text({{"done", url}, {"rows", rows_bytes}, {"what", what}, {"content", content}}) + "\n";
  YUPU_RETURN_IF_ERROR(file_.append(lines));
  waiting_.pop_front();
  ++done_;
  rows_bytes_ = rows_bytes;
  if (!content.empty()) contents_.insert(content);
  return ok_status();
}

}  // namespace yupu::data
