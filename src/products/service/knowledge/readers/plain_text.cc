// Plain text: an empty line ends a block; a line that begins as a list item does, or as a question or answer does,
// begins one.
#include <array>

#include "products/service/knowledge/readers/readers.h"
#include "products/service/knowledge/readers/utf8.h"

namespace yupu::products {
namespace {

constexpr std::array<std::string_view, 12> kMarks = {
    "- ", "* ", "• ", "·", "Q:", "A:", "Q：", "A：", "问：", "答：", "问:", "答:"};

std::string_view without_margin(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r");
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

// "12. ", "3) ", "4、"
bool is_numbered(std::string_view line) {
  std::size_t digits = 0;
  while (digits < line.size() && line[digits] >= '0' && line[digits] <= '9') ++digits;
  if (digits == 0 || digits > 3) return false;
  const std::string_view rest = line.substr(digits);
  return rest.starts_with(". ") || rest.starts_with(") ") || rest.starts_with("、") || rest.starts_with("）");
}

bool begins_block(std::string_view line) {
  if (is_numbered(line)) return true;
  for (const std::string_view mark : kMarks) {
    if (line.starts_with(mark)) return true;
  }
  return false;
}

}  // namespace

void write_plain_text(DocumentWriter& writer, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = without_margin(text.substr(0, end));
    if (line.empty() || begins_block(line)) writer.end_block();
    writer.add(line);
    writer.add("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Result<Document> read_plain_text(std::string_view bytes) {
  YUPU_ASSIGN_OR_RETURN(const std::string_view text, utf8_text(bytes));
  DocumentWriter writer;
  write_plain_text(writer, text);
  return writer.finish("");
}

}  // namespace yupu::products
