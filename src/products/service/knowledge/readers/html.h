// HTML inside another format: blocks of it in Markdown.
#pragma once

#include <string_view>

#include "base/status.h"
#include "products/service/knowledge/document.h"

namespace yupu::products {

// Adds what `html` says to the document.  REQUIRES: valid UTF-8.  Errors: kInvalidArgument: nested too deep; kTooLarge:
// its tags need too much memory.
Status append_html(std::string_view html, DocumentWriter& writer);

}  // namespace yupu::products
