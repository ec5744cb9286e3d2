// [widget] of the strategy file: the bot is open to visitors without a key, on the pages of these origins. Keys:
// docs/strategy.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace yupu::serving {
struct PublicBot;
}

namespace yupu::strategy {

struct Strategy;

struct WidgetPlan {
  std::string bot;                   // that of [service]
  std::string tenant;                // whose key pays
  std::vector<std::string> origins;  // as browsers write them
  std::string title_zh = "在线客服";
  std::string title_en = "Ask us";
  std::string accent = "#2f6a4b";
  std::vector<std::string> examples;
  std::int64_t requests_per_minute = 20;           // of a visitor
  std::int64_t address_requests_per_minute = 240;  // of all visitors behind one address
  std::int64_t token_minutes = 24 * 60;
  std::string identity_secret;  // file; empty: visitors are anonymous
};

// What the door needs to know, with the identity secret read from its file; who pays is the caller's to say. REQUIRES:
// the strategy has a [widget]. Errors: those of read_identity_secret.
Result<serving::PublicBot> make_public_bot(const Strategy& strategy);

}  // namespace yupu::strategy
