#include "data/acquire/pages/page.h"

#include <string>

#include <gtest/gtest.h>

namespace yupu::data {
namespace {

const std::string kLong =
    "Green Hill opened its fourth tea house on Friday, and more people came than the street could hold.";

Page page_of(const std::string& html) {
  return read_page(html, http::parse_url("http://news.example/tea/index.html").value()).value();
}

TEST(Page, TheTextIsWhatStandsAmongLinks) {
  const Page page = page_of(
      "<title>A tea house | News</title><nav><a href=/>Home</a></nav>"
      "<div><a href=/1>One other story with a rather long title that goes on and on for a while</a></div>"
      "<div><h1>A tea house</h1><p>" +
      kLong + "</p><p>Short.</p><p><a href=/more>More of this</a></p><p>" + kLong +
      " <a href=/x>x</a></p></div><div>Comments <a href=/c>write one</a></div><footer>" + kLong + "</footer>");
  EXPECT_EQ(page.title, "A tea house | News");
  EXPECT_EQ(page.text, "A tea house\n" + kLong + "\nShort.\n" + kLong + " x");
}

TEST(Page, AShortPageIsItsText) {
  EXPECT_EQ(page_of("<p>Closed <b>today</b>.</p><script>x()</script><style>p{}</style>").text, "Closed today.");
  EXPECT_EQ(page_of("").text, "");
  EXPECT_EQ(page_of("<p>a<br>b<table><tr><td>c<td>d</table>").text, "a b\nc d");
}

TEST(Page, WhereItLeads) {
  const Page page = page_of(
      "<a href='a.html'>A <b>page</b></a><a href='/a?x=1#y' title=T><img></a><a href='a.html'>again</a>"
      "<a href='mailto:x@y'>m</a><a href='javascript:x()'>j</a><a rel='nofollow ugc' href=/n>n</a><a>none</a>"
      "<a href=' https://other.example '>o</a>");
  ASSERT_EQ(page.links.size(), 3U);
  EXPECT_EQ(page.links[0].url.text(), "http://news.example/tea/a.html");
  EXPECT_EQ(page.links[0].words, "A page");
  EXPECT_EQ(page.links[1].url.text(), "http://news.example/a?x=1");
  EXPECT_EQ(page.links[1].words, "T");
  EXPECT_EQ(page.links[2].url.text(), "https://other.example/");
  EXPECT_EQ(page_of("<base href='http://b.example/c/'><a href=d>d</a>").links[0].url.text(), "http://b.example/c/d");
}

TEST(Page, WhatItSaysOfItself) {
  const Page page = page_of(
      "<title>T | Site</title><meta property='og:title' content='T'><meta property='og:site_name' content='Site'>"
      "<meta property='article:published_time' content='2026-11-27T08:30:00+08:00'>"
      "<meta name=ROBOTS content='NoIndex, follow'><time datetime='2020-01-01'>then</time>");
  EXPECT_EQ(page.title, "T");
  EXPECT_EQ(page.publisher, "Site");
  EXPECT_EQ(page.published, "2026-11-27T08:30:00+08:00");
  EXPECT_FALSE(page.may_index);
  EXPECT_TRUE(page.may_follow);
  EXPECT_EQ(page_of("<time datetime='2020-01-01'>then</time>").published, "2020-01-01");
}

TEST(Page, WordsOfAPiece) {
  EXPECT_EQ(words_of_html("Tea &amp; <b>water</b>&nbsp;!<br>now<p>x").value(), "Tea & water ! now x");
  EXPECT_EQ(words_of_html("5 < 6").value(), "5 < 6");
}

TEST(Page, BrokenPagesAreBounded) {
  EXPECT_EQ(page_of("<p>open <b>and <i>never closed").text, "open and never closed");
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "<div>";
  EXPECT_FALSE(read_page(deep + "x", http::parse_url("http://a/").value()).ok());
}

}  // namespace
}  // namespace yupu::data
