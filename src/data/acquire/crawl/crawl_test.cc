// A site of the test's own on loopback.
#include "data/acquire/crawl/crawl.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/testing.h"
#include "http/server.h"

namespace yupu::data {
namespace {

class CrawlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kError);
    http::Router router;
    const http::RouteInfo any_page{.method = "GET", .pattern = "/{page}", .scope = "", .summary = ""};
    router.add(any_page, [this](const http::Request& request) {
      const std::string page = request.params.at("page");
      MutexLock lock(mutex_);
      ++asked_[page];
      const auto found = pages_.find(page);
      if (found == pages_.end()) return http::text_response(404, "text/plain", "none");
      return http::text_response(200, found->second.first, found->second.second);
    });
    http::ServerOptions options;
    options.listen.port = 0;
    options.request_threads = 2;
    auto server = http::Server::start(std::move(options), std::move(router));
    ASSERT_TRUE(server.ok()) << server.status().to_string();
    server_ = std::move(server).value();
  }
  void TearDown() override { server_.reset(); }

  std::string at(const std::string& page) { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/" + page; }
  // A page that says something of its own and leads to others.
  void page(const std::string& name, const std::vector<std::string>& links, const std::string& head = {}) {
    std::string html = head + "<p>The page " + name + " says something that is long enough to be kept as a text.</p>";
    for (const std::string& link : links) html += "<a href='" + link + "'>to " + link + "</a>";
    pages_[name] = {"text/html", html};
  }
  CrawlOptions options(const std::string& rows, std::int64_t depth = 5) {
    CrawlOptions options;
    options.starts = {http::parse_url(at("a")).value()};
    options.rows = folder_.file(rows);
    options.depth_max = depth;
    return options;
  }
  CrawlReport go(const CrawlOptions& options, const CrawlStep& step = {}) {
    {
      MutexLock lock(mutex_);  // what was written of the site is seen by its threads
    }
    Fetcher fetcher({.user_agent = "yupu-test/1", .allow_private = true}, clock_,
                    [this](std::int64_t ns) { clock_.advance_ns(ns); });
    const auto report = crawl(fetcher, clock_, options, step);
    EXPECT_TRUE(report.ok()) << report.status().to_string();
    return report.ok() ? *report : CrawlReport{};
  }
  std::vector<std::string> urls(const std::string& rows) {
    std::vector<std::string> urls;
    const std::string text = read_file(folder_.file(rows)).value();
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      urls.push_back(parse_json(text.substr(begin, end - begin)).value()["url"].get<std::string>());
      begin = end + 1;
    }
    return urls;
  }

  testing::TempDir folder_;
  FakeClock clock_{1'795'000'000'000'000'000};
  std::map<std::string, std::pair<std::string, std::string>> pages_;  // type and body; written before a crawl
  Mutex mutex_;
  std::map<std::string, int> asked_;
  std::unique_ptr<http::Server> server_;
};

TEST_F(CrawlTest, BreadthFirstOnTheSameHost) {
  page("a", {"b", "c", "http://else.example/x", "a"});
  page("b", {"d", "c"});
  page("c", {"missing", "a"});
  page("d", {"e"});
  page("e", {});
  const CrawlReport report = go(options("rows", 2));
  EXPECT_TRUE(report.finished);
  EXPECT_EQ(urls("rows"), (std::vector<std::string>{at("a"), at("b"), at("c"), at("d")}));  // e is three steps away
  EXPECT_EQ(report.results, (std::map<std::string, std::int64_t>{{"status_404", 1}, {"written", 4}}));
  for (const auto& [page, count] : asked_) EXPECT_EQ(count, 1) << page;
}

TEST_F(CrawlTest, WhatIsNotWantedIsNotWritten) {
  page("a", {"robots-say-no", "noindex", "nofollow", "picture", "twin", "small", "plain"});
  pages_["robots.txt"] = {"text/plain", "User-agent: *\nDisallow: /robots-say-no\n"};
  page("robots-say-no", {});
  page("noindex", {"behind"}, "<meta name=robots content=noindex>");
  page("behind", {});
  page("nofollow", {"hidden"}, "<meta name=robots content=nofollow>");
  page("hidden", {});
  pages_["picture"] = {"image/png", "x"};
  pages_["twin"] = {"text/html", "<p>The page behind says something that is long enough to be kept as a text.</p>"};
  pages_["small"] = {"text/html", "<p>x</p>"};
  pages_["plain"] = {"text/plain", "A text without any markup < that is long enough to be kept as it stands."};
  const CrawlReport report = go(options("rows"));
  EXPECT_EQ(report.results,
            (std::map<std::string, std::int64_t>{
                {"duplicate", 1}, {"noindex", 1}, {"robots", 1}, {"short", 1}, {"type", 1}, {"written", 4}}));
  EXPECT_EQ(asked_.count("hidden"), 0u);
  EXPECT_EQ(asked_.count("robots-say-no"), 0u);
}

TEST_F(CrawlTest, KilledAgainAndAgainItIsTheSame) {
  const std::vector<std::string> names = {"a", "b", "c", "d", "e", "f", "g", "h"};
  for (std::size_t i = 0; i < names.size(); ++i)
    page(names[i], {names[(2 * i + 1) % names.size()], names[(2 * i + 2) % names.size()]});
  go(options("whole"));
  asked_.clear();
  int calls = 0;
  while (!go(options("parts"), [](const std::string&, const std::string&) { return false; }).finished) {
    // Killed between the row and the journal, and in the middle of the journal's next line.
    for (const char* end : {"", ".crawl"}) {
      const std::string path = folder_.file("parts") + end;
      ASSERT_TRUE(write_file_atomic(path, read_file(path).value() + "{\"url\": \"half").ok());
    }
    ASSERT_LT(++calls, 20);
  }
  EXPECT_EQ(urls("parts"), urls("whole"));
  asked_.erase("robots.txt");  // asked for by each process
  for (const auto& [page, count] : asked_) EXPECT_EQ(count, 1) << page;
}

TEST_F(CrawlTest, SitemapsAreStarts) {
  page("a", {});
  page("b", {});
  pages_["robots.txt"] = {"text/plain", "Sitemap: " + at("index.xml") + "\n"};
  pages_["index.xml"] = {"text/xml",
                         "<sitemapindex><sitemap><loc>" + at("map.xml") + "</loc></sitemap></sitemapindex>"};
  pages_["map.xml"] = {"application/xml", "<urlset><url><loc>" + at("b") + "</loc></url></urlset>"};
  CrawlOptions with_maps = options("rows", 0);
  with_maps.sitemaps = true;
  EXPECT_EQ(go(with_maps).results, (std::map<std::string, std::int64_t>{{"sitemap", 2}, {"written", 2}}));
}

TEST_F(CrawlTest, TheLimitOfPagesCanBeRaised) {
  page("a", {"b"});
  page("b", {"c"});
  page("c", {});
  CrawlOptions two = options("rows");
  two.pages_max = 2;
  EXPECT_EQ(go(two).asked, 2);
  EXPECT_EQ(go(options("rows")).asked, 3);
  Fetcher fetcher({.user_agent = "yupu-test/1", .allow_private = true}, clock_, [](std::int64_t) {});
  const auto other = crawl(fetcher, clock_, options("rows", 1), {});
  ASSERT_FALSE(other.ok());  // another plan
  EXPECT_EQ(other.status().code(), Code::kConflict);
}

}  // namespace
}  // namespace yupu::data
