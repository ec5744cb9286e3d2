#include "training/track/mlflow_api.h"

#include <cmath>

#include <fmt/format.h>

namespace yupu::training {
namespace {

// Metric and parameter names of MLflow: letters, digits, "_-. /:".
std::string allowed_key(std::string_view key) {
  constexpr std::size_t kBytesMax = 250;
  std::string out(key.substr(0, kBytesMax));
  for (char& c : out) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && std::string_view("_-. /:").find(c) == std::string_view::npos) c = '_';
  }
  return out;
}

Json number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

Json pairs_json(const MlflowPairs& pairs) {
  constexpr std::size_t kValueBytesMax = 6000;
  Json out = Json::array();
  for (const auto& [key, value] : pairs)
    out.push_back({{"key", allowed_key(key)}, {"value", value.substr(0, kValueBytesMax)}});
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

MlflowApi::MlflowApi(const MlflowOptions& server)
    : client_({.host = server.host, .port = server.port, .timeout_ms = server.request_timeout_ms}),
      prefix_(server.prefix + "/api/2.0/mlflow/") {}

Result<Json> MlflowApi::call(std::string_view method, std::string_view path, const std::string& body) {
  constexpr int kTooMany = 429, kServerError = 500, kNotFoundStatus = 404, kOk = 200;
  const std::string target = prefix_ + std::string(path);
  YUPU_ASSIGN_OR_RETURN(const http::Response response,
                        method == "GET" ? client_.get(target) : client_.post_json(target, body));
  const auto json = parse_json(response.body);
  if (response.status == kOk) {
    if (json.ok() && json.value().is_object()) return json.value();
    return internal_error(fmt::format("{}: the answer is no JSON object: is this an MLflow server?", target));
  }
  std::string why = fmt::format("{}: HTTP {}", target.substr(0, target.find('?')), response.status);
  std::string code;
  if (json.ok() && json.value().is_object()) {
    code = json.value().value("error_code", "");
    why += fmt::format(": {} {}", code, json.value().value("message", ""));
  }
  if (response.status == kTooMany || response.status >= kServerError) return unavailable(why);
  if (response.status == kNotFoundStatus && code == "RESOURCE_DOES_NOT_EXIST") return not_found(why);
  return invalid_argument(why);
}

Result<std::string> MlflowApi::experiment_id(const std::string& name) {
  const auto found = call("GET", "experiments/get-by-name?experiment_name=" + percent_encoded(name), "");
  if (found.ok()) {
    const Json experiment = found.value().value("experiment", Json::object());
    return json_string(experiment, "experiment_id", "experiments/get-by-name");
  }
  if (found.status().code() != Code::kNotFound) return found.status();
  YUPU_ASSIGN_OR_RETURN(const Json made, call("POST", "experiments/create", to_text({{"name", name}})));
  return json_string(made, "experiment_id", "experiments/create");
}

Result<std::optional<std::string>> MlflowApi::find_run(const std::string& experiment, const std::string& tag,
                                                       const std::string& value) {
  const Json body = {{"experiment_ids", {experiment}},
                     {"filter", fmt::format("tags.`{}` = '{}'", tag, value)},
                     {"max_results", 1},
                     {"order_by", {"attributes.start_time DESC"}}};
  YUPU_ASSIGN_OR_RETURN(const Json answer, call("POST", "runs/search", to_text(body)));
  const Json runs = answer.value("runs", Json::array());
  if (!runs.is_array() || runs.empty()) return std::optional<std::string>();
  YUPU_ASSIGN_OR_RETURN(std::string id, json_string(runs[0].value("info", Json::object()), "run_id", "runs/search"));
  return std::optional<std::string>(std::move(id));
}

Result<std::string> MlflowApi::create_run(const std::string& experiment, const std::string& name, std::int64_t start_ms,
                                          const MlflowPairs& tags) {
  const Json body = {
      {"experiment_id", experiment}, {"run_name", name}, {"start_time", start_ms}, {"tags", pairs_json(tags)}};
  YUPU_ASSIGN_OR_RETURN(const Json answer, call("POST", "runs/create", to_text(body)));
  const Json run = answer.value("run", Json::object());
  return json_string(run.value("info", Json::object()), "run_id", "runs/create");
}

Status MlflowApi::log_metrics(const std::string& run_id, std::span<const MlflowMetric> metrics) {
  Json list = Json::array();
  for (const MlflowMetric& metric : metrics) {
    list.push_back({{"key", allowed_key(metric.key)},
                    {"value", number(metric.value)},
                    {"timestamp", metric.timestamp_ms},
                    {"step", metric.step}});
  }
  return call("POST", "runs/log-batch", to_text({{"run_id", run_id}, {"metrics", list}})).status();
}

Status MlflowApi::log_params(const std::string& run_id, const MlflowPairs& params) {
  for (std::size_t begin = 0; begin < params.size(); begin += kParamsMax) {
    const MlflowPairs some(params.begin() + static_cast<std::ptrdiff_t>(begin),
                           params.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kParamsMax, params.size())));
    YUPU_RETURN_IF_ERROR(
        call("POST", "runs/log-batch", to_text({{"run_id", run_id}, {"params", pairs_json(some)}})).status());
  }
  return ok_status();
}

Status MlflowApi::update_run(const std::string& run_id, std::string_view status, std::int64_t end_ms) {
  Json body = {{"run_id", run_id}, {"status", std::string(status)}};
  if (end_ms > 0) body["end_time"] = end_ms;
  return call("POST", "runs/update", to_text(body)).status();
}

}  // namespace yupu::training
