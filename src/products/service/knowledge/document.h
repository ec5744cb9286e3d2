// What a reader makes of a file: the plain text that is searched, quoted and cited, and where its blocks stand in it.
//
//   text     "Returns\n\nWithin 30 days you may ...\n\nWho pays? | we do"      valid UTF-8
//   blocks    heading 1  text block                text block                   in order, not overlapping
//
// White space inside a block is one space, or one line break where the file has a hard one; a line end between two
// Chinese characters is nothing.  Blocks stand two line breaks apart.  Verbatim text (code) keeps its lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::products {

struct Block {
  int heading_level = 0;                  // 1: outermost; 0: not a heading
  std::size_t begin = 0, end = 0;         // bytes of the text
  std::optional<std::int64_t> page = {};  // from 1; of a format that has pages
};

struct Document {
  std::string title;  // as the file says; may be empty
  std::string text;
  std::vector<Block> blocks;
  std::optional<std::int64_t> dated_ns = {};  // the day the file says it is of, at noon UTC: a day nearly everywhere
};

// Writes a document from beginning to end.  Threads: one owner.
class DocumentWriter {
 public:
  // Ends the block that is being written, if there is one; what is added next begins a new one.
  void end_block();
  // The same, and the next block is a heading.
  void begin_heading(int level);
  // Ends the block; what is added from now on stands on this page.
  void begin_page(std::int64_t page);
  // Words of a block: its white space is folded.
  void add(std::string_view text);
  void add_line_break();
  // Between the cells of a row.
  void add_cell_border();
  // Lines as they are, but for white space at their ends.
  void add_verbatim(std::string_view text);

  // The text of the first heading of at most `level_max`; empty when there is none.
  std::string first_heading(int level_max) const;
  Document finish(std::string_view title);

 private:
  enum class Gap : std::uint8_t { kNone, kSpace, kLineEnd, kHardBreak };
  void open_block();
  void write(char32_t code_point);

  Document document_;
  int next_level_ = 0;
  std::optional<std::int64_t> page_;
  bool is_open_ = false;
  bool after_border_ = false;  // nothing stands in the cell yet
  Gap gap_ = Gap::kNone;       // white space seen since the last code point
  std::string indent_;         // of verbatim text: white space that is written when something follows it
  char32_t last_ = U'\0';      // the last code point of the open block
};

}  // namespace yupu::products
