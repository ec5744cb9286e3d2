#include "products/monitor/documents/identity.h"

#include <gtest/gtest.h>

namespace yupu::monitor {
namespace {

std::string canonical(std::string_view url) {
  const auto result = canonical_url(url);
  return result.ok() ? *result : result.status().field();
}

std::string id(std::string_view source, std::string_view url, std::string_view guid, std::string_view content = "c") {
  return document_id({.source = source, .url = url, .guid = guid, .content = content}).value();
}

TEST(Identity, TheSamePageHasOneAddress) {
  const std::string page = "news.example/a/b?id=7&page=2";
  for (const char* url : {"https://news.example/a/b?id=7&page=2", "http://NEWS.example:80/a/./b?page=2&id=7#top",
                          "https://news.example/a/b?utm_source=x&id=7&UTM_Medium=y&page=2&fbclid=z",
                          "https://news.example/a/%62?spm=1.2&page=2&&id=7&gclid="})
    EXPECT_EQ(canonical(url), page) << url;
  EXPECT_EQ(canonical("https://news.example/a?utm_source=x"), "news.example/a");
  EXPECT_NE(canonical("https://news.example/a?id=8"), canonical("https://news.example/a?id=7"));
  EXPECT_NE(canonical("https://news.example/A"), canonical("https://news.example/a"));
  EXPECT_NE(canonical("https://news.example/a?utmost=1"), canonical("https://news.example/a"));
  EXPECT_EQ(canonical("mailto:a@b.c"), "url");
}

TEST(Identity, AddressThenNameThenContent) {
  EXPECT_EQ(id("s1", "https://a.example/x", "g1"), id("s2", "http://a.example/x?utm_id=1", "g2"));
  EXPECT_NE(id("s1", "", "g1"), id("s2", "", "g1"));  // a name is its source's own
  EXPECT_EQ(id("s1", "", "g1", "c1"), id("s1", "", "g1", "c2"));
  EXPECT_NE(id("s1", "", "", "c1"), id("s1", "", "", "c2"));
  // Every item of a broken feed links to the front page.
  EXPECT_NE(id("s1", "https://a.example/", "g1"), id("s1", "https://a.example", "g2"));
  EXPECT_EQ(id("s1", "https://a.example/?p=1", "g1"), id("s1", "https://a.example/?p=1", "g2"));
  EXPECT_FALSE(document_id({.source = "s", .url = "x", .guid = "g", .content = "c"}).ok());
}

TEST(Identity, ContentKeepsTitleAndTextApart) {
  EXPECT_NE(content_hash("a", "bc"), content_hash("ab", "c"));
  EXPECT_EQ(content_hash("a", "bc"), content_hash("a", "bc"));
}

}  // namespace
}  // namespace yupu::monitor
