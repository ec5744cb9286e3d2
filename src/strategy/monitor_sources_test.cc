// Sources of the test's own on loopback, whole and broken, into a store.
#include "strategy/monitor_sources.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/log.h"
#include "base/testing.h"
#include "base/utc.h"
#include "http/server.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/documents/counts.h"

namespace yupu::strategy {
namespace {

using monitor::Outcomes;

class MonitorSources : public ::testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kError);
    http::Router router;
    const http::RouteInfo any_page{.method = "GET", .pattern = "/{page}", .scope = "", .summary = ""};
    router.add(any_page, [this](const http::Request& request) {
      MutexLock lock(mutex_);
      const auto found = pages_.find(request.params.at("page"));
      if (found == pages_.end()) return http::text_response(404, "text/plain", "none");
      if (!found->second.etag.empty() && request.headers.get("if-none-match") == found->second.etag)
        return http::text_response(304, "text/plain", "");
      http::Response response = http::text_response(found->second.status, "text/xml", found->second.body);
      if (!found->second.etag.empty()) response.headers.add("etag", found->second.etag);
      for (const auto& [name, value] : found->second.headers) response.headers.add(name, value);
      return response;
    });
    http::ServerOptions options;
    options.listen.port = 0;
    options.request_threads = 2;
    auto server = http::Server::start(std::move(options), std::move(router));
    ASSERT_TRUE(server.ok()) << server.status().to_string();
    server_ = std::move(server).value();
    auto store = store::open_store("sqlite::memory:");
    ASSERT_TRUE(store.ok()) << store.status().to_string();
    store_ = std::move(store).value();
  }
  void TearDown() override { server_.reset(); }

  struct Answer {
    std::string body, etag = {};
    int status = 200;
    http::Headers headers = {};
  };
  void says(const std::string& page, Answer answer) {
    MutexLock lock(mutex_);
    pages_[page] = std::move(answer);
  }
  static std::string item(const std::string& id, const std::string& title) {
    return "<item><guid isPermaLink='false'>" + id + "</guid><title>" + title + "</title></item>";
  }
  static std::string rss(const std::string& items) { return "<rss><channel>" + items + "</channel></rss>"; }

  // Each word: kind and page of a source called by the page.
  void watch(const std::vector<std::pair<std::string, std::string>>& sources) {
    std::string text =
        "[strategy]\nname = \"newsroom\"\n[monitor]\nuser_agent = \"yupu-test/1\"\nallow_private_addresses = true\n"
        "[[monitor.topic]]\nname = \"tea\"\n";
    for (const auto& [kind, page] : sources)
      text += "[[monitor.source]]\nkind = \"" + kind +
              "\"\nurl = \"http://127.0.0.1:" + std::to_string(server_->port()) + "/" + page + "\"\nsource = \"" +
              page + "\"\nsentiment = \"negative\"\n";
    ASSERT_TRUE(write_file_atomic(folder_.file("s.toml"), text).ok());
    auto strategy = load_monitor_strategy(folder_.file("s.toml"));
    ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
    strategy_ = std::move(strategy).value();
    restart();
  }
  void restart() {
    polls_ = std::make_unique<SourcePolls>(*store_, clock_, strategy_, routes_, monitor::ScoreDocuments(),
                                           [this](std::int64_t ns) { clock_.advance_ns(ns); });
  }
  // Every source that is due.
  Outcomes round() {
    Outcomes all;
    while (true) {
      const auto polled = polls_->poll_one();
      EXPECT_TRUE(polled.ok()) << polled.status().to_string();
      if (!polled.ok() || !polled->has_value()) return all;
      for (const auto& [outcome, count] : **polled) all[outcome] += count;
    }
  }
  void pass_minutes(std::int64_t minutes) { clock_.advance_ns(minutes * monitor::kMinuteNs); }

  testing::TempDir folder_;
  FakeClock clock_{*parse_utc("2026-11-27T12:00:00Z")};
  Mutex mutex_;
  std::map<std::string, Answer> pages_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<store::Store> store_;
  Strategy strategy_;
  std::vector<monitor::Route> routes_ = {{.name = "desk", .url = "http://desk.example/"}};
  std::unique_ptr<SourcePolls> polls_;
};

TEST_F(MonitorSources, EntriesAreTakenOnceAndUnchangedFeedsCostA304) {
  says("feed", {.body = rss(item("1", "tea one") + item("2", "tea two") + item("3", "about water")), .etag = "\"1\""});
  watch({{"rss", "feed"}});
  EXPECT_EQ(round(), (Outcomes{{"new", 2}, {"off_topic", 1}, {"polled", 1}}));
  EXPECT_EQ(round(), Outcomes());  // not due
  pass_minutes(6);
  EXPECT_EQ(round(), (Outcomes{{"polled", 1}, {"unchanged", 1}}));
  says("feed",
       {.body = rss(item("1", "tea one, corrected") + item("2", "tea two") + item("4", "tea four")), .etag = "\"2\""});
  pass_minutes(6);
  EXPECT_EQ(round(), (Outcomes{{"new", 1}, {"polled", 1}, {"revised", 1}}));
  restart();
  EXPECT_EQ(round(), Outcomes());  // the pace is kept
  pass_minutes(6);
  EXPECT_EQ(round(), (Outcomes{{"polled", 1}, {"unchanged", 1}}));
}

TEST_F(MonitorSources, WhatFailsIsCountedAndStopsNoOther) {
  says("broken", {.body = "<rss><channel>"});
  says("html", {.body = "<html>moved</html>"});
  says("down", {.body = "", .status = 500});
  says("good", {.body = rss(item("1", "tea"))});
  watch({{"rss", "broken"}, {"atom", "html"}, {"rss", "down"}, {"rss", "none"}, {"rss", "good"}});
  EXPECT_EQ(round(), (Outcomes{{"failed_feed", 1},
                               {"failed_status_404", 1},
                               {"failed_status_500", 1},
                               {"failed_xml", 1},
                               {"new", 1},
                               {"polled", 3}}));
  pass_minutes(6);
  const Outcomes second = round();  // those that failed wait twice as long
  EXPECT_EQ(second, (Outcomes{{"polled", 1}, {"unchanged", 1}}));
}

// Each under its source, so that whoever looks knows which one has which trouble.
TEST_F(MonitorSources, EveryTroubleIsCountedUnderItsSourceAndTheNextOneIsAsked) {
  const auto dated = [](const std::string& id, const std::string& date) {
    return "<item><guid isPermaLink='false'>" + id + "</guid><title>tea " + id + "</title><pubDate>" + date +
           "</pubDate></item>";
  };
  says("large", {.body = std::string((8U << 20U) + 1, 'x')});
  says("packed", {.body = "no gzip", .headers = {{"content-encoding", "gzip"}}});
  says("loop", {.body = "", .status = 302, .headers = {{"location", "/loop"}}});
  says("bytes", {.body = "<?xml version='1.0' encoding='utf-8'?>" + rss(item("1", "tea \xff\xfe"))});
  says("dates", {.body = rss(dated("1", "Thu, 01 Jan 1970 00:00:00 GMT") + dated("2", "2040-01-01T00:00:00Z") +
                             dated("3", "2026-11-27 11:00:00") + dated("4", "soon"))});
  says("good", {.body = rss(item("1", "tea is drunk"))});
  watch({{"rss", "large"}, {"rss", "packed"}, {"rss", "loop"}, {"rss", "bytes"}, {"rss", "dates"}, {"rss", "good"}});
  EXPECT_EQ(round()["new"], 6);
  std::map<std::string, Outcomes> by_source;
  const auto outcomes = monitor::source_outcomes(*store_, "newsroom").value();
  for (const monitor::SourceOutcome& outcome : outcomes) by_source[outcome.source][outcome.outcome] = outcome.count;
  EXPECT_EQ(by_source["large"], (Outcomes{{"failed_too_large", 1}}));
  EXPECT_EQ(by_source["packed"], (Outcomes{{"failed_encoding", 1}}));
  EXPECT_EQ(by_source["loop"], (Outcomes{{"failed_redirects", 1}}));
  EXPECT_EQ(by_source["bytes"], (Outcomes{{"bytes_replaced", 2}, {"new", 1}, {"polled", 1}}));
  EXPECT_EQ(by_source["dates"], (Outcomes{{"date_future", 1},
                                          {"date_no_zone", 1},
                                          {"date_past", 1},
                                          {"date_unreadable", 1},
                                          {"new", 4},
                                          {"polled", 1}}));
  EXPECT_EQ(by_source["good"], (Outcomes{{"new", 1}, {"polled", 1}}));
}

TEST_F(MonitorSources, ListsFetchThePagesOfTheirLinks) {
  says("list", {.body = "<a href='/p1'>A title that is long enough</a><a href='/p2'>A page that is not there</a>"});
  says("p1", {.body = "<meta property='og:site_name' content='News'><p>It is about tea.</p>"});
  watch({{"list", "list"}});
  EXPECT_EQ(round(), (Outcomes{{"new", 1}, {"off_topic", 1}, {"page_failed_status_404", 1}, {"polled", 1}}));
}

TEST_F(MonitorSources, ASilentSourceIsToldOnceAndOnceWhenItIsBack) {
  watch({{"rss", "feed"}});
  std::string items;
  for (int i = 0; i < 7; ++i) {
    items += item(std::to_string(i), "tea " + std::to_string(i));
    says("feed", {.body = rss(items)});
    round();
    pass_minutes(6);
  }
  const auto told = [&] {
    std::vector<std::string> events;
    const std::vector<monitor::AuditEntry> audit = monitor::read_audit(*store_, "newsroom", 100).value();
    for (const monitor::AuditEntry& entry : audit) events.push_back(entry.event);
    return events;
  };
  EXPECT_EQ(told(), std::vector<std::string>{});
  for (int i = 0; i < 6; ++i) {
    round();
    pass_minutes(6);
  }
  EXPECT_EQ(told(), std::vector<std::string>{"source_silent"});
  EXPECT_EQ(monitor::list_notices(*store_, "newsroom", "waiting", 10)->size(), 1u);
  says("feed", {.body = rss(items + item("x", "tea again"))});
  round();
  EXPECT_EQ(told(), (std::vector<std::string>{"source_back", "source_silent"}));
}

TEST(SourceState, IsReadAsItWasWritten) {
  SourceState state;
  state.validators = {"\"1\"", "then"};
  state.body_hash = "ab";
  state.next_ns = 5;
  state.gaps = 7;
  state.seen = {"b", "a"};
  const auto read = SourceState::from_text(state.to_text());
  ASSERT_TRUE(read.ok()) << read.status().to_string();
  EXPECT_EQ(read->to_text(), state.to_text());
  EXPECT_EQ(read->seen, state.seen);
  EXPECT_TRUE(SourceState::from_text("").ok());
  for (const char* text : {"x", "[]", "{}"}) EXPECT_FALSE(SourceState::from_text(text).ok()) << text;
}

}  // namespace
}  // namespace yupu::strategy
