// Pages embedded in the binary: the demo page, its scripts, the widget.
// Every answer carries a strict Content-Security-Policy (scripts and styles of this server only), an ETag, and a cache
// rule: files under /assets/ are named by their content and never change, all else is asked for again each time.
// /widget.js is for pages of other origins too.
#pragma once

#include <span>
#include <string_view>

#include "http/router.h"

namespace yupu::serving {

struct Asset {
  std::string_view path;          // "/", "/assets/index-3f2a.js"
  std::string_view content_type;  // "text/html; charset=utf-8"
  std::string_view bytes;
  std::string_view framed_by = "'none'";  // whose pages may show it in a frame: sources of frame-ancestors
};

// REQUIRES: what `assets` points to lives as long as the router.
void add_assets(http::Router& router, std::span<const Asset> assets);

}  // namespace yupu::serving
