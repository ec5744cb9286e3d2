// A page in HTML: what it says without what stands around it, where it leads, and what it says of itself.
//
// Main text: blocks (paragraphs, headings, rows) are weighed by their length; one of at least kBlockBytesMin whose
// words are mostly no links gives its weight to what it stands in, half of it to the element around that, a quarter to
// the next. The heaviest element is the text; blocks in it that are mostly links are left out. Where no block is as
// long, all blocks are the text. Menus, footers, forms' buttons, scripts and styles are never read. Threads: pure
// functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "http/url.h"

namespace yupu::data {

inline constexpr std::size_t kBlockBytesMin = 60;  // ten English words, twenty Chinese characters
inline constexpr std::size_t kLinksMax = 5000;

struct PageLink {
  http::Url url;
  std::string words;
};
struct Page {
  std::string title;
  std::string text;       // blocks, a line each
  std::string publisher;  // og:site_name; may be empty
  std::string published;  // as it is written in the page's head or its first <time>; may be empty
  bool may_index = true;  // <meta name="robots"> without "noindex"
  bool may_follow = true;
  std::vector<PageLink> links;  // http and https, in the order of the page, each address once; none of rel="nofollow"
};

// REQUIRES: valid UTF-8.  Errors: those of text/html/html_tree.h.
Result<Page> read_page(std::string_view html, const http::Url& url);

// What a piece of HTML says, on one line: titles and descriptions of feeds.  REQUIRES and errors: as read_page.
Result<std::string> words_of_html(std::string_view html);

}  // namespace yupu::data
