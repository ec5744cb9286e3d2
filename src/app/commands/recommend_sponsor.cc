// yupu recommend sponsor set|stop|list.
#include "app/commands/recommend_sponsor.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/tenant_place.h"
#include "products/recommend/serve/sponsored/auction.h"
#include "products/recommend/serve/sponsored/campaigns.h"

namespace yupu::app {
namespace {

constexpr std::size_t kNameBytesMax = 128;

Result<Money> amount_of(const std::string& text, const char* flag) {
  const auto amount = parse_yuan(text);
  if (!amount.ok()) return invalid_argument(fmt::format("{}: {}", flag, amount.status().message()), flag);
  if (*amount < recommend::kReserve) {
    return invalid_argument(fmt::format("{} is at least {}", flag, recommend::kReserve.to_string()), flag);
  }
  return *amount;
}

Status set_campaign(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  recommend::Campaign campaign;
  campaign.item = arguments.required_text("--item");
  const std::string bid = arguments.required_text("--bid"), budget = arguments.required_text("--budget");
  const std::string payer = arguments.text("--payer", flags.tenant);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "name of the campaign"));
  if (words[0].empty() || words[0].size() > kNameBytesMax)
    return invalid_argument(fmt::format("a campaign's name has 1 to {} bytes", kNameBytesMax), "campaign");
  campaign.name = words[0];
  YUPU_ASSIGN_OR_RETURN(campaign.bid, amount_of(bid, "--bid"));
  YUPU_ASSIGN_OR_RETURN(campaign.budget, amount_of(budget, "--budget"));
  if (payer.empty()) return invalid_argument("--payer TENANT: somebody must pay", "--payer");
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  store::Store& store = *place.workplace.store;
  YUPU_ASSIGN_OR_RETURN(const auto tenant, commerce::find_tenant(store, payer));
  campaign.payer_id = tenant.id;
  YUPU_RETURN_IF_ERROR(recommend::put_campaign(store, *place.workplace.clock, place.tenant_id, campaign));
  if (flags.json) {
    print_json(OrderedJson{{"campaign", campaign.name},
                           {"item", campaign.item},
                           {"payer", campaign.payer_id},
                           {"bid_ufen", campaign.bid.ufen()},
                           {"budget_ufen", campaign.budget.ufen()}});
  } else {
    print_text(fmt::format("'{}': '{}', at most {} a click and {} a day, {} pays", campaign.name, campaign.item,
                           campaign.bid.to_string(), campaign.budget.to_string(), payer));
  }
  return ok_status();
}

Status stop_campaign(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "name of the campaign"));
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  YUPU_RETURN_IF_ERROR(
      recommend::stop_campaign(*place.workplace.store, *place.workplace.clock, place.tenant_id, words[0]));
  flags.json ? print_json(OrderedJson{{"campaign", words[0]}, {"running", false}})
             : print_text(fmt::format("'{}' is stopped", words[0]));
  return ok_status();
}

Status list_campaigns(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  YUPU_ASSIGN_OR_RETURN(const OrderedJson json, recommend::campaigns_json(*place.workplace.store, place.tenant_id,
                                                                          place.workplace.clock->now_ns()));
  if (flags.json) {
    print_json(json);
    return ok_status();
  }
  const auto money = [](const OrderedJson& row, const char* name) {
    return Money::from_ufen(row.at(name).get<std::int64_t>()).to_string();
  };
  std::string text;
  for (const OrderedJson& row : json.at("campaigns")) {
    text += fmt::format("{} {} '{}': {} a click, {} of {} today; shown {}, clicked {}\n",
                        row.at("running").get<bool>() ? "*" : " ", row.at("campaign").get<std::string>(),
                        row.at("item").get<std::string>(), money(row, "bid_ufen"), money(row, "spent_today_ufen"),
                        money(row, "budget_ufen"), row.at("shown").get<std::int64_t>(),
                        row.at("clicks").get<std::int64_t>());
  }
  print_text(text.empty() ? "there is no campaign" : text);
  return ok_status();
}

}  // namespace

Status sponsor_recommend(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"set", "stop", "list"}));
  if (verb == "set") return set_campaign(arguments);
  return verb == "stop" ? stop_campaign(arguments) : list_campaigns(arguments);
}

}  // namespace yupu::app
