// Markdown by cmark-gfm (CommonMark and the tables of GitHub), then the words of its nodes in the order of the file.  A
// list item is a block, a row of a table is one with its cells between borders, blocks of HTML are read as HTML.
// Front matter between two lines "---" is not read, but for its title and date.
#include <algorithm>
#include <memory>
#include <mutex>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <fmt/format.h>

#include "products/service/conversation/civil_date.h"
#include "products/service/knowledge/readers/html.h"
#include "products/service/knowledge/readers/readers.h"
#include "products/service/knowledge/readers/utf8.h"

namespace yupu::products {
namespace {

// The table extension fills short rows up to the header's width: a wide header over many lines would grow without
// bound.
constexpr std::size_t kCellsMax = 4 << 20;

Status check_tables(std::string_view text) {
  std::size_t widest = 0, borders = 0, lines = 1;
  for (const char c : text) {
    if (c == '|') widest = std::max(widest, ++borders);
    if (c != '\n') continue;
    borders = 0;
    ++lines;
  }
  if (widest == 0 || lines <= kCellsMax / widest) return ok_status();
  return Status(Code::kTooLarge,
                fmt::format("{} lines and a row of {} cells: tables may have {} cells", lines, widest, kCellsMax),
                "file");
}

// How many containers (quotes, list items) a line opens at once: each is a node, for one or two bytes.
constexpr std::size_t kNestingMax = 200;

std::size_t containers_at(std::string_view line) {
  std::size_t count = 0;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    std::size_t mark = 0;  // bytes of a list item's
    if (line.starts_with('-') || line.starts_with('*') || line.starts_with('+')) {
      mark = 1;
    } else {
      while (mark < line.size() && line[mark] >= '0' && line[mark] <= '9') ++mark;
      const bool ends = mark > 0 && mark < line.size() && (line[mark] == '.' || line[mark] == ')');
      mark = ends ? mark + 1 : 0;
    }
    const bool is_item = mark > 0 && mark < line.size() && (line[mark] == ' ' || line[mark] == '\t');
    if (!is_item && !line.starts_with('>')) return count;
    line.remove_prefix(is_item ? mark : 1);
    ++count;
  }
}

Status check_nesting(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (containers_at(text.substr(0, end)) > kNestingMax)
      return invalid_argument(fmt::format("a line nests quotes and lists more than {} deep", kNestingMax), "file");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return ok_status();
}

struct FrontMatter {
  std::string title, date;  // as written
};

// Whether the line is "key: value"; then its value, without quotes.
bool take_value(std::string_view line, std::string_view key, std::string& value) {
  if (!line.starts_with(key)) return false;
  line.remove_prefix(key.size());
  const auto is_wrapping = [](char c) { return c == ' ' || c == '"' || c == '\''; };
  while (!line.empty() && is_wrapping(line.front())) line.remove_prefix(1);
  while (!line.empty() && is_wrapping(line.back())) line.remove_suffix(1);
  value = line;
  return true;
}

// The day of "2026-09-30" or "2026-09-30 10:00:00 +0800", at noon.
Result<std::optional<std::int64_t>> read_day(const std::string& date) {
  constexpr std::int64_t kNsPerHour = 3'600'000'000'000;
  constexpr std::size_t kDayBytes = 10;
  if (date.empty()) return std::optional<std::int64_t>();
  const auto day = parse_instant(date.substr(0, kDayBytes), 0);
  if (!day || !day->whole_day)
    return invalid_argument(fmt::format("the front matter's date is no day as 2026-12-31: '{}'", date), "date");
  return std::optional(day->utc_ns + 12 * kNsPerHour);
}

// "---\n...\n---\n" at the beginning: cut off, what it says returned.
FrontMatter take_front_matter(std::string_view& text) {
  const auto line_of = [](std::string_view from) {
    std::string_view line = from.substr(0, from.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  };
  constexpr int kLinesMax = 100;
  if (line_of(text) != "---") return {};
  FrontMatter said;
  std::string_view rest = text;
  for (int line_count = 0; line_count < kLinesMax; ++line_count) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
    std::string_view line = line_of(rest);
    if (line == "---" || line == "...") {
      rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
      text = rest;
      return said;
    }
    if (!take_value(line, "title:", said.title)) take_value(line, "date:", said.date);
  }
  return {};
}

struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct FreeParser {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};
struct FreeIterator {
  void operator()(cmark_iter* iterator) const { cmark_iter_free(iterator); }
};

std::unique_ptr<cmark_node, FreeNode> parse(std::string_view text) {
  static std::once_flag registered;
  std::call_once(registered, cmark_gfm_core_extensions_ensure_registered);
  const std::unique_ptr<cmark_parser, FreeParser> parser(cmark_parser_new(CMARK_OPT_DEFAULT));
  if (cmark_syntax_extension* tables = cmark_find_syntax_extension("table"))
    cmark_parser_attach_syntax_extension(parser.get(), tables);
  cmark_parser_feed(parser.get(), text.data(), text.size());
  return std::unique_ptr<cmark_node, FreeNode>(cmark_parser_finish(parser.get()));
}

std::string_view literal_of(cmark_node* node) {
  const char* literal = cmark_node_get_literal(node);
  return literal != nullptr ? std::string_view(literal) : std::string_view();
}

bool is_break_tag(std::string_view html) { return html == "<br>" || html == "<br/>" || html == "<br />"; }

Status enter(cmark_node* node, DocumentWriter& writer) {
  const cmark_node_type type = cmark_node_get_type(node);
  if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
    writer.add(literal_of(node));
  } else if (type == CMARK_NODE_SOFTBREAK) {
    writer.add("\n");
  } else if (type == CMARK_NODE_LINEBREAK) {
    writer.add_line_break();
  } else if (type == CMARK_NODE_HTML_INLINE) {
    if (is_break_tag(literal_of(node))) writer.add_line_break();
  } else if (type == CMARK_NODE_HEADING) {
    writer.begin_heading(cmark_node_get_heading_level(node));
  } else if (type == CMARK_NODE_CODE_BLOCK) {
    writer.end_block();
    writer.add_verbatim(literal_of(node));
    writer.end_block();
  } else if (type == CMARK_NODE_HTML_BLOCK) {
    writer.end_block();
    return append_html(literal_of(node), writer);
  } else if (std::string_view(cmark_node_get_type_string(node)) == "table_cell") {
    writer.add_cell_border();
  } else if ((type & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_BLOCK) {
    writer.end_block();
  }
  return ok_status();
}

void leave(cmark_node* node, DocumentWriter& writer) {
  const bool is_block = (cmark_node_get_type(node) & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_BLOCK;
  if (is_block && std::string_view(cmark_node_get_type_string(node)) != "table_cell") writer.end_block();
}

}  // namespace

Result<Document> read_markdown(std::string_view bytes) {
  YUPU_ASSIGN_OR_RETURN(std::string_view text, utf8_text(bytes));
  YUPU_RETURN_IF_ERROR(check_tables(text));
  YUPU_RETURN_IF_ERROR(check_nesting(text));
  FrontMatter said = take_front_matter(text);
  YUPU_ASSIGN_OR_RETURN(const auto dated_ns, read_day(said.date));
  const auto root = parse(text);
  const std::unique_ptr<cmark_iter, FreeIterator> iterator(cmark_iter_new(root.get()));
  DocumentWriter writer;
  for (auto event = cmark_iter_next(iterator.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(iterator.get())) {
    cmark_node* node = cmark_iter_get_node(iterator.get());
    if (event == CMARK_EVENT_ENTER) {
      YUPU_RETURN_IF_ERROR(enter(node, writer));
    } else {
      leave(node, writer);
    }
  }
  if (said.title.empty()) said.title = writer.first_heading(1);
  if (said.title.empty()) said.title = writer.first_heading(6);
  Document document = writer.finish(said.title);
  document.dated_ns = dated_ns;
  return document;
}

}  // namespace yupu::products
