// Plans: what a thousand tokens cost, and how much of them a month allows.
//
// Units        prices are whole ufen per 1000 tokens (1 ufen a token = 1000); a call's price is rounded half up to one
// ufen. Prices       come in versions with a date; a version is never edited, so a change never alters a call already
// made.
//              A meter without a price is refused, never priced 0; a price of 0 has to be written down.
// Quotas       are hard, per tenant and natural month in Asia/Shanghai; a changed quota counts from now on.
// Tax          all prices are without VAT; it is added on the invoice.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::commerce {

inline constexpr std::int64_t kUfenPer1000Max = 10'000'000'000;  // 100 yuan per 1000 tokens
inline constexpr std::int64_t kTokensMax = 10'000'000;           // of one call

struct PriceVersion {
  std::int64_t version = 0;  // 1, 2, 3, ...
  std::int64_t effective_ns = 0;
  std::map<std::string, std::int64_t, std::less<>> ufen_per_1000;  // meter -> price
};

struct Plan {
  std::string name;
  std::optional<std::int64_t> quota_tokens = std::nullopt;      // a month
  std::optional<std::int64_t> quota_ufen = std::nullopt;        // a month, without VAT
  std::optional<std::int64_t> calls_per_minute = std::nullopt;  // a tenant; bursts of up to ten seconds' worth
  std::vector<PriceVersion> versions;                           // oldest first

  // The version that holds at `at_ns`; null when the plan had no price yet.
  const PriceVersion* version_at(std::int64_t at_ns) const;
  Json to_json() const;
};

struct Price {
  std::int64_t version = 0;
  Money amount;
};

// Errors: kInvalidArgument, field "meter", when there is no price; field "tokens" outside 0..kTokensMax.
Result<Price> price_call(const Plan& plan, std::string_view meter, std::int64_t tokens, std::int64_t at_ns);

struct PlanSettings {
  std::string name = {};  // [a-z0-9_-], 1..64
  std::optional<std::int64_t> quota_tokens = std::nullopt;
  std::optional<std::int64_t> quota_ufen = std::nullopt;
  std::optional<std::int64_t> calls_per_minute = std::nullopt;
  std::map<std::string, std::int64_t, std::less<>> ufen_per_1000;  // all meters of the plan
  std::optional<std::int64_t> effective_ns = std::nullopt;         // of the prices; not in the past; absent: now
};

// Creates the plan or brings it to these settings: other prices become a new version, equal ones change nothing.
// Errors: kInvalidArgument naming the field. Idempotent.
Result<Plan> set_plan(store::Store& store, const Clock& clock, const PlanSettings& settings);
Result<std::vector<Plan>> list_plans(store::Store& store);
Result<Plan> get_plan(store::Store& store, std::string_view name);  // kNotFound
Result<Plan> get_plan(store::Transaction& transaction, std::string_view name);

// "a-z0-9_-", 1..64 characters: plan and meter names.
bool is_plain_name(std::string_view name);

}  // namespace yupu::commerce
