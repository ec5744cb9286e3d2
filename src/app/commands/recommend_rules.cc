// yupu recommend rules [FILE | --clear]: what a tenant says about its lists beside what is learned.
#include "app/commands/recommend_rules.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/tenant_place.h"
#include "base/file.h"
#include "products/recommend/serve/policy.h"

namespace yupu::app {
namespace {

Result<recommend::Policy> read_rules(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  const Result<Json> json = parse_json(text);
  if (!json.ok()) return json.status().with_context(path);
  Result<recommend::Policy> policy = recommend::parse_policy(*json);
  if (!policy.ok()) return policy.status().with_context(path);
  return policy;
}

}  // namespace

Status recommend_rules(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  const bool clear = arguments.flag("--clear");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(0, 1, "FILE"));
  if (clear && !words.empty()) return invalid_argument("--clear goes without a file", "--clear");
  recommend::Policy policy;
  if (!words.empty()) {
    YUPU_ASSIGN_OR_RETURN(policy, read_rules(words[0]));
  }
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  store::Store& store = *place.workplace.store;
  if (clear || !words.empty()) {
    YUPU_RETURN_IF_ERROR(
        recommend::put_policy(store, *place.workplace.clock, place.tenant_id, policy, "the command line"));
  } else {
    YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(policy, recommend::policy_of(transaction, place.tenant_id));
      return ok_status();
    }));
  }
  flags.json ? print_json(policy.to_json()) : print_text(policy.to_json().dump(2));
  return ok_status();
}

}  // namespace yupu::app
