// The built pages, inside the binary.  Generated from web/dist by web/embed.py; empty when YUPU_WEB is OFF.
//
// path          as asked for: "/" (the demo page), "/console", "/assets/index-....js", "/widget.js", "/favicon.svg";
// sorted, unique. The
//               chat's own page is "/chat.html", which compose.cc serves as /chat/BOT
// content_type  ready for the header, with charset where it is text
// bytes         the file; lives as long as the program
// sha256        64 lower-case hex digits of `bytes`: an ETag, and a promise (names under /assets/ carry their own hash
// and
//               may be cached for ever)
// Threads       constant data: any thread.
#pragma once

#include <span>
#include <string_view>

namespace yupu::web {

struct Asset {
  std::string_view path;
  std::string_view content_type;
  std::string_view bytes;
  std::string_view sha256;
};

std::span<const Asset> assets();

// The asset of exactly this path, or null.
const Asset* find_asset(std::string_view path);

}  // namespace yupu::web
