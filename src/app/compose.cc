#include "app/compose.h"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "app/console_sources.h"
#include "app/miss_vectors.h"
#include "app/monitor_door.h"
#include "app/shop_sources.h"
#include "app/stop_signal.h"
#include "app/workplace.h"
#include "base/file.h"
#include "base/log.h"
#include "commerce/commerce.h"
#include "commerce/invoices/invoices.h"
#include "commerce/ledger/ledger.h"
#include "commerce/metering/sponsored.h"
#include "commerce/metering/usage.h"
#include "commerce/tenants/tenants.h"
#include "engine/execution_context.h"
#include "feedback/feedback.h"
#include "feedback/misses/miss_routes.h"
#include "feedback/report/report_routes.h"
#include "http/openapi.h"
#include "products/monitor/board/news.h"
#include "products/monitor/board/routes.h"
#include "products/recommend/serve/board_routes.h"
#include "products/recommend/serve/recommend_routes.h"
#include "products/recommend/serve/shops.h"
#include "products/recommend/serve/widget_routes.h"
#include "products/service/agents/agent_routes.h"
#include "products/service/agents/desk.h"
#include "products/service/agents/visitor_routes.h"
#include "products/service/connectors/connector_routes.h"
#include "products/service/conversation/conversation_bot.h"
#include "products/service/knowledge/knowledge_routes.h"
#include "serving/adapter_pool.h"
#include "serving/assets.h"
#include "serving/classifier_model.h"
#include "serving/embedder_model.h"
#include "serving/engine_worker.h"
#include "serving/model_host.h"
#include "serving/release_watcher.h"
#include "serving/service.h"
#include "strategy/connector_plan.h"
#include "strategy/knowledge_plan.h"
#include "strategy/retention.h"
#include "web/assets.h"

namespace yupu::app {
namespace {

constexpr int kDrainMs = 10'000;
constexpr std::size_t kBasesKept = 2;  // of adapters that are paged in, when none of theirs is in memory

serving::ServiceHooks make_hooks(store::Store& store, const Clock& clock) {
  serving::ServiceHooks hooks;
  hooks.usage = [&store, &clock](const handoff::Caller& caller,
                                 const serving::ServiceHooks::Query& query) -> Result<Json> {
    Month month = month_of(clock.now_ns());
    const auto wanted = query.find("month");
    if (wanted != query.end() && !parse_month(wanted->second, month)) {
      return invalid_argument(fmt::format("month must be YYYY-MM, not '{}'", wanted->second), "month");
    }
    YUPU_ASSIGN_OR_RETURN(const auto usage, commerce::usage_summary(store, caller.tenant_id, month));
    return usage.to_json();
  };
  hooks.balance = [&store](const handoff::Caller& caller, const serving::ServiceHooks::Query&) -> Result<Json> {
    YUPU_ASSIGN_OR_RETURN(const auto balance, commerce::balance(store, caller.tenant_id));
    return balance.to_json();
  };
  hooks.invoices = [&store](const handoff::Caller& caller, const serving::ServiceHooks::Query&) -> Result<Json> {
    YUPU_ASSIGN_OR_RETURN(const auto invoices, commerce::list_invoices(store, caller.tenant_id));
    Json rows = Json::array();
    for (const auto& invoice : invoices) rows.push_back(invoice.to_json());
    return Json{{"data", rows}};
  };
  hooks.label = [&clock](store::Transaction& transaction, handoff::Feedback label,
                         const std::vector<std::string>& known_labels) {
    return feedback::record_feedback(transaction, clock, std::move(label), known_labels).status();
  };
  hooks.feedback = [&store, &clock](handoff::Feedback feedback, const std::vector<std::string>& known_labels) {
    return feedback::record_feedback(store, clock, std::move(feedback), known_labels);
  };
  return hooks;
}

Status book_click(store::Transaction& transaction, const recommend::Click& click) {
  return commerce::record_click(transaction, {.payer_id = click.payer_id,
                                              .campaign = click.campaign,
                                              .click_id = click.impression_id,
                                              .price = click.price,
                                              .clicked_ns = click.clicked_ns});
}

constexpr std::string_view kChatFile = "/chat.html";

// Pages of the web room, as serving wants them. The public bot's own page stands under `chat_path` and may be framed by
// `framed_by`; without a public bot there is none.
std::vector<serving::Asset> web_pages(const std::string& chat_path, const std::string& framed_by) {
  std::vector<serving::Asset> pages;
  for (const web::Asset& asset : web::assets()) {
    const bool chat = asset.path == kChatFile;
    if (chat && chat_path.empty()) continue;
    pages.push_back({.path = asset.path, .content_type = asset.content_type, .bytes = asset.bytes});
    if (chat) {
      pages.back().path = chat_path;
      pages.back().framed_by = framed_by;
    }
  }
  return pages;
}

// The caller whose key `yupu run` has put into the working folder: asked on every call, so that a revoked key stops at
// once.
std::function<Result<handoff::Caller>()> caller_of_tenant(commerce::Commerce& door, const std::string& workdir,
                                                          const std::string& tenant) {
  return [&door, path = workdir + "/secrets/keys/" + tenant]() -> Result<handoff::Caller> {
    YUPU_ASSIGN_OR_RETURN(std::string key, read_file(path, 256));
    while (!key.empty() && key.back() == '\n') key.pop_back();
    return door.authenticate(key);
  };
}

// What tells this server from others on the same store, also after it was started again: the machine, and where it
// listens.
std::string instance_of(const http::ListenAddress& listen) {
  std::array<char, 256> machine{};
  if (::gethostname(machine.data(), machine.size() - 1) != 0) machine[0] = '\0';
  return fmt::format("{}/{}:{}", machine.data(), listen.host, listen.port);
}

// The technical report is a file of the working folder: written by one stage, served as it stands. Its one <style>
// needs a policy of its own.
void add_report(http::Router& router, const std::string& workdir) {
  const auto page = [workdir](const std::string& lang) {
    return [path = workdir + "/site/report." + lang + ".html"](const http::Request&) {
      auto html = read_file(path, 16 << 20);
      if (!html.ok())
        return http::text_response(404, "text/plain; charset=utf-8",
                                   "There is no report yet: run the strategy's promote stage.\n");
      auto response = http::text_response(200, "text/html; charset=utf-8", std::move(html).value());
      response.headers.add(
          "content-security-policy",
          "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'");
      response.headers.add("x-content-type-options", "nosniff");
      return response;
    };
  };
  router.add({.method = "GET", .pattern = "/report", .scope = {}, .summary = "Technical report, Chinese"}, page("zh"));
  router.add({.method = "GET", .pattern = "/report/zh", .scope = {}, .summary = "Technical report, Chinese"},
             page("zh"));
  router.add({.method = "GET", .pattern = "/report/en", .scope = {}, .summary = "Technical report, English"},
             page("en"));
}

}  // namespace

// In order of construction; destroyed in reverse.
struct LiveServer::Parts {
  store::Store& store;
  const Clock& clock;
  LiveServerOptions options;
  std::unique_ptr<commerce::Commerce> commerce;
  serving::Metrics metrics;
  std::unique_ptr<engine::ExecutionContext> engine_context;
  tasks::BaseCache bases;
  std::unique_ptr<serving::AdapterPool> pool;  // models in flight hold pins of it
  std::unique_ptr<serving::EngineWorker> engine;
  std::unique_ptr<serving::ModelHost> host;
  std::unique_ptr<serving::ReleaseWatcher> watcher;
  std::string chat_path;  // of the public bot's page, and who may frame it
  std::string framed_by;
  std::vector<serving::Asset> pages;
  std::unique_ptr<products::Desk> desk;     // of the strategy's bot
  const products::Bot* shop_bot = nullptr;  // of the strategy, and the documents it quotes; the service owns both
  products::KnowledgeBase* knowledge_base = nullptr;
  std::unique_ptr<serving::Service> service;
  std::unique_ptr<products::AgentRoutes> agent_routes;
  std::unique_ptr<products::VisitorRoutes> visitor_routes;
  std::unique_ptr<recommend::Shops> shops;
  std::unique_ptr<recommend::RecommendRoutes> recommend_routes;
  std::unique_ptr<recommend::BoardRoutes> recommend_board;
  std::unique_ptr<recommend::WidgetRoutes> recommend_widget;  // null: no page of a shop may ask
  products::ConnectorRoutes connectors;                       // of the strategy's bot to other networks
  std::unique_ptr<monitor::News> news;                        // null: no monitor is shown
  std::unique_ptr<monitor::BoardRoutes> board_routes;
  std::unique_ptr<strategy::Retention> retention;  // null: conversations are kept for good
  std::unique_ptr<http::Server> server;

  Parts(store::Store& s, const Clock& c, LiveServerOptions o) : store(s), clock(c), options(std::move(o)) {}

  Status open_models() {
    std::vector<std::string> expected;
    if (options.strategy != nullptr) expected.push_back(options.strategy->name);
    engine_context = std::make_unique<engine::ExecutionContext>(options.engine_threads, options.precision);
    engine_context->set_packs_at_once(true);
    engine = std::make_unique<serving::EngineWorker>(metrics, serving::EngineOptions{.wait_ms_max = options.queue_ms});
    host = std::make_unique<serving::ModelHost>(clock, *engine, metrics,
                                                serving::text_model_loader(*engine_context, bases), expected);
    if (!options.adapters.empty()) open_adapters();
    watcher =
        std::make_unique<serving::ReleaseWatcher>(clock, store, *host, serving::store_resolver(store, options.workdir));
    for (const auto& [name, directory] : options.directories) {
      YUPU_RETURN_IF_ERROR(
          host->load(name, "directory:" + directory, directory).with_context(fmt::format("model {}", name)));
    }
    if (!expected.empty()) YUPU_RETURN_IF_ERROR(watcher->check());
    return ok_status();
  }

  void open_adapters() {
    bases.keep(kBasesKept);
    auto source = serving::folder_source(options.adapters, serving::classifier_loader(*engine_context, bases));
    pool = std::make_unique<serving::AdapterPool>(
        clock, metrics, std::move(source), serving::AdapterPoolOptions{.bytes_max = options.adapter_memory_mb << 20});
    host->set_pool(*pool);
  }

  Status open_service() {
    serving::ServiceOptions service_options;
    service_options.mask = text::PersonalKinds::all();
    if (options.strategy != nullptr) {
      const strategy::PrivacyPlan& privacy = options.strategy->privacy;
      service_options.mask = service_options.mask_read = privacy.mask;
      service_options.mask_stored_answers = privacy.in_conversations();
    }
    if (options.strategy != nullptr && !options.strategy->commerce.tenants.empty()) {
      const std::string tenant =
          options.strategy->visitors ? options.strategy->visitors->tenant : options.strategy->commerce.tenants[0].name;
      service_options.demo_caller = caller_of_tenant(*commerce, options.workdir, tenant);
      service_options.demo_rate.interval_ns = 60'000'000'000 / options.strategy->service.demo_requests_per_minute;
    }
    if (options.strategy != nullptr && options.strategy->widget) {
      YUPU_ASSIGN_OR_RETURN(auto bot, strategy::make_public_bot(*options.strategy));
      bot.payer = caller_of_tenant(*commerce, options.workdir, options.strategy->widget->tenant);
      chat_path = "/chat/" + bot.name;
      framed_by = "'self'";
      for (const std::string& origin : bot.origins) framed_by += " " + origin;
      service_options.public_bot = std::move(bot);
    }
    service = std::make_unique<serving::Service>(clock, store, *commerce, *host, *engine, metrics,
                                                 std::move(service_options), make_hooks(store, clock));
    shops = std::make_unique<recommend::Shops>(store, clock, options.list_rules);
    recommend_routes = std::make_unique<recommend::RecommendRoutes>(
        store, clock, *shops,
        [asked = service.get()](const http::Request& request, std::string_view scope) {
          return asked->admit_key(request, scope);
        },
        book_click);
    if (options.strategy != nullptr && options.strategy->widget) {
      recommend_widget = std::make_unique<recommend::WidgetRoutes>(
          store, clock, *shops, *recommend_routes,
          [asked = service.get()](const http::Request& request) { return asked->admit_to_conversation(request, {}); },
          book_click);
    }
    recommend_board = std::make_unique<recommend::BoardRoutes>(store, clock, *shops, products::agent_door(store));
    open_board();
    if (options.strategy != nullptr) {
      YUPU_ASSIGN_OR_RETURN(auto dialogue, strategy::make_dialogue(*options.strategy, options.answers));
      const strategy::ServicePlan& plan = options.strategy->service;
      YUPU_ASSIGN_OR_RETURN(auto knowledge, strategy::open_knowledge(*options.strategy, store));
      desk = std::make_unique<products::Desk>(store, clock, plan.desk);
      products::ConversationOptions conversation = plan.conversation;
      conversation.mask = options.strategy->privacy.in_conversations();
      knowledge_base = knowledge.get();
      auto bot = std::make_unique<products::ConversationBot>(store, clock, std::move(dialogue), conversation,
                                                             desk.get(), std::move(knowledge));
      open_desk(bot->bot());
      shop_bot = &bot->bot();
      service->add_bot(std::move(bot));
      YUPU_RETURN_IF_ERROR(open_connectors());
      if (plan.keep_days > 0) {
        retention = std::make_unique<strategy::Retention>(
            store, clock, strategy::RetentionRule{.bot = plan.bot, .keep_days = plan.keep_days});
      }
    }
    return ok_status();
  }

  // The monitor's pages.
  void open_board() {
    const strategy::Strategy* const shown = options.monitor != nullptr ? options.monitor : options.strategy;
    if (shown == nullptr || !shown->monitor) return;
    news = std::make_unique<monitor::News>(store, shown->name);
    board_routes =
        std::make_unique<monitor::BoardRoutes>(store, clock, shown->name, shown->monitor->topics, shown->monitor->rules,
                                               *news, monitor_door(store, shown->monitor->tenant));
  }

  // What agents and visitors ask for beside the bot's answers.
  void open_desk(const products::Bot& bot) {
    // Corrections name labels of the model that reads the bot's texts.
    const products::TakeOpinion take = [this, name = bot.options().model](handoff::Feedback opinion) {
      const auto model = host->find(name);
      const std::vector<std::string> labels =
          model == nullptr ? std::vector<std::string>() : model->model->card().labels;
      return feedback::record_feedback(store, clock, std::move(opinion), labels);
    };
    agent_routes = std::make_unique<products::AgentRoutes>(store, clock, *desk, take,
                                                           options.strategy->privacy.in_conversations());
    agent_routes->add_bot(bot);
    visitor_routes = std::make_unique<products::VisitorRoutes>(
        store, clock, *desk,
        [asked = service.get()](const http::Request& request) {
          return asked->admit_to_conversation(request, request.params.at("id"));
        },
        take);
  }

  Status open_connectors() {
    YUPU_ASSIGN_OR_RETURN(auto made, strategy::make_connectors(*options.strategy));
    for (std::size_t i = 0; i < made.size(); ++i) {
      const strategy::ConnectorPlan& plan = options.strategy->connectors[i];
      connectors.add(std::make_unique<products::Line>(
          store, clock, std::move(made[i]),
          products::LineOptions{.bot = options.strategy->service.bot, .channel = plan.channel},
          caller_of_tenant(*commerce, options.workdir, plan.tenant),
          [asked = service.get()](const http::Request& request, const handoff::Caller& caller) {
            return asked->answer_as(request, caller);
          }));
    }
    return ok_status();
  }

  void add_console(http::Router& router) {
    const strategy::Strategy& shop = *options.strategy;
    const std::int64_t utc_offset_minutes = shop.service.dialogue.utc_offset_minutes;
    const console::Sources sources = console_sources(store, utc_offset_minutes);
    console::add_routes(router, store, clock, sources);
    console::add_shop_routes(router, store, clock,
                             shop_sources({.store = store,
                                           .clock = clock,
                                           .strategy = shop,
                                           .bot = *shop_bot,
                                           .host = *host,
                                           .watcher = *watcher,
                                           .workdir = options.workdir}));
    products::KnowledgeRouteOptions knowledge{.base = knowledge_base};
    if (shop.knowledge) knowledge.passages = shop.knowledge->passages;
    products::add_knowledge_routes(router, store, clock, knowledge);
    feedback::add_report_routes(
        router, store, clock,
        {.model = shop.name, .door = products::agent_door(store), .utc_offset_minutes = utc_offset_minutes});
  }

  Status listen() {
    http::Router router;
    service->add_routes(router);
    recommend_routes->add_routes(router);
    recommend_board->add_routes(router);
    if (recommend_widget != nullptr) {
      recommend_widget->add_routes([&](const http::RouteInfo& info, http::Handler handler) {
        service->add_shared_route(router, info, std::move(handler));
      });
    }
    if (board_routes != nullptr) board_routes->add_routes(router);
    if (desk != nullptr) {
      agent_routes->add_routes(router);
      visitor_routes->add_routes([&](const http::RouteInfo& info, http::Handler handler) {
        service->add_shared_route(router, info, std::move(handler));
      });
      connectors.add_routes(router);
      add_console(router);
      feedback::add_miss_routes(router, store, clock,
                                {.model = options.strategy->name,
                                 .door = products::agent_door(store),
                                 .vectors = miss_vectors(*options.strategy)});
    }
    pages = web_pages(chat_path, framed_by);
    serving::add_assets(router, pages);
    add_report(router, options.workdir);
    http::add_openapi(router, "yupu", kVersion);
    http::ServerOptions server_options;
    server_options.listen = options.listen;
    server_options.request_threads = options.request_threads;
    server_options.request_queue_ms_max = options.queue_ms;
    server_options.proxies = options.proxies;
    server_options.on_exchange = [this](const http::Exchange& exchange) { metrics.count_exchange(exchange); };
    if (desk != nullptr) desk->look();  // whose conversations are whose, before anybody asks
    YUPU_ASSIGN_OR_RETURN(server, http::Server::start(std::move(server_options), std::move(router)));
    service->set_server(server.get());
    watcher->start();
    shops->start();
    if (news != nullptr) news->start();
    if (desk != nullptr) desk->start();
    connectors.start();
    if (retention != nullptr) retention->start();
    return ok_status();
  }
};

LiveServer::LiveServer(std::string host, std::unique_ptr<Parts> parts)
    : host_(std::move(host)), parts_(std::move(parts)) {}

LiveServer::~LiveServer() { stop(); }

std::uint16_t LiveServer::port() const { return parts_->server->port(); }

Status LiveServer::refresh() { return parts_->watcher->check(); }

Result<std::unique_ptr<LiveServer>> LiveServer::start(LiveServerOptions options, store::Store& store,
                                                      const Clock& clock) {
  std::string host = options.listen.host == "0.0.0.0" ? "127.0.0.1" : options.listen.host;
  auto parts = std::make_unique<Parts>(store, clock, std::move(options));
  commerce::CommerceOptions commerce_options{.pepper_path = parts->options.workdir + "/secrets/pepper"};
  if (store.is_shared()) commerce_options.instance = instance_of(parts->options.listen);
  YUPU_ASSIGN_OR_RETURN(parts->commerce, commerce::Commerce::open(store, clock, std::move(commerce_options)));
  YUPU_RETURN_IF_ERROR(parts->open_models());
  YUPU_RETURN_IF_ERROR(parts->open_service());
  YUPU_RETURN_IF_ERROR(parts->listen());
  return std::unique_ptr<LiveServer>(new LiveServer(std::move(host), std::move(parts)));
}

void LiveServer::stop() {
  if (parts_ == nullptr || parts_->server == nullptr) return;
  parts_->service->set_draining();
  parts_->server->stop(kDrainMs);
  parts_->service->set_server(nullptr);
  parts_->connectors.stop();
  if (parts_->desk != nullptr) parts_->desk->stop();
  if (parts_->shops != nullptr) parts_->shops->stop();
  if (parts_->news != nullptr) parts_->news->stop();
  if (parts_->retention != nullptr) parts_->retention->stop();
  parts_->watcher->stop();
  if (parts_->pool != nullptr) parts_->pool->stop();
  parts_->engine->stop();
  parts_->server.reset();
}

Status LiveServer::serve_until_signal() {
  YUPU_RETURN_IF_ERROR(listen_for_stop());
  log::info("shutting_down", {{"signal", wait_for_stop(-1)}});
  if (parts_->options.drain_seconds > 0) {
    // Not ready, and still there: whoever spreads the load looks elsewhere before the door closes. A second signal ends
    // it.
    parts_->service->set_draining();
    parts_->server->leave();
    wait_for_stop(parts_->options.drain_seconds * 1000);
  }
  stop();
  return ok_status();
}

}  // namespace yupu::app
