#include "web/assets.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/hash.h"

namespace yupu::web {
namespace {

TEST(Assets, AreSortedUniqueAndTrueToTheirHash) {
  std::string_view previous;
  for (const Asset& asset : assets()) {
    EXPECT_LT(previous, asset.path);
    EXPECT_EQ(sha256_hex(asset.bytes), asset.sha256) << asset.path;
    EXPECT_FALSE(asset.content_type.empty()) << asset.path;
    EXPECT_EQ(find_asset(asset.path), &asset);
    previous = asset.path;
  }
  EXPECT_EQ(find_asset("/no/such/page"), nullptr);
  EXPECT_EQ(find_asset(""), nullptr);
}

// Pages are served under `default-src 'self'`: anything inline would be dead in the browser.
TEST(Assets, ThePagesHaveNothingInlineAndNothingForeign) {
  if (assets().empty()) GTEST_SKIP() << "needs a build with YUPU_WEB=ON";
  const std::pair<const char*, const char*> pages[] = {{"/", " src=\"/assets/"},
                                                       {"/console", " src=\"/assets/"},
                                                       {"/monitor", " src=\"/assets/"},
                                                       {"/recommend", " src=\"/assets/"},
                                                       {"/chat.html", " src=\"/widget.js\""}};
  for (const auto& [path, script] : pages) {
    const Asset* page = find_asset(path);
    ASSERT_NE(page, nullptr) << path;
    const std::string html(page->bytes);
    EXPECT_EQ(html.find("<style"), std::string::npos) << path;
    EXPECT_EQ(html.find(" style="), std::string::npos) << path;
    EXPECT_EQ(html.find("://"), std::string::npos) << path;
    EXPECT_EQ(html.find(" onclick"), std::string::npos) << path;
    ASSERT_NE(html.find("<script"), std::string::npos) << path;
    for (std::size_t at = html.find("<script"); at != std::string::npos; at = html.find("<script", at + 1)) {
      EXPECT_NE(html.substr(at, html.find('>', at) - at).find(script), std::string::npos) << path;
    }
  }
  EXPECT_NE(find_asset("/widget.js"), nullptr);
  EXPECT_NE(find_asset("/recommend.js"), nullptr);
}

}  // namespace
}  // namespace yupu::web
