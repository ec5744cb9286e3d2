// Hand-made feeds, whole and broken.
#include "data/acquire/feeds/feed.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/utc.h"

namespace yupu::data {
namespace {

const std::int64_t kNow = *parse_utc("2026-11-27T12:00:00Z");

Result<Feed> read(FeedKind kind, const std::string& text, const FeedOptions& options = {}) {
  return read_feed(kind, text, http::parse_url("https://news.example/feeds/all").value(), kNow, options);
}
std::string why(const Result<Feed>& feed) { return feed.ok() ? "" : feed.status().field(); }

TEST(Feed, Rss) {
  const Feed feed = read(FeedKind::kXml, R"(
<?xml version="1.0" encoding="gb2312"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>All &amp; more</title>
<item><title>Green &lt;b&gt;Hill&lt;/b&gt; opens</title><link> ../a?id=1 </link><guid isPermaLink="false">n1</guid>
<description>short</description><content:encoded><![CDATA[<p>Long<br>text&nbsp;here</p>]]></content:encoded>
<pubDate>Fri, 27 Nov 2026 16:30:00 +0800</pubDate><source url="x">Tea News</source></item>
<item><guid>https://news.example/b</guid><title>By its guid</title></item>
<item><pubDate>Fri, 27 Nov 2026 16:30:00 +0800</pubDate></item>
</channel></rss>)")
                        .value();
  EXPECT_EQ(feed.title, "All & more");
  ASSERT_EQ(feed.entries.size(), 2U);
  const FeedEntry& entry = feed.entries[0];
  EXPECT_EQ(entry.id, "n1");
  EXPECT_EQ(entry.url, "https://news.example/a?id=1");
  EXPECT_EQ(entry.title, "Green Hill opens");
  EXPECT_EQ(entry.text, "Long text here");
  EXPECT_EQ(entry.publisher, "Tea News");
  EXPECT_EQ(entry.published_ns, parse_utc("2026-11-27T08:30:00Z"));
  EXPECT_EQ(feed.entries[1].url, "https://news.example/b");
  EXPECT_FALSE(feed.entries[1].published_ns);
  EXPECT_EQ(feed.empty_entries, 1);
}

TEST(Feed, RdfAndAtom) {
  const Feed rdf = read(FeedKind::kXml,
                        "<rdf:RDF xmlns:rdf='r' xmlns:dc='d'><channel><title>Old</title></channel>"
                        "<item><title>One</title><link>http://a/1</link><dc:date>2026-11-27T08:30:00Z</dc:date></item>"
                        "</rdf:RDF>")
                       .value();
  EXPECT_EQ(rdf.title, "Old");
  ASSERT_EQ(rdf.entries.size(), 1U);
  EXPECT_EQ(rdf.entries[0].published_ns, parse_utc("2026-11-27T08:30:00Z"));
  const Feed atom = read(FeedKind::kXml,
                         "<feed xmlns='http://www.w3.org/2005/Atom'><title>Atoms</title><entry><id>tag:1</id>"
                         "<title type='html'>A &amp;amp; B</title><link rel='self' href='/self'/><link href='/b'/>"
                         "<content type='xhtml'><div>words <b>in</b> elements</div></content>"
                         "<updated>2026-11-27T09:00:00Z</updated><published>2026-11-27T08:30:00Z</published>"
                         "<source><title>Elsewhere</title></source></entry></feed>")
                        .value();
  EXPECT_EQ(atom.title, "Atoms");
  ASSERT_EQ(atom.entries.size(), 1U);
  EXPECT_EQ(atom.entries[0].id, "tag:1");
  EXPECT_EQ(atom.entries[0].title, "A & B");
  EXPECT_EQ(atom.entries[0].url, "https://news.example/b");
  EXPECT_EQ(atom.entries[0].text, "words in elements");
  EXPECT_EQ(atom.entries[0].publisher, "Elsewhere");
  EXPECT_EQ(atom.entries[0].published_ns, parse_utc("2026-11-27T08:30:00Z"));
}

TEST(Feed, DatesThatCannotBeBelievedAreCounted) {
  const auto item = [](const std::string& date) {
    return "<item><title>t</title><pubDate>" + date + "</pubDate></item>";
  };
  const Feed feed = read(FeedKind::kXml,
                         "<rss><channel>" + item("Thu, 01 Jan 1970 00:00:00 GMT") + item("2027-01-01T00:00:00Z") +
                             item("soon") + item("2026-11-27 18:00:00") + "</channel></rss>",
                         {.utc_offset_minutes = 480})
                        .value();
  EXPECT_EQ(feed.repairs, (std::map<std::string, std::int64_t, std::less<>>{
                              {"future", 1}, {"no_zone", 1}, {"past", 1}, {"unreadable", 1}}));
  EXPECT_EQ(feed.entries[3].published_ns, parse_utc("2026-11-27T10:00:00Z"));
}

TEST(Feed, Json) {
  const Feed feed = read(FeedKind::kJson, R"({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
    {"id": "1", "url": "/j", "title": "T", "content_html": "<p>x</p>", "date_published": "2026-11-27T08:30:00Z"},
    {"id": 2, "content_text": "only words"}, 7, {}]})")
                        .value();
  ASSERT_EQ(feed.entries.size(), 2U);
  EXPECT_EQ(feed.entries[0].url, "https://news.example/j");
  EXPECT_EQ(feed.entries[0].text, "x");
  EXPECT_EQ(feed.entries[1].id, "2");
  EXPECT_EQ(feed.empty_entries, 2);
}

TEST(Feed, SitemapsAndTheirIndexes) {
  const Feed map = read(FeedKind::kSitemap,
                        "<urlset xmlns:news='n'><url><loc>https://news.example/1</loc><lastmod>2026-11-26</lastmod>"
                        "<news:news><news:publication><news:name>N</news:name></news:publication>"
                        "<news:title>T</news:title><news:publication_date>2026-11-27T08:30:00Z</news:publication_date>"
                        "</news:news></url><url><loc>https://news.example/2</loc></url></urlset>")
                       .value();
  ASSERT_EQ(map.entries.size(), 2U);
  EXPECT_EQ(map.entries[0].title, "T");
  EXPECT_EQ(map.entries[0].publisher, "N");
  EXPECT_EQ(map.entries[0].changed, "2026-11-26");
  const Feed index = read(FeedKind::kSitemap,
                          "<sitemapindex><sitemap><loc>/m1.xml</loc></sitemap><sitemap><loc>file:///x</loc></sitemap>"
                          "</sitemapindex>")
                         .value();
  EXPECT_EQ(index.maps, std::vector<std::string>{"https://news.example/m1.xml"});
}

TEST(Feed, ListsOfLinks) {
  const std::string page =
      "<a href='/n/1'>A title that is long enough</a><a href='/n/2'>Next</a><a href='/x'>Another long enough title</a>"
      "<a href='https://else.example/n/3'>Elsewhere is somebody else</a>";
  const Feed feed = read(FeedKind::kList, page, {.link_part = "/n/"}).value();
  ASSERT_EQ(feed.entries.size(), 1U);
  EXPECT_EQ(feed.entries[0].url, "https://news.example/n/1");
  EXPECT_EQ(feed.entries[0].title, "A title that is long enough");
  EXPECT_EQ(read(FeedKind::kList, page).value().entries.size(), 2U);
}

TEST(Feed, WhatIsNoneSaysWhy) {
  EXPECT_EQ(why(read(FeedKind::kXml, "")), "xml");
  EXPECT_EQ(why(read(FeedKind::kXml, "<rss><channel><item></rss>")), "xml");
  EXPECT_EQ(why(read(FeedKind::kXml, "<html><body>moved</body></html>")), "feed");
  EXPECT_EQ(why(read(FeedKind::kSitemap, "<rss/>")), "feed");
  EXPECT_EQ(why(read(FeedKind::kJson, "{")), "json");
  EXPECT_EQ(why(read(FeedKind::kJson, "[]")), "feed");
  EXPECT_EQ(why(read(FeedKind::kJson, R"({"version": "https://jsonfeed.org/version/1"})")), "feed");
}

TEST(Feed, ABillionLaughsAreNone) {
  const Feed feed = read(FeedKind::kXml,
                         "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><rss><channel><item><title>&b; x</title>"
                         "</item></channel></rss>")
                        .value();
  ASSERT_EQ(feed.entries.size(), 1U);
  EXPECT_EQ(feed.entries[0].title.find("ha"), std::string::npos);
}

TEST(Feed, DeepAndManyAreBounded) {
  std::string deep = "<rss><channel><item><title>t</title><description>";
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  for (int i = 0; i < 100'000; ++i) deep += "</a>";
  deep += "</description></item></channel></rss>";
  EXPECT_EQ(read(FeedKind::kXml, deep).value().entries.size(), 1U);
  std::string many = "<rss><channel>";
  for (int i = 0; i < 12; ++i) many += "<item><title>t</title></item>";
  const Feed feed = read(FeedKind::kXml, many + "</channel></rss>", {.entries_max = 10}).value();
  EXPECT_EQ(feed.entries.size(), 10U);
  EXPECT_EQ(feed.more_entries, 2);
}

}  // namespace
}  // namespace yupu::data
