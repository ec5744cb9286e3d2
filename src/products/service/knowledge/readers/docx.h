// The XML parts of a .docx (ECMA-376, WordprocessingML) as a document, apart from the zip they come in.
#pragma once

#include <string_view>

#include "base/status.h"
#include "products/service/knowledge/document.h"

namespace yupu::products {

struct DocxParts {
  std::string_view document;    // word/document.xml
  std::string_view styles;      // word/styles.xml; empty: there is none
  std::string_view properties;  // docProps/core.xml; empty: there is none
};

// Paragraphs, headings by style or outline level, rows of tables as one block; what was deleted under "track changes"
// is not read.  Errors: kInvalidArgument naming the part that is no XML.
Result<Document> read_docx_parts(const DocxParts& parts);

}  // namespace yupu::products
