#include "strategy/strategy.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "base/builtin.h"
#include "base/file.h"
#include "strategy/connector_reader.h"
#include "strategy/monitor_reader.h"
#include "strategy/privacy_reader.h"
#include "strategy/recommend_reader.h"
#include "strategy/service_reader.h"
#include "strategy/time_of_day.h"
#include "strategy/toml_reader.h"
#include "strategy/train_method.h"
#include "strategy/widget_reader.h"
#include "training/track/tracker.h"

namespace yupu::strategy {
namespace {

Strategy empty_strategy(const std::string& path) {
  Strategy strategy;
  strategy.path = path;
  strategy.folder = std::filesystem::path(path).parent_path().string();
  if (strategy.folder.empty()) strategy.folder = ".";
  return strategy;
}

// Reads one strategy; keeps what every part needs.
class Loader {
 public:
  Loader(Strategy& strategy, bool check_files) : out_(strategy), check_files_(check_files) {}

  Status load(const toml::table& root) {
    TomlReader reader(root, out_.path, "");
    const toml::table* head = reader.table("strategy", true);
    const toml::table* data = reader.table("data", true);
    const toml::table* train = reader.table("train");
    const toml::table* release = reader.table("release");
    const toml::table* service = reader.table("service", true);
    const toml::table* privacy = reader.table("privacy");
    const toml::table* knowledge = reader.table("knowledge");
    const toml::table* commerce = reader.table("commerce", true);
    const toml::table* visitors = reader.table("visitors");
    const toml::table* widget = reader.table("widget");
    const toml::table* promote = reader.table("promote");
    const toml::table* improve = reader.table("improve");
    const toml::table* monitor = reader.table("monitor");
    const toml::table* recommend = reader.table("recommend");
    const auto connectors = reader.tables("connector");
    YUPU_RETURN_IF_ERROR(reader.finish());
    YUPU_RETURN_IF_ERROR(read_head(*head));
    YUPU_RETURN_IF_ERROR(read_data(*data));
    if (train != nullptr) YUPU_RETURN_IF_ERROR(read_train(*train));
    if (release != nullptr) YUPU_RETURN_IF_ERROR(read_release(*release));
    YUPU_RETURN_IF_ERROR(read_service(*service, out_, check_files_));
    if (privacy != nullptr) YUPU_RETURN_IF_ERROR(read_privacy(*privacy, out_));
    if (knowledge != nullptr) YUPU_RETURN_IF_ERROR(read_knowledge(*knowledge, out_, check_files_));
    YUPU_RETURN_IF_ERROR(read_commerce(*commerce));
    if (visitors != nullptr) YUPU_RETURN_IF_ERROR(read_visitors(*visitors));
    if (widget != nullptr) YUPU_RETURN_IF_ERROR(read_widget(*widget, out_, check_files_));
    for (const toml::table* connector : connectors)
      YUPU_RETURN_IF_ERROR(read_connector(*connector, out_, check_files_));
    if (promote != nullptr) YUPU_RETURN_IF_ERROR(read_promote(*promote));
    if (improve != nullptr) YUPU_RETURN_IF_ERROR(read_improve(*improve));
    if (monitor != nullptr) YUPU_RETURN_IF_ERROR(read_monitor(*monitor, out_));
    if (recommend != nullptr) YUPU_RETURN_IF_ERROR(read_recommend(*recommend, out_));
    return ok_status();
  }

  // [strategy] and one other table, by the reader given.
  Status load_only(const toml::table& root, std::string_view name, Status (*read)(const toml::table&, Strategy&)) {
    TomlReader reader(root, out_.path, "");
    const toml::table* head = reader.table("strategy", true);
    const toml::table* table = reader.table(name, true);
    for (const std::string_view other :
         {"data", "train", "release", "service", "privacy", "knowledge", "commerce", "visitors", "widget", "promote",
          "improve", "monitor", "recommend", "connector"})
      reader.known(other);
    YUPU_RETURN_IF_ERROR(reader.finish());
    YUPU_RETURN_IF_ERROR(read_head(*head));
    return read(*table, out_);
  }

 private:
  TomlReader open(const toml::table& table, const std::string& prefix) const { return {table, out_.path, prefix}; }

  void check_file(TomlReader& reader, std::string_view key, const std::string& path) const {
    if (check_files_ && !path.empty() && !file_exists(out_.resolve(path))) {
      reader.fail(key, fmt::format("there is no file {}", out_.resolve(path)));
    }
  }

  Status read_head(const toml::table& table) {
    TomlReader reader = open(table, "strategy");
    reader.text("name", out_.name, true);
    reader.integer("seed", out_.seed, 0, INT64_MAX);
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    if (!std::all_of(out_.name.begin(), out_.name.end(), good) || out_.name.size() > 64) {
      reader.fail("name", "must be at most 64 of a-z, 0-9, - and _");
    }
    return reader.finish();
  }

  Status read_source(const toml::table& table, int index) {
    DataSource source;
    TomlReader reader = open(table, fmt::format("data.source[{}]", index));
    reader.text("path", source.path, true);
    reader.text("text", source.text_column);
    reader.text("label", source.label_column);
    reader.text("lang", source.lang_column);
    reader.text("split_column", source.split_column);
    reader.text("out_of_scope", source.out_of_scope);
    reader.text("fixed_label", source.fixed_label);
    if (reader.has("split")) reader.one_of("split", source.fixed_split, {"train", "valid", "test"});
    check_file(reader, "path", source.path);
    YUPU_RETURN_IF_ERROR(reader.finish());
    out_.data.sources.push_back(std::move(source));
    return ok_status();
  }

  Status read_data(const toml::table& table) {
    TomlReader reader = open(table, "data");
    const auto sources = reader.tables("source", true);
    reader.number("valid_fraction", out_.data.valid_fraction, 0.0, 0.5);
    reader.number("test_fraction", out_.data.test_fraction, 0.0, 0.5);
    reader.integer("min_examples_per_label", out_.data.min_examples_per_label, 1, 1000000);
    reader.integer("text_bytes_max", out_.data.text_bytes_max, 16, 1 << 20);
    out_.data.check = "error";  // where the file says nothing
    reader.one_of("check", out_.data.check, {"warn", "error", "off"});
    YUPU_RETURN_IF_ERROR(reader.finish());
    int index = 0;
    for (const toml::table* source : sources) YUPU_RETURN_IF_ERROR(read_source(*source, index++));
    if (sources.empty())
      return invalid_argument(fmt::format("{}: data.source: needs at least one [[data.source]]", out_.path),
                              "data.source");
    return ok_status();
  }

  Status read_train(const toml::table& table) {
    TrainPlan& train = out_.train;
    TomlReader reader = open(table, "train");
    reader.one_of("task", train.task, {"classify"});
    reader.one_of("config", train.config, {"tiny", "mini", "small", "medium", "base"});
    reader.text("base", train.base);
    if (!file_exists(out_.resolve(train.base))) train.base = directory_or_builtin(train.base);
    read_train_method(reader, train);
    reader.integer("epochs", train.epochs, 1, 10000);
    reader.integer("batch_tokens", train.batch_tokens, 16, 1 << 20);
    reader.number("lr", train.lr, 1e-9, 1.0);
    reader.number("warmup_ratio", train.warmup_ratio, 0.0, 1.0);
    reader.number("weight_decay", train.weight_decay, 0.0, 1.0);
    reader.number("dropout", train.dropout, 0.0, 0.9);
    reader.number("token_dropout", train.token_dropout, 0.0, 0.9);
    reader.number("label_smoothing", train.label_smoothing, 0.0, 0.9);
    reader.one_of("pooling", train.pooling, {"cls", "mean"});
    reader.number("layer_decay", train.layer_decay, 0.01, 1.0);
    reader.one_of("background", train.background, {"off", "rows", "general", "both"});
    reader.text("class_weights", train.class_weights);
    if (train.class_weights != "off" && train.class_weights != "balanced")
      check_file(reader, "class_weights", train.class_weights);
    reader.boolean("wide", train.wide);
    reader.number("wide_lr", train.wide_lr, 1e-9, 10.0);
    reader.integer("patience", train.patience, 1, 10000);
    reader.integer("vocab_size", train.vocab_size, 100, 200000);
    reader.integer("max_length", train.max_length, 8, 512);
    reader.integer("threads", train.threads, 0, 1024);
    reader.one_of("metric", train.metric, {"accuracy", "macro_f1"});
    reader.texts("track", train.track);
    for (const std::string& spec : train.track) {
      if (const Status status = training::check_track_spec(spec); !status.ok()) reader.fail("track", status.message());
    }
    reader.one_of("precision", train.precision, {"fp32", "bf16"});
    check_file(reader, "base", train.base);
    return reader.finish();
  }

  Status read_release(const toml::table& table) {
    TomlReader reader = open(table, "release");
    reader.number("accuracy_min", out_.release.accuracy_min, 0.0, 1.0);
    reader.number("gain_min", out_.release.gain_min, 0.0, 1.0);
    reader.number("slice_drop_max", out_.release.slice_drop_max, 0.0, 1.0);
    reader.number("target_precision", out_.release.target_precision, 0.01, 0.999);
    double share = 0.0;
    reader.number("max_wrong", share, 1e-6, 0.99);
    if (reader.has("max_wrong")) out_.release.max_wrong = share;
    reader.number("confidence", out_.release.confidence, 0.5, 0.999999);
    reader.number("out_of_scope_share", share, 0.0, 0.99);
    if (reader.has("out_of_scope_share")) out_.release.out_of_scope_share = share;
    reader.one_of("scope_gate", out_.release.scope_gate,
                  {"auto", "off", "energy", "mahalanobis", "neighbours", "background", "combined"});
    reader.one_of("metric", out_.release.metric, {"accuracy", "macro_f1"});
    reader.one_of("weights", out_.release.weights, {"fp32", "int8"});
    if (out_.release.weights == "int8" && out_.train.method != "full")
      reader.fail("weights", "\"int8\" is of whole models, and train.method makes an adapter");
    return reader.finish();
  }

  Status read_price(const toml::table& table, const std::string& prefix, Plan& plan) {
    Price price;
    std::string yuan;
    TomlReader reader = open(table, prefix);
    reader.text("meter", price.meter, true);
    reader.text("yuan_per_thousand", yuan, true);
    if (!yuan.empty()) {
      const auto amount = parse_yuan(yuan);
      if (amount.ok()) {
        price.per_thousand = *amount;
      } else {
        reader.fail("yuan_per_thousand", amount.status().message());
      }
    }
    YUPU_RETURN_IF_ERROR(reader.finish());
    plan.prices.push_back(std::move(price));
    return ok_status();
  }

  Status read_plan(const toml::table& table, int index) {
    Plan plan;
    const std::string prefix = fmt::format("commerce.plan[{}]", index);
    TomlReader reader = open(table, prefix);
    reader.text("name", plan.name, true);
    reader.integer("monthly_tokens", plan.monthly_tokens, 1, INT64_MAX / 2);
    const auto prices = reader.tables("price", true);
    if (!reader.has("monthly_tokens"))
      reader.fail("monthly_tokens", "is missing; it must be a whole number: the plan's monthly quota");
    YUPU_RETURN_IF_ERROR(reader.finish());
    int price_index = 0;
    for (const toml::table* price : prices) {
      YUPU_RETURN_IF_ERROR(read_price(*price, fmt::format("{}.price[{}]", prefix, price_index++), plan));
    }
    out_.commerce.plans.push_back(std::move(plan));
    return ok_status();
  }

  Status read_commerce(const toml::table& table) {
    TomlReader reader = open(table, "commerce");
    const auto plans = reader.tables("plan", true);
    const auto tenants = reader.tables("tenant", true);
    YUPU_RETURN_IF_ERROR(reader.finish());
    int index = 0;
    for (const toml::table* plan : plans) YUPU_RETURN_IF_ERROR(read_plan(*plan, index++));
    index = 0;
    for (const toml::table* item : tenants) {
      Tenant tenant;
      TomlReader tenant_reader = open(*item, fmt::format("commerce.tenant[{}]", index++));
      tenant_reader.text("name", tenant.name, true);
      tenant_reader.text("plan", tenant.plan, true);
      const auto& known = out_.commerce.plans;
      if (std::none_of(known.begin(), known.end(), [&](const Plan& plan) { return plan.name == tenant.plan; })) {
        tenant_reader.fail("plan", fmt::format("no [[commerce.plan]] has the name \"{}\"", tenant.plan));
      }
      YUPU_RETURN_IF_ERROR(tenant_reader.finish());
      out_.commerce.tenants.push_back(std::move(tenant));
    }
    return ok_status();
  }

  Status read_visitors(const toml::table& table) {
    VisitorsPlan visitors;
    TomlReader reader = open(table, "visitors");
    reader.text("file", visitors.file, true);
    reader.text("tenant", visitors.tenant, true);
    check_file(reader, "file", visitors.file);
    const auto& known = out_.commerce.tenants;
    if (std::none_of(known.begin(), known.end(),
                     [&](const Tenant& tenant) { return tenant.name == visitors.tenant; })) {
      reader.fail("tenant", fmt::format("no [[commerce.tenant]] has the name \"{}\"", visitors.tenant));
    }
    out_.visitors = std::move(visitors);
    return reader.finish();
  }

  Status read_promote(const toml::table& table) {
    TomlReader reader = open(table, "promote");
    reader.boolean("report", out_.report);
    return reader.finish();
  }

  Status read_improve(const toml::table& table) {
    TomlReader reader = open(table, "improve");
    reader.integer("corrections_min", out_.improve.corrections_min, 1, 1000000);
    reader.integer("after_corrections", out_.improve.after_corrections, 1, 1000000);
    read_time_of_day(reader, "at", out_.improve.at);
    reader.integer("epochs", out_.improve.epochs, 1, 10000);
    reader.number("lr", out_.improve.lr, 1e-9, 1.0);
    reader.integer("shadow_calls", out_.improve.shadow_calls, 0, 100000);
    reader.number("shadow_changed_max", out_.improve.shadow_changed_max, 0.0, 1.0);
    reader.integer("shadow_live_calls", out_.improve.shadow_live_calls, 0, 1000000);
    return reader.finish();
  }

  Strategy& out_;
  bool check_files_;
};

}  // namespace

std::string Strategy::resolve(const std::string& relative) const {
  const std::filesystem::path target(relative);
  if (relative.starts_with(kBuiltinPrefix)) return relative;
  return target.is_absolute() ? relative : (std::filesystem::path(folder) / target).string();
}

Result<Strategy> parse_strategy(std::string_view text, const std::string& path, bool check_files) {
  YUPU_ASSIGN_OR_RETURN(const toml::table root, parse_toml(text, path));
  Strategy strategy = empty_strategy(path);
  YUPU_RETURN_IF_ERROR(Loader(strategy, check_files).load(root));
  return strategy;
}

Result<Strategy> load_strategy(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path, 1 << 20));
  return parse_strategy(text, path, true);
}

Result<Strategy> load_monitor_strategy(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const toml::table root, parse_toml_file(path));
  Strategy strategy = empty_strategy(path);
  YUPU_RETURN_IF_ERROR(Loader(strategy, true).load_only(root, "monitor", read_monitor));
  return strategy;
}

Result<Strategy> load_recommend_strategy(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const toml::table root, parse_toml_file(path));
  Strategy strategy = empty_strategy(path);
  YUPU_RETURN_IF_ERROR(Loader(strategy, true).load_only(root, "recommend", read_recommend));
  return strategy;
}

}  // namespace yupu::strategy
