#include "commerce/plans/plans.h"

#include <algorithm>

#include "commerce/change.h"

namespace yupu::commerce {
namespace {

using store::Row;
using store::Transaction;
using store::Value;

Value nullable(const std::optional<std::int64_t>& number) { return number ? Value(*number) : Value(nullptr); }

std::optional<std::int64_t> optional_integer(const Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

Status check_limit(const std::optional<std::int64_t>& limit, std::int64_t min, const char* field) {
  if (limit && *limit < min) {
    return invalid_argument(
        std::string(field) + " is " + std::to_string(*limit) + "; it must be at least " + std::to_string(min), field);
  }
  return ok_status();
}

Status check_settings(const PlanSettings& settings) {
  if (!is_plain_name(settings.name)) {
    return invalid_argument("plan name '" + settings.name + "': use 1 to 64 of a-z 0-9 _ -", "name");
  }
  YUPU_RETURN_IF_ERROR(check_limit(settings.quota_tokens, 0, "quota_tokens"));
  YUPU_RETURN_IF_ERROR(check_limit(settings.quota_ufen, 0, "quota_ufen"));
  YUPU_RETURN_IF_ERROR(check_limit(settings.calls_per_minute, 1, "calls_per_minute"));
  if (settings.ufen_per_1000.empty()) return invalid_argument("plan " + settings.name + " has no prices", "prices");
  for (const auto& [meter, price] : settings.ufen_per_1000) {
    if (!is_plain_name(meter))
      return invalid_argument("meter name '" + meter + "': use 1 to 64 of a-z 0-9 _ -", "prices");
    if (price < 0 || price > kUfenPer1000Max) {
      return invalid_argument("price of " + meter + " is " + std::to_string(price) +
                                  " ufen per 1000 tokens; allowed are 0 to " + std::to_string(kUfenPer1000Max),
                              "prices");
    }
  }
  return ok_status();
}

Result<std::vector<PriceVersion>> load_versions(Transaction& transaction, std::string_view plan) {
  YUPU_ASSIGN_OR_RETURN(
      const auto version_rows,
      transaction.query("SELECT version, effective_ns FROM price_version WHERE plan = ? ORDER BY version",
                        {std::string(plan)}));
  YUPU_ASSIGN_OR_RETURN(
      const auto price_rows,
      transaction.query("SELECT version, meter, ufen_per_1000 FROM price WHERE plan = ?", {std::string(plan)}));
  std::vector<PriceVersion> versions;
  for (const Row& row : version_rows) versions.push_back({row.integer(0), row.integer(1), {}});
  for (const Row& row : price_rows) {
    versions.at(static_cast<std::size_t>(row.integer(0) - 1)).ufen_per_1000[row.text(1)] = row.integer(2);
  }
  return versions;
}

Status add_version(Transaction& transaction, const PlanSettings& settings, const Plan* old, std::int64_t now_ns) {
  const std::int64_t effective_ns = settings.effective_ns.value_or(now_ns);
  if (effective_ns < now_ns) return invalid_argument("new prices cannot begin in the past", "effective_ns");
  if (old != nullptr && !old->versions.empty() && effective_ns < old->versions.back().effective_ns) {
    return conflict("plan " + settings.name + " has prices that begin at " +
                    format_utc(old->versions.back().effective_ns) + "; newer ones cannot begin before those");
  }
  const std::int64_t version = old == nullptr || old->versions.empty() ? 1 : old->versions.back().version + 1;
  YUPU_RETURN_IF_ERROR(
      transaction
          .execute("INSERT INTO price_version (plan, version, effective_ns, created_ns) VALUES (?, ?, ?, ?)",
                   {settings.name, version, effective_ns, now_ns})
          .status());
  for (const auto& [meter, ufen] : settings.ufen_per_1000) {
    YUPU_RETURN_IF_ERROR(transaction
                             .execute("INSERT INTO price (plan, version, meter, ufen_per_1000) VALUES (?, ?, ?, ?)",
                                      {settings.name, version, meter, ufen})
                             .status());
  }
  return ok_status();
}

}  // namespace

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

const PriceVersion* Plan::version_at(std::int64_t at_ns) const {
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    if (version->effective_ns <= at_ns) return &*version;
  }
  return nullptr;
}

Json Plan::to_json() const {
  Json json = {{"name", name}, {"quota_tokens", nullptr}, {"quota_ufen", nullptr}, {"calls_per_minute", nullptr}};
  if (quota_tokens) json["quota_tokens"] = *quota_tokens;
  if (quota_ufen) json["quota_ufen"] = *quota_ufen;
  if (calls_per_minute) json["calls_per_minute"] = *calls_per_minute;
  json["versions"] = Json::array();
  for (const PriceVersion& version : versions) {
    json["versions"].push_back({{"version", version.version},
                                {"effective_at", format_utc(version.effective_ns)},
                                {"ufen_per_1000_tokens", Json(version.ufen_per_1000)}});
  }
  return json;
}

Result<Price> price_call(const Plan& plan, std::string_view meter, std::int64_t tokens, std::int64_t at_ns) {
  if (tokens < 0 || tokens > kTokensMax) {
    return invalid_argument(
        "a call of " + std::to_string(tokens) + " tokens; allowed are 0 to " + std::to_string(kTokensMax), "tokens");
  }
  const PriceVersion* version = plan.version_at(at_ns);
  if (version == nullptr) return invalid_argument("plan " + plan.name + " has no prices yet", "meter");
  const auto price = version->ufen_per_1000.find(meter);
  if (price == version->ufen_per_1000.end()) {
    return invalid_argument(
        "plan " + plan.name + " has no price for meter '" + std::string(meter) + "'; add one with `yupu plans set`",
        "meter");
  }
  return Price{version->version, Money::from_ufen(price->second).times_ratio(tokens, 1000)};
}

Result<Plan> get_plan(Transaction& transaction, std::string_view name) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT name, quota_tokens, quota_ufen, calls_per_minute FROM plan WHERE name = ?",
                        {std::string(name)}));
  if (rows.empty()) return not_found("no plan is called '" + std::string(name) + "'; see `yupu plans list`");
  Plan plan;
  plan.name = rows[0].text(0);
  plan.quota_tokens = optional_integer(rows[0], 1);
  plan.quota_ufen = optional_integer(rows[0], 2);
  plan.calls_per_minute = optional_integer(rows[0], 3);
  YUPU_ASSIGN_OR_RETURN(plan.versions, load_versions(transaction, name));
  return plan;
}

Result<Plan> get_plan(store::Store& store, std::string_view name) {
  Plan plan;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(plan, get_plan(transaction, name));
    return ok_status();
  }));
  return plan;
}

Result<std::vector<Plan>> list_plans(store::Store& store) {
  std::vector<Plan> plans;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT name FROM plan ORDER BY name"));
    for (const Row& row : rows) {
      YUPU_ASSIGN_OR_RETURN(Plan plan, get_plan(transaction, row.text(0)));
      plans.push_back(std::move(plan));
    }
    return ok_status();
  }));
  return plans;
}

Result<Plan> set_plan(store::Store& store, const Clock& clock, const PlanSettings& settings) {
  YUPU_RETURN_IF_ERROR(check_settings(settings));
  Plan result;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    const std::int64_t now_ns = clock.now_ns();
    const auto old = get_plan(transaction, settings.name);
    if (!old.ok() && old.status().code() != Code::kNotFound) return old.status();
    YUPU_RETURN_IF_ERROR(transaction
                             .execute("INSERT INTO plan (name, quota_tokens, quota_ufen, calls_per_minute, changed_ns) "
                                      "VALUES (?, ?, ?, ?, ?) "
                                      "ON CONFLICT (name) DO UPDATE SET quota_tokens = excluded.quota_tokens, "
                                      "quota_ufen = excluded.quota_ufen, "
                                      "calls_per_minute = excluded.calls_per_minute, changed_ns = excluded.changed_ns",
                                      {settings.name, nullable(settings.quota_tokens), nullable(settings.quota_ufen),
                                       nullable(settings.calls_per_minute), now_ns})
                             .status());
    const bool same_prices = old.ok() && !old.value().versions.empty() &&
                             old.value().versions.back().ufen_per_1000 == settings.ufen_per_1000;
    if (!same_prices) {
      YUPU_RETURN_IF_ERROR(add_version(transaction, settings, old.ok() ? &old.value() : nullptr, now_ns));
    }
    YUPU_RETURN_IF_ERROR(note_change(transaction));
    YUPU_ASSIGN_OR_RETURN(result, get_plan(transaction, settings.name));
    return ok_status();
  }));
  return result;
}

}  // namespace yupu::commerce
