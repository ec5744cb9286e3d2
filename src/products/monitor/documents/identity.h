// Which document a document is: by its address, written so that the same page has one; else by what its source calls
// it; else by what it says.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu::monitor {

// "host/path?query" of http/url.h, without the scheme (http and https are one page), without parameters that only say
// where a reader came from (utm_*, fbclid, gclid, spm, ...), the others sorted.
// Errors: those of http::parse_url.
Result<std::string> canonical_url(std::string_view url);

// SHA-256 of title and text, each folded (text/phrases): the same words, whatever their case, width and white space.
std::string content_hash(std::string_view folded_title, std::string_view folded_text);

struct DocumentNames {
  std::string_view source;
  std::string_view url;   // empty: none
  std::string_view guid;  // what the source calls it; empty: nothing
  std::string_view content;
};
// "doc_...". An address without path and query is a site's front page, which feeds with broken links give for every
// item: it is no name.  Errors: those of canonical_url.
Result<std::string> document_id(const DocumentNames& names);

}  // namespace yupu::monitor
