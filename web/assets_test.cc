#include "web/assets.h"

#include <string>

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

// The page is served under `default-src 'self'`: anything inline would be dead in the browser.
TEST(Assets, ThePageHasNothingInlineAndNothingForeign) {
  if (assets().empty()) GTEST_SKIP() << "needs a build with YUPU_WEB=ON";
  const Asset* page = find_asset("/");
  ASSERT_NE(page, nullptr);
  const std::string html(page->bytes);
  EXPECT_EQ(html.find("<style"), std::string::npos);
  EXPECT_EQ(html.find(" style="), std::string::npos);
  EXPECT_EQ(html.find("://"), std::string::npos);
  EXPECT_EQ(html.find(" onclick"), std::string::npos);
  for (std::size_t at = html.find("<script"); at != std::string::npos; at = html.find("<script", at + 1)) {
    EXPECT_NE(html.substr(at, html.find('>', at) - at).find(" src=\"/assets/"), std::string::npos);
  }
}

}  // namespace
}  // namespace yupu::web
