#include "products/monitor/documents/push_file.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/json.h"

namespace yupu::monitor {
namespace {

constexpr std::size_t kBlockBytes = 1 << 18;
constexpr std::int64_t kTailBytes = 256;

}  // namespace

PushFile::PushFile(PushFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      line_bytes_max_(other.line_bytes_max_),
      offset_(other.offset_),
      block_(std::move(other.block_)),
      block_begin_(other.block_begin_),
      starts_over_(other.starts_over_) {}

PushFile::~PushFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::string> PushFile::read_at(std::int64_t begin, std::size_t count) const {
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = ::pread(fd_, bytes.data() + filled, count - filled,
                                static_cast<off_t>(begin + static_cast<std::int64_t>(filled)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_status(errno, path_);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Result<std::string> PushFile::tail_before(std::int64_t end) const {
  const std::int64_t begin = std::max<std::int64_t>(0, end - kTailBytes);
  YUPU_ASSIGN_OR_RETURN(const std::string bytes, read_at(begin, static_cast<std::size_t>(end - begin)));
  return sha256_hex(bytes);
}

Result<PushFile> PushFile::open(const std::string& path, const std::string& position, std::size_t line_bytes_max) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno_status(errno, path);
  PushFile file(fd, path, line_bytes_max);
  if (position.empty()) return file;
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_json(position));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t bytes, json_int(json, "bytes", "position"));
  YUPU_ASSIGN_OR_RETURN(const std::string tail, json_string(json, "tail", "position"));
  if (bytes < 0) return invalid_argument("position: bytes: is negative", "position");
  YUPU_ASSIGN_OR_RETURN(const std::string found, file.tail_before(bytes));
  file.starts_over_ = found != tail;
  if (!file.starts_over_) file.offset_ = file.block_begin_ = bytes;
  return file;
}

Result<bool> PushFile::next(Line& line, bool finished) {
  line = {};
  std::size_t at = static_cast<std::size_t>(offset_ - block_begin_);
  std::size_t length = 0;  // of the line, its end not counted
  while (true) {
    const std::size_t end = std::min(block_.find('\n', at), block_.size());
    if (line.text.size() < line_bytes_max_)
      line.text.append(block_, at, std::min(end - at, line_bytes_max_ - line.text.size()));
    length += end - at;
    if (end < block_.size()) {
      offset_ = block_begin_ + static_cast<std::int64_t>(end) + 1;
      break;
    }
    block_begin_ += static_cast<std::int64_t>(block_.size());
    YUPU_ASSIGN_OR_RETURN(block_, read_at(block_begin_, kBlockBytes));
    at = 0;
    if (!block_.empty()) continue;
    const bool given = finished && length > 0;
    if (given) offset_ = block_begin_;
    block_begin_ = offset_;  // what was read of a line that is left is read again
    if (!given) return false;
    break;
  }
  line.too_long = length > line_bytes_max_;
  if (line.text.ends_with('\r')) line.text.pop_back();
  return true;
}

Result<std::string> PushFile::position() const {
  YUPU_ASSIGN_OR_RETURN(const std::string tail, tail_before(offset_));
  return to_text({{"bytes", offset_}, {"tail", tail}});
}

}  // namespace yupu::monitor
