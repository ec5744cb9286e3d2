// A site of the test's own on loopback: what polite and impolite servers do.
#include "data/acquire/fetch/fetcher.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/log.h"
#include "http/server.h"

namespace yupu::data {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kNow = 1'795'000'000 * kSecondNs;

// 1 MiB of the letter a, by gzip.
std::string bomb() {
  const std::string_view head(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01"
      "\x00\x00\x00\xc2\xa0\xac\xeb\x5f\xc2\x10\xbe\x40\x01",
      27);
  const std::string_view tail("\x7c\x06\x72\x56\xcd\xd7\x00\x00\x10\x00", 10);
  return std::string(head) + std::string(1015, '\0') + std::string(tail);
}

class FetcherTest : public ::testing::Test {
 protected:
  using Answer = std::function<http::Response(const http::Request&)>;

  void SetUp() override {
    log::set_level(log::Level::kError);
    http::Router router;
    const http::RouteInfo any_page{.method = "GET", .pattern = "/{page}", .scope = "", .summary = ""};
    router.add(any_page, [this](const http::Request& request) {
      const std::string page = request.params.at("page");
      const int before = open_.fetch_add(1);
      most_open_ = std::max(most_open_.load(), before + 1);
      Answer answer = [](const http::Request&) { return http::text_response(404, "text/plain", "none"); };
      {
        MutexLock lock(mutex_);
        asked_.push_back(page);
        times_.push_back(clock_.now_ns());
        if (const auto found = answers_.find(page); found != answers_.end()) answer = found->second;
      }
      http::Response response = answer(request);
      open_.fetch_sub(1);
      return response;
    });
    http::ServerOptions options;
    options.listen.port = 0;
    options.request_threads = 4;
    auto server = http::Server::start(std::move(options), std::move(router));
    ASSERT_TRUE(server.ok()) << server.status().to_string();
    server_ = std::move(server).value();
    options_.user_agent = "yupu-test/1 (+https://example.org)";
    options_.allow_private = true;
    options_.limits.total_ms = 5000;
  }
  void TearDown() override {
    go_ = true;
    server_.reset();
  }

  Fetcher fetcher() {
    MutexLock lock(mutex_);  // what was written of the site is seen by its threads
    return Fetcher(options_, clock_, [this](std::int64_t ns) { clock_.advance_ns(ns); });
  }
  http::Url at(const std::string& page) {
    return http::parse_url("http://127.0.0.1:" + std::to_string(server_->port()) + "/" + page).value();
  }
  void says(const std::string& page, std::string body, int status = 200, http::Headers headers = {}) {
    answers_[page] = [=](const http::Request&) {
      http::Response response = http::text_response(status, "text/html", body);
      for (const auto& [name, value] : headers) response.headers.add(name, value);
      return response;
    };
  }
  static std::string why(const Result<Fetched>& fetched) { return fetched.ok() ? "" : fetched.status().field(); }
  std::vector<std::string> asked() {
    MutexLock lock(mutex_);
    return asked_;
  }

  FakeClock clock_{kNow};
  FetchOptions options_;
  std::map<std::string, Answer> answers_;  // written before anything is asked
  std::atomic<int> open_{0}, most_open_{0};
  std::atomic<bool> go_{false};
  Mutex mutex_;
  std::vector<std::string> asked_;
  std::vector<std::int64_t> times_;
  std::unique_ptr<http::Server> server_;
};

using Pages = std::vector<std::string>;

TEST_F(FetcherTest, APageOfASiteWithoutRules) {
  says("a", "tea");
  Fetcher fetcher = this->fetcher();
  const auto fetched = fetcher.fetch(at("a"));
  ASSERT_TRUE(fetched.ok()) << fetched.status().to_string();
  EXPECT_EQ(fetched->body, "tea");
  EXPECT_TRUE(fetched->content_type.starts_with("text/html"));
  ASSERT_TRUE(fetcher.fetch(at("a")).ok());
  EXPECT_EQ(asked(), (Pages{"robots.txt", "a", "a"}));  // rules are asked for once
  for (std::size_t i = 1; i < times_.size(); ++i) EXPECT_GE(times_[i] - times_[i - 1], options_.pause_ns);
}

TEST_F(FetcherTest, RobotsAreObeyedAndKeptForADay) {
  says("robots.txt", "User-agent: yupu-test\nDisallow: /b\nCrawl-delay: 3\n");
  says("a", "tea");
  Fetcher fetcher = this->fetcher();
  EXPECT_EQ(why(fetcher.fetch(at("b"))), "robots");
  ASSERT_TRUE(fetcher.fetch(at("a")).ok());
  ASSERT_TRUE(fetcher.fetch(at("a")).ok());
  EXPECT_EQ(asked(), (Pages{"robots.txt", "a", "a"}));
  EXPECT_GE(times_[2] - times_[1], 3 * kSecondNs);
  clock_.advance_ns(kRobotsKeptNs);
  ASSERT_TRUE(fetcher.fetch(at("a")).ok());
  EXPECT_EQ(asked().size(), 5U);
}

TEST_F(FetcherTest, RulesThatCannotBeHadHoldTheSite) {
  says("robots.txt", "", 500);
  says("a", "tea");
  Fetcher fetcher = this->fetcher();
  EXPECT_EQ(why(fetcher.fetch(at("a"))), "robots_held");
  EXPECT_EQ(why(fetcher.fetch(at("a"))), "robots_held");
  EXPECT_EQ(asked(), Pages{"robots.txt"});
  clock_.advance_ns(kRobotsHeldNs + kSecondNs);
  EXPECT_EQ(why(fetcher.fetch(at("a"))), "robots_held");
  EXPECT_EQ(asked().size(), 2U);
}

TEST_F(FetcherTest, AWishForLongPausesIsNotShortened) {
  says("robots.txt", "User-agent: *\nCrawl-delay: 3600\n");
  says("a", "tea");
  Fetcher fetcher = this->fetcher();
  EXPECT_EQ(why(fetcher.fetch(at("a"))), "crawl_delay");
}

TEST_F(FetcherTest, WhatHasNotChangedIsNotSentAgain) {
  answers_["a"] = [](const http::Request& request) {
    const bool known = request.headers.get("if-none-match") == "\"1\"" &&
                       request.headers.get("if-modified-since") == "Fri, 27 Nov 2026 08:30:00 GMT";
    http::Response response = http::text_response(known ? 304 : 200, "text/html", known ? "" : "tea");
    response.headers.add("etag", "\"1\"");
    response.headers.add("last-modified", "Fri, 27 Nov 2026 08:30:00 GMT");
    return response;
  };
  Fetcher fetcher = this->fetcher();
  const auto first = fetcher.fetch(at("a"));
  ASSERT_TRUE(first.ok());
  const auto second = fetcher.fetch(at("a"), first->validators);
  ASSERT_TRUE(second.ok()) << second.status().to_string();
  EXPECT_TRUE(second->unchanged);
  EXPECT_EQ(second->body, "");
  EXPECT_EQ(second->validators.etag, "\"1\"");
}

TEST_F(FetcherTest, AHostThatAsksForRestGetsIt) {
  says("a", "", 503, {{"retry-after", "3600"}});
  says("b", "tea");
  Fetcher fetcher = this->fetcher();
  EXPECT_EQ(why(fetcher.fetch(at("a"))), "status_503");
  EXPECT_EQ(why(fetcher.fetch(at("b"))), "resting");
  EXPECT_EQ(asked(), (Pages{"robots.txt", "a"}));
  EXPECT_GE(fetcher.next_ns(at("b")), kNow + 3600 * kSecondNs);
  clock_.advance_ns(3601 * kSecondNs);
  EXPECT_TRUE(fetcher.fetch(at("b")).ok());
}

TEST_F(FetcherTest, RedirectsAreFollowedSoFarAndAskedAboutAgain) {
  says("robots.txt", "User-agent: *\nDisallow: /secret\n");
  says("a", "", 301, {{"location", "b"}});
  says("b", "", 302, {{"location", "/c?x=1"}});
  says("c", "tea");
  says("loop", "", 307, {{"location", "/loop"}});
  says("hidden", "", 301, {{"location", "/secret"}});
  says("file", "", 301, {{"location", "file:///etc/passwd"}});
  says("nowhere", "", 301);
  Fetcher fetcher = this->fetcher();
  const auto fetched = fetcher.fetch(at("a"));
  ASSERT_TRUE(fetched.ok()) << fetched.status().to_string();
  EXPECT_EQ(fetched->url.target(), "/c?x=1");
  EXPECT_EQ(why(fetcher.fetch(at("loop"))), "redirects");
  EXPECT_EQ(why(fetcher.fetch(at("hidden"))), "robots");
  EXPECT_EQ(why(fetcher.fetch(at("file"))), "url");
  EXPECT_EQ(why(fetcher.fetch(at("nowhere"))), "redirects");
}

TEST_F(FetcherTest, AddressesOfThisMachineAreRefused) {
  says("a", "tea");
  options_.allow_private = false;
  Fetcher fetcher = this->fetcher();
  EXPECT_EQ(why(fetcher.fetch(at("a"))), "private");
  for (const char* address : {"http://localhost/", "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/",
                              "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/"})
    EXPECT_EQ(why(fetcher.fetch(http::parse_url(address).value())), "private") << address;
  EXPECT_EQ(asked(), Pages{});
}

TEST_F(FetcherTest, BodiesEndAtTheLimit) {
  options_.limits.body_bytes_max = 64 << 10;
  says("large", std::string((64 << 10) + 1, 'a'));
  says("fits", std::string(64 << 10, 'a'));
  says("bomb", bomb(), 200, {{"content-encoding", "gzip"}});
  says("no-gzip", "tea", 200, {{"content-encoding", "gzip"}});
  Fetcher fetcher = this->fetcher();
  EXPECT_EQ(why(fetcher.fetch(at("large"))), "too_large");
  EXPECT_EQ(why(fetcher.fetch(at("fits"))), "");
  EXPECT_EQ(why(fetcher.fetch(at("bomb"))), "too_large");
  EXPECT_EQ(why(fetcher.fetch(at("no-gzip"))), "encoding");
}

TEST_F(FetcherTest, AServerThatSaysNothingIsLeft) {
  answers_["slow"] = [this](const http::Request& request) {
    while (!go_.load() && !request.client_gone()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return http::text_response(200, "text/plain", "late");
  };
  says("a", "tea");
  options_.limits.total_ms = 300;
  Fetcher fetcher = this->fetcher();
  ASSERT_TRUE(fetcher.fetch(at("a")).ok());
  EXPECT_EQ(why(fetcher.fetch(at("slow"))), "timeout");
  go_ = true;
}

// A server that sends a byte now and then, for as long as anybody listens.
class Drip {
 public:
  Drip() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof address;
    CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), bytes) == 0 && ::listen(listener_, 1) == 0, "drip");
    CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &bytes) == 0, "drip");
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~Drip() {
    thread_.request_stop();
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::uint16_t port() const { return port_; }

 private:
  void serve(const std::stop_token& stop) const {
    const int visitor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (visitor < 0) return;
    std::string said = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
    while (!stop.stop_requested() &&
           ::send(visitor, said.data(), said.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(said.size())) {
      said = "a";
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ::close(visitor);
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

TEST_F(FetcherTest, AServerThatDripsIsLeft) {
  says("a", "tea");
  options_.limits.total_ms = 300;
  options_.obey_robots = false;
  Fetcher fetcher = this->fetcher();
  const Drip drip;
  const auto url = http::parse_url("http://127.0.0.1:" + std::to_string(drip.port()) + "/").value();
  EXPECT_EQ(why(fetcher.fetch(url)), "timeout");
  EXPECT_TRUE(fetcher.fetch(at("a")).ok());
}

TEST_F(FetcherTest, AHostIsAskedOneThingAtATime) {
  for (const char* page : {"a", "b", "c", "d"}) {
    answers_[page] = [](const http::Request&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return http::text_response(200, "text/plain", "tea");
    };
  }
  Fetcher fetcher = this->fetcher();
  std::atomic<int> fine{0};
  {
    std::vector<std::jthread> threads;
    for (const std::string page : {"a", "b", "c", "d"})
      threads.emplace_back([&, page] { fine += fetcher.fetch(at(page)).ok() ? 1 : 0; });
  }
  EXPECT_EQ(fine, 4);
  EXPECT_EQ(most_open_, 1);
}

TEST(RetryAfter, SecondsOrADate) {
  EXPECT_EQ(retry_after_ns("120", kNow), 120 * kSecondNs);
  EXPECT_EQ(retry_after_ns("99999999", kNow), 24 * 3600 * kSecondNs);
  EXPECT_EQ(retry_after_ns("Sun, 06 Nov 1994 08:49:37 GMT", kNow), 0);
  EXPECT_FALSE(retry_after_ns("soon", kNow));
  EXPECT_FALSE(retry_after_ns("", kNow));
}

}  // namespace
}  // namespace yupu::data
