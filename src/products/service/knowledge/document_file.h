// A document as a file on the disk: read, cut into passages, dated by when the file was last changed.
#pragma once

#include <string>

#include "base/status.h"
#include "products/service/knowledge/library.h"

namespace yupu::products {

// `source`: the document's name.  Errors: those of read_new_document and check_source; kNotFound, kTooLarge naming the
// file.
Result<NewDocument> read_document_file(const std::string& path, const std::string& source,
                                       const PassageOptions& options = {});

}  // namespace yupu::products
