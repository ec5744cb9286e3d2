// PDF by `yupu-pdf-text` (pdf_program.h), a confined process beside this one: what breaks it, stops it or fills its
// memory ends that process, and is an error here.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/status.h"
#include "products/service/knowledge/document.h"

namespace yupu::products {

// Beside this program or in its ../lib/yupu.  Errors: kUnavailable: it is in neither (built without poppler).
Result<std::string> find_pdf_program();

// Errors  kInvalidArgument: no PDF, damaged, locked by a password, pages without text;  kTooLarge: pages, text, time or
// memory
//         above the limits;  kUnavailable: the program cannot be started or confined.
Result<Document> read_pdf_by(const std::string& program, std::string_view bytes,
                             std::chrono::milliseconds time = std::chrono::seconds(60));

// What the program writes, as a document: blocks as in plain text, each with its page.  Errors: kInvalidArgument: no
// page has a word, or it is not what the program writes.
Result<Document> read_pdf_pages(std::string_view output);

}  // namespace yupu::products
