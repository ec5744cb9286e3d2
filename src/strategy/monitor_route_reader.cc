#include "strategy/monitor_route_reader.h"

#include <array>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/secret.h"
#include "http/url.h"
#include "products/monitor/alarms/chat.h"
#include "products/monitor/alarms/mail/mail_message.h"
#include "products/monitor/alarms/mail/smtp.h"

namespace yupu::strategy {
namespace {

using monitor::kMinuteNs;
using monitor::kSecondNs;
using monitor::Route;
using monitor::RouteKind;

constexpr std::size_t kSecretBytesMax = 4096;
constexpr std::size_t kRecipientsMost = 50;  // a mail each
constexpr std::array<RouteKind, 6> kKinds = {RouteKind::kWebhook,  RouteKind::kMail,   RouteKind::kWecom,
                                             RouteKind::kDingtalk, RouteKind::kFeishu, RouteKind::kSlack};

RouteKind route_kind(const std::string& name) {
  for (const RouteKind kind : kKinds) {
    if (name == monitor::route_kind_name(kind)) return kind;
  }
  return RouteKind::kWebhook;
}

bool is_chat(RouteKind kind) { return kind != RouteKind::kWebhook && kind != RouteKind::kMail; }

void read_mail(TomlReader& reader, const RouteSecrets& secrets, Route& route) {
  reader.text("url", route.url, true);
  if (const auto server = monitor::parse_mail_server(route.url); !route.url.empty() && !server.ok())
    reader.fail("url", server.status().message());
  monitor::MailRoute& mail = route.mail;
  reader.text("from", mail.from, true);
  reader.text("from_name", mail.from_name);
  reader.texts("to", mail.to);
  reader.text("user", mail.user);
  std::string tls = "starttls";
  reader.one_of("tls", tls, {"starttls", "none"});
  mail.starttls = tls == "starttls";
  if (!mail.from.empty() && !monitor::is_mail_address(mail.from))
    reader.fail("from", "is no address like alerts@bank.example");
  if (mail.from_name.find_first_of("\r\n") != std::string::npos) reader.fail("from_name", "must be one line");
  if (mail.to.empty() || mail.to.size() > kRecipientsMost)
    reader.fail("to", fmt::format("names 1 to {} recipients", kRecipientsMost));
  std::set<std::string> seen;
  for (const std::string& to : mail.to) {
    if (!monitor::is_mail_address(to))
      reader.fail("to", fmt::format("\"{}\" is no address like desk@bank.example", to));
    if (!seen.insert(to).second) reader.fail("to", fmt::format("holds {} twice", to));
  }
  const bool has_secret = !secrets.file.empty() || !secrets.variable.empty();
  if (mail.user.empty() == has_secret)
    reader.fail("user", "and its password (secret_file or secret_variable) are given together, or neither");
  if (!mail.user.empty() && !mail.starttls && !route.url.starts_with("smtps://"))
    reader.fail("tls", "a password is not sent over a line that anybody can read");
}

void read_post(TomlReader& reader, const RouteSecrets& secrets, Route& route) {
  const bool has_secret = !secrets.file.empty() || !secrets.variable.empty();
  if (route.kind == RouteKind::kWebhook && !has_secret)
    reader.fail("secret_file", "is needed: what signs the notices; or secret_variable");
  if ((route.kind == RouteKind::kWecom || route.kind == RouteKind::kSlack) && has_secret)
    reader.fail("secret_file", "has no use here: the robot's address is its key (url_file)");
  reader.text("url", route.url, secrets.url_file.empty());
  if (!route.url.empty() && !secrets.url_file.empty())
    reader.fail("url_file", "and url: the address stands in one of the two");
  if (route.url.empty()) return;
  if (const auto url = http::parse_url(route.url); !url.ok()) return reader.fail("url", url.status().message());
  if (!is_chat(route.kind)) return;
  if (const auto checked = monitor::check_chat_address(route.url, route.allow_private); !checked.ok())
    reader.fail("url", checked.message());
}

Result<std::string> secret_of(const Strategy& strategy, const Route& route, const RouteSecrets& secrets) {
  if (!secrets.variable.empty()) return read_secret_variable(secrets.variable);
  if (secrets.file.empty()) return std::string();
  const std::string path = strategy.resolve(secrets.file);
  if (route.kind != RouteKind::kWebhook) return read_secret_file(path);
  YUPU_ASSIGN_OR_RETURN(std::string secret, read_file(path, kSecretBytesMax));
  secret.erase(secret.find_last_not_of(" \t\r\n") + 1);
  if (secret.empty())
    return invalid_argument(fmt::format("{}: the secret of route '{}' is empty", path, route.name), "secret_file");
  return secret;
}

}  // namespace

void read_duration(TomlReader& reader, std::string_view key, std::int64_t unit_ns, std::int64_t least,
                   std::int64_t most, std::int64_t& out_ns) {
  std::int64_t count = out_ns / unit_ns;
  reader.integer(key, count, least, most);
  if (reader.has(key)) out_ns = count * unit_ns;
}

void read_route(TomlReader& reader, Route& route, RouteSecrets& secrets) {
  std::string kind = "webhook", language = "zh";
  reader.text("name", route.name, true);
  reader.one_of("kind", kind, {"webhook", "mail", "wecom", "dingtalk", "feishu", "slack"});
  route.kind = route_kind(kind);
  reader.text("secret_file", secrets.file);
  reader.text("secret_variable", secrets.variable);
  if (!secrets.file.empty() && !secrets.variable.empty())
    reader.fail("secret_variable", "and secret_file: the secret stands in one of the two");
  if (is_chat(route.kind)) reader.text("url_file", secrets.url_file);
  reader.boolean("allow_private_addresses", route.allow_private);
  route.kind == RouteKind::kMail ? read_mail(reader, secrets, route) : read_post(reader, secrets, route);
  reader.text("ca_file", secrets.ca_file);
  if (route.kind != RouteKind::kWebhook) reader.one_of("language", language, {"zh", "en"});
  route.chinese = language == "zh";
}

Status read_monitor_route(const toml::table& table, const std::string& file, MonitorPlan& plan) {
  Route route;
  RouteSecrets secrets;
  std::string group = "topic";
  TomlReader reader(table, file, fmt::format("monitor.route[{}]", plan.routes.size()));
  read_route(reader, route, secrets);
  reader.texts("topics", route.topics);
  reader.one_of("group", group, {"topic", "all"});
  route.one_group = group == "all";
  read_duration(reader, "wait_seconds", kSecondNs, 0, 86400, route.wait_ns);
  read_duration(reader, "interval_seconds", kSecondNs, 0, 86400, route.interval_ns);
  read_duration(reader, "repeat_minutes", kMinuteNs, 1, 43200, route.repeat_ns);
  read_duration(reader, "after_minutes", kMinuteNs, 0, 43200, route.after_ns);
  for (const std::string& topic : route.topics) {
    if (plan.rules.find(topic) == plan.rules.end())
      reader.fail("topics", fmt::format("no [[monitor.topic]] has the name \"{}\"", topic));
  }
  for (const Route& other : plan.routes) {
    if (other.name == route.name) reader.fail("name", fmt::format("\"{}\" is another route's already", route.name));
  }
  YUPU_RETURN_IF_ERROR(reader.finish());
  plan.routes.push_back(std::move(route));
  plan.route_secrets.push_back(std::move(secrets));
  return ok_status();
}

Result<std::vector<Route>> with_secrets(const Strategy& strategy, std::vector<Route> routes,
                                        const std::vector<RouteSecrets>& route_secrets) {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    Route& route = routes[i];
    const RouteSecrets& secrets = route_secrets[i];
    auto secret = secret_of(strategy, route, secrets);
    if (!secret.ok()) return secret.status().with_context(fmt::format("route '{}'", route.name));
    route.secret = std::move(secret).value();
    if (!secrets.ca_file.empty()) route.ca_file = strategy.resolve(secrets.ca_file);
    if (secrets.url_file.empty()) continue;
    const std::string path = strategy.resolve(secrets.url_file);
    YUPU_ASSIGN_OR_RETURN(route.url, read_secret_file(path));
    if (const auto checked = monitor::check_chat_address(route.url, route.allow_private); !checked.ok())
      return invalid_argument(
          fmt::format("{}: holds no address of route '{}': {}", path, route.name, checked.message()), "url_file");
  }
  return routes;
}

Result<std::vector<Route>> routes_with_secrets(const Strategy& strategy) {
  return with_secrets(strategy, strategy.monitor->routes, strategy.monitor->route_secrets);
}

}  // namespace yupu::strategy
