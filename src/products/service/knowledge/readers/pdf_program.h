/* What the program `yupu-pdf-text` and its caller agree on.  It is a program of its own, so that poppler, which is
 * under the GPL, is linked with nothing else, and so that a PDF that breaks it breaks a process that holds nothing.
 *
 *   stdin   the PDF: a file that can be read from its beginning, at most kPdfFileBytesMax
 *   stdout  the title, a line end, then the text of each page and a form feed; the text has no other form feed
 *   exit    one of PdfExit.  stderr: not read
 */
#pragma once

#include <cstddef>

namespace yupu::products {

inline constexpr std::size_t kPdfFileBytesMax = 64 << 20;
inline constexpr std::size_t kPdfTextBytesMax = 16 << 20;  // as written; kTextBytesMax holds for what is kept of it
inline constexpr int kPdfPagesMax = 5'000;
inline constexpr int kPdfMemoryMib = 1'024;  // of the program's address space
inline constexpr int kPdfCpuSeconds = 30;

enum PdfExit : int {
  kPdfRead = 0,
  kPdfDamaged = 10,       // no PDF, or one that poppler finds no pages in
  kPdfLocked = 11,        // it opens with a password only
  kPdfTooManyPages = 12,  // more than kPdfPagesMax
  kPdfTextTooLong = 13,   // more than kPdfTextBytesMax
  kPdfNoMemory = 14,
  kPdfNotConfined = 15,  // the system refused one of the limits: nothing was read
};

}  // namespace yupu::products
