// The elements of HTML, within bounds: outside bytes may nest as deep and repeat as much as they like.
#pragma once

#include <functional>
#include <string_view>

#include <gumbo.h>

#include "base/status.h"

namespace yupu::products {

// Calls `use` with the root element, which lives until it returns.  REQUIRES: valid UTF-8 below 4 GiB.
// Errors  kInvalidArgument: nested too deep; kTooLarge: the tree needs too much memory.     Threads  pure.
Status with_html_tree(std::string_view html, const std::function<void(const GumboNode& root)>& use);

}  // namespace yupu::products
