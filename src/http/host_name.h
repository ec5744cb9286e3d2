// A host's name as the network knows it: letters beyond ASCII become "xn--..." (RFC 5891), each label by Punycode
// (RFC 3492).
// Of the mapping of UTS 46 what addresses are written with: full-width forms become ASCII, ideographic full stops are
// dots, capitals of Latin-1, Greek and Cyrillic become small. Labels in other capitals or with combining marks are not
// mapped but refused or sought as they are; whoever has one writes it in Punycode.
// Threads: pure function.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu::http {

// Lower case, without a dot at its end.
// Errors: kInvalidArgument, field "url": no UTF-8, a combining mark or a character that is none of a name, a label of
// more than 63 bytes, an empty one, more than 253 bytes.
Result<std::string> ascii_host(std::string_view host);

}  // namespace yupu::http
