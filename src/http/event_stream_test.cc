// Responses that stay open, over real sockets.
#include "http/event_stream.h"

#include <atomic>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/log.h"
#include "http/client.h"
#include "http/server.h"
#include "http/testing.h"

namespace yupu::http {
namespace {

using std::chrono::milliseconds;
using testing::RawConnection;

constexpr std::string_view kAsk = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";

class EventStreamTest : public ::testing::Test {
 protected:
  void start(EventStreamOptions stream_options = {}, ServerOptions options = {}) {
    log::set_level(log::Level::kError);
    options.listen.port = 0;
    Router router;
    router.add({.method = "GET", .pattern = "/events", .scope = "", .summary = "a stream"},
               [this, stream_options](const Request&) {
                 auto stream = std::make_shared<EventStream>(stream_options);
                 EXPECT_TRUE(stream->send({.name = "hello", .data = "1"}));  // before the response is out
                 MutexLock lock(mutex_);
                 streams_.push_back(stream);
                 return event_stream_response(stream);
               });
    router.add({.method = "POST", .pattern = "/echo", .scope = "", .summary = "gives the body back"},
               [](const Request& request) { return text_response(200, "text/plain", request.body); });
    auto server = Server::start(std::move(options), std::move(router));
    ASSERT_TRUE(server.ok()) << server.status().to_string();
    server_ = std::move(server).value();
  }
  std::vector<std::shared_ptr<EventStream>> streams(std::size_t count) {
    for (int i = 0; i < 10'000; ++i) {
      {
        MutexLock lock(mutex_);
        if (streams_.size() >= count) return streams_;
      }
      std::this_thread::sleep_for(milliseconds(1));
    }
    ADD_FAILURE() << "not " << count << " streams";
    return {};
  }
  static void wait_closed(const EventStream& stream) {
    for (int i = 0; i < 10'000 && !stream.closed(); ++i) std::this_thread::sleep_for(milliseconds(1));
    EXPECT_TRUE(stream.closed());
  }

  std::unique_ptr<Server> server_;
  Mutex mutex_;
  std::vector<std::shared_ptr<EventStream>> streams_ YUPU_GUARDED_BY(mutex_);
};

TEST(EventTextTest, Fields) {
  EXPECT_EQ(event_text({.data = "a"}), "data: a\n\n");
  EXPECT_EQ(event_text({.name = "n", .data = "a\nb\r\nc\rd", .id = "7"}),
            "id: 7\nevent: n\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(event_text({}), "data: \n\n");
  EXPECT_EQ(event_text({.data = "a\n"}), "data: a\ndata: \n\n");
}

TEST_F(EventStreamTest, WhatOtherThreadsSendArrivesInOrder) {
  start();
  RawConnection reader(server_->port());
  ASSERT_TRUE(reader.send(kAsk));
  const auto stream = streams(1).front();
  std::thread writer([&] {
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(stream->send({.data = std::to_string(i), .id = std::to_string(i)}));
    stream->close();
  });
  const std::string all = reader.receive_all();
  writer.join();
  EXPECT_TRUE(reader.closed());
  EXPECT_NE(all.find("content-type: text/event-stream\r\n"), std::string::npos) << all.substr(0, 400);
  EXPECT_EQ(all.find("ontent-length"), std::string::npos);
  std::string expected = "event: hello\ndata: 1\n\n";
  for (int i = 0; i < 1000; ++i) {
    const std::string number = std::to_string(i);
    expected.append("id: ").append(number).append("\ndata: ").append(number).append("\n\n");
  }
  EXPECT_EQ(all.substr(all.find("\r\n\r\n") + 4), expected);
  EXPECT_FALSE(stream->send({.data = "late"}));
}

TEST_F(EventStreamTest, AnIdleStreamBeats) {
  start({.heartbeat_ms = 20});
  RawConnection reader(server_->port());
  ASSERT_TRUE(reader.send(kAsk));
  EXPECT_NE(reader.receive_all(milliseconds(5000), "\n\n:\n\n:\n\n").find("\n\n:\n\n:\n\n"), std::string::npos);
  const auto stream = streams(1).front();
  EXPECT_TRUE(stream->send({.data = "still there"}));
  EXPECT_NE(reader.receive_all(milliseconds(5000), "still there\n\n").find("still there"), std::string::npos);
}

TEST_F(EventStreamTest, AReaderThatHangsUpIsNoticed) {
  start();
  {
    RawConnection reader(server_->port());
    ASSERT_TRUE(reader.send(kAsk));
    reader.receive_all(milliseconds(5000), "data: 1");
  }
  const auto stream = streams(1).front();
  wait_closed(*stream);
  EXPECT_FALSE(stream->send({.data = "x"}));
}

TEST_F(EventStreamTest, AReaderThatDoesNotReadIsCutOff) {
  start({.buffer_bytes_max = 64 << 10});
  RawConnection lazy(server_->port());
  ASSERT_TRUE(lazy.send(kAsk));
  const auto stream = streams(1).front();
  const std::string large(8 << 10, 'x');
  int sent_count = 0;
  while (sent_count < 100'000 && stream->send({.data = large})) {
    ++sent_count;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  EXPECT_LT(sent_count, 100'000) << "the buffer has no bound";
  EXPECT_TRUE(stream->closed());
  for (int i = 0; i < 10'000 && server_->stats().connections > 0; ++i) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_EQ(server_->stats().connections, 0);
}

TEST_F(EventStreamTest, IdleStreamsCostNoThread) {
  constexpr std::size_t kStreams = 300;
  start({}, {.request_threads = 2});
  const auto thread_count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
  };
  const auto before = thread_count();
  std::vector<std::unique_ptr<RawConnection>> crowd;
  for (std::size_t i = 0; i < kStreams; ++i) {
    crowd.push_back(std::make_unique<RawConnection>(server_->port()));
    ASSERT_TRUE(crowd.back()->send(kAsk));
  }
  const auto open = streams(kStreams);
  for (const auto& reader : crowd) {
    EXPECT_NE(reader->receive_all(milliseconds(5000), "data: 1").find("data: 1"), std::string::npos);
  }
  EXPECT_EQ(thread_count(), before);
  EXPECT_EQ(server_->stats().in_flight, 0);
  Client client({.port = server_->port(), .timeout_ms = 5000});
  EXPECT_EQ(client.send("POST", "/echo", {}, "x")->body, "x");
  for (const auto& stream : open) EXPECT_TRUE(stream->send({.data = "2"}));
  for (const auto& reader : crowd) {
    EXPECT_NE(reader->receive_all(milliseconds(5000), "data: 2").find("data: 2"), std::string::npos);
  }
}

TEST_F(EventStreamTest, StopEndsStreamsWhileOthersWrite) {
  start();
  std::vector<std::unique_ptr<RawConnection>> readers;
  for (int i = 0; i < 8; ++i) {
    readers.push_back(std::make_unique<RawConnection>(server_->port()));
    ASSERT_TRUE(readers.back()->send(kAsk));
  }
  const auto open = streams(8);
  for (const auto& reader : readers) reader->receive_all(milliseconds(5000), "data: 1");
  EXPECT_TRUE(open.front()->send({.data = "the last one"}));
  std::vector<std::thread> writers;
  for (std::size_t i = 1; i < 8; ++i) {
    writers.emplace_back([stream = open[i]] {
      while (stream->send({.data = "x"})) std::this_thread::sleep_for(std::chrono::microseconds(50));
    });
  }
  server_->stop(5000);
  for (std::thread& writer : writers) writer.join();
  int told = 0;  // which reader's stream was opened first is the request threads' affair
  for (const auto& reader : readers) {
    told += reader->receive_all().find("the last one") != std::string::npos ? 1 : 0;
    EXPECT_TRUE(reader->closed());
  }
  EXPECT_EQ(told, 1);
  server_.reset();
  EXPECT_FALSE(open.front()->send({.data = "after the server"}));
}

TEST_F(EventStreamTest, HeadAsksForNoStream) {
  start();
  Client client({.port = server_->port(), .timeout_ms = 5000});
  const auto head = client.send("HEAD", "/events");
  ASSERT_TRUE(head.ok()) << head.status().to_string();
  EXPECT_EQ(head->headers.get("content-type"), "text/event-stream");
  EXPECT_TRUE(streams(1).front()->closed());
}

}  // namespace
}  // namespace yupu::http
