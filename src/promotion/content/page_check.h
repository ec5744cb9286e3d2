// The rule "no number without a record", checked on the finished page and not on good intentions:
//   1. a digit in the page's text stands inside an element with data-fact;
//   2. what such an element says is what the record says, written in its data-format;
//   3. title, alt, aria-label and content attributes, which people read too, hold no digits at all (the viewport's
//      content is the one exception).
// Styles, and the drawing attributes of SVG, are not text. ASCII and full-width digits count as digits.
// Errors: kInvalidArgument, with the number and the words around it.
#pragma once

#include <string_view>

#include "base/status.h"
#include "promotion/content/facts.h"

namespace yupu::promotion {

Status check_page(std::string_view html, const Facts& facts);

}  // namespace yupu::promotion
