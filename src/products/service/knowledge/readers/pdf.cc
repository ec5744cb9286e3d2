#include "products/service/knowledge/readers/pdf.h"

#include <csignal>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "products/service/knowledge/readers/child.h"
#include "products/service/knowledge/readers/pdf_program.h"
#include "products/service/knowledge/readers/readers.h"
#include "text/bm25/bm25.h"
#include "text/unicode.h"

namespace yupu::products {
namespace {

constexpr const char* kProgram = "yupu-pdf-text";

Status too_large(std::string message) { return {Code::kTooLarge, std::move(message), "file"}; }

Status exit_error(int code) {
  switch (code) {
    case kPdfLocked:
      return invalid_argument("the PDF opens with a password only; save it without one", "file");
    case kPdfTooManyPages:
      return too_large(fmt::format("the PDF has more than {} pages: split it", kPdfPagesMax));
    case kPdfTextTooLong:
      return too_large(fmt::format("the PDF has more than {} bytes of text: split it", kTextBytesMax));
    case kPdfNoMemory:
      return too_large(fmt::format("the PDF needs more than {} MiB to be read", kPdfMemoryMib));
    case kPdfNotConfined:
      return unavailable(fmt::format("{}: the system refuses the limits it reads a PDF under", kProgram));
    case kPdfDamaged:
      return invalid_argument("not a PDF, or a damaged one", "file");
    default:
      return unavailable(
          fmt::format("{} ended with status {}: it belongs to another version of yupu, or cannot load its "
                      "libraries",
                      kProgram, code));
  }
}

Status end_error(const ChildEnd& end, std::chrono::milliseconds time) {
  switch (end.how) {
    case ChildEnd::How::kExited:
      return exit_error(end.number);
    case ChildEnd::How::kOutOfTime:
      return too_large(fmt::format("the PDF was not read within {} s", time.count() / 1000));
    case ChildEnd::How::kSaidTooMuch:
      return exit_error(kPdfTextTooLong);
    case ChildEnd::How::kSignalled:
      break;
  }
  if (end.number == SIGXCPU || end.number == SIGKILL)
    return too_large(fmt::format("the PDF takes more than {} s to read", kPdfCpuSeconds));
  if (end.number == SIGABRT)  // how poppler's allocator gives up
    return too_large(fmt::format("the PDF is damaged, or needs more than {} MiB to be read", kPdfMemoryMib));
  return invalid_argument(fmt::format("a damaged or hostile PDF: what read it was ended by signal {} ({})", end.number,
                                      ::strsignal(end.number)),
                          "file");
}

}  // namespace

Result<std::string> find_pdf_program() {
  std::error_code error;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const auto& path : {here / kProgram, here / "../lib/yupu" / kProgram}) {
    if (std::filesystem::exists(path, error)) return path.string();
  }
  return unavailable(
      fmt::format("PDF is not read: {} is neither in {} nor in its ../lib/yupu, this yupu was built without poppler "
                  "(libpoppler-cpp-dev); turn the file into text first (`pdftotext FILE.pdf FILE.txt`)",
                  kProgram, here.string()));
}

Result<Document> read_pdf_by(const std::string& program, std::string_view bytes, std::chrono::milliseconds time) {
  // Readers of PDF look for the mark in the first 1024 bytes; what has none there need not be handed to anybody.
  if (bytes.substr(0, 1024).find("%PDF-") == std::string_view::npos) return exit_error(kPdfDamaged);
  YUPU_ASSIGN_OR_RETURN(const ChildEnd end,
                        run_child(program, bytes, {.time = time, .output_bytes_max = kPdfTextBytesMax + (1 << 20)}));
  if (end.how != ChildEnd::How::kExited || end.number != kPdfRead) return end_error(end, time);
  return read_pdf_pages(end.output);
}

Result<Document> read_pdf(std::string_view bytes) {
  YUPU_ASSIGN_OR_RETURN(const std::string program, find_pdf_program());
  return read_pdf_by(program, bytes);
}

Result<Document> read_pdf_pages(std::string_view output) {
  // Its text comes out of a file that somebody made, and perhaps out of a process that it took over.
  const std::string valid = text::replace_invalid_utf8(output).text;
  std::string_view rest = valid;
  const std::size_t title_end = rest.find('\n');
  if (title_end == std::string_view::npos || !rest.ends_with('\f')) return exit_error(kPdfDamaged);
  const std::string_view title = rest.substr(0, title_end);
  rest.remove_prefix(title_end + 1);
  DocumentWriter writer;
  std::int64_t page = 0;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\f');
    writer.begin_page(++page);
    write_plain_text(writer, rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  Document document = writer.finish(title);
  if (text::bm25_terms(document.text).empty()) {
    return invalid_argument(
        fmt::format(
            "the PDF has no text on its {} pages: pictures of pages, it seems; have their text recognised (OCR) "
            "first",
            page),
        "file");
  }
  return document;
}

}  // namespace yupu::products
