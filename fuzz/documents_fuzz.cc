// Any bytes as a document of each format, as the XML of a .docx, and as what yupu-pdf-text says of a PDF: refused, or
// blocks and passages that lie in its text.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "products/service/knowledge/passages.h"
#include "products/service/knowledge/readers/docx.h"
#include "products/service/knowledge/readers/pdf.h"
#include "products/service/knowledge/readers/readers.h"
#include "text/unicode.h"

namespace {

using yupu::products::Document;

void check_document(const Document& document, std::int64_t length_max) {
  CHECK(!yupu::text::validate_utf8(document.text), "the text is UTF-8");
  std::size_t end = 0;
  for (const auto& block : document.blocks) {
    CHECK(block.begin >= end && block.begin < block.end && block.end <= document.text.size(), "blocks in order");
    end = block.end;
  }
  end = 0;
  for (const auto& passage : yupu::products::cut_passages(document, {.length_max = length_max})) {
    CHECK(passage.begin >= end && passage.begin < passage.end && passage.end <= document.text.size(),
          "passages in order");
    const std::string_view text = std::string_view(document.text).substr(passage.begin, passage.end - passage.begin);
    CHECK(!yupu::text::validate_utf8(text), "a passage is cut between code points");
    CHECK(yupu::products::passage_length(text) <= length_max, "a passage is no longer than asked");
    end = passage.end;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::int64_t length_max = 1 + data[0] / 8;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto formats = yupu::products::document_formats();
  const std::size_t choice = data[0] % (formats.size() + 1);
  const auto read = [&] {
    if (choice == formats.size())
      return yupu::products::read_docx_parts({.document = bytes, .styles = bytes, .properties = bytes});
    // The PDF itself is read by another program.
    return formats[choice].name == "pdf" ? yupu::products::read_pdf_pages(bytes) : formats[choice].read(bytes);
  };
  const auto document = read();
  if (document.ok()) check_document(*document, length_max);
  return 0;
}
