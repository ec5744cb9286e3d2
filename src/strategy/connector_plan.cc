#include "strategy/connector_plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/secret.h"
#include "http/url.h"
#include "http/webhook.h"
#include "products/service/connectors/dingtalk_connector.h"
#include "products/service/connectors/feishu_connector.h"
#include "products/service/connectors/webhook_connector.h"
#include "products/service/connectors/wecom_connector.h"
#include "strategy/connector_reader.h"

namespace yupu::strategy {
namespace {

using products::Connector;

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kWindowMax_s = 3600;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kWebhookSecretBytesMin = 32;  // its own; a vendor's are as long as the vendor makes them

using Secrets = std::map<std::string, std::string>;
using Made = Result<std::unique_ptr<Connector>>;

Made make_webhook(const ConnectorPlan& plan, const Secrets& secrets, http::Exchanger exchange) {
  if (secrets.at("secret").size() < kWebhookSecretBytesMin)
    return invalid_argument(fmt::format("a webhook's secret has at least {} bytes", kWebhookSecretBytesMin), "secret");
  return products::make_webhook_connector(
      {.name = plan.name, .url = plan.url, .secret = secrets.at("secret"), .window_ns = plan.window_ns},
      std::move(exchange));
}

Made make_wecom(const ConnectorPlan& plan, const Secrets& secrets, http::Exchanger exchange) {
  YUPU_ASSIGN_OR_RETURN(std::string aes_key, products::wecom_aes_key(secrets.at("aes_key")));
  return products::make_wecom_connector(
      {.name = plan.name,
       .api = plan.url,
       .agent_id = plan.agent_id,
       .keys = {.token = secrets.at("token"), .aes_key = std::move(aes_key), .receive_id = plan.id},
       .secret = secrets.at("secret"),
       .at_once = plan.at_once,
       .window_ns = plan.window_ns},
      std::move(exchange));
}

Made make_dingtalk(const ConnectorPlan& plan, const Secrets& secrets, http::Exchanger exchange) {
  return products::make_dingtalk_connector(
      {.name = plan.name, .api = plan.url, .secret = secrets.at("secret"), .window_ns = plan.window_ns},
      std::move(exchange));
}

Made make_feishu(const ConnectorPlan& plan, const Secrets& secrets, http::Exchanger exchange) {
  return products::make_feishu_connector({.name = plan.name,
                                          .api = plan.url,
                                          .app_id = plan.id,
                                          .secret = secrets.at("secret"),
                                          .token = secrets.at("token"),
                                          .encrypt_key = secrets.at("encrypt_key"),
                                          .window_ns = plan.window_ns},
                                         std::move(exchange));
}

struct Kind {
  std::string_view name;
  std::string_view url_key;                 // "url", or "api": where the vendor's API is found
  std::string_view id_key;                  // "": none
  std::array<std::string_view, 3> secrets;  // "": none
  std::int64_t window_s;                    // as long as the vendor says, where it says
  Made (*make)(const ConnectorPlan& plan, const Secrets& secrets, http::Exchanger exchange);
};
constexpr std::array<Kind, 4> kKinds = {{
    {"webhook", "url", "", {"secret", "", ""}, 300, make_webhook},
    {"wecom", "api", "corp_id", {"secret", "token", "aes_key"}, 300, make_wecom},
    {"dingtalk", "api", "", {"secret", "", ""}, 3600, make_dingtalk},
    {"feishu", "api", "app_id", {"secret", "token", "encrypt_key"}, 300, make_feishu},
}};

const Kind* kind_of(std::string_view name) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.name == name; });
  return found == kKinds.end() ? nullptr : found;
}

// It stands in an address.
bool is_plain_name(const std::string& name) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= kNameBytesMax && std::all_of(name.begin(), name.end(), good);
}

void read_secret(TomlReader& reader, std::string_view key, const Strategy& strategy, bool check_files,
                 ConnectorPlan& plan) {
  const std::string variable_key = fmt::format("{}_env", key), file_key = fmt::format("{}_file", key);
  SecretPlace place;
  reader.text(variable_key, place.variable);
  reader.text(file_key, place.file);
  if (reader.has(key)) {
    reader.known(key);
    reader.fail(key, fmt::format("must not stand in this file: give {} or {}", variable_key, file_key));
  } else if (place.variable.empty() == place.file.empty()) {
    reader.fail(file_key, fmt::format("is needed: where the secret stands; or {}, one of the two", variable_key));
  } else if (check_files && !place.file.empty() && !file_exists(strategy.resolve(place.file))) {
    reader.fail(file_key, fmt::format("there is no file {}", strategy.resolve(place.file)));
  }
  plan.secrets.insert_or_assign(std::string(key), std::move(place));
}

void read_url(TomlReader& reader, std::string_view key, ConnectorPlan& plan) {
  reader.text(key, plan.url, true);
  if (plan.url.empty()) return;
  if (const auto url = http::parse_url(plan.url); !url.ok()) {
    reader.fail(key, url.status().message());
  } else if (url->scheme != "http") {
    reader.fail(key, "https is not spoken; put a local proxy in front (docs/connectors.md)");
  } else if (key == "api" && (!url->query.empty() || plan.url.ends_with('/'))) {
    reader.fail(key, "must be an address without a query and without a / at its end");
  }
}

Result<std::string> read_secret_at(const Strategy& strategy, const SecretPlace& place) {
  if (!place.variable.empty()) return read_secret_variable(place.variable);
  return read_secret_file(strategy.resolve(place.file));
}

}  // namespace

Status read_connector(const toml::table& table, Strategy& strategy, bool check_files) {
  ConnectorPlan plan;
  TomlReader reader(table, strategy.path, fmt::format("connector[{}]", strategy.connectors.size()));
  reader.text("name", plan.name, true);
  if (!plan.name.empty() && !is_plain_name(plan.name))
    reader.fail("name", fmt::format("must be at most {} of a-z, 0-9, - and _: it stands in an address", kNameBytesMax));
  for (const ConnectorPlan& other : strategy.connectors) {
    if (other.name == plan.name) reader.fail("name", fmt::format("\"{}\" is another connector's already", plan.name));
  }
  reader.text("kind", plan.kind, true);
  const Kind* kind = kind_of(plan.kind);
  if (kind == nullptr) {
    if (!plan.kind.empty()) reader.fail("kind", "must be webhook, wecom, dingtalk or feishu");
    // Which keys may stand here is not known: only what is wrong already is said.
    for (const auto& [key, value] : table) reader.known(key.str());
    return reader.finish();
  }
  reader.text("tenant", plan.tenant, true);
  const auto& tenants = strategy.commerce.tenants;
  if (!plan.tenant.empty() &&
      std::none_of(tenants.begin(), tenants.end(), [&](const Tenant& tenant) { return tenant.name == plan.tenant; }))
    reader.fail("tenant", fmt::format("no [[commerce.tenant]] has the name \"{}\"", plan.tenant));
  plan.channel = plan.kind;
  reader.text("channel", plan.channel);
  read_url(reader, kind->url_key, plan);
  reader.boolean("allow_private_addresses", plan.allow_private);
  std::int64_t window_s = kind->window_s;
  reader.integer("window_seconds", window_s, 1, kWindowMax_s);
  plan.window_ns = window_s * kNsPerSecond;
  if (!kind->id_key.empty()) reader.text(kind->id_key, plan.id, true);
  if (kind->name == "wecom") {
    std::string reply = "send";
    reader.one_of("reply", reply, {"send", "at_once"});
    plan.at_once = reply == "at_once";
    if (!reader.has("agent_id")) reader.fail("agent_id", "is missing; it must be the app's number");
    reader.integer("agent_id", plan.agent_id, 1, INT64_MAX);
  }
  for (const std::string_view secret : kind->secrets) {
    if (!secret.empty()) read_secret(reader, secret, strategy, check_files, plan);
  }
  YUPU_RETURN_IF_ERROR(reader.finish());
  strategy.connectors.push_back(std::move(plan));
  return ok_status();
}

Result<std::vector<std::unique_ptr<Connector>>> make_connectors(const Strategy& strategy) {
  std::vector<std::unique_ptr<Connector>> connectors;
  for (const ConnectorPlan& plan : strategy.connectors) {
    const std::string where = fmt::format("connector '{}'", plan.name);
    Secrets secrets;
    for (const auto& [key, place] : plan.secrets) {
      auto secret = read_secret_at(strategy, place);
      if (!secret.ok()) return secret.status().with_context(fmt::format("{}: {}", where, key));
      secrets.emplace(key, std::move(secret).value());
    }
    auto made = kind_of(plan.kind)->make(plan, secrets, http::network_exchanger({.allow_private = plan.allow_private}));
    if (!made.ok()) return made.status().with_context(where);
    connectors.push_back(std::move(made).value());
  }
  return connectors;
}

}  // namespace yupu::strategy
