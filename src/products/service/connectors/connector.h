// A way for visitors to reach the bot from another network: WeCom, DingTalk, Feishu, or a server that signs webhooks.
// A connector knows its network's words and nothing else; what becomes of a message is line.h's business.
//
//   callback -> read(): proven, decrypted, understood -> Callback: what to answer at once, and a message or none
//   text     -> send(): one attempt to tell a visitor something
//
// Threads  read() and reply() from any thread; send() on one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/status.h"
#include "http/message.h"
#include "http/webhook.h"

namespace yupu::products {

// A visitor's message, as the network delivers it.
struct Incoming {
  std::string event_id;  // the network's own: the same when it delivers the message again
  std::string peer;      // who says it, and where: one conversation at a time
  std::string text;
  Json reply_to = Json::object();  // what send() needs to answer it
};

struct Callback {
  http::Response answer = {};            // at once
  std::optional<Incoming> message = {};  // none: nothing that a visitor says in words
};

// What is told to a visitor.
struct Outgoing {
  std::string id;  // the same in every attempt
  std::string conversation, peer;
  std::string author;  // "bot", "person"
  std::string agent;   // of a person's
  std::string text;
  Json reply_to = Json::object();  // of the peer's last message
};

inline constexpr std::size_t kEventIdBytesMax = 256;
inline constexpr std::size_t kPeerBytesMax = 200;

class Connector {
 public:
  virtual ~Connector() = default;
  virtual const std::string& name() const = 0;
  virtual std::string_view kind() const = 0;
  // Errors: kUnauthenticated: not signed by who knows the secret; kPermissionDenied: signed too long ago, or for
  // another receiver; kInvalidArgument: signed, and still not understood.
  virtual Result<Callback> read(const http::Request& request, std::int64_t now_ns) const = 0;
  // The body of a callback's answer with this text in it; nothing: texts go by send() alone.
  virtual std::optional<http::Response> reply(const Incoming& to, const std::string& text, std::int64_t now_ns) const {
    static_cast<void>(to);
    static_cast<void>(text);
    static_cast<void>(now_ns);
    return {};
  }
  virtual bool replies_at_once() const { return false; }
  // One attempt, of at most text_bytes_max() bytes.
  virtual http::Attempt send(const Outgoing& message, std::int64_t now_ns) = 0;
  virtual std::size_t text_bytes_max() const = 0;
};

// Bounds of what a network names things by. Error: kInvalidArgument naming the field.
Status check_incoming(const Incoming& incoming);

// Members of a vendor's JSON, wherever it is: "" when a step is not there or is not text.
std::string text_at(const Json& json, const char* pointer);

// What a vendor says in the body of a 200.
struct VendorCodes {
  const char* code;                     // member: 0 is success
  const char* message;                  // member
  std::span<const std::int64_t> again;  // codes that are worth another attempt
};
http::Attempt judge_vendor(const Result<http::Response>& answer, const VendorCodes& codes, std::int64_t& code);

// Percent-encodes everything but letters, digits and -._~ : a value in a query.
std::string query_value(std::string_view text);

}  // namespace yupu::products
