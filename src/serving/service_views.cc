// What a caller may look at: models, usage, balance, invoices; and what operators ask: health, readiness, metrics.
#include <utility>

#include "http/door.h"
#include "http/problem.h"
#include "serving/service.h"
#include "serving/shadow.h"

namespace yupu::serving {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::string_view kOwner = "yupu";  // OpenAI's clients expect one

}  // namespace

http::Response Service::models(const http::Request& request) {
  const Access access = admit(request, "read", true, false);
  if (!access.caller) return access.refusal;
  OrderedJson data = OrderedJson::array();
  for (const auto& model : host_.list()) {
    data.push_back({{"id", model->name},
                    {"object", "model"},
                    {"created", model->loaded_ns / kNsPerSecond},
                    {"owned_by", kOwner},
                    {"kind", "model"},
                    {"release_id", model->release_id},
                    {"loaded_at", format_utc(model->loaded_ns)},
                    {"labels", model->model->card().labels}});
    if (model->model->card().kind() == ModelCard::Kind::kVectors)
      data.back()["dimensions"] = model->model->card().embedding_width;
  }
  for (const auto& [name, bot] : bots_) {
    const auto model = host_.find(bot->model());
    if (model == nullptr) continue;
    OrderedJson row{{"id", name},
                    {"object", "model"},
                    {"created", model->loaded_ns / kNsPerSecond},
                    {"owned_by", kOwner},
                    {"kind", "bot"},
                    {"model", bot->model()},
                    {"release_id", model->release_id},
                    {"labels", model->model->card().labels}};
    const Json about = bot->about();
    for (const auto& [key, value] : about.items()) row[key] = OrderedJson(value);
    data.push_back(std::move(row));
  }
  return http::json_response(200, OrderedJson{{"object", "list"}, {"data", std::move(data)}}.dump());
}

http::Response Service::view(const http::Request& request, const ServiceHooks::View& hook) {
  const Access access = admit(request, "read", false, false);
  if (!access.caller) return access.refusal;
  if (!hook) return failed(request, not_found("this server does not bill"));
  const Result<Json> json = hook(*access.caller, request.query);
  if (!json.ok()) return failed(request, json.status());
  return http::unkept_json(to_text(*json));
}

http::Response Service::usage(const http::Request& request) { return view(request, hooks_.usage); }
http::Response Service::balance(const http::Request& request) { return view(request, hooks_.balance); }
http::Response Service::invoices(const http::Request& request) { return view(request, hooks_.invoices); }

http::Response Service::healthz(const http::Request&) { return http::json_response(200, R"({"status":"ok"})"); }

http::Response Service::readyz(const http::Request& request) {
  if (draining_) return http::problem(unavailable("shutting down"), request.request_id);
  if (!host_.ready()) return http::problem(unavailable("models are not loaded yet"), request.request_id);
  return http::json_response(200, R"({"status":"ready"})");
}

http::Response Service::metrics(const http::Request&) {
  const http::Server* server = server_;
  const http::ServerStats stats = server == nullptr ? http::ServerStats{} : server->stats();
  std::string text = metrics_.prometheus(stats);
  if (const Shadow* const shadow = shadow_.load(); shadow != nullptr) text += shadow->metrics();
  return http::text_response(200, "text/plain; version=0.0.4; charset=utf-8", std::move(text));
}

}  // namespace yupu::serving
