// Real sockets on loopback: what a browser, a slow client, a broken client and a crowd would do.
#include "http/server.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "http/client.h"
#include "http/problem.h"
#include "http/testing.h"

namespace yupu::http {
namespace {

using std::chrono::milliseconds;

using testing::RawConnection;

class ServerTest : public ::testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    log::set_level(log::Level::kError);
    options.listen.port = 0;
    Router router;
    router.add({.method = "GET", .pattern = "/hello", .scope = "", .summary = "says hello", .quick = true},
               [](const Request&) { return text_response(200, "text/plain", "hello"); });
    router.add({.method = "POST", .pattern = "/echo/{name}", .scope = "", .summary = "gives the body back"},
               [](const Request& request) {
                 return text_response(200, "text/plain", request.params.at("name") + ":" + request.body);
               });
    router.add({.method = "POST", .pattern = "/slow", .scope = "", .summary = "waits until told"},
               [this](const Request& request) {
                 entered_.fetch_add(1);
                 while (!go_.load() && !request.client_gone()) std::this_thread::sleep_for(milliseconds(1));
                 if (request.client_gone()) saw_gone_.fetch_add(1);
                 return text_response(200, "text/plain", "slow");
               });
    router.add({.method = "GET", .pattern = "/throws", .scope = "", .summary = "fails"},
               [](const Request&) -> Response { throw std::runtime_error("secret detail"); });
    auto server = Server::start(std::move(options), std::move(router));
    ASSERT_TRUE(server.ok()) << server.status().to_string();
    server_ = std::move(server).value();
  }
  void TearDown() override {
    go_ = true;
    server_.reset();
  }
  Client client() { return Client({.port = server_->port(), .timeout_ms = 5000}); }
  void wait_entered(int count) {
    for (int i = 0; i < 5000 && entered_.load() < count; ++i) std::this_thread::sleep_for(milliseconds(1));
    ASSERT_GE(entered_.load(), count);
  }
  std::string send_raw(std::string_view bytes) {
    RawConnection raw(server_->port());
    EXPECT_TRUE(raw.send(bytes));
    return raw.receive_all();
  }

  std::unique_ptr<Server> server_;
  std::atomic<bool> go_{false};
  std::atomic<int> entered_{0};
  std::atomic<int> saw_gone_{0};
};

TEST_F(ServerTest, AnswersOnOneKeptConnection) {
  start();
  Client http = client();
  for (int i = 0; i < 20; ++i) {
    auto hello = http.get("/hello");
    ASSERT_TRUE(hello.ok()) << hello.status().to_string();
    EXPECT_EQ(hello->status, 200);
    EXPECT_EQ(hello->body, "hello");
    EXPECT_EQ(hello->headers.get("x-request-id").substr(0, 4), "req_");
    auto echo = http.send("POST", "/echo/%E4%BD%A0", {}, "body");
    ASSERT_TRUE(echo.ok());
    EXPECT_EQ(echo->body, "你:body");
  }
  EXPECT_EQ(server_->stats().connections, 1);
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  start();
  RawConnection raw(server_->port());
  std::string requests;
  for (int i = 0; i < 5; ++i) {
    requests += "POST /echo/n" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n!";
  }
  requests += "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  ASSERT_TRUE(raw.send(requests));
  const std::string all = raw.receive_all();
  EXPECT_TRUE(raw.closed());
  std::size_t at = 0;
  for (int i = 0; i < 5; ++i) {
    at = all.find("n" + std::to_string(i) + ":!", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_NE(all.find("hello", at), std::string::npos);
}

TEST_F(ServerTest, UnknownPathWrongMethodAndFailingHandler) {
  start();
  Client http = client();
  auto missing = http.get("/nothing");
  ASSERT_TRUE(missing.ok());
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(missing->headers.get("content-type"), "application/problem+json");
  const Json body = *parse_json(missing->body);
  EXPECT_EQ(body.at("code"), "not_found");
  EXPECT_EQ(body.at("request_id"), std::string(missing->headers.get("x-request-id")));
  auto wrong = http.send("DELETE", "/hello");
  ASSERT_TRUE(wrong.ok());
  EXPECT_EQ(wrong->status, 405);
  EXPECT_EQ(wrong->headers.get("allow"), "GET, HEAD");
  auto head = http.send("HEAD", "/hello");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->headers.get("content-length"), "5");
  EXPECT_EQ(head->body, "");
  auto thrown = http.get("/throws");
  ASSERT_TRUE(thrown.ok());
  EXPECT_EQ(thrown->status, 500);
  EXPECT_EQ(thrown->body.find("secret"), std::string::npos);
}

TEST_F(ServerTest, MalformedRequestsAreRefused) {
  start();
  const std::vector<std::string> broken = {
      "\x16\x03\x01\x02 binary\r\n\r\n",
      "GET /hello\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
      "POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
      "POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      "POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /echo/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /hello HTTP/1.1\r\n\r\n",
  };
  for (const std::string& bytes : broken) {
    EXPECT_EQ(send_raw(bytes).substr(0, 12), "HTTP/1.1 400") << bytes;
  }
  EXPECT_EQ(client().get("/hello")->status, 200);
}

TEST_F(ServerTest, LimitsOnHeaderAndBody) {
  start({.body_bytes_max = 1000});
  EXPECT_EQ(
      send_raw("GET /hello HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(20'000, 'a') + "\r\n\r\n").substr(0, 12),
      "HTTP/1.1 431");
  Client http = client();
  EXPECT_EQ(http.send("POST", "/echo/a", {}, std::string(1000, 'b'))->status, 200);
  auto large = http.send("POST", "/echo/a", {}, std::string(500'000, 'b'));
  ASSERT_TRUE(large.ok()) << large.status().to_string();
  EXPECT_EQ(large->status, 413);
  const std::string chunked = "POST /echo/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                              std::string(2000, 'c') + "\r\n0\r\n\r\n";
  EXPECT_EQ(send_raw(chunked).substr(0, 12), "HTTP/1.1 413");
}

TEST_F(ServerTest, ChunkedBodyAndContinue) {
  start();
  RawConnection raw(server_->port());
  ASSERT_TRUE(
      raw.send("POST /echo/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"));
  EXPECT_EQ(raw.receive_all(milliseconds(3000), "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(raw.send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  EXPECT_NE(raw.receive_all(milliseconds(3000), "a:abcde").find("200 OK"), std::string::npos);
}

TEST_F(ServerTest, SlowLorisIsDroppedWith408) {
  start({.idle_timeout_ms = 5000, .header_timeout_ms = 150, .body_timeout_ms = 150});
  RawConnection header(server_->port());
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(header.send("GET /hello HTTP/1.1\r\n"));
  std::thread drip([&] {
    for (int i = 0; i < 4; ++i) {
      std::this_thread::sleep_for(milliseconds(50));
      header.send("X-" + std::to_string(i) + ": y\r\n");
    }
  });
  const std::string answer = header.receive_all();
  drip.join();
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 408");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(2900));
  EXPECT_EQ(send_raw("POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc").substr(0, 12),
            "HTTP/1.1 408");
}

TEST_F(ServerTest, IdleConnectionIsClosed) {
  start({.idle_timeout_ms = 100});
  RawConnection raw(server_->port());
  ASSERT_TRUE(raw.connected());
  EXPECT_EQ(raw.receive_all(), "");
  EXPECT_TRUE(raw.closed());
}

TEST_F(ServerTest, HalfClosedAndVanishedClients) {
  start();
  RawConnection half(server_->port());
  ASSERT_TRUE(half.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
  half.finish_sending();
  EXPECT_NE(half.receive_all().find("hello"), std::string::npos);
  {
    RawConnection vanishes(server_->port());
    ASSERT_TRUE(vanishes.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
    wait_entered(1);
  }
  for (int i = 0; i < 3000 && saw_gone_.load() == 0; ++i) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_EQ(saw_gone_.load(), 1);
  {
    RawConnection cut(server_->port());
    cut.send("POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab");
  }
  EXPECT_EQ(client().get("/hello")->status, 200);
}

TEST_F(ServerTest, OverloadIsRefusedAtOnceWhileAdmittedSucceed) {
  start({.request_threads = 2, .request_queue_max = 3});
  std::vector<std::thread> crowd;
  std::atomic<int> fine{0};
  std::atomic<int> busy{0};
  const auto call = [&] { fine += client().send("POST", "/slow")->status == 200; };
  for (int i = 0; i < 2; ++i) crowd.emplace_back(call);
  wait_entered(2);  // both threads are busy: the next three wait
  for (int i = 0; i < 3; ++i) crowd.emplace_back(call);
  for (int i = 0; i < 5000 && server_->stats().waiting < 3; ++i) std::this_thread::sleep_for(milliseconds(1));
  ASSERT_EQ(server_->stats().waiting, 3);
  for (int i = 0; i < 10; ++i) {
    auto refused = client().send("POST", "/slow");
    ASSERT_TRUE(refused.ok());
    busy += refused->status == 429 && refused->headers.get("retry-after") == "1";
  }
  EXPECT_EQ(busy.load(), 10);
  EXPECT_EQ(client().get("/hello")->status, 200);  // quick routes answer under overload
  go_ = true;
  for (std::thread& thread : crowd) thread.join();
  EXPECT_EQ(fine.load(), 5);
  EXPECT_EQ(server_->stats().rejected, 10);
}

TEST_F(ServerTest, WhoWouldWaitTooLongIsRefusedThoughTheQueueHasRoom) {
  start({.request_threads = 1, .request_queue_ms_max = 20});
  std::thread slow([&] { EXPECT_EQ(client().post_json("/slow", "{}")->status, 200); });
  wait_entered(1);
  std::this_thread::sleep_for(milliseconds(25));  // nothing was answered for longer than anybody may wait
  const auto refused = client().post_json("/slow", "{}");
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->headers.get("retry-after"), "1");
  EXPECT_EQ(refused->headers.get("content-type"), "application/problem+json");
  EXPECT_EQ(client().get("/hello")->status, 200);
  EXPECT_EQ(server_->stats().rejected, 1);
  go_ = true;
  slow.join();
  EXPECT_EQ(client().post_json("/slow", "{}")->status, 200);
}

TEST_F(ServerTest, TooManyConnectionsAreRefused) {
  start({.connections_max = 4});
  std::vector<std::unique_ptr<RawConnection>> crowd;
  for (int i = 0; i < 4; ++i) crowd.push_back(std::make_unique<RawConnection>(server_->port()));
  for (int i = 0; i < 3000 && server_->stats().connections < 4; ++i) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_EQ(send_raw("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n").substr(0, 12), "HTTP/1.1 503");
  crowd.clear();
  for (int i = 0; i < 3000 && server_->stats().connections > 0; ++i) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_EQ(client().get("/hello")->status, 200);
}

TEST_F(ServerTest, StopLetsRequestsInFlightFinish) {
  start();
  std::atomic<int> status{0};
  std::thread caller([&] { status = client().send("POST", "/slow")->status; });
  wait_entered(1);
  RawConnection idle(server_->port());
  const std::uint16_t port = server_->port();
  std::thread stopper([&] { server_->stop(5000); });
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_TRUE(idle.closed());
  EXPECT_FALSE(RawConnection(port).connected());
  EXPECT_EQ(status.load(), 0);
  go_ = true;
  caller.join();
  stopper.join();
  EXPECT_EQ(status.load(), 200);
}

TEST_F(ServerTest, StopGivesUpAtItsDeadline) {
  start();
  std::thread caller([&] { EXPECT_FALSE(client().send("POST", "/slow").ok()); });
  wait_entered(1);
  server_->stop(50);
  caller.join();
  EXPECT_EQ(saw_gone_.load(), 1);
}

TEST_F(ServerTest, PortInUseNamesTheAddress) {
  start();
  auto second = Server::start({.listen = {.host = "127.0.0.1", .port = server_->port()}}, Router());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), Code::kUnavailable);
  EXPECT_NE(second.status().message().find("127.0.0.1:" + std::to_string(server_->port())), std::string::npos);
  EXPECT_EQ(Server::start({.listen = {.host = "no-address", .port = 0}}, Router()).status().code(),
            Code::kInvalidArgument);
}

TEST_F(ServerTest, IdleConnectionsCostNoThread) {
  start();
  std::vector<std::unique_ptr<RawConnection>> crowd;
  for (int i = 0; i < 400; ++i) crowd.push_back(std::make_unique<RawConnection>(server_->port()));
  for (int i = 0; i < 3000 && server_->stats().connections < 400; ++i) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_EQ(server_->stats().connections, 400);
  EXPECT_EQ(client().get("/hello")->status, 200);
}

TEST_F(ServerTest, ManyClientsAtOnceGetTheirOwnAnswers) {
  start();
  std::vector<std::thread> crowd;
  std::atomic<int> right{0};
  for (int t = 0; t < 16; ++t) {
    crowd.emplace_back([&, t] {
      Client http = client();
      for (int i = 0; i < 50; ++i) {
        const std::string body = std::to_string(t) + "/" + std::to_string(i);
        auto echo = http.send("POST", "/echo/x", {}, body);
        right += echo.ok() && echo->body == "x:" + body;
      }
    });
  }
  for (std::thread& thread : crowd) thread.join();
  EXPECT_EQ(right.load(), 16 * 50);
}

TEST(ClientTest, NetworkErrorsAreStatuses) {
  Client nobody({.port = 1, .timeout_ms = 500});
  EXPECT_EQ(nobody.get("/").status().code(), Code::kUnavailable);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(fd, 4), 0);
  ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  Client silent({.port = ntohs(address.sin_port), .timeout_ms = 100});
  const Status late = silent.get("/").status();
  EXPECT_EQ(late.code(), Code::kUnavailable);
  EXPECT_NE(late.message().find("100 ms"), std::string::npos);
  ::close(fd);
}

TEST(ListenTest, Forms) {
  EXPECT_EQ(parse_listen("127.0.0.1:80")->port, 80);
  EXPECT_EQ(parse_listen(":80")->host, "0.0.0.0");
  EXPECT_EQ(parse_listen("8081")->host, "127.0.0.1");
  EXPECT_EQ(parse_listen("[::1]:9")->host, "::1");
  for (const char* bad : {"", ":", "host:", "1.2.3.4:70000", "1.2.3.4:8x", "8080 "}) {
    EXPECT_FALSE(parse_listen(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace yupu::http
