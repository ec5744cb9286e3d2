#include "http/url.h"

#include <gtest/gtest.h>

namespace yupu::http {
namespace {

std::string written(std::string_view text) {
  const auto url = parse_url(text);
  if (!url.ok()) return url.status().field();
  return url->scheme + "|" + url->authority() + "|" + url->target();
}

TEST(Url, WrittenOneWay) {
  EXPECT_EQ(written("HTTP://News.Example.COM:80"), "http|news.example.com|/");
  EXPECT_EQ(written(" https://a.example./x/./y/../z?q=1#top\n"), "https|a.example|/x/z?q=1");
  EXPECT_EQ(written("https://a:8443/%7euser/%e4%bd%a0?a=%2f"), "https|a:8443|/~user/%E4%BD%A0?a=%2F");
  EXPECT_EQ(written("http://a/新 闻?k={1}"), "http|a|/%E6%96%B0%20%E9%97%BB?k=%7B1%7D");
  EXPECT_EQ(written("http://a/100%"), "http|a|/100%25");
  EXPECT_EQ(written("http://a/b/../../.."), "http|a|/");
  EXPECT_EQ(written("http://a/b/."), "http|a|/b/");
  EXPECT_EQ(written("http://a?x=1"), "http|a|/?x=1");
  EXPECT_EQ(written("http://[::1]:8080/x"), "http|[::1]:8080|/x");
  EXPECT_EQ(written("http://a:/x"), "http|a|/x");
}

TEST(Url, RefusedByField) {
  for (const char* bad : {"", "  ", "ftp://a/x", "a.example/x", "http:///x", "http://", "https://u:p@a/", "http://a:0/",
                          "http://a:65536/", "http://a:8x/", "http://[::1/x", "http://[::1]x/", "http://a b/",
                          "http://a/\x01", "javascript:alert(1)", "http://./"})
    EXPECT_EQ(written(bad), "url") << bad;
  EXPECT_EQ(written("http://a/" + std::string(5000, 'x')), "url");
}

}  // namespace
}  // namespace yupu::http
