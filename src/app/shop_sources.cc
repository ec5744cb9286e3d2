#include "app/shop_sources.h"

#include "feedback/report/report.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "products/service/agents/agent_routes.h"
#include "products/service/answers_json.h"
#include "products/service/conversation/script_json.h"
#include "strategy/conversation_tests.h"

namespace yupu::app {
namespace {

constexpr int kTestThreads = 1;  // visitors keep the others

Result<Json> entries_since(store::Store& store, const std::string& tenant_id, const std::string& model,
                           std::int64_t since_ns) {
  feedback::CallReport report;
  YUPU_RETURN_IF_ERROR(feedback::each_call(store, {.tenant_id = tenant_id, .model = model, .since_ns = since_ns},
                                           [&report](const feedback::LoggedCall& call) {
                                             report.add(call);
                                             return ok_status();
                                           }));
  return Json(report.to_json().at("entries"));
}

// On the release's own files, in a model opened for the run: the one that answers visitors is not disturbed.
Result<Json> play(const ServedShop& shop, const std::string& release_id) {
  YUPU_ASSIGN_OR_RETURN(const auto record, handoff::get_record(shop.store, release_id));
  YUPU_ASSIGN_OR_RETURN(const auto release, handoff::Release::from_json(record.body));
  YUPU_ASSIGN_OR_RETURN(const auto report,
                        strategy::test_conversations(shop.strategy, shop.workdir + "/" + release.model_directory,
                                                     kTestThreads, shop.store, shop.clock));
  return report.to_json();
}

}  // namespace

console::ShopSources shop_sources(const ServedShop& shop) {
  const std::string& model = shop.strategy.name;
  console::ShopSources sources;
  sources.model = model;
  sources.door = products::agent_door(shop.store);
  sources.served = [&host = shop.host, model] {
    const auto served = host.find(model);
    return served == nullptr ? std::string() : served->release_id;
  };
  sources.look_now = [&watcher = shop.watcher] { watcher.notify(); };
  sources.answers = [&bot = shop.bot, &clock = shop.clock] {
    return products::answers_json(bot.answers(), clock.now_ns());
  };
  sources.entries = [&store = shop.store, model](const std::string& tenant_id, std::int64_t since_ns) {
    return entries_since(store, tenant_id, model, since_ns);
  };
  sources.scripts = products::scripts_json(shop.strategy.service.tests);
  sources.play = [shop](const std::string& release_id) { return play(shop, release_id); };
  sources.utc_offset_minutes = shop.strategy.service.dialogue.utc_offset_minutes;
  return sources;
}

}  // namespace yupu::app
