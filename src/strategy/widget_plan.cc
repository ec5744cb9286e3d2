#include "strategy/widget_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "serving/visitors/origin.h"
#include "serving/visitors/visitor_door.h"
#include "strategy/widget_reader.h"

namespace yupu::strategy {
namespace {

constexpr std::int64_t kNsPerMinute = 60'000'000'000;
constexpr std::int64_t kMinutesMax = serving::kTokenLifeMax_ns / kNsPerMinute;
constexpr std::int64_t kRateMax = 1'000'000;
constexpr std::size_t kTitleBytesMax = 100;
constexpr std::size_t kExamplesMax = 6;
constexpr std::size_t kNameBytesMax = 64;

bool is_colour(const std::string& text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  return text.size() == 7 && text[0] == '#' && std::all_of(text.begin() + 1, text.end(), is_hex);
}

// It stands in an address: /chat/NAME.
bool is_plain_name(const std::string& name) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return name.size() <= kNameBytesMax && std::all_of(name.begin(), name.end(), good);
}

void read_origins(TomlReader& reader, std::vector<std::string>& origins) {
  std::vector<std::string> written;
  reader.texts("origins", written);
  for (const std::string& text : written) {
    const Result<std::string> origin = serving::parse_origin(text);
    if (!origin.ok()) return reader.fail("origins", origin.status().message());
    if (std::find(origins.begin(), origins.end(), *origin) != origins.end())
      return reader.fail("origins", fmt::format("holds {} twice", *origin));
    origins.push_back(*origin);
  }
}

serving::RateLimitOptions per_minute(std::int64_t requests) {
  // Half a minute's share at once: people ask in bursts.
  return {.interval_ns = kNsPerMinute / requests, .burst = std::max<std::int64_t>(requests / 2, 1)};
}

}  // namespace

Status read_widget(const toml::table& table, Strategy& strategy, bool check_files) {
  WidgetPlan widget;
  TomlReader reader(table, strategy.path, "widget");
  widget.bot = strategy.service.bot;
  reader.text("bot", widget.bot);
  if (widget.bot != strategy.service.bot)
    reader.fail("bot", fmt::format("must be the bot of [service], \"{}\"", strategy.service.bot));
  if (!is_plain_name(widget.bot))
    reader.fail("bot", fmt::format("must be at most {} of a-z, 0-9, - and _: it stands in an address", kNameBytesMax));
  reader.text("tenant", widget.tenant, true);
  const auto& known = strategy.commerce.tenants;
  if (std::none_of(known.begin(), known.end(), [&](const Tenant& tenant) { return tenant.name == widget.tenant; }))
    reader.fail("tenant", fmt::format("no [[commerce.tenant]] has the name \"{}\"", widget.tenant));
  read_origins(reader, widget.origins);
  reader.text("title_zh", widget.title_zh);
  reader.text("title_en", widget.title_en);
  for (const auto* title : {&widget.title_zh, &widget.title_en}) {
    if (title->empty() || title->size() > kTitleBytesMax)
      reader.fail(title == &widget.title_zh ? "title_zh" : "title_en",
                  fmt::format("must have from 1 to {} bytes", kTitleBytesMax));
  }
  reader.text("accent", widget.accent);
  if (!is_colour(widget.accent)) reader.fail("accent", "must be a colour like \"#2f6a4b\"");
  reader.texts("examples", widget.examples);
  if (widget.examples.size() > kExamplesMax)
    reader.fail("examples", fmt::format("must hold at most {} questions", kExamplesMax));
  reader.integer("requests_per_minute", widget.requests_per_minute, 1, kRateMax);
  reader.integer("address_requests_per_minute", widget.address_requests_per_minute, 1, kRateMax);
  reader.integer("token_minutes", widget.token_minutes, 1, kMinutesMax);
  reader.text("identity_secret", widget.identity_secret);
  if (check_files && !widget.identity_secret.empty() && !file_exists(strategy.resolve(widget.identity_secret)))
    reader.fail("identity_secret", fmt::format("there is no file {}", strategy.resolve(widget.identity_secret)));
  YUPU_RETURN_IF_ERROR(reader.finish());
  strategy.widget = std::move(widget);
  return ok_status();
}

Result<serving::PublicBot> make_public_bot(const Strategy& strategy) {
  const WidgetPlan& widget = *strategy.widget;
  serving::PublicBot bot;
  bot.name = widget.bot;
  bot.origins = widget.origins;
  bot.title_zh = widget.title_zh;
  bot.title_en = widget.title_en;
  bot.accent = widget.accent;
  bot.examples = widget.examples;
  bot.token_life_ns = widget.token_minutes * kNsPerMinute;
  bot.visitor_rate = per_minute(widget.requests_per_minute);
  bot.address_rate = per_minute(widget.address_requests_per_minute);
  if (!widget.identity_secret.empty()) {
    YUPU_ASSIGN_OR_RETURN(bot.identity_secret, serving::read_identity_secret(strategy.resolve(widget.identity_secret)));
  }
  return bot;
}

}  // namespace yupu::strategy
