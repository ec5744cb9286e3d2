#include "data/acquire/files/blocks.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace yupu::data {

NextBlock without_byte_order_mark(NextBlock next_block) {
  // The first block is put together until it has the three bytes a mark takes.
  return [next_block = std::move(next_block), first = std::string(),
          started = false]() mutable -> Result<std::string_view> {
    if (started) return next_block();
    started = true;
    while (first.size() < 3) {
      YUPU_ASSIGN_OR_RETURN(const std::string_view block, next_block());
      if (block.empty()) break;
      first += block;
    }
    if (!first.starts_with("\xEF\xBB\xBF")) return std::string_view(first);
    if (first.size() == 3) return next_block();
    return std::string_view(first).substr(3);
  };
}

Result<std::unique_ptr<FileBlocks>> FileBlocks::open(const std::string& path, const std::string& shown) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno_status(errno, "open " + shown);
  auto blocks = std::unique_ptr<FileBlocks>(new FileBlocks(fd, shown));
  struct stat info {};
  if (::fstat(fd, &info) != 0) return errno_status(errno, "stat " + shown);
  if (S_ISDIR(info.st_mode)) return invalid_argument(shown + ": is a folder, a file was expected");
  return blocks;
}

FileBlocks::~FileBlocks() { ::close(fd_); }

Result<std::string_view> FileBlocks::next() {
  while (true) {
    const ssize_t got = ::read(fd_, block_.data(), block_.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_status(errno, "read " + shown_);
    const std::string_view bytes(block_.data(), static_cast<std::size_t>(got));
    if (bytes_read_ == 0 && (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))) {
      return invalid_argument(shown_ + ": line 1: the file is UTF-16 or UTF-32; save it as UTF-8 and import it again");
    }
    hash_.update(bytes);
    bytes_read_ += got;
    return bytes;
  }
}

}  // namespace yupu::data
