#include "strategy/tune_file.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "strategy/toml_reader.h"
#include "training/tune/settings.h"

namespace yupu::strategy {
namespace {

namespace tune = training::tune;

constexpr std::int64_t kEpochsMax = 100'000;

// A string, number or boolean; null for anything else.
Json scalar_of(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto flag = node.value_exact<bool>()) return *flag;
  if (const auto whole = node.value_exact<std::int64_t>()) return *whole;
  if (const auto number = node.value_exact<double>()) return *number;
  return {};
}

class TuneLoader {
 public:
  TuneLoader(tune::TuneOptions& options, const std::string& path) : out_(options), path_(path) {}

  Status load(const toml::table& root) {
    TomlReader reader(root, path_, "");
    const toml::table* table = reader.table("tune", true);
    YUPU_RETURN_IF_ERROR(reader.finish());
    TomlReader search(*table, path_, "tune");
    const toml::table* space = search.table("space", true);
    const toml::table* fixed = search.table("fixed");
    read_settings(search);
    YUPU_RETURN_IF_ERROR(search.finish());
    if (fixed != nullptr) YUPU_RETURN_IF_ERROR(read_fixed(*fixed));
    for (const auto& [key, node] : *space) YUPU_RETURN_IF_ERROR(read_parameter(std::string(key.str()), node));
    if (out_.space.empty()) return at(*space, "tune.space", "has no parameter: there is nothing to search");
    return ok_status();
  }

 private:
  Status at(const toml::node& node, const std::string& key, const std::string& why) const {
    return invalid_argument(fmt::format("{}: line {}: {}: {}", path_, node.source().begin.line, key, why), key);
  }

  void read_settings(TomlReader& reader) {
    tune::StudySettings& settings = out_.settings;
    reader.integer("trials", settings.trials, 1, 100'000);
    reader.integer("max_epochs", settings.ladder.most, 1, kEpochsMax);
    reader.integer("min_epochs", settings.ladder.least, 1, kEpochsMax);
    reader.integer("eta", settings.ladder.eta, 2, 100);
    reader.integer("startup_trials", settings.tpe.startup, 1, 100'000);
    reader.integer("candidates", settings.tpe.candidates, 1, 100'000);
    reader.boolean("multivariate", settings.tpe.multivariate);
    reader.integer("jobs", out_.jobs, 1, 1024);
    auto seed = static_cast<std::int64_t>(settings.seed);
    reader.integer("seed", seed, 0, INT64_MAX);
    settings.seed = static_cast<std::uint64_t>(seed);
    std::string sampler = "tpe";
    reader.one_of("sampler", sampler, {"tpe", "random"});
    settings.sampler = sampler == "tpe" ? tune::Sampler::kTpe : tune::Sampler::kRandom;
    std::string scheduler = "asha";
    reader.one_of("scheduler", scheduler, {"asha", "hyperband", "none"});
    settings.scheduler = scheduler == "asha"        ? tune::Scheduler::kAsha
                         : scheduler == "hyperband" ? tune::Scheduler::kHyperband
                                                    : tune::Scheduler::kNone;
    if (settings.ladder.least > settings.ladder.most)
      reader.fail("min_epochs", fmt::format("must be at most max_epochs ({})", settings.ladder.most));
  }

  Status read_fixed(const toml::table& table) {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      Json value = scalar_of(node);
      if (name == "base" && value.is_string() && !std::filesystem::path(value.get<std::string>()).is_absolute())
        value = (std::filesystem::path(path_).parent_path() / value.get<std::string>()).string();
      const Status status = tune::apply_setting(name, value, out_.fixed);
      if (!status.ok()) return at(node, "tune.fixed." + name, status.message());
    }
    return ok_status();
  }

  Status read_choices(const toml::table& table, const std::string& prefix, std::vector<Json>& choices) const {
    const toml::node* node = table.get("choices");
    if (node == nullptr) return at(table, prefix + ".choices", "is missing; it must be an array of two values or more");
    const toml::array* array = node->as_array();
    if (array == nullptr) return at(*node, prefix + ".choices", "must be an array");
    for (const toml::node& item : *array) choices.push_back(scalar_of(item));
    return ok_status();
  }

  Status read_parameter(const std::string& name, const toml::node& node) {
    const std::string prefix = "tune.space." + name;
    if (!node.is_table()) return at(node, prefix, "must be a table: type, low, high or choices");
    const toml::table& table = *node.as_table();
    TomlReader reader(table, path_, prefix);
    tune::Parameter parameter{.name = name};
    std::string type;
    reader.text("type", type, true);
    if (reader.has("type")) reader.one_of("type", type, {"float", "int", "categorical"});
    if (type == "categorical") {
      parameter.kind = tune::Kind::kCategorical;
      toml::table rest = table;  // what is left besides is an unknown key
      rest.erase("choices");
      TomlReader others(rest, path_, prefix);
      others.text("type", type);
      YUPU_RETURN_IF_ERROR(others.finish());
      YUPU_RETURN_IF_ERROR(read_choices(table, prefix, parameter.choices));
    } else {
      parameter.kind = type == "int" ? tune::Kind::kInt : tune::Kind::kFloat;
      parameter.step = type == "int" ? 1.0 : 0.0;
      read_range(reader, parameter);
      YUPU_RETURN_IF_ERROR(reader.finish());
    }
    return add(std::move(parameter), table, prefix);
  }

  static void read_range(TomlReader& reader, tune::Parameter& parameter) {
    for (const char* key : {"low", "high"}) {
      if (!reader.has(key)) reader.fail(key, "is missing; it must be a number");
    }
    constexpr double kMost = 1e15;
    reader.number("low", parameter.low, -kMost, kMost);
    reader.number("high", parameter.high, -kMost, kMost);
    reader.boolean("log", parameter.log);
    if (parameter.kind == tune::Kind::kFloat) {
      reader.number("step", parameter.step, 0.0, kMost);
      return;
    }
    auto step = std::int64_t{1};
    reader.integer("step", step, 1, static_cast<std::int64_t>(kMost));
    parameter.step = static_cast<double>(step);
    for (const auto& [key, value] : {std::pair{"low", parameter.low}, std::pair{"high", parameter.high}}) {
      if (value != static_cast<double>(static_cast<std::int64_t>(value)))
        reader.fail(key, fmt::format("must be a whole number, not {}", value));
    }
  }

  Status add(tune::Parameter parameter, const toml::table& table, const std::string& prefix) {
    for (const Status& status : {tune::check_parameter(parameter), tune::check_settable(parameter)}) {
      if (status.ok()) continue;
      const toml::node* member = table.get(status.field());
      return at(member != nullptr ? *member : static_cast<const toml::node&>(table),
                member != nullptr ? prefix + "." + status.field() : prefix, status.message());
    }
    out_.space.push_back(std::move(parameter));
    return ok_status();
  }

  tune::TuneOptions& out_;
  const std::string& path_;
};

}  // namespace

Result<tune::TuneOptions> parse_tune_file(std::string_view text, const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const toml::table root, parse_toml(text, path));
  tune::TuneOptions options;
  YUPU_RETURN_IF_ERROR(TuneLoader(options, path).load(root));
  return options;
}

Result<tune::TuneOptions> load_tune_file(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path, 1 << 20));
  return parse_tune_file(text, path);
}

}  // namespace yupu::strategy
