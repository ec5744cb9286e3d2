// The door for visitors of a bot that is open to the public: from which pages they may come, what they show, how often
// they may ask, and who pays.  Routes: service_visitors.cc.
// Threads: every member from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "handoff/admission.h"
#include "http/message.h"
#include "serving/rate_limit.h"
#include "serving/visitors/identity.h"
#include "serving/visitors/visitor_tokens.h"
#include "store/store.h"

namespace yupu::serving {

struct PublicBot {
  std::string name;
  // Whom the visitors' calls are charged to. Asked on every call, so that a revoked key stops at once.
  std::function<Result<handoff::Caller>()> payer;
  std::vector<std::string> origins = {};  // as parse_origin gives them; pages of this server may always come
  std::string title_zh = {};
  std::string title_en = {};
  std::string accent = {};  // "#rrggbb"
  std::vector<std::string> examples = {};
  std::string identity_secret = {};  // empty: user ids are not taken
  std::int64_t token_life_ns = kTokenLifeMax_ns;
  RateLimitOptions visitor_rate = {};
  RateLimitOptions address_rate = {};  // of all visitors behind one address, new ones included
};

inline constexpr std::string_view kVisitorHeader = "yupu-visitor";

class VisitorDoor {
 public:
  VisitorDoor(store::Store& store, const Clock& clock, PublicBot bot);

  const PublicBot& bot() const { return bot_; }
  // Whether a page of another server may read what is answered here.
  bool lists(std::string_view origin) const;
  // kPermissionDenied, field "Origin": the page this call comes from is neither listed nor ours. A call without an
  // Origin is refused where `required`: browsers send it with every POST.
  Status check_origin(const http::Request& request, bool required) const;
  // 0: go ahead. Else how long to wait.
  std::int64_t wait_for_address_ns(std::string_view address);
  std::int64_t wait_for_visitor_ns(const Visitor& visitor);
  // A token for the visitor of this claim. kInvalidArgument: user ids are not taken; kUnauthenticated: not proven.
  Result<VisitorToken> begin(const IdentityClaim& claim);
  VisitorTokens& tokens() { return tokens_; }
  // What a page needs to draw the chat before anything is said.
  OrderedJson about() const;

 private:
  const Clock& clock_;
  const PublicBot bot_;
  VisitorTokens tokens_;
  RateLimit visitor_rate_;
  RateLimit address_rate_;
};

}  // namespace yupu::serving
