#include "http/client.h"

#include <chrono>
#include <optional>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace yupu::http {
namespace net = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using boost::system::error_code;
using net::ip::tcp;

// Beast honours a deadline only in asynchronous operations; each call here starts one and runs the loop until it ends.
struct Client::Connection {
  net::io_context loop{1};
  beast::tcp_stream stream{loop};
  beast::flat_buffer buffer;
  bool open = false;

  error_code finish(std::optional<error_code>& done) {
    loop.restart();
    loop.run();
    return done.value_or(net::error::operation_aborted);
  }
  error_code connect(const std::string& host, std::uint16_t port) {
    error_code error;
    const auto address = net::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
    std::optional<error_code> done;
    if (!error) {
      stream.async_connect(tcp::endpoint(address, port), [&done](error_code e) { done = e; });
    } else {
      tcp::resolver resolver(loop);
      const auto endpoints = resolver.resolve(host, std::to_string(port), error);
      if (error) return error;
      stream.async_connect(endpoints, [&done](error_code e, const tcp::endpoint&) { done = e; });
    }
    error = finish(done);
    open = !error;
    if (!error) stream.socket().set_option(tcp::no_delay(true), error);
    return error;
  }
  error_code write(wire::request<wire::string_body>& request) {
    std::optional<error_code> done;
    wire::async_write(stream, request, [&done](error_code e, std::size_t) { done = e; });
    return finish(done);
  }
  error_code read(wire::response_parser<wire::string_body>& parser) {
    std::optional<error_code> done;
    wire::async_read(stream, buffer, parser, [&done](error_code e, std::size_t) { done = e; });
    return finish(done);
  }
  void close() {
    open = false;
    buffer.clear();
    stream.close();
  }
};

Client::Client(ClientOptions options) : options_(std::move(options)), connection_(std::make_unique<Connection>()) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<Response> Client::post_json(std::string_view target, std::string_view body, Headers headers) {
  headers.add("content-type", "application/json");
  return send("POST", target, headers, body);
}

Result<Response> Client::send(std::string_view method, std::string_view target, const Headers& headers,
                              std::string_view body) {
  const bool six = options_.host.find(':') != std::string::npos;
  const std::string where = (six ? "[" + options_.host + "]" : options_.host) + ":" + std::to_string(options_.port);
  const auto failed = [&](std::string_view what, error_code error) {
    connection_->close();
    if (error == wire::error::body_limit) {
      return Status(Code::kTooLarge,
                    where + ": the answer is longer than " + std::to_string(options_.body_bytes_max) + " bytes");
    }
    if (error == beast::error::timeout) {
      return unavailable(where + ": no answer within " + std::to_string(options_.timeout_ms) + " ms");
    }
    return unavailable(where + ": " + std::string(what) + ": " + error.message());
  };

  wire::request<wire::string_body> request;
  request.version(11);
  request.method_string({method.data(), method.size()});
  request.target({target.data(), target.size()});
  request.set(wire::field::host, where);
  request.set(wire::field::user_agent, "yupu");
  for (const auto& [name, value] : headers) request.insert(name, value);
  request.body() = std::string(body);
  if (!body.empty() || method == "POST" || method == "PUT") request.content_length(body.size());

  for (int attempt = 0;; ++attempt) {
    Connection& connection = *connection_;
    const bool reused = connection.open;
    connection.stream.expires_after(std::chrono::milliseconds(options_.timeout_ms));
    if (!reused) {
      const error_code error =
          connection.connect(options_.address.empty() ? options_.host : options_.address, options_.port);
      if (error) return failed("cannot connect", error);
    }
    error_code error = connection.write(request);
    wire::response_parser<wire::string_body> parser;
    parser.body_limit(options_.body_bytes_max);
    if (method == "HEAD") parser.skip(true);
    // A server may refuse early and stop reading: its answer can be there although the write failed.
    const error_code write_error = error;
    error = connection.read(parser);
    if (error) {
      if (reused && attempt == 0 && method == "GET" && error != beast::error::timeout) {
        connection.close();
        continue;
      }
      return failed("no answer", write_error ? write_error : error);
    }
    auto message = parser.release();
    Response response{.status = static_cast<int>(message.result_int()), .headers = {}, .body = {}};
    for (const auto& field : message) {
      response.headers.add({field.name_string().data(), field.name_string().size()},
                           {field.value().data(), field.value().size()});
    }
    response.body = std::move(message.body());
    if (!message.keep_alive() || write_error) connection.close();
    return response;
  }
}

}  // namespace yupu::http
