#include "yupu/client.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <curl/curl.h>

namespace yupu::client {
namespace {

constexpr std::size_t kKeptMax = 16;  // connections without a call
constexpr std::size_t kStop = 0;      // of a callback of curl: fewer bytes than there were

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string random_key() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::random_device device;
  std::string key;
  for (int word = 0; word < 4; ++word) {
    auto bits = static_cast<std::uint32_t>(device());
    for (int i = 0; i < 8; ++i, bits >>= 4) key += kDigits[bits & 15U];
  }
  return key;
}

double some_chance() {
  thread_local std::mt19937 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

std::string query_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// text/event-stream, as far as JSON in `data` goes (HTML Living Standard, 9.2).
class Events {
 public:
  explicit Events(const TakeEvent& take) : take_(take) {}

  // False: no more are wanted.
  bool add(const char* bytes, std::size_t size) {
    rest_.append(bytes, size);
    std::size_t begin = 0;
    for (std::size_t end; !ended_ && (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      std::string line = rest_.substr(begin, end - begin);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      take_line(line);
    }
    rest_.erase(0, begin);
    return !ended_;
  }
  bool ended() const { return ended_; }

 private:
  void take_line(const std::string& line) {
    if (line.rfind("data:", 0) == 0) {
      if (has_data_) data_ += '\n';
      data_ += line.substr(line.size() > 5 && line[5] == ' ' ? 6 : 5);
      has_data_ = true;
    }
    if (!line.empty() || !has_data_) return;
    const std::string event = std::exchange(data_, {});
    has_data_ = false;
    ended_ = event == "[DONE]" || !take_(Json::parse(event));
  }

  const TakeEvent& take_;
  std::string rest_, data_;
  bool has_data_ = false, ended_ = false;
};

// What comes back of one try.
struct Reply {
  CURL* handle = nullptr;
  int status = 0;
  std::string body, request_id;
  std::optional<double> retry_after;
  std::optional<Events> events;
  std::exception_ptr thrown;  // by whom the events went to: it may not pass through curl

  bool is_good() const { return status >= 200 && status < 300; }
};

std::size_t take_body(char* bytes, std::size_t one, std::size_t count, void* to) {
  auto& reply = *static_cast<Reply*>(to);
  const std::size_t size = one * count;
  try {
    if (!reply.events || !reply.is_good()) {
      reply.body.append(bytes, size);
      return size;
    }
    return reply.events->add(bytes, size) ? size : kStop;
  } catch (...) {
    reply.thrown = std::current_exception();
    return kStop;
  }
}

std::size_t take_header(char* bytes, std::size_t one, std::size_t count, void* to) {
  auto& reply = *static_cast<Reply*>(to);
  std::string line(bytes, one * count);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.pop_back();
  if (line.rfind("HTTP/", 0) == 0) {
    const std::size_t space = line.find(' ');
    reply.status = space == std::string::npos ? 0 : std::atoi(line.c_str() + space);
    return one * count;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string::npos) return one * count;
  std::string name = line.substr(0, colon);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  const std::size_t begin = line.find_first_not_of(' ', colon + 1);
  const std::string value = begin == std::string::npos ? std::string() : line.substr(begin);
  if (name == "x-request-id") reply.request_id = value;
  if (name == "retry-after") {
    char* end = nullptr;
    const double seconds = std::strtod(value.c_str(), &end);
    if (end != value.c_str() && *end == '\0') {
      reply.retry_after = std::max(0.0, seconds);
    } else if (const time_t at = curl_getdate(value.c_str(), nullptr); at != -1) {
      reply.retry_after = std::max(0.0, std::difftime(at, std::time(nullptr)));
    }
  }
  return one * count;
}

}  // namespace

std::string quoted(const std::string& text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    out += is_plain ? std::string(1, c) : std::string{'%', kDigits[byte >> 4], kDigits[byte & 15U]};
  }
  return out;
}

// Handles of curl, each with the connection it keeps.
class Client::Transport {
 public:
  Transport() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) throw Error(curl_easy_strerror(ready));
  }
  ~Transport() {
    for (CURL* handle : kept_) curl_easy_cleanup(handle);
  }
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  CURL* open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (kept_.empty()) {
      CURL* const handle = curl_easy_init();
      if (handle == nullptr) throw Error("curl gives no handle");
      return handle;
    }
    CURL* const handle = kept_.back();
    kept_.pop_back();
    curl_easy_reset(handle);  // its connections stay
    return handle;
  }
  void keep(CURL* handle) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (kept_.size() < kKeptMax) {
        kept_.push_back(handle);
        return;
      }
    }
    curl_easy_cleanup(handle);
  }

 private:
  std::mutex mutex_;
  std::vector<CURL*> kept_;
};

// A call as it goes out: the same in each try.
struct Client::Sent {
  std::string url, body;
  bool has_body = false;
  curl_slist* headers = nullptr;
  double timeout = 0.0;

  Sent() = default;
  Sent(const Sent&) = delete;
  Sent& operator=(const Sent&) = delete;
  ~Sent() { curl_slist_free_all(headers); }
  void header(const std::string& name, const std::string& value) {
    headers = curl_slist_append(headers, (name + ": " + value).c_str());
  }

  // Throws ConnectionFailed; what the taker of events threw passes.
  void once(CURL* handle, const Call& call, Reply& reply) const {
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call.method.c_str());
    if (has_body || call.method == "POST") {
      curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.c_str());
      curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    }
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &reply);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &reply);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout * 1000.0));
    if (reply.events) {
      curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
      curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, std::max(1L, std::lround(std::ceil(timeout))));
    } else {
      curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, std::max(1L, std::lround(timeout * 1000.0)));
    }
    const CURLcode code = curl_easy_perform(handle);
    if (reply.thrown) std::rethrow_exception(reply.thrown);
    if (code == CURLE_OK || (reply.events && reply.events->ended())) return;
    if (code == CURLE_OPERATION_TIMEDOUT) throw TimedOut(curl_easy_strerror(code));
    throw ConnectionFailed(curl_easy_strerror(code));
  }
};

Client::Client(ClientOptions options) : options_(std::move(options)), transport_(std::make_unique<Transport>()) {
  std::string& url = options_.base_url;
  if (url.empty()) url = environment("YUPU_BASE_URL");
  if (url.empty()) url = "http://127.0.0.1:8080";
  const std::size_t scheme = url.rfind("https://", 0) == 0 ? 8 : 7;
  if ((scheme == 7 && url.rfind("http://", 0) != 0) || url.size() == scheme || url[scheme] == '/')
    throw std::invalid_argument("base_url is not http://HOST or https://HOST: " + url);
  while (url.back() == '/') url.pop_back();
  if (options_.api_key.empty()) options_.api_key = environment("YUPU_API_KEY");
  if (!options_.sleep)
    options_.sleep = [](double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); };
  if (!options_.chance) options_.chance = some_chance;
}

Client::~Client() = default;

Json Client::json(const Call& call) {
  const std::string body = tried(call, "application/json", nullptr);
  Json answer = Json::parse(body, nullptr, false);
  if (answer.is_discarded()) throw ConnectionFailed("the answer is not JSON: " + body.substr(0, 200));
  return answer;
}

std::string Client::text(const Call& call) { return tried(call, "text/plain", nullptr); }

void Client::stream(const Call& call, const TakeEvent& take) { tried(call, "text/event-stream", &take); }

std::string Client::tried(const Call& call, const char* accept, const TakeEvent* take) {
  Sent sent;
  sent.timeout = call.options.timeout.value_or(options_.timeout);
  sent.url = options_.base_url + call.path;
  if (call.query.is_object()) {
    char mark = '?';
    for (const auto& [name, value] : call.query.items()) {
      sent.url += mark + quoted(name) + "=" + quoted(query_text(value));
      mark = '&';
    }
  }
  sent.header("accept", accept);
  sent.header("user-agent", std::string("yupu-cpp/") + kVersion);
  sent.header("expect", "");  // a body is small: it is not asked for first
  for (const auto& [name, value] : options_.headers) sent.header(name, value);
  if (!options_.api_key.empty()) sent.header("authorization", "Bearer " + options_.api_key);
  if (!call.body.is_null()) {
    sent.has_body = true;
    sent.body = call.body.dump(-1, ' ', false, Json::error_handler_t::replace);
    sent.header("content-type", "application/json");
  }
  if (call.once)
    sent.header("idempotency-key", call.options.idempotency_key.empty() ? random_key() : call.options.idempotency_key);
  const bool repeatable = call.once || call.method == "GET";
  bool unanswered = false;
  for (int tries = 1;; ++tries) {
    Reply reply;
    if (take != nullptr) reply.events.emplace(*take);
    std::exception_ptr failure;
    bool again = repeatable;
    CURL* const handle = transport_->open();
    try {
      sent.once(handle, call, reply);
      transport_->keep(handle);
      if (reply.is_good()) return std::move(reply.body);
      const int status = reply.status;
      again = again && (status == 408 || status == 429 || status == 502 || status == 503 || status == 504 ||
                        (status == 409 && unanswered));
    } catch (const ConnectionFailed&) {
      curl_easy_cleanup(handle);
      failure = std::current_exception();
      unanswered = true;
      again = again && !(take != nullptr && reply.is_good());  // a stream that breaks off is not begun again
    } catch (...) {
      curl_easy_cleanup(handle);
      throw;
    }
    const RetryPolicy& retry = options_.retry;
    const bool too_long = reply.retry_after && *reply.retry_after > retry.longest_retry_after;
    if (!again || tries >= retry.tries || too_long) {
      if (failure) std::rethrow_exception(failure);
      throw_problem(problem_of(reply.status, reply.body, reply.request_id, reply.retry_after));
    }
    const double chance = options_.chance();
    const double wait =
        std::min(retry.longest_wait, retry.first_wait * std::pow(2.0, tries - 1)) * (0.5 + 0.5 * chance);
    options_.sleep(reply.retry_after ? *reply.retry_after + chance * retry.first_wait : wait);
  }
}

}  // namespace yupu::client
