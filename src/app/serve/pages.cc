#include "app/serve/pages.h"

#include <string_view>
#include <utility>

#include "base/file.h"
#include "web/assets.h"

namespace yupu::app {
namespace {

constexpr std::string_view kChatFile = "/chat.html";

}  // namespace

ChatPage chat_page_of(const serving::PublicBot& bot) {
  ChatPage chat{.path = "/chat/" + bot.name, .framed_by = "'self'"};
  for (const std::string& origin : bot.origins) chat.framed_by += " " + origin;
  return chat;
}

std::vector<serving::Asset> web_pages(const ChatPage& chat) {
  std::vector<serving::Asset> pages;
  for (const web::Asset& asset : web::assets()) {
    const bool is_chat = asset.path == kChatFile;
    if (is_chat && chat.path.empty()) continue;
    pages.push_back({.path = asset.path, .content_type = asset.content_type, .bytes = asset.bytes});
    if (is_chat) {
      pages.back().path = chat.path;
      pages.back().framed_by = chat.framed_by;
    }
  }
  return pages;
}

// The report's one <style> needs a policy of its own.
void add_report(http::Router& router, const std::string& workdir) {
  const auto page = [workdir](const std::string& lang) {
    return [path = workdir + "/site/report." + lang + ".html"](const http::Request&) {
      auto html = read_file(path, 16 << 20);
      if (!html.ok())
        return http::text_response(404, "text/plain; charset=utf-8",
                                   "There is no report yet: run the strategy's promote stage.\n");
      auto response = http::text_response(200, "text/html; charset=utf-8", std::move(html).value());
      response.headers.add(
          "content-security-policy",
          "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'");
      response.headers.add("x-content-type-options", "nosniff");
      return response;
    };
  };
  router.add({.method = "GET", .pattern = "/report", .scope = {}, .summary = "Technical report, Chinese"}, page("zh"));
  router.add({.method = "GET", .pattern = "/report/zh", .scope = {}, .summary = "Technical report, Chinese"},
             page("zh"));
  router.add({.method = "GET", .pattern = "/report/en", .scope = {}, .summary = "Technical report, English"},
             page("en"));
}

}  // namespace yupu::app
