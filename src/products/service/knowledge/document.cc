#include "products/service/knowledge/document.h"

#include <algorithm>
#include <utility>

#include "text/unicode.h"

namespace yupu::products {
namespace {

// Between two of these a line end of the file is no space.
bool is_written_without_spaces(char32_t c) {
  return text::is_cjk_ideograph(c) || (c >= 0x3000 && c <= 0x30FF) || (c >= 0xFF00 && c <= 0xFFEF);
}

// What nobody sees: soft hyphen, zero-width space, word joiner, byte order mark.
bool is_invisible(char32_t c) { return c == 0xAD || c == 0x200B || c == 0x2060 || c == 0xFEFF; }

constexpr std::string_view kBlockGap = "\n\n";

}  // namespace

void DocumentWriter::end_block() {
  if (is_open_) document_.blocks.back().end = document_.text.size();
  is_open_ = false;
  next_level_ = 0;
  gap_ = Gap::kNone;
  indent_.clear();
}

void DocumentWriter::begin_heading(int level) {
  end_block();
  next_level_ = level;
}

void DocumentWriter::begin_page(std::int64_t page) {
  end_block();
  page_ = page;
}

void DocumentWriter::open_block() {
  if (is_open_) return;
  if (!document_.blocks.empty()) document_.text += kBlockGap;
  document_.blocks.push_back({.heading_level = next_level_, .begin = document_.text.size(), .end = 0, .page = page_});
  is_open_ = true;
  gap_ = Gap::kNone;
}

void DocumentWriter::write(char32_t code_point) {
  open_block();
  const bool joins = gap_ == Gap::kLineEnd && is_written_without_spaces(last_) && is_written_without_spaces(code_point);
  if (gap_ == Gap::kHardBreak) {
    document_.text += '\n';
  } else if (gap_ != Gap::kNone && !joins) {
    document_.text += ' ';
  }
  document_.text += indent_;
  indent_.clear();
  gap_ = Gap::kNone;
  after_border_ = false;
  last_ = code_point;
  text::append_utf8(document_.text, code_point);
}

void DocumentWriter::add(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode_code_point(text, at);
    at += static_cast<std::size_t>(point.bytes);
    const bool is_space = text::is_whitespace(point.value) || text::category(point.value) == text::Category::kControl;
    if (!is_space) {
      if (!is_invisible(point.value)) write(point.value);
    } else if (is_open_ && gap_ != Gap::kHardBreak) {
      const bool is_line_end = point.value == U'\n' || point.value == U'\r';
      if (gap_ != Gap::kLineEnd) gap_ = is_line_end ? Gap::kLineEnd : Gap::kSpace;
    }
  }
}

void DocumentWriter::add_line_break() {
  if (is_open_ && !after_border_) gap_ = Gap::kHardBreak;
}

void DocumentWriter::add_cell_border() {
  if (!is_open_) return;
  gap_ = Gap::kSpace;
  write(U'|');
  gap_ = Gap::kSpace;
  after_border_ = true;
}

void DocumentWriter::add_verbatim(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode_code_point(text, at);
    at += static_cast<std::size_t>(point.bytes);
    if (point.value == U'\n') {
      add_line_break();
      indent_.clear();
    } else if (text::is_whitespace(point.value) || text::category(point.value) == text::Category::kControl) {
      if (is_open_ && point.value != U'\r') indent_ += ' ';
    } else {
      write(point.value);
    }
  }
}

std::string DocumentWriter::first_heading(int level_max) const {
  for (const Block& block : document_.blocks) {
    const bool is_written = block.end > block.begin;
    if (block.heading_level > 0 && block.heading_level <= level_max && is_written)
      return document_.text.substr(block.begin, block.end - block.begin);
  }
  return {};
}

Document DocumentWriter::finish(std::string_view title) {
  end_block();
  document_.title = text::collapse_whitespace(title);
  return std::exchange(document_, {});
}

}  // namespace yupu::products
