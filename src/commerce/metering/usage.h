// What a tenant used in a month: `yupu usage`, GET /v1/usage.
#pragma once

#include <cstdint>
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

struct UsageLine {
  std::string meter;
  std::string model;
  std::int64_t call_count = 0;
  std::int64_t tokens = 0;
  Money price;  // without VAT
};

struct UsageSummary {
  std::string tenant_id;
  std::string month;  // "2026-11", Asia/Shanghai
  std::string plan;
  std::vector<UsageLine> lines;  // by meter, model
  std::int64_t call_count = 0;
  std::int64_t tokens = 0;
  Money price;
  std::optional<std::int64_t> quota_tokens = std::nullopt;
  std::optional<std::int64_t> quota_ufen = std::nullopt;
  Json to_json() const;
};

// Error: kNotFound (tenant).
Result<UsageSummary> usage_summary(store::Store& store, std::string_view tenant_id, const Month& month);

}  // namespace yupu::commerce
