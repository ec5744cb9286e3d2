// Behind proxies that spread the load: who asked, and a server that leaves without breaking a call.
#include <atomic>
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "http/client.h"
#include "http/server.h"
#include "http/testing.h"

namespace yupu::http {
namespace {

using std::chrono::milliseconds;
using testing::RawConnection;

class BehindProxyTest : public ::testing::Test {
 protected:
  void start(const std::vector<std::string>& proxies = {}) {
    log::set_level(log::Level::kError);
    ServerOptions options;
    options.listen.port = 0;
    options.proxies = TrustedProxies::parse(proxies).value();
    Router router;
    router.add({.method = "GET", .pattern = "/who", .scope = "", .summary = "who asks"},
               [](const Request& request) { return text_response(200, "text/plain", request.remote); });
    router.add({.method = "GET", .pattern = "/slow", .scope = "", .summary = "waits until told"},
               [this](const Request&) {
                 entered_ = true;
                 while (!go_) std::this_thread::sleep_for(milliseconds(1));
                 return text_response(200, "text/plain", "slow");
               });
    server_ = Server::start(std::move(options), std::move(router)).value();
  }
  void TearDown() override { go_ = true; }
  std::string who(const Headers& headers) {
    Client client({.port = server_->port(), .timeout_ms = 5000});
    return client.send("GET", "/who", headers, "").value().body;
  }

  std::atomic<bool> entered_{false}, go_{false};
  std::unique_ptr<Server> server_;
};

TEST_F(BehindProxyTest, TheCallerIsWhomATrustedProxyNames) {
  start({"127.0.0.0/8"});
  EXPECT_EQ(who({{"x-forwarded-for", "198.51.100.1, 203.0.113.9"}}), "203.0.113.9");
  EXPECT_EQ(who({}), "127.0.0.1");
}

TEST_F(BehindProxyTest, NobodyIsTrustedUnasked) {
  start();
  EXPECT_EQ(who({{"x-forwarded-for", "203.0.113.9"}}), "127.0.0.1");
}

TEST_F(BehindProxyTest, LeavingItAnswersAndKeepsNoConnection) {
  start();
  const std::string ask = "GET /who HTTP/1.1\r\nHost: x\r\n\r\n";
  RawConnection kept(server_->port()), slow(server_->port());
  ASSERT_TRUE(kept.send(ask));
  EXPECT_THAT(kept.receive_all(milliseconds(3000), "127.0.0.1"), ::testing::HasSubstr("127.0.0.1"));
  EXPECT_FALSE(kept.closed());
  ASSERT_TRUE(slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"));
  for (int i = 0; i < 5000 && !entered_; ++i) std::this_thread::sleep_for(milliseconds(1));
  server_->leave();
  // A new connection is taken; what is answered on either is the last of it.
  RawConnection fresh(server_->port());
  for (RawConnection* connection : {&kept, &fresh}) {
    ASSERT_TRUE(connection->send(ask));
    const std::string answer = connection->receive_all();
    EXPECT_THAT(answer, ::testing::HasSubstr("200 OK"));
    EXPECT_THAT(answer, ::testing::HasSubstr("Connection: close"));
    EXPECT_TRUE(connection->closed());
  }
  std::thread stopping([&] { server_->stop(5000); });
  go_ = true;
  EXPECT_THAT(slow.receive_all(), ::testing::HasSubstr("slow"));
  stopping.join();
  EXPECT_FALSE(RawConnection(server_->port()).connected());
}

}  // namespace
}  // namespace yupu::http
