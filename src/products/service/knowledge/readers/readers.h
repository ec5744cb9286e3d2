// Files -> documents: one row a format, chosen by how the file's name ends.  An addition is one file here and one row.
// Errors  every message begins with the file's name; kInvalidArgument: an unknown ending, no UTF-8 (with the byte), no
//         word in it, not what its ending says; kTooLarge: above a limit.  Of PDF alone kUnavailable (pdf.h).
// Threads pure functions, but for PDF, which is read by a process of its own.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "products/service/knowledge/document.h"

namespace yupu::products {

inline constexpr std::size_t kTextBytesMax = 8 << 20;  // of a document's plain text

struct DocumentFormat {
  std::string_view name;
  std::string_view endings;    // "md markdown"
  std::size_t file_bytes_max;  // what a file of it may weigh
  // Errors do not name the file yet.
  Result<Document> (*read)(std::string_view bytes);
};

std::span<const DocumentFormat> document_formats();
// Errors: kInvalidArgument naming the file and the endings there are.
Result<const DocumentFormat*> format_of(const std::string& file);
// A document without a title of its own is called by the file's name, without folders and ending.
Result<Document> read_document(const std::string& file, std::string_view bytes);

// The rows' functions, for tests and fuzzers.
Result<Document> read_plain_text(std::string_view bytes);
Result<Document> read_markdown(std::string_view bytes);
Result<Document> read_html(std::string_view bytes);
Result<Document> read_docx(std::string_view bytes);
Result<Document> read_pdf(std::string_view bytes);
// The lines of a plain text, added to what is written.
void write_plain_text(DocumentWriter& writer, std::string_view text);

}  // namespace yupu::products
