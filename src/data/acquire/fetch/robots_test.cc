// The examples of RFC 9309 (2.2.1 to 2.2.3, 5.1, 5.2), and what stands in files that no RFC has seen.
#include "data/acquire/fetch/robots.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace yupu::data {
namespace {

struct Case {
  std::string rules;
  std::string target;
  bool allowed;
};

TEST(Robots, TheLongestRuleDecides) {
  const std::vector<Case> cases = {
      {"", "/a", true},
      {"Disallow:", "/a", true},
      {"Disallow: /", "/a", false},
      {"Disallow: /", "/robots.txt", true},
      {"Disallow: /a", "/a", false},
      {"Disallow: /a", "/ab", false},
      {"Disallow: /a", "/A", true},
      {"Disallow: /a/", "/a", true},
      {"Disallow: a", "/a", true},
      {"Allow: /p\nDisallow: /", "/page", true},
      {"Allow: /p\nDisallow: /", "/q", false},
      {"Allow: /folder\nDisallow: /folder", "/folder/page", true},
      {"Disallow: /folder\nAllow: /folder", "/folder/page", true},
      {"Allow: /example/page/\nDisallow: /example/page/disallowed.gif", "/example/page/disallowed.gif", false},
      {"Allow: /example/page/\nDisallow: /example/page/disallowed.gif", "/example/page/", true},
      {"Allow: /page\nDisallow: /*.htm", "/page.htm", false},
      {"Allow: /page\nDisallow: /*.ph", "/page.php5", true},  // of one length: the allowing one (2.2.2)
      {"Allow: /$\nDisallow: /", "/", true},
      {"Allow: /$\nDisallow: /", "/page.htm", false},
      {"Disallow: /*.gif$", "/a/b.gif", false},
      {"Disallow: /*.gif$", "/a/b.gif?x", true},
      {"Disallow: /*.gif$", "/a.gif/b.gif", false},
      {"Disallow: /this/*/exactly", "/this/path/exactly", false},
      {"Disallow: /this/*/exactly", "/this/exactly", true},
      {"Disallow: *", "/anything", false},
      {"Disallow: /*", "/anything", false},
      {"Disallow: /a*b*c", "/a1b2c3", false},
      {"Disallow: /a*b*c", "/acb", true},
      {"Disallow: /a*a$", "/a", true},
      {"Disallow: /a*a$", "/aa", false},
      {"Disallow: /*?", "/search?q=1", false},
      {"Disallow: /*?", "/search", true},
      {"Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", false},
      {"Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-b.html", true},
      {"Disallow: /path/foo-%24", "/path/foo-$", false},
      {"Disallow: /foo/bar/\xe3\x83\x84", "/foo/bar/%E3%83%84", false},
      {"Disallow: /foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", false},
      {"Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", false},
      {"Disallow: /a # Allow: /a", "/a", false},
      {"disallow : /a", "/a", false},
      {"Dissallow: /a", "/a", true},
      {"Disallow /a", "/a", true},
  };
  ASSERT_GE(cases.size(), 40U);
  for (const Case& item : cases) {
    const Robots robots = Robots::parse("User-agent: *\n" + item.rules + "\n", "yupu");
    EXPECT_EQ(robots.allows(item.target), item.allowed) << item.rules << " at " << item.target;
  }
}

TEST(Robots, TheGroupOfOurNameDecides) {
  const std::string file =
      "Disallow: /before-any-group\r\n"
      "User-Agent: *\r\nDisallow: *.gif$\r\nDisallow: /example/\r\nAllow: /publications/\r\n\r\n"
      "User-Agent: foobot\r\nDisallow: /\r\nAllow: /example/page.html\r\nAllow: /example/allowed.gif\r\n\r\n"
      "User-Agent: barbot\rUser-Agent: bazbot\rSitemap: https://a/map.xml\rDisallow: /example/page.html\r\r"
      "User-Agent: quxbot\n\nEOF";
  const auto allows = [&](std::string_view product, std::string_view target) {
    return Robots::parse(file, product).allows(target);
  };
  EXPECT_TRUE(allows("yupu", "/before-any-group"));
  EXPECT_FALSE(allows("yupu", "/a.gif"));
  EXPECT_FALSE(allows("yupu", "/example/page.html"));
  EXPECT_TRUE(allows("foobot", "/example/page.html"));
  EXPECT_FALSE(allows("FooBot", "/other"));
  EXPECT_FALSE(allows("barbot", "/example/page.html"));
  EXPECT_FALSE(allows("bazbot", "/example/page.html"));
  EXPECT_TRUE(allows("bazbot", "/a.gif"));
  EXPECT_TRUE(allows("quxbot", "/example/"));  // a group without rules
  EXPECT_EQ(Robots::parse(file, "x").sitemaps(), std::vector<std::string>{"https://a/map.xml"});
}

TEST(Robots, GroupsOfOneNameAreOne) {
  const Robots robots = Robots::parse(
      "user-agent: ExampleBot\ndisallow: /foo\ndisallow: /bar\n\nuser-agent: OtherBot\ndisallow: /\n\n"
      "user-agent: examplebot/2.0\ndisallow: /baz\n",
      "examplebot");
  for (const char* target : {"/foo", "/bar", "/baz"}) EXPECT_FALSE(robots.allows(target)) << target;
  EXPECT_TRUE(robots.allows("/qux"));
}

TEST(Robots, ADelayThatIsNoneIsNotSaid) {
  const auto delay = [](const std::string& value) {
    return Robots::parse("User-agent: *\nCrawl-delay: " + value + "\n", "yupu").crawl_delay_ns();
  };
  EXPECT_EQ(delay("2"), 2'000'000'000);
  EXPECT_EQ(delay("0.5"), 500'000'000);
  EXPECT_EQ(delay("0"), 0);
  for (const char* value : {"-1", "abc", "", "nan", "inf", "1e300", "2 s"}) EXPECT_FALSE(delay(value)) << value;
}

TEST(Robots, WhatIsNoRobotsFileAllowsEverything) {
  EXPECT_TRUE(Robots::parse("<!doctype html><style>a:b{}</style><p>User-agent is not found", "yupu").allows("/a"));
  EXPECT_FALSE(Robots::parse("\xef\xbb\xbfUser-agent: *\nDisallow: /", "yupu").allows("/a"));
  EXPECT_FALSE(Robots::allowing_nothing().allows("/a"));
  EXPECT_TRUE(Robots::allowing_all().allows("/a"));
  std::string large = "User-agent: *\n" + std::string(kRobotsBytesMax, ' ') + "\nDisallow: /\n";
  EXPECT_TRUE(Robots::parse(large, "yupu").allows("/a"));
}

TEST(Robots, OurTokenIsTheNameWithoutItsVersion) {
  EXPECT_EQ(product_token("yupu/0.1 (+https://example.org)"), "yupu");
  EXPECT_EQ(product_token("Some_Bot-x 2"), "Some_Bot-x");
  EXPECT_EQ(product_token("/x"), "");
}

}  // namespace
}  // namespace yupu::data
