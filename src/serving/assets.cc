#include "serving/assets.h"

#include <string>

#include "base/hash.h"

namespace yupu::serving {
namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors ";
constexpr std::string_view kWidget = "/widget.js", kShelf = "/recommend.js";
constexpr std::size_t kEtagDigits = 20;

http::Response serve(const Asset& asset, const std::string& etag, const http::Request& request) {
  http::Response response;
  response.headers.add("etag", etag);
  response.headers.add("cache-control",
                       asset.path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.add("content-security-policy", std::string(kContentSecurityPolicy) + std::string(asset.framed_by));
  response.headers.add("referrer-policy", "no-referrer");
  response.headers.add("cross-origin-opener-policy", "same-origin");
  if (asset.path == kWidget || asset.path == kShelf) {
    response.headers.add("cross-origin-resource-policy", "cross-origin");
    response.headers.add("access-control-allow-origin", "*");  // integrity="sha256-..." of the embedding page
  }
  if (request.headers.get("if-none-match").find(etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.headers.add("content-type", asset.content_type);
  response.body = std::string(asset.bytes);
  return response;
}

}  // namespace

void add_assets(http::Router& router, std::span<const Asset> assets) {
  for (const Asset& asset : assets) {
    const std::string etag = "\"" + sha256_hex(asset.bytes).substr(0, kEtagDigits) + "\"";
    router.add({.method = "GET", .pattern = asset.path, .scope = "", .summary = "", .quick = true},
               [asset, etag](const http::Request& request) { return serve(asset, etag, request); });
  }
}

}  // namespace yupu::serving
