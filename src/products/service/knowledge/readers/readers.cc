#include "products/service/knowledge/readers/readers.h"

#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "products/service/knowledge/readers/pdf_program.h"
#include "text/bm25/bm25.h"
#include "text/unicode.h"

namespace yupu::products {
namespace {

constexpr std::size_t kMarkedUpBytesMax = 8 << 20;
constexpr std::size_t kDocxBytesMax = 64 << 20;  // pictures included, which are not read

constexpr std::array kFormats = {
    DocumentFormat{"markdown", "md markdown", kMarkedUpBytesMax, read_markdown},
    DocumentFormat{"html", "html htm xhtml", kMarkedUpBytesMax, read_html},
    DocumentFormat{"text", "txt text", kTextBytesMax, read_plain_text},
    DocumentFormat{"docx", "docx", kDocxBytesMax, read_docx},
    DocumentFormat{"pdf", "pdf", kPdfFileBytesMax, read_pdf},
};

std::string ending_of(const std::string& file) {
  const std::string ending = std::filesystem::path(file).extension().string();
  return text::lower(ending.empty() ? ending : ending.substr(1));
}

bool has_ending(const DocumentFormat& format, std::string_view ending) {
  std::string_view rest = format.endings;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, end) == ending) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace

std::span<const DocumentFormat> document_formats() { return kFormats; }

Result<const DocumentFormat*> format_of(const std::string& file) {
  const std::string ending = ending_of(file);
  for (const DocumentFormat& format : kFormats) {
    if (has_ending(format, ending)) return &format;
  }
  if (ending == "doc") return invalid_argument(file + ": the old Word format is not read; save it as .docx", "file");
  std::string endings;
  for (const DocumentFormat& format : kFormats)
    endings += fmt::format("{}{}", endings.empty() ? "" : " ", format.endings);
  return invalid_argument(fmt::format("{}: a document's name ends in one of: {}", file, endings), "file");
}

Result<Document> read_document(const std::string& file, std::string_view bytes) {
  YUPU_ASSIGN_OR_RETURN(const DocumentFormat* format, format_of(file));
  if (bytes.size() > format->file_bytes_max) {
    return Status(Code::kTooLarge,
                  fmt::format("{}: {} bytes; a {} document has at most {}", file, bytes.size(), format->name,
                              format->file_bytes_max),
                  "file");
  }
  auto document = format->read(bytes);
  if (!document.ok()) return document.status().with_context(file);
  if (document->text.size() > kTextBytesMax) {
    return Status(
        Code::kTooLarge,
        fmt::format("{}: {} bytes of text; at most {} are read: split it", file, document->text.size(), kTextBytesMax),
        "file");
  }
  if (text::bm25_terms(document->text).empty()) return invalid_argument(file + ": there is no word in it", "file");
  if (document->title.empty()) document->title = std::filesystem::path(file).stem().string();
  document->title = text::replace_invalid_utf8(document->title).text;
  return document;
}

}  // namespace yupu::products
