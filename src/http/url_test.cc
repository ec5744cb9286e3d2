#include "http/url.h"

#include <string>
#include <utility>
#include <vector>

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

// Names of RFC 3492 (7.1), of the IANA's test domains, and of what people write.
TEST(Url, AHostBeyondAsciiIsWhatTheNetworkKnows) {
  const auto host = [](const std::string& name) {
    const auto url = parse_url("https://" + name + "/x");
    return url.ok() ? url->host : url.status().field();
  };
  EXPECT_EQ(host("例え.テスト"), "xn--r8jz45g.xn--zckzah");
  EXPECT_EQ(host("中国新闻.中国"), "xn--fiqs8stwm660c.xn--fiqs8s");
  EXPECT_EQ(host("bücher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("BÜCHER.Example."), "xn--bcher-kva.example");
  EXPECT_EQ(host("他们为什么不说中文"), "xn--ihqwcrb4cv8a8dqg056pqjye");
  EXPECT_EQ(host("почемужеонинеговорятпорусски"), "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l");
  EXPECT_EQ(host("ｎｅｗｓ。example"), "news.example");
  EXPECT_EQ(host("xn--bcher-kva.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("１２７.0.0.1"), "127.0.0.1") << "what it stands for is looked at as it is asked for";
  for (const char* bad : {"bu\xCC\x88"
                          "cher.example",
                          "a\xE2\x80\x8B"
                          "b.example",
                          "\xFF.example", "例..example", "ａ／b.example", "。",
                          "a\xC2\xAD"
                          "b.example"})
    EXPECT_EQ(host(bad), "url") << bad;
  std::string long_label;
  for (int i = 0; i < 40; ++i) long_label += "语铺";
  EXPECT_EQ(host(long_label + ".example"), "url");
}

TEST(Url, RefusedByField) {
  for (const char* bad : {"", "  ", "ftp://a/x", "a.example/x", "http:///x", "http://", "https://u:p@a/", "http://a:0/",
                          "http://a:65536/", "http://a:8x/", "http://[::1/x", "http://[::1]x/", "http://a b/",
                          "http://a/\x01", "javascript:alert(1)", "http://./"})
    EXPECT_EQ(written(bad), "url") << bad;
  EXPECT_EQ(written("http://a/" + std::string(5000, 'x')), "url");
}

TEST(Url, AReferenceMeansWhatItMeansOnItsPage) {
  // RFC 3986, section 5.4, those that http has.
  const Url base = parse_url("http://a/b/c/d;p?q").value();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"g", "http://a/b/c/g"},     {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},   {"/g", "http://a/g"},
      {"//g", "http://g/"},        {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"}, {"#s", "http://a/b/c/d;p?q"},
      {"", "http://a/b/c/d;p?q"},  {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},    {"../../../g", "http://a/g"},
      {" g#s ", "http://a/b/c/g"}, {"https://h:8443/x", "https://h:8443/x"}};
  for (const auto& [reference, wanted] : cases) {
    const auto found = resolve_url(base, reference);
    ASSERT_TRUE(found.ok()) << reference << ": " << found.status().to_string();
    EXPECT_EQ(found->text(), wanted) << reference;
  }
  for (const char* reference : {"mailto:a@b", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"})
    EXPECT_FALSE(resolve_url(base, reference).ok()) << reference;
}

}  // namespace
}  // namespace yupu::http
