#include "data/acquire/files/lines.h"

#include <algorithm>

namespace yupu::data {

void LineReader::append(Line& line, std::string_view piece) const {
  const std::size_t room = line_bytes_max_ - std::min(line_bytes_max_, line.text.size());
  if (piece.size() > room) line.too_long = true;
  line.text.append(piece.substr(0, room));
}

Result<bool> LineReader::next(Line& line) {
  line.text.clear();
  line.too_long = false;
  bool any = false;
  while (true) {
    if (block_.empty()) {
      if (!ended_) {
        YUPU_ASSIGN_OR_RETURN(block_, next_block_());
        ended_ = block_.empty();
      }
      if (ended_) break;
    }
    any = true;
    const std::size_t end = block_.find('\n');
    append(line, block_.substr(0, end));
    block_.remove_prefix(end == std::string_view::npos ? block_.size() : end + 1);
    if (end != std::string_view::npos) break;
  }
  if (!any) return false;
  line.number = ++number_;
  if (!line.too_long && line.text.ends_with('\r')) line.text.pop_back();
  return true;
}

}  // namespace yupu::data
