#include "products/service/knowledge/passages.h"

#include <utility>

#include "base/check.h"
#include "text/sentences/sentences.h"
#include "text/unicode.h"

namespace yupu::products {
namespace {

constexpr std::int64_t kLettersOfUnit = 12;

// Counts passage_length code point by code point.
class Length {
 public:
  // Whether `c` begins a new unit.
  bool add(char32_t c) {
    const bool is_ideograph = text::is_cjk_ideograph(c);
    if (!is_ideograph && !text::is_word_part(c)) {
      letters_ = 0;
      return false;
    }
    const bool begins = is_ideograph || letters_ % kLettersOfUnit == 0;
    letters_ = is_ideograph ? 0 : letters_ + 1;
    units_ += begins ? 1 : 0;
    return begins;
  }
  std::int64_t units() const { return units_; }

 private:
  std::int64_t letters_ = 0, units_ = 0;
};

class Cutter {
 public:
  Cutter(const Document& document, const PassageOptions& options) : document_(document), options_(options) {}

  std::vector<Passage> cut() {
    for (const Block& block : document_.blocks) {
      if (block.page != page_) close();
      page_ = block.page;
      if (block.heading_level > 0) {
        enter_heading(block);
      } else {
        for (Heading& heading : path_) heading.has_text = true;
        add_block(block);
      }
    }
    leave_headings(0);
    close();
    return std::move(out_);
  }

 private:
  struct Heading {
    int level;
    std::size_t begin, end;
    bool has_text;  // below it
  };

  std::string_view part(std::size_t begin, std::size_t end) const {
    return std::string_view(document_.text).substr(begin, end - begin);
  }

  std::vector<std::string> path() const {
    std::vector<std::string> out;
    for (const Heading& heading : path_) out.emplace_back(part(heading.begin, heading.end));
    return out;
  }

  void enter_heading(const Block& block) {
    close();
    leave_headings(block.heading_level);
    path_.push_back({block.heading_level, block.begin, block.end, false});
  }

  // Those of `level` and below.
  void leave_headings(int level) {
    while (!path_.empty() && path_.back().level >= level) {
      close();
      const Heading last = path_.back();
      path_.pop_back();
      if (last.has_text) continue;
      for (Heading& heading : path_) heading.has_text = true;
      add_block({.heading_level = 0, .begin = last.begin, .end = last.end});
      close();
    }
  }

  void add_block(const Block& block) {
    const std::string_view text = part(block.begin, block.end);
    if (passage_length(text) <= options_.length_max) {
      extend(block.begin, block.end);
      return;
    }
    close();
    for (const text::Span& sentence : text::sentences(text))
      add_sentence(block.begin + sentence.begin, block.begin + sentence.end);
    close();
  }

  void add_sentence(std::size_t begin, std::size_t end) {
    if (passage_length(part(begin, end)) <= options_.length_max) {
      extend(begin, end);
      return;
    }
    close();
    Length length;
    std::size_t piece = begin;
    std::int64_t units_before = 0;
    for (std::size_t at = begin; at < end;) {
      const text::CodePoint point = text::decode_code_point(document_.text, at);
      if (length.add(point.value) && length.units() - units_before > options_.length_max) {
        close_piece(piece, at);
        piece = at;
        units_before = length.units() - 1;
      }
      at += static_cast<std::size_t>(point.bytes);
    }
    close_piece(piece, end);
  }

  void close_piece(std::size_t begin, std::size_t end) {
    while (end > begin && (document_.text[end - 1] == ' ' || document_.text[end - 1] == '\n')) --end;
    while (end > begin && (document_.text[begin] == ' ' || document_.text[begin] == '\n')) ++begin;
    if (begin < end) extend(begin, end);
    close();
  }

  void extend(std::size_t begin, std::size_t end) {
    const std::int64_t length = passage_length(part(begin, end));
    if (is_open_ && open_length_ + length > options_.length_max) close();
    if (!is_open_) {
      open_begin_ = begin;
      open_length_ = 0;
      is_open_ = true;
    }
    open_end_ = end;
    open_length_ += length;
  }

  // What is open stands under the path as it is now: a heading closes before it changes the path.
  void close() {
    if (is_open_) out_.push_back({open_begin_, open_end_, path(), page_});
    is_open_ = false;
  }

  const Document& document_;
  const PassageOptions options_;
  std::vector<Heading> path_;
  std::optional<std::int64_t> page_;
  bool is_open_ = false;
  std::size_t open_begin_ = 0, open_end_ = 0;
  std::int64_t open_length_ = 0;
  std::vector<Passage> out_;
};

}  // namespace

std::int64_t passage_length(std::string_view text) {
  Length length;
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode_code_point(text, at);
    length.add(point.value);
    at += static_cast<std::size_t>(point.bytes);
  }
  return length.units();
}

std::vector<Passage> cut_passages(const Document& document, const PassageOptions& options) {
  CHECK(options.length_max > 0, "a passage has room for a word");
  return Cutter(document, options).cut();
}

}  // namespace yupu::products
