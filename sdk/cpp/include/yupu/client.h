// The client of yupu's HTTP API.
//
//   yupu::client::Client client({.base_url = "https://bot.example.com", .api_key = "yp_..."});
//   yupu::client::AnswerRequest question;
//   question.bot = "shop";
//   question.text = "where is my parcel";
//   std::cout << client.answer(question).text << "\n";
//
// Tried again  when there was no answer, or 408, 429, 502, 503, 504; a 409 after a try that was not answered.  A POST
// carries an
//              Idempotency-Key made once for the call: each try is the same call to the server, charged once.
// Errors       errors.h.      Threads  any number at once.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "yupu/operations.h"

namespace yupu::client {

// Seconds.  Waits double from `first_wait` to `longest_wait`, each cut by chance to between a half and the whole of it;
// a Retry-After is waited out instead, and a little by chance.  One longer than `longest_retry_after` is not: the error
// is thrown.
struct RetryPolicy {
  int tries = 3;  // in all
  double first_wait = 0.5, longest_wait = 8.0, longest_retry_after = 60.0;
};

struct ClientOptions {
  std::string base_url;   // empty: the environment's YUPU_BASE_URL, else http://127.0.0.1:8080
  std::string api_key;    // empty: the environment's YUPU_API_KEY; without one only what is open to all answers
  double timeout = 60.0;  // seconds of a try; of a stream, that the server may be silent
  RetryPolicy retry = {};
  std::map<std::string, std::string> headers = {};  // sent with every call
  std::function<void(double seconds)> sleep = {};   // empty: the thread's
  std::function<double()> chance = {};              // from 0 to 1
};

class Client : public Operations {
 public:
  // Throws std::invalid_argument: base_url is not http://HOST or https://HOST.
  explicit Client(ClientOptions options = {});
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

 protected:
  Json json(const Call& call) override;
  std::string text(const Call& call) override;
  void stream(const Call& call, const TakeEvent& take) override;

 private:
  class Transport;
  struct Sent;
  std::string tried(const Call& call, const char* accept, const TakeEvent* take);

  ClientOptions options_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace yupu::client
